//! Why an operation failed.

use core::fmt::{self, Write};

use crate::net::types::Errno;

/// Why an operation of this crate failed.
///
/// Shown as what happened and its POSIX name, such as `connection refused (ECONNREFUSED)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// The call answered this errno.
    ///
    /// [`Errno::Eacces`] is the network policy of the host refusing; [`Errno::Eagain`] a non-blocking call
    /// that would have to wait; [`Errno::Etimedout`] also a timeout that ran out.
    Errno(Errno),
    /// The peer ended the data in the middle of what was to be read.
    UnexpectedEnd,
    /// What was to be read is longer than the limit that was given.
    LimitExceeded,
    /// What was read could not be written: nobody reads standard output any more, or it fails.
    Output,
}

impl Error {
    /// The errno of the call, if it was a call that failed.
    #[must_use]
    pub fn errno(self) -> Option<Errno> {
        match self {
            Self::Errno(errno) => Some(errno),
            Self::UnexpectedEnd | Self::LimitExceeded | Self::Output => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Errno(errno) => write_errno(*errno, f),
            Self::UnexpectedEnd => f.write_str("the peer ended the data too early"),
            Self::LimitExceeded => f.write_str("the peer sent more than the limit"),
            Self::Output => f.write_str("cannot write to standard output"),
        }
    }
}

impl core::error::Error for Error {}

impl From<Errno> for Error {
    fn from(errno: Errno) -> Self {
        Self::Errno(errno)
    }
}

/// Writes the sentence that the WIT has about this errno, as a clause, and the name in capitals.
fn write_errno(errno: Errno, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut sentence = errno.message().trim_end_matches('.').chars();
    if let Some(first) = sentence.next() {
        write!(f, "{}{} (", first.to_ascii_lowercase(), sentence.as_str())?;
    }
    for letter in errno.name().chars() {
        f.write_char(letter.to_ascii_uppercase())?;
    }
    f.write_char(')')
}
