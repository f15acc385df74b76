//! Arguments and environment variables.

use alloc::string::String;
use alloc::vec::Vec;

use crate::raw::wasi::cli::environment;

/// The arguments of the program; the first is its name.
#[must_use]
pub fn args() -> Vec<String> {
    environment::get_arguments()
}

/// The environment variables, as pairs of name and value.
#[must_use]
pub fn vars() -> Vec<(String, String)> {
    environment::get_environment()
}

/// The value of an environment variable.
#[must_use]
pub fn var(name: &str) -> Option<String> {
    vars()
        .into_iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value)
}
