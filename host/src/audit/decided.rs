//! The record of one decision.

use std::fmt;
use std::net::SocketAddr;

use wasock_policy::{Decision, Request};

use super::Verdict;

/// What the policy has decided about one call.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Decided {
    /// What was decided on. Where the policy maps the destination, this has the target.
    pub request: Request,
    /// What the guest got.
    pub decision: Decision,
    /// What the guest asked for, where that is mapped to another address.
    pub asked: Option<SocketAddr>,
}

impl Decided {
    pub(super) fn verdict(&self) -> Verdict {
        Verdict::of(&self.decision)
    }
}

impl Verdict {
    pub(super) fn of(decision: &Decision) -> Self {
        match (decision.is_reported(), decision.is_allowed()) {
            (true, _) => Self::Reported,
            (false, true) => Self::Allowed,
            (false, false) => Self::Denied,
        }
    }
}

/// In full: the decision, and where the request comes from if it is not what the guest asked for.
impl fmt::Display for Decided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.decision.explain(&self.request).fmt(f)?;
        match self.asked {
            Some(asked) => write!(f, "\n  the guest asked for {asked}, which is mapped"),
            None => Ok(()),
        }
    }
}
