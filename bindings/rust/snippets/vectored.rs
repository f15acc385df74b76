use wasock_guest::{Error, socketpair};

pub fn send_head_and_body() -> Result<(), Error> {
    let (one, other) = socketpair()?;
    let (head, body) = (5u32.to_be_bytes(), b"hello");
    // One call may take less than there is, as `write` may.
    assert_eq!(one.write_vectored(&[&head, body])?, 9);

    let (mut length, mut text) = ([0; 4], [0; 100]);
    assert_eq!(other.read_vectored(&mut [&mut length, &mut text])?, 9);
    assert_eq!(u32::from_be_bytes(length), 5);
    assert!(text.starts_with(b"hello"));
    Ok(())
}
