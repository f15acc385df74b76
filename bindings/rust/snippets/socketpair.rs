use alloc::vec::Vec;

use wasock_guest::{Error, ShutdownHow, socketpair};

pub fn talk_to_oneself() -> Result<(), Error> {
    let (one, other) = socketpair()?;
    one.write_all(b"hello")?;
    one.shutdown(ShutdownHow::Write)?;

    let mut heard = Vec::new();
    other.read_to_end(&mut heard)?;
    assert_eq!(heard, b"hello");
    Ok(())
}
