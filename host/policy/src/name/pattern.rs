//! The names that a rule speaks of.

use std::fmt;

use super::Name;

/// One name, or all names below one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum NamePattern {
    /// `api.example.com`: that name.
    Exact(Name),
    /// `*.example.com` (or `.example.com`): one or more labels below `example.com`, and not that name itself.
    Below(Name),
}

impl NamePattern {
    /// Whether `name` is one of these.
    pub fn matches(&self, name: &Name) -> bool {
        match self {
            Self::Exact(exact) => exact == name,
            // Whole labels: notexample.com does not lie below example.com. A label is never empty.
            Self::Below(parent) => name
                .as_str()
                .strip_suffix(parent.as_str())
                .is_some_and(|labels| labels.ends_with('.')),
        }
    }
}

impl fmt::Display for NamePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(name) => write!(f, "{name}"),
            Self::Below(name) => write!(f, "*.{name}"),
        }
    }
}
