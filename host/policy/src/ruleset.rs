//! The rules of one effect and kind, asked for those that concern a name, or an address and a port.
//!
//! How they are found is nobody else's business. Rules for a network are found by the address, so that a list of a hundred
//! thousand networks costs a decision no more than a list of ten. The others are few, and asked one by one.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;
use std::ops::Deref;
use std::sync::Arc;

use ipnet::IpNet;

use crate::{
    Effect, Endpoint, Host, InboundRule, Line, Origin, OutboundRule, Protocol, ResolveRule, Rule,
};

/// Rules that are either all allowed or all denied, of one kind.
#[derive(Clone, Debug)]
pub(crate) struct RuleSet<R> {
    rules: Vec<Entry<R>>,
    /// Which of the rules are for a network, by that network.
    nets: HashMap<IpNet, Vec<usize>>,
    /// The prefix lengths of these networks, of both families.
    lengths: BTreeSet<u8>,
    /// Which of the rules are for something else.
    others: Vec<usize>,
}

/// A rule, and where it was written.
#[derive(Clone, Debug)]
pub(crate) struct Entry<R> {
    rule: Arc<R>,
    origin: Option<Origin>,
}

/// What a rule is asked about: one address, in canonical form, and one port.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) protocol: Protocol,
    pub(crate) address: IpAddr,
    pub(crate) port: u16,
    /// Whether the system picked the port, so that rules for port 0 are about it as well.
    pub(crate) ephemeral: bool,
}

/// A rule that may be for one network.
pub(crate) trait Indexed {
    fn net(&self) -> Option<IpNet>;
}

impl Place {
    pub(crate) fn is_at_port_of(&self, endpoint: &Endpoint) -> bool {
        let Endpoint {
            protocol, ports, ..
        } = endpoint;
        *protocol == self.protocol
            && (ports.contains(self.port) || self.ephemeral && ports.contains(0))
    }
}

impl<R: Indexed> RuleSet<R> {
    pub(crate) fn push(&mut self, rule: Arc<R>, origin: Option<Origin>) {
        let index = self.rules.len();
        match rule.net() {
            Some(net) => {
                self.nets.entry(net).or_default().push(index);
                self.lengths.insert(net.prefix_len());
            }
            None => self.others.push(index),
        }
        self.rules.push(Entry { rule, origin });
    }
}

impl<R> RuleSet<R> {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Entry<R>> {
        self.rules.iter()
    }

    /// The rules that are not for a network: they may be about any address, and about names.
    pub(crate) fn unindexed(&self) -> impl Iterator<Item = &Entry<R>> {
        self.others
            .iter()
            .filter_map(|index| self.rules.get(*index))
    }

    /// The rules for a network with this address, and all that are not for a network, in their order.
    pub(crate) fn candidates(&self, address: IpAddr) -> impl Iterator<Item = &Entry<R>> {
        let around = |length: &u8| {
            // None for a length of the other family.
            let net = IpNet::new(address, *length).ok()?;
            self.nets.get(&net.trunc())
        };
        let nets = self.lengths.iter().filter_map(around).flatten();
        let mut found: Vec<usize> = nets.chain(&self.others).copied().collect();
        found.sort_unstable();
        found.into_iter().filter_map(|index| self.rules.get(index))
    }
}

impl<R: AsRef<Endpoint>> RuleSet<R> {
    /// The rules that speak of the place.
    pub(crate) fn containing(&self, place: Place) -> impl Iterator<Item = &Entry<R>> {
        self.candidates(place.address)
            .filter(move |rule| matches(rule, place, Host::contains))
    }

    /// The rules that let a guest take the place, where the wildcard address asks for more than an address:
    /// [`Host::grants_local`].
    pub(crate) fn granting_local(&self, place: Place) -> impl Iterator<Item = &Entry<R>> {
        self.candidates(place.address)
            .filter(move |rule| matches(rule, place, Host::grants_local))
    }

