//! Why an operation failed.

use core::fmt::{self, Write};

use crate::net::types::Errno;
use crate::resolve::LookupError;

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
    /// The name of the host has no addresses.
    Lookup(LookupError),
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
            Self::Lookup(_) | Self::UnexpectedEnd | Self::LimitExceeded | Self::Output => None,
        }
    }

    /// Whether a call that does not block would have had to wait, so that it is to be repeated later.
    #[must_use]
    pub fn would_block(self) -> bool {
        let errno = self.errno();
        errno.is_some_and(|errno| {
            matches!(errno, Errno::Eagain | Errno::Einprogress | Errno::Ealready)
        })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Errno(errno) => write_reason(errno.message(), "", errno.name(), f),
            Self::Lookup(error) => error.fmt(f),
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

impl From<LookupError> for Error {
    fn from(error: LookupError) -> Self {
        Self::Lookup(error)
    }
}

/// Writes the first sentence that the WIT has about an error, as a clause, and the name in capitals.
pub(crate) fn write_reason(
    text: &str,
    prefix: &str,
    name: &str,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let sentence = text.split_once(". ").map_or(text, |(sentence, _)| sentence);
    let mut sentence = sentence.trim_end_matches('.').chars();
    if let Some(first) = sentence.next() {
        write!(
            f,
            "{}{} ({prefix}",
            first.to_ascii_lowercase(),
            sentence.as_str()
        )?;
    }
    for letter in name.chars() {
        f.write_char(letter.to_ascii_uppercase())?;
    }
    f.write_char(')')
}
