//! What a command answers, on standard output.

use std::io::{self, ErrorKind, Write};

use anyhow::{Context, Result};

/// Write all of it. Who reads may have left, as `head` does when it has enough: that is no mistake of anybody's, and the
/// command ends as if all had been read.
pub(crate) fn print(answer: &[u8]) -> Result<()> {
    let mut output = io::stdout().lock();
    let written = output.write_all(answer).and_then(|()| output.flush());
    or_left(written).context("cannot write to standard output")
}

/// Whether all was written, or nobody reads any more.
pub(crate) fn or_left(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}
