//! What the guest may look up, and what it is told.

use std::net::IpAddr;

use super::destination::Destination;
use super::outbound::all_meanings;
use super::{allow, deny};
use crate::{Line, Name, PinnedName, Policy, Reason, Rule, Via};

impl Policy {
    /// Whether the guest may look the name up.
    pub(super) fn resolve(&self, name: &Name) -> Reason {
        if let Some(line) = self.denied_lookup(name, None) {
            let via = Via::Itself;
            return Reason::DeniedBy { line, via };
        }
        if let Some(rule) = self.resolve.allow.first_for_lookup(name) {
            return Reason::AllowedBy(allow(rule));
        }
        // Who may reach what a rule says may look the name up.
        match self.outbound.allow.first_for_lookup(name) {
            Some(rule) => Reason::AllowedBy(allow(rule)),
            None => Reason::NoRule,
        }
    }

    /// Whether the guest is told this address. A rule about lookups shows all of them. Otherwise the guest sees what it
    /// can reach, at some port: the rest would be of no use to it, and tell it about the network behind.
    ///
    /// What rules deny by address is not left out: that depends on the port, and a refused connection says why.
    pub(super) fn answer(&self, name: &PinnedName, address: IpAddr) -> Reason {
        let address = address.to_canonical();
        for step in name.names() {
            if let Some(line) = self.denied_lookup(step, Some(address)) {
                let via = if *step == name.asked {
                    Via::Itself
                } else {
                    Via::Name(step.clone())
                };
                return Reason::DeniedBy { line, via };
            }
        }
        match self.resolve(&name.asked) {
            Reason::AllowedBy(Line {
                rule: Rule::Outbound(_),
                ..
            }) => {
                let names = std::slice::from_ref(name);
                let rules = self.outbound.allow.candidates(address, names, None);
                Destination::new(address, names, &self.own).granted_by(rules)
            }
            reason => reason,
        }
    }

    /// Whether a line, of this policy or of a ceiling, denies what has the name: at some port, or to some address. Who
    /// knows an address by such a name may do less with it than who does not.
    pub fn denies_by(&self, name: &Name) -> bool {
        self.denied_lookup(name, None).is_some()
            || self.outbound.deny.names(name)
            || self.ceilings.iter().any(|ceiling| ceiling.denies_by(name))
    }

    /// The line that forbids to look the name up, or to be told `address` for it.
    pub(super) fn denied_lookup(&self, name: &Name, address: Option<IpAddr>) -> Option<Line> {
        if let Some(rule) = self.resolve.deny.first_for_lookup(name) {
            return Some(deny(rule));
        }
        let addresses = || address.into_iter().flat_map(all_meanings);
        self.outbound
            .deny
            .first_naming_everywhere(name, addresses)
            .map(deny)
    }
}
