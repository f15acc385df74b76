//! Why a case failed, and the macros that find it out.
//!
//! A case ends with a message instead of a panic: inside a component a panic is a trap, and a trap is what
//! some of the cases are looking for.

use alloc::format;
use alloc::string::String;
use core::fmt;

use wasock_core::Errno;
use wasock_core::names::Eai;

/// What was expected and what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure(String);

impl Failure {
    /// A failure with this message.
    #[must_use]
    pub fn new(message: String) -> Self {
        Self(message)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Turns the error of a call that should have succeeded into a failure.
pub(crate) trait OrFail<T> {
    /// The value, or the failure of the step `what`.
    fn or_fail(self, what: &str) -> Result<T, Failure>;
}

impl<T> OrFail<T> for Result<T, Errno> {
    fn or_fail(self, what: &str) -> Result<T, Failure> {
        self.map_err(|errno| Failure::new(format!("{what}: expected success, found {errno}")))
    }
}

impl<T> OrFail<T> for Result<T, Eai> {
    fn or_fail(self, what: &str) -> Result<T, Failure> {
        self.map_err(|eai| Failure::new(format!("{what}: expected success, found {eai:?}")))
    }
}

/// Fails with the message unless the condition holds.
macro_rules! expect_that {
    ($condition:expr, $($message:tt)+) => {
        if !$condition {
            return Err($crate::Failure::new(alloc::format!($($message)+)));
        }
    };
}

/// Fails unless the two values are equal: found, expected, what was looked at.
macro_rules! expect_eq {
    ($found:expr, $expected:expr, $($message:tt)+) => {
        match (&$found, &$expected) {
            (found, expected) if found == expected => {}
            (found, expected) => {
                let what = alloc::format!($($message)+);
                return Err($crate::Failure::new(alloc::format!("{what}: expected {expected:?}, found {found:?}")));
            }
        }
    };
}

/// Fails unless the call failed with one of the errors; answers with which.
macro_rules! expect_err {
    ($result:expr, $($errno:ident)|+, $($message:tt)+) => {
        match $result {
            Err(errno) if [$(wasock_core::Errno::$errno),+].contains(&errno) => errno,
            other => {
                let what = alloc::format!($($message)+);
                let expected: &[wasock_core::Errno] = &[$(wasock_core::Errno::$errno),+];
                let found = other.err().map_or("success", wasock_core::Errno::name);
                return Err($crate::failure::wrong_error(&what, expected, found));
            }
        }
    };
}

pub(crate) use {expect_eq, expect_err, expect_that};

/// The failure of [`expect_err!`].
pub(crate) fn wrong_error(what: &str, expected: &[Errno], found: &str) -> Failure {
    let mut names = String::new();
    for errno in expected {
        if !names.is_empty() {
            names.push_str(" or ");
        }
        names.push_str(errno.name());
    }
    Failure::new(format!("{what}: expected {names}, found {found}"))
}
