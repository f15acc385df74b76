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

impl Exceeded {
    /// In words for the guest, which is none of those who are told how its tenant is called.
    pub(crate) fn for_guest(&self) -> String {
        let Self { limit, amount, .. } = self;
        let whose = match self.level {
            Level::Store => "this guest",
            Level::Tenant(_) => "its tenant",
            Level::Host => "the host",
        };
        format!("the limit {limit}={amount} of {whose} is reached")
    }
}

/// In words for who runs the guest.
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
