//! The answer to a request, and why.

use std::net::IpAddr;

use crate::{Carried, Explanation, Line, Name, Request, Special};

/// The answer to a request.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Decision {
    reason: Reason,
    /// Whether it leads to the host itself, so that a rule with a name has to say so.
    to_own: bool,
}

/// Yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The guest may.
    Allow,
    /// The guest may not.
    Deny,
}

/// Why a request was allowed or denied, with everything needed to tell a person.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Allowed by a line of the policy.
    AllowedBy(Line),
    /// Allowed without a line: bound to the wildcard address at a port that the system picks. It is what the system does
    /// by itself for a socket that connects or sends unbound, and nobody can reach the guest through it: TCP has to
    /// listen first, which is asked for separately, and UDP receives only from peers that a rule covers.
    WildcardBind,
    /// Denied by a line of the policy, whatever else allows it.
    DeniedBy {
        /// The line.
        line: Line,
        /// How the line comes to be about the request.
        via: Via,
    },
    /// No line is about the request.
    NoRule,
    /// A line is about the request, but the destination has to be meant on purpose.
    SpecialAddress {
        /// What is special.
        special: Special,
        /// The name that led there.
        name: Option<Name>,
        /// The line that is too broad.
        line: Line,
    },
    /// A line is about the name, but not where it leads.
    OutsideTo {
        /// The name.
        name: Name,
        /// The address it led to.
        address: IpAddr,
        /// The line, whose `#to=` leaves the address out.
        line: Line,
    },
    /// The listener is allowed, but not for this peer.
    PeerNotListed {
        /// The line that allows the listener, for other peers.
        line: Line,
    },
    /// Allowed although it would be denied, since the policy is there to [report](crate::Mode::Report).
    Reported(Box<Reason>),
    /// Denied by a ceiling of the policy, for this reason.
    OutsideCeiling(Box<Reason>),
}

/// How a deny rule comes to be about a request.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Via {
    /// It covers the address or the name that is asked for.
    Itself,
    /// It covers the IPv4 address inside the address that the request names.
    Carried(Carried),
    /// It covers this host, which the unspecified address means as a destination.
    ThisHost(IpAddr),
    /// It covers a local address, of which the wildcard address takes every one.
    EveryLocal,
    /// It covers a name that the lookup of the address went through.
    Name(Name),
}

impl Decision {
    /// Whether the guest may.
    pub fn verdict(&self) -> Verdict {
        self.reason.verdict()
    }

    /// Whether the guest may.
    pub fn is_allowed(&self) -> bool {
        self.verdict() == Verdict::Allow
    }

    /// Whether the guest may for now, and could not if the policy were enforced.
    pub fn is_reported(&self) -> bool {
        matches!(self.reason, Reason::Reported(_))
    }

    /// Why.
    pub fn reason(&self) -> &Reason {
        &self.reason
    }

    /// The decision in words, with the line that would allow what was denied. `request` is what was decided on.
    pub fn explain<'a>(&'a self, request: &'a Request) -> Explanation<'a> {
        Explanation::new(request, self)
    }

    /// Whether it leads to the host itself.
    pub(crate) fn leads_to_own(&self) -> bool {
        self.to_own
    }

    pub(crate) fn with_own(self, to_own: bool) -> Self {
        Self { to_own, ..self }
    }
}

impl Reason {
    /// What follows from it. A verdict without a reason does not exist.
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::AllowedBy(_) | Self::WildcardBind | Self::Reported(_) => Verdict::Allow,
            Self::DeniedBy { .. }
            | Self::NoRule
            | Self::SpecialAddress { .. }
            | Self::OutsideTo { .. }
            | Self::PeerNotListed { .. }
            | Self::OutsideCeiling(_) => Verdict::Deny,
        }
    }
}

impl Reason {
    /// The line that decided, if one did: not one that was too narrow or too broad, and not one of a ceiling.
    pub fn line(&self) -> Option<&Line> {
        match self {
            Self::AllowedBy(line) | Self::DeniedBy { line, .. } => Some(line),
            Self::Reported(reason) => reason.line(),
            Self::WildcardBind
            | Self::NoRule
            | Self::SpecialAddress { .. }
            | Self::OutsideTo { .. }
            | Self::PeerNotListed { .. }
            | Self::OutsideCeiling(_) => None,
        }
    }

    /// What would follow from it if the policy did not only report.
    pub(crate) fn enforced(&self) -> Verdict {
        match self {
            Self::Reported(reason) => reason.enforced(),
            reason => reason.verdict(),
        }
    }
}

impl From<Reason> for Decision {
    fn from(reason: Reason) -> Self {
        let to_own = false;
        Self { reason, to_own }
    }
}
