//! A decision as a person reads it: what was asked, what became of it, why, and what to write to change it.

mod suggested;

use std::fmt;

use crate::{Decision, Line, Origin, Reason, Request, Verdict, Via};

/// A request and its decision, in words. Allowed requests take one line, denied ones two or three.
#[derive(Clone, Copy, Debug)]
pub struct Explanation<'a> {
    request: &'a Request,
    decision: &'a Decision,
}

impl<'a> Explanation<'a> {
    pub(crate) fn new(request: &'a Request, decision: &'a Decision) -> Self {
        Self { request, decision }
    }

    /// The narrowest line that would allow what was denied. There is none against a deny rule, which wins over any.
    pub fn suggestion(&self) -> Option<Line> {
        suggested::line(self.request, self.decision)
    }
}

impl Request {
    /// The narrowest line that covers the request; `None` for what no rule can say, such as a connection to port 0.
    pub fn suggested_line(&self) -> Option<Line> {
        suggested::for_request(self, false)
    }
}

impl fmt::Display for Explanation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = self.decision.reason();
        let verdict = match (reason, reason.verdict()) {
            (Reason::Reported(_), _) => "reported",
            (_, Verdict::Allow) => "allowed",
            (_, Verdict::Deny) => "denied",
        };
        write!(f, "{verdict}: {} {}", self.request, because(reason))?;
        match self.suggestion() {
            Some(line) => write!(f, "\n  allow it with: {line}"),
            None => Ok(()),
        }
    }
}

/// The reason in brackets, and more lines if that is not all.
fn because(reason: &Reason) -> impl fmt::Display {
    fmt::from_fn(move |f| match reason {
        Reason::AllowedBy(line) => write!(f, "({})", placed(line)),
        Reason::WildcardBind => {
            f.write_str("(the wildcard address at an ephemeral port grants nothing)")
        }
        Reason::DeniedBy { line, via } => write!(
            f,
            "({})\n  a deny rule wins over every allow rule{}",
            placed(line),
            aside(via)
        ),
        Reason::NoRule => f.write_str("(no rule)"),
        Reason::SpecialAddress {
            special,
            name: None,
            line,
        } => write!(f, "(not meant by {})\n  {special}", placed(line)),
        Reason::SpecialAddress {
            special,
            name: Some(name),
            line,
        } => write!(
            f,
            "(not meant by {})\n  {name} resolved to {}: a name alone never reaches such an address; add #to={}",
            placed(line),
            special.short(),
            special.destination
        ),
        Reason::OutsideTo {
            name,
            address,
            line,
        } => write!(
            f,
            "(#to= leaves this address out: {})\n  {name} resolved to {address}",
            placed(line)
        ),
        Reason::PeerNotListed { line } => {
            write!(f, "(#from= leaves this peer out: {})", placed(line))
        }
        Reason::Reported(reason) => write!(
            f,
            "{}\n  let through, since the policy reports only",
            because(reason)
        ),
        Reason::OutsideCeiling(reason) => write!(
            f,
            "{}\n  that is what the ceiling says, within which the policy has to stay",
            because(reason)
        ),
    })
}

/// A line, and where it was written if that was in a file.
fn placed(line: &Line) -> impl fmt::Display {
    fmt::from_fn(move |f| match &line.origin {
        Some(origin @ Origin::File { .. }) => write!(f, "{line}, {origin}"),
        Some(Origin::Flag) | None => write!(f, "{line}"),
    })
}

/// What is to be said about a deny rule besides that it wins.
fn aside(via: &Via) -> impl fmt::Display {
    fmt::from_fn(move |f| match via {
        Via::Itself => Ok(()),
        Via::Carried(carried) => write!(
            f,
            "; this one covers {}, carried inside ({})",
            carried.address, carried.form
        ),
        Via::ThisHost(address) => write!(
            f,
            "; this one covers {address}, which is where it would lead"
        ),
        Via::EveryLocal => {
            f.write_str("; the wildcard address takes every local address, this one too")
        }
        Via::Name(name) => write!(f, "; this one covers {name}, which the lookup went through"),
    })
}
