//! Every line of a policy asked about one request, to tell a person why it decided or did not.
//!
//! A line is asked by deciding as if it were alone. So what is told cannot differ from what is done.

mod difference;

use std::fmt;

pub use difference::Difference;

use crate::{Decision, Effect, Line, Policy, PolicyBuilder, Reason, Request, Rule, Verdict};

/// What a policy says to a request, line by line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consideration {
    /// The decision.
    pub decision: Decision,
    /// Every line that could be about such a request: denials before grants, each in the order they were added in. The lines
    /// of ceilings are not among them.
    pub lines: Vec<Considered>,
}

/// One line, and what it has to do with a request.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Considered {
    /// The line.
    pub line: Line,
    /// What it has to do with the request.
    pub role: Role,
}

/// What a line has to do with a request.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// It decided.
    Decided,
    /// It would have decided the same, if another one had not.
    Agrees,
    /// It allows what a deny rule or a ceiling refuses.
    Overruled,
    /// It is about the request, and leaves it out for this reason.
    LeavesOut(Reason),
    /// It is about something else.
    Differs(Difference),
}

impl Policy {
    /// Decides what would become of a request, and asks each line why. Nothing is done, and nobody is told.
    pub fn consider(&self, request: &Request) -> Consideration {
        let decision = self.decide(request);
        let (denying, allowing): (Vec<Line>, Vec<Line>) = self
            .lines()
            .filter(|line| is_asked(line, request))
            .partition(|line| line.effect == Effect::Deny);
        let lines = denying.into_iter().chain(allowing);

        let mut decided = decision.reason().line().cloned();
        let lines = lines.map(|line| {
            // Of several that say the same, the first.
            let role = match decided.take_if(|decided| *decided == line) {
                Some(_) => Role::Decided,
                None => self.role(&line, request, &decision),
            };
            Considered { line, role }
        });
        Consideration {
            lines: lines.collect(),
            decision,
        }
    }

    fn role(&self, line: &Line, request: &Request, decision: &Decision) -> Role {
        let mut alone = PolicyBuilder::default().line(line.clone()).build();
        alone.own.clone_from(&self.own);
        let is_denied = decision.reason().enforced() == Verdict::Deny;
        match alone.ruled(request) {
            Reason::AllowedBy(_) if is_denied => Role::Overruled,
            Reason::AllowedBy(_) | Reason::DeniedBy { .. } => Role::Agrees,
            Reason::NoRule if is_denied && alone.bars(request) => Role::Agrees,
            Reason::NoRule | Reason::WildcardBind => {
                Role::Differs(Difference::between(line, request))
            }
            reason => Role::LeavesOut(reason),
        }
    }

    /// Whether an inbound rule keeps out whom the guest would answer. An outbound rule may let it answer all the same, so that
    /// this is no denial.
    fn bars(&self, request: &Request) -> bool {
        match *request {
            Request::Reply { listener, peer, .. }
            | Request::ReceiveReply { listener, peer, .. } => {
                let incoming = Request::Receive { listener, peer };
                matches!(self.ruled(&incoming), Reason::DeniedBy { .. })
            }
            _ => false,
        }
    }
}

/// Whether such a line can be about such a request at all.
fn is_asked(line: &Line, request: &Request) -> bool {
    let is_denial = line.effect == Effect::Deny;
    match (request, &line.rule) {
        (Request::Resolve { .. } | Request::Answer { .. }, rule) => {
            !matches!(rule, Rule::Inbound(_))
        }
        (Request::Connect { names, .. } | Request::Send { names, .. }, rule) => match rule {
            Rule::Outbound(_) => true,
            // A name that may not be looked up any more is not reached either.
            Rule::Resolve(_) => is_denial && !names.is_empty(),
            Rule::Inbound(_) => false,
        },
        (Request::Reply { names, .. } | Request::ReceiveReply { names, .. }, rule) => match rule {
            Rule::Outbound(_) | Rule::Inbound(_) => true,
            Rule::Resolve(_) => is_denial && !names.is_empty(),
        },
        (
            Request::Bind { .. }
            | Request::Listen { .. }
            | Request::Accept { .. }
            | Request::Receive { .. },
            rule,
        ) => matches!(rule, Rule::Inbound(_)),
    }
}

impl Considered {
    /// Whether the line has anything to say about the request.
    pub fn is_about_it(&self) -> bool {
        !matches!(self.role, Role::Differs(_))
    }
}

/// The role in few words, to stand behind the line.
impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decided => f.write_str("decided"),
            Self::Agrees => f.write_str("says the same"),
            Self::Overruled => f.write_str("would allow it, and is overruled"),
            Self::LeavesOut(reason) => match reason {
                Reason::SpecialAddress { special, .. } => {
                    write!(f, "is too broad for {}", special.short())
                }
                Reason::OutsideTo { address, .. } => write!(f, "its #to= leaves {address} out"),
                Reason::PeerNotListed { .. } => f.write_str("its #from= leaves the peer out"),
                _ => f.write_str("leaves it out"),
            },
            Self::Differs(difference) => difference.fmt(f),
        }
    }
}
