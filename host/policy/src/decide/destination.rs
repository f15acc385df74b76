//! What allow rules say to one address and the names that led to it.

use std::net::IpAddr;

use super::allow;
use crate::ruleset::Entry;
use crate::special::OwnAddresses;
use crate::{Host, Name, OutboundRule, PinnedName, Reason, Special};

/// An address, in canonical form, and how the guest came to know it.
#[derive(Debug)]
pub(super) struct Destination<'a> {
    address: IpAddr,
    special: Option<Special>,
    names: &'a [PinnedName],
}

impl<'a> Destination<'a> {
    pub(super) fn new(address: IpAddr, names: &'a [PinnedName], own: &OwnAddresses) -> Self {
        Self {
            address,
            special: Special::of(address, own),
            names,
        }
    }

    /// The first of the rules that grants it. If none does, the one that says most about why: a rule with its name,
    /// rather than one that covers the address as well.
    pub(super) fn granted_by<'r>(
        &self,
        rules: impl Iterator<Item = &'r Entry<OutboundRule>>,
    ) -> Reason {
        let mut refused = None;
        let mut refused_by_name = None;
        for rule in rules {
            let refusal = match &rule.remote().host {
                Host::Name(_) => &mut refused_by_name,
                Host::Any | Host::Localhost | Host::Net(_) => &mut refused,
            };
            match self.said_by(rule) {
                Some(reason @ Reason::AllowedBy(_)) => return reason,
                Some(reason) if refusal.is_none() => *refusal = Some(reason),
                _ => {}
            }
        }
        refused_by_name.or(refused).unwrap_or(Reason::NoRule)
    }

    /// What the rule says to it; `None` if it is about something else.
    fn said_by(&self, rule: &Entry<OutboundRule>) -> Option<Reason> {
        let host = &rule.remote().host;
        if let Host::Name(pattern) = host {
            let mut asked = self.names.iter().map(|name| &name.asked);
            return Some(self.by_name(rule, asked.find(|name| pattern.matches(name))?));
        }
        if !host.contains(self.address) {
            return None;
        }
        Some(match self.special {
            Some(special) if !special.is_meant_by(host) => Reason::SpecialAddress {
                special,
                name: (*host == Host::Any).then(|| self.nameable()).flatten(),
                line: allow(rule),
            },
            _ => Reason::AllowedBy(allow(rule)),
        })
    }

    /// The name that a rule with `#to=` could have named.
    fn nameable(&self) -> Option<Name> {
        let mut asked = self.names.iter().map(|name| &name.asked);
        asked
            .find(|name| !name.is_any() && !name.is_localhost())
            .cloned()
    }

    /// A name alone reaches no special address: who answers for it decides where it leads. `#to=` is held to what the
    /// host of a rule is held to.
    fn by_name(&self, rule: &Entry<OutboundRule>, name: &Name) -> Reason {
        if !rule.concerns(std::iter::once(self.address)) {
            return Reason::OutsideTo {
                name: name.clone(),
                address: self.address,
                line: allow(rule),
            };
        }
        let mut holding = rule.to().iter().filter(|net| net.contains(&self.address));
        match self.special {
            Some(special) if !holding.any(|net| special.is_meant_by(&Host::Net(*net))) => {
                Reason::SpecialAddress {
                    special,
                    name: Some(name.clone()),
                    line: allow(rule),
                }
            }
            _ => Reason::AllowedBy(allow(rule)),
        }
    }
}
