//! A policy as a file.
//!
//! ```toml
//! version = 1
//! mode = "enforce"                # or "report"
//! on-revoke = "close"             # or "keep"
//! map = ["tcp://any:80=127.0.0.1:8080", "db.internal=10.0.0.5"]
//!
//! [outbound]
//! allow = ["tcp://api.example.com:443", "tcp://db.internal:5432#to=10.0.0.0/8"]
//! deny = ["tcp://any:25"]
//!
//! [inbound]
//! allow = ["tcp://any:8080#from=10.0.0.0/8"]
//!
//! [resolve]
//! allow = ["*.internal.example"]
//!
//! [limits]
//! connections = 32
//! bytes-out = "1GiB"
//! connect-time = "10s"
//! ```
//!
//! Only `version` has to be there. What is not known is an error and never skipped: the policy would say something else than
//! its author meant. All mistakes are told at once, each with its place.

mod error;
mod read;
mod source;
mod write;

use std::sync::Arc;

use toml::de::DeTable;

pub use error::{FileError, Mistake};

use self::source::Source;
use crate::{Limits, Line, Mapping, Mode, OnRevoke};

/// What a policy file says. It becomes a policy, or a part of one, with [`PolicyBuilder::file`](crate::PolicyBuilder::file).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyFile {
    pub(crate) lines: Vec<Line>,
    pub(crate) limits: Limits,
    pub(crate) mode: Option<Mode>,
    pub(crate) on_revoke: Option<OnRevoke>,
    pub(crate) mappings: Vec<Mapping>,
}

impl PolicyFile {
    /// Reads the text of a file. The name is what people are told of the file: mistakes and lines of the policy know it.
    ///
    /// ```
    /// use wasock_policy::{Policy, PolicyFile};
    ///
    /// let file = PolicyFile::parse("policy.toml", "version = 1\noutbound.allow = [\"tcp://any:70000\"]")
    ///     .unwrap_err();
    /// assert_eq!(
    ///     file.to_string(),
    ///     "policy.toml:2:30: ports are 0 to 65535, but found 70000\n  \
    ///        outbound.allow = [\"tcp://any:70000\"]\n                               ^^^^^"
    /// );
    /// ```
    pub fn parse(name: impl Into<Arc<str>>, text: &str) -> Result<Self, FileError> {
        let source = Source::new(name.into(), text);
        match DeTable::parse(text) {
            Ok(table) => read::document(&source, table.get_ref()),
            Err(error) => {
                let span = error.span().unwrap_or(0..0);
                Err(FileError::new(vec![source.mistake(span, error.message())]))
            }
        }
    }

    /// Whether the file says whether refusals are refused or told, and which.
    pub fn mode(&self) -> Option<Mode> {
        self.mode
    }
}
