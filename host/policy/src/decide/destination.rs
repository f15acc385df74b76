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

/// What an allow rule says to a destination that it is about. A policy may have many that refuse, and one reason is told.
enum Said<'a> {
    Granted,
    /// The rule, or its `#to=`, does not mean what is special; by this name.
    Special(Special, Option<&'a Name>),
    /// `#to=` leaves the address out that this name led to.
    OutsideTo(&'a Name),
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
                Some(Said::Granted) => return Reason::AllowedBy(allow(rule)),
                Some(said) if refusal.is_none() => *refusal = Some((said, rule)),
                _ => {}
            }
        }
        match refused_by_name.or(refused) {
            Some((said, rule)) => self.refused(said, rule),
            None => Reason::NoRule,
        }
    }

    /// What the rule says to it; `None` if it is about something else.
    fn said_by(&self, rule: &OutboundRule) -> Option<Said<'a>> {
        let host = &rule.remote().host;
        if let Host::Name(pattern) = host {
            let mut asked = self.names.iter().map(|name| &name.asked);
            return Some(self.by_name(rule, asked.find(|name| pattern.matches(name))?));
        }
        if !host.contains(self.address) {
            return None;
        }
        Some(match self.special {
            Some(special) if !special.is_meant_by(host) => Said::Special(special, None),
            _ => Said::Granted,
        })
    }

    /// A name alone reaches no special address: who answers for it decides where it leads. `#to=` is held to what the
    /// host of a rule is held to.
    fn by_name(&self, rule: &OutboundRule, name: &'a Name) -> Said<'a> {
        if !rule.concerns(std::iter::once(self.address)) {
            return Said::OutsideTo(name);
        }
        let mut holding = rule.to().iter().filter(|net| net.contains(&self.address));
        match self.special {
            Some(special) if !holding.any(|net| special.is_meant_by(&Host::Net(*net))) => {
                Said::Special(special, Some(name))
            }
            _ => Said::Granted,
        }
    }

    fn refused(&self, said: Said<'_>, rule: &Entry<OutboundRule>) -> Reason {
        let line = allow(rule);
        match said {
            Said::Granted => Reason::AllowedBy(line),
            Said::Special(special, name) => Reason::SpecialAddress {
                special,
                name: match name {
                    Some(name) => Some(name.clone()),
                    None if rule.remote().host == Host::Any => self.nameable(),
                    None => None,
                },
                line,
            },
            Said::OutsideTo(name) => Reason::OutsideTo {
                name: name.clone(),
                address: self.address,
                line,
            },
        }
    }

    /// The name that a rule with `#to=` could have named.
    fn nameable(&self) -> Option<Name> {
        let mut asked = self.names.iter().map(|name| &name.asked);
        asked
            .find(|name| !name.is_any() && !name.is_localhost())
            .cloned()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ruleset::tests::{address, name, outbound, place};

    proptest! {
        #[test]
        fn rules_that_are_left_out_would_have_changed_nothing(
            set in outbound(), place in place(), names in prop::collection::vec(name(), 0..3), own in address(),
        ) {
            let names: Vec<PinnedName> = names.into_iter().map(Into::into).collect();
            let mut addresses = OwnAddresses::default();
            addresses.extend([own]);
            let destination = Destination::new(place.address, &names, &addresses);
            for at in [Some(place), None] {
                let is_at_port = |rule: &&Entry<OutboundRule>| {
                    at.is_none_or(|place| place.is_at_port_of(rule.remote()))
                };
                prop_assert_eq!(
                    destination.granted_by(set.candidates(place.address, &names, at)),
                    destination.granted_by(set.iter().filter(is_at_port))
                );
            }
        }
    }
}
