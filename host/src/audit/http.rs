//! The record of a request of `wasi:http`.

use std::fmt;

use wasock_policy::{Decision, Request};

use super::{Lookup, Verdict};

/// A request from beginning to end: a lookup, a connection, and what the server said.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Http {
    /// The method.
    pub method: Box<str>,
    /// The host, and the port if it is given.
    pub authority: Box<str>,
    /// The lookup of the host, if it is a name.
    pub lookup: Option<Lookup>,
    /// What was decided about the connections that were attempted, in their order.
    pub connects: Vec<(Request, Decision)>,
    /// How it went.
    pub outcome: HttpOutcome,
}

/// How a request went.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum HttpOutcome {
    /// Nothing was sent: the policy forbids it.
    Refused,
    /// There is no answer, for this reason.
    Failed(Box<str>),
    /// The server has answered with this status.
    Answered(u16),
}

impl Http {
    pub(super) fn verdict(&self) -> Verdict {
        let reported = |decision: &Decision| Verdict::of(decision) == Verdict::Reported;
        if self.outcome == HttpOutcome::Refused {
            return Verdict::Denied;
        }
        let looked_up = self.lookup.as_ref().map(Lookup::verdict);
        let connects = self.connects.iter().any(|(_, decision)| reported(decision));
        if connects || looked_up == Some(Verdict::Reported) {
            Verdict::Reported
        } else {
            Verdict::Allowed
        }
    }
}

/// In full: the request and how it went on the first line, then what was refused and why.
impl fmt::Display for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (method, authority) = (self.method.escape_debug(), self.authority.escape_debug());
        write!(f, "{}: http {method} {authority}", self.verdict())?;
        match &self.outcome {
            HttpOutcome::Refused => {}
            HttpOutcome::Failed(why) => write!(f, " (failed: {})", why.escape_debug())?,
            HttpOutcome::Answered(status) => write!(f, " ({status})")?,
        }
        if let Some(lookup) = self.lookup.as_ref().filter(|lookup| !lookup.is_allowed()) {
            write!(f, "\n{lookup}")?;
        }
        for (request, decision) in &self.connects {
            if !decision.is_allowed() {
                write!(f, "\n{}", decision.explain(request))?;
            }
        }
        Ok(())
    }
}
