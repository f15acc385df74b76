//! Which limit is used up, and whose it is.

use std::fmt;

use wasock_policy::{Amount, Limit};

use crate::audit::Level;

/// There is no more of something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Exceeded {
    pub(crate) limit: Limit,
    pub(crate) amount: Amount,
    pub(crate) level: Level,
}

impl fmt::Display for Exceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            limit,
            amount,
            level,
        } = self;
        write!(f, "the limit {limit}={amount} of {level} is reached")
    }
}

impl std::error::Error for Exceeded {}
