//! What is said about a file that is not a policy.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::parse_error::escape;

/// A file that is not a policy, with every mistake in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileError {
    mistakes: Vec<Mistake>,
}

/// What is wrong at one place of a file.
///
/// ```text
/// policy.toml:4:11: expected tcp:// or udp://, but found "192.0.2.1:443"; did you mean tcp://192.0.2.1:443?
///   allow = ["192.0.2.1:443"]
///             ^^^^^^^^^^^^^
/// ```
///
/// The text is safe to print: whatever is not printable ASCII appears escaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    pub(super) file: Arc<str>,
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) span: Range<usize>,
    pub(super) message: String,
    /// The line, and marks below the place.
    pub(super) quote: String,
}

/// Whoever has made more mistakes than these has taken another file for a policy.
const MOST_TOLD: usize = 20;

impl FileError {
    pub(super) fn new(mut mistakes: Vec<Mistake>) -> Self {
        mistakes.sort_by_key(|mistake| mistake.span.start);
        Self { mistakes }
    }

    /// The mistakes, in the order in which they stand in the file.
    pub fn mistakes(&self) -> &[Mistake] {
        &self.mistakes
    }
}

impl Mistake {
    /// The line, from 1.
    pub fn line(&self) -> u32 {
        self.line
    }

    /// The column, in characters, from 1.
    pub fn column(&self) -> u32 {
        self.column
    }

    /// The place, in bytes of the file.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// What is wrong, and what would be right.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl std::error::Error for FileError {}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, mistake) in self.mistakes.iter().take(MOST_TOLD).enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{mistake}")?;
        }
        match self.mistakes.len().saturating_sub(MOST_TOLD) {
            0 => Ok(()),
            more => write!(f, "\nand {more} more"),
        }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            column,
            message,
            ..
        } = self;
        write!(f, "{}:{line}:{column}: {}", escape(file), escape(message))?;
        for line in self.quote.lines() {
            write!(f, "\n  {line}")?;
        }
        Ok(())
    }
}
