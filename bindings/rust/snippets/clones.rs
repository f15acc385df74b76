use alloc::vec::Vec;

use wasock_guest::{Errno, Error, socketpair};

pub fn share_a_connection() -> Result<(), Error> {
    let (one, other) = socketpair()?;
    let handle = one.clone();
    drop(one);
    handle.write_all(b"still open")?;

    // Closing is for all of them; dropping the last one closes, too.
    let second = handle.clone();
    handle.close();
    assert_eq!(second.write(b"x"), Err(Error::Errno(Errno::Ebadf)));

    let mut rest = Vec::new();
    other.read_to_end(&mut rest)?;
    assert_eq!(rest, b"still open");
    Ok(())
}
