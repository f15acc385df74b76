//! Where a line of a policy was written down.

use std::fmt;
use std::sync::Arc;

/// Where a line was written down, so that who reads of it finds it. Cloning is cheap.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// On a command line.
    Flag,
    /// In a file.
    File {
        /// The file's name, as it was given.
        file: Arc<str>,
        /// The line, from 1.
        line: u32,
    },
}

/// `policy.toml:7`. What could disturb a terminal is escaped.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => f.write_str("command line"),
            Self::File { file, line } => write!(f, "{}:{line}", crate::parse_error::escape(file)),
        }
    }
}
