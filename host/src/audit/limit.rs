//! In the place of `wasock_policy::{Limit, Amount}` until these exist: nobody can make one.

use std::convert::Infallible;
use std::fmt;

/// Names a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Limit(Infallible);

/// How much of something there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Amount(Infallible);

impl fmt::Display for Limit {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {}
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {}
    }
}
