//! The commands, one file each.

pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod compose;
pub(crate) mod demo;
pub(crate) mod inspect;
pub(crate) mod learn;
pub(crate) mod policy;
pub(crate) mod provider;
pub(crate) mod run;