    /// The rules that speak of something the guest gets along with the place: [`Host::touches_local`]. The wildcard
    /// address takes so much along that every rule is asked.
    pub(crate) fn touching_local(&self, place: Place) -> impl Iterator<Item = &Entry<R>> {
        let wildcard = place.address.is_unspecified();
        let all = wildcard.then(|| self.iter());
        let some = (!wildcard).then(|| self.candidates(place.address));
        let candidates = all.into_iter().flatten().chain(some.into_iter().flatten());
        candidates.filter(move |rule| matches(rule, place, Host::touches_local))
    }
}

fn matches<R: AsRef<Endpoint>>(
    rule: &Entry<R>,
    place: Place,
    covers: fn(&Host, IpAddr) -> bool,
) -> bool {
    let endpoint = rule.rule.as_ref().as_ref();
    place.is_at_port_of(endpoint) && covers(&endpoint.host, place.address)
}

impl<R> Entry<R>
where
    Rule: From<Arc<R>>,
{
    /// The rule in its place.
    pub(crate) fn line(&self, effect: Effect) -> Line {
        Line {
            effect,
            rule: Arc::clone(&self.rule).into(),
            origin: self.origin.clone(),
        }
    }
}

/// Where it was written makes no other rule.
impl<R: PartialEq> PartialEq for Entry<R> {
    fn eq(&self, other: &Self) -> bool {
        self.rule == other.rule
    }
}

impl<R: Eq> Eq for Entry<R> {}

/// How they are found follows from what they are.
impl<R: PartialEq> PartialEq for RuleSet<R> {
    fn eq(&self, other: &Self) -> bool {
        self.rules == other.rules
    }
}

impl<R: Eq> Eq for RuleSet<R> {}

impl<R> Deref for Entry<R> {
    type Target = R;

    fn deref(&self) -> &R {
        &self.rule
    }
}

impl Indexed for OutboundRule {
    fn net(&self) -> Option<IpNet> {
        self.remote().host.net()
    }
}

impl Indexed for InboundRule {
    fn net(&self) -> Option<IpNet> {
        self.local().host.net()
    }
}

impl Indexed for ResolveRule {
    fn net(&self) -> Option<IpNet> {
        None
    }
}

impl<R> Default for RuleSet<R> {
    fn default() -> Self {
        Self {
            rules: Vec::new(),
            nets: HashMap::new(),
            lengths: BTreeSet::new(),
            others: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts<'a>(found: impl Iterator<Item = &'a Entry<InboundRule>>) -> Vec<String> {
        found.map(|rule| rule.to_string()).collect()
    }

    #[test]
    fn what_is_found_is_what_a_look_at_every_rule_finds() {
        let mut set = RuleSet::<InboundRule>::default();
        for rule in [
            "tcp://10.0.0.0/8:1",
            "tcp://any:2",
            "tcp://10.0.0.0/16:3",
            "tcp://10.0.0.1:4",
            "tcp://0.0.0.0/0:5",
            "tcp://[::]/0:6",
            "tcp://10.0.0.0/8:7",
            "tcp://localhost:8",
            "tcp://[::a00:0]/120:9",
            "tcp://[fd00::]/8:10",
            "udp://10.0.0.1:11",
        ] {
            set.push(Arc::new(rule.parse().unwrap()), None);
        }
        for address in [
            "10.0.0.1", "10.1.0.0", "8.8.8.8", "0.0.0.0", "::", "::a00:1", "fd00::1", "::1",
        ] {
            let address: IpAddr = address.parse().unwrap();
            for port in 0..12 {
                let place = Place {
                    protocol: Protocol::Tcp,
                    address,
                    port,
                    ephemeral: false,
                };
                let scan = |covers: fn(&Host, IpAddr) -> bool| -> Vec<_> {
                    set.iter()
                        .filter(|rule| matches(rule, place, covers))
                        .map(|rule| rule.to_string())
                        .collect()
                };
                assert_eq!(texts(set.containing(place)), scan(Host::contains));
                assert_eq!(texts(set.granting_local(place)), scan(Host::grants_local));
                assert_eq!(texts(set.touching_local(place)), scan(Host::touches_local));
            }
        }
        let first = set
            .candidates([10, 0, 0, 1].into())
            .map(|rule| rule.to_string());
        assert_eq!(
            first.take(2).collect::<Vec<_>>(),
            ["tcp://10.0.0.0/8:1", "tcp://any:2"]
        );
    }
}
