//! What becomes of a refusal, and of what a new policy no longer allows.

use std::fmt;
use std::str::FromStr;

use crate::{Expected, ParseError};

/// Whether refusals are refused, or told only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// What no rule allows is refused.
    #[default]
    Enforce,
    /// What no rule allows is allowed and reported, to find out what a policy would refuse. Special addresses that no
    /// rule reaches stay refused, and so does what lies outside a ceiling.
    Report,
}

/// What becomes of open connections and listeners that a changed policy no longer allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OnRevoke {
    /// They are closed.
    #[default]
    Close,
    /// They stay open until the guest or the peer closes them.
    Keep,
}

impl Mode {
    /// Its name: `enforce` or `report`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enforce => "enforce",
            Self::Report => "report",
        }
    }
}

impl OnRevoke {
    /// Its name: `close` or `keep`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Close => "close",
            Self::Keep => "keep",
        }
    }
}

impl FromStr for Mode {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let known = [Self::Enforce, Self::Report];
        let found = known.into_iter().find(|mode| mode.as_str() == text);
        found.ok_or_else(|| ParseError::whole(text, Expected::Mode))
    }
}

impl FromStr for OnRevoke {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let known = [Self::Close, Self::Keep];
        let found = known.into_iter().find(|word| word.as_str() == text);
        found.ok_or_else(|| ParseError::whole(text, Expected::OnRevoke))
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for OnRevoke {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
