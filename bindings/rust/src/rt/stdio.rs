//! Standard output and standard error.

use core::fmt;

use crate::error::Error;
use crate::raw::wasi::cli::{stderr, stdout};
use crate::raw::wasi::io::streams::OutputStream;

/// How much `blocking-write-and-flush` takes at once; more is a trap.
const PIECE: usize = 4096;

/// Writes bytes to standard output, all of them.
///
/// # Errors
/// [`Error::Output`] when standard output is closed or fails.
pub fn write_stdout(data: &[u8]) -> Result<(), Error> {
    write(&stdout::get_stdout(), data)
}

fn write(stream: &OutputStream, data: &[u8]) -> Result<(), Error> {
    for piece in data.chunks(PIECE) {
        stream
            .blocking_write_and_flush(piece)
            .map_err(|_| Error::Output)?;
    }
    Ok(())
}

/// What `print!` calls.
pub fn print(text: fmt::Arguments<'_>) {
    // One write for the whole text, so that lines of several writers do not mix.
    let _ = write_stdout(alloc::fmt::format(text).as_bytes());
}

/// What `eprint!` calls.
pub fn eprint(text: fmt::Arguments<'_>) {
    let _ = write(&stderr::get_stderr(), alloc::fmt::format(text).as_bytes());
}

/// Standard error as a target of formatting, without a buffer.
pub(super) struct Stderr(OutputStream);

impl Stderr {
    pub(super) fn open() -> Self {
        Self(stderr::get_stderr())
    }
}

impl fmt::Write for Stderr {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        write(&self.0, text.as_bytes()).map_err(|_| fmt::Error)
    }
}

/// Prints text to standard output. A closed output is no error: see [`write_stdout`] for one.
#[macro_export]
macro_rules! print {
    ($($text:tt)*) => { $crate::rt::print(::core::format_args!($($text)*)) };
}

/// Prints text and a line feed to standard output. A closed output is no error: see [`write_stdout`] for one.
#[macro_export]
macro_rules! println {
    () => { $crate::print!("\n") };
    ($($text:tt)*) => { $crate::rt::print(::core::format_args!("{}\n", ::core::format_args!($($text)*))) };
}

/// Prints text to standard error. A closed output is no error.
#[macro_export]
macro_rules! eprint {
    ($($text:tt)*) => { $crate::rt::eprint(::core::format_args!($($text)*)) };
}

/// Prints text and a line feed to standard error. A closed output is no error.
#[macro_export]
macro_rules! eprintln {
    () => { $crate::eprint!("\n") };
    ($($text:tt)*) => { $crate::rt::eprint(::core::format_args!("{}\n", ::core::format_args!($($text)*))) };
}
