//! The commands, one file each.

pub(crate) mod compose;
pub(crate) mod demo;
pub(crate) mod inspect;
pub(crate) mod learn;
pub(crate) mod provider;
pub(crate) mod run;
