//! The rules of one effect and kind, asked for those that concern a name, or an address and a port.
//!
//! How they are found is nobody else's business. A list of ten thousand networks, names or peers costs a decision hardly
//! more than a list of ten. What is found is what a look at one rule after the other would find, and the tests
//! compare the two.

mod index;
mod names;
mod places;
#[cfg(test)]
mod tests;

use std::net::IpAddr;
use std::ops::Deref;
use std::sync::Arc;

use self::index::{Cover, Group, Index};
use self::places::{Number, earlier};
use crate::{
    Effect, Endpoint, InboundRule, Line, Name, Origin, OutboundRule, PinnedName, Protocol, Rule,
};

pub(crate) use index::Indexed;

/// Rules that are either all allowed or all denied, of one kind.
#[derive(Clone, Debug)]
pub(crate) struct RuleSet<R> {
    rules: Vec<Entry<R>>,
    index: Index,
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

/// How many rules are looked at one by one rather than looked up.
const FEW: usize = 16;

impl<R> RuleSet<R> {
    pub(crate) fn push(&mut self, rule: Arc<R>, origin: Option<Origin>) {
        self.rules.push(Entry { rule, origin });
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Entry<R>> {
        self.rules.iter()
    }

    /// The first rule about a lookup of the name: for that name, whatever the port, or for every name.
    pub(crate) fn first_for_lookup(&self, name: &Name) -> Option<&Entry<R>> {
        let mut found = self.index.any().distinct.first().copied();
        self.index.visit_naming(name, |group| {
            found = earlier(found, group.distinct.first().copied());
        });
        self.rule(found)
    }

    fn rule(&self, number: Option<Number>) -> Option<&Entry<R>> {
        self.rules.get(usize::try_from(number?).ok()?)
    }

    /// The first rule about the place, for whichever peers.
    fn first_at(&self, place: Place, cover: Cover) -> Option<&Entry<R>> {
        let found = self.first_covering(place, cover, |group| {
            let open = group.open.first_at(place, |_| true);
            earlier(open, group.limited.first_at(place, |_| true))
        });
        self.rule(found)
    }

    /// The first rule about the place that is for every peer.
    fn first_open(&self, place: Place, cover: Cover) -> Option<Number> {
        self.first_covering(place, cover, |group| group.open.first_at(place, |_| true))
    }

    /// The first rule of those that each group covering the place has first.
    fn first_covering(
        &self,
        place: Place,
        cover: Cover,
        first: impl Fn(&Group) -> Option<Number>,
    ) -> Option<Number> {
        let mut found = None;
        self.index.visit_covering(place.address, cover, |group| {
            found = earlier(found, first(group));
        });
        found
    }

    /// The first rule of those that each group naming the name has first.
    fn first_naming_of(
        &self,
        name: &Name,
        first: impl Fn(&Group) -> Option<Number>,
    ) -> Option<&Entry<R>> {
        let mut found = None;
        self.index.visit_naming(name, |group| {
            found = earlier(found, first(group));
        });
        self.rule(found)
    }
}

impl<R: Indexed> RuleSet<R> {
    /// Makes the rules found. Before, there are none.
    pub(crate) fn seal(&mut self) {
        self.index = Index::new(&self.rules);
    }
}

impl RuleSet<OutboundRule> {
    /// The first rule whose host contains the place. Names contain none.
    pub(crate) fn first_containing(&self, place: Place) -> Option<&Entry<OutboundRule>> {
        self.first_at(place, Cover::Contains)
    }

    /// The first rule that names the name, and is about the port and one of the addresses.
    pub(crate) fn first_naming(
        &self,
        name: &Name,
        place: Place,
        addresses: impl Iterator<Item = IpAddr> + Clone,
    ) -> Option<&Entry<OutboundRule>> {
        let wanted = |number| self.concerns(number, addresses.clone());
        self.first_naming_of(name, |group| group.open.first_at(place, wanted))
    }

    /// The first rule that names the name, and is about every port and one of the addresses.
    pub(crate) fn first_naming_everywhere(
        &self,
        name: &Name,
        addresses: impl Iterator<Item = IpAddr> + Clone,
    ) -> Option<&Entry<OutboundRule>> {
        let wanted = |number: &Number| self.concerns(*number, addresses.clone());
        self.first_naming_of(name, |group| group.open.every().find(wanted))
    }

    /// The rules that could grant the address or one of the names that led to it, in their order. Without a place, the port
    /// does not matter, and one rule stands for all that differ by it alone.
    pub(crate) fn candidates(
        &self,
        address: IpAddr,
        names: &[PinnedName],
        place: Option<Place>,
    ) -> impl Iterator<Item = &Entry<OutboundRule>> {
        let mut found: Vec<Number> = Vec::new();
        let mut add = |group: &Group| match place {
            Some(place) => found.extend(group.open.at(place)),
            None => found.extend(&group.distinct),
        };
        self.index
            .visit_covering(address, Cover::Contains, &mut add);
        for name in names {
            self.index.visit_naming(&name.asked, &mut add);
        }
        found.sort_unstable();
        found.dedup();
        found
            .into_iter()
            .filter_map(|number| self.rule(Some(number)))
    }

    fn concerns(&self, number: Number, addresses: impl Iterator<Item = IpAddr>) -> bool {
        self.rule(Some(number))
            .is_some_and(|rule| rule.concerns(addresses))
    }
}

impl RuleSet<InboundRule> {
    /// The first rule that lets a guest take the place, whoever it lets in there. The wildcard address asks for more than an
    /// address: [`Host::grants_local`].
    pub(crate) fn first_granting(&self, place: Place) -> Option<&Entry<InboundRule>> {
        self.first_at(place, Cover::Grants)
    }

    /// The first rule that lets a guest take the place, and the peer in there.
    pub(crate) fn first_granting_to(
        &self,
        place: Place,
        peer: IpAddr,
    ) -> Option<&Entry<InboundRule>> {
        let limited = self.first_limited(place, Cover::Grants, peer);
        self.rule(earlier(self.first_open(place, Cover::Grants), limited))
    }

    /// The first rule for every peer that speaks of something the guest gets along with the place:
    /// [`Host::touches_local`].
    pub(crate) fn first_touching(&self, place: Place) -> Option<&Entry<InboundRule>> {
        self.rule(self.first_open(place, Cover::Touches))
    }

    /// The first rule about a peer that has come to `connection`, at which `listener` listens. `limited` if rules for every
    /// peer do not count.
    pub(crate) fn first_about_peer(
        &self,
        listener: Place,
        connection: Place,
        peer: IpAddr,
        limited: bool,
    ) -> Option<&Entry<InboundRule>> {
        let at = |place, cover| {
            let open = (!limited).then(|| self.first_open(place, cover)).flatten();
            earlier(open, self.first_limited(place, cover, peer))
        };
        self.rule(earlier(
            at(listener, Cover::Contains),
            at(connection, Cover::Touches),
        ))
    }

    /// The first rule about the place whose `#from=` lists the peer.
    fn first_limited(&self, place: Place, cover: Cover, peer: IpAddr) -> Option<Number> {
        let lists: Vec<&[Number]> = self.index.listing(peer).collect();
        // Few rules list the peer, or few are about the place, or an early one does both.
        if lists.iter().map(|list| list.len()).sum::<usize>() <= FEW {
            let about = |number: &Number| {
                self.rule(Some(*number)).is_some_and(|rule| {
                    let local = rule.local();
                    place.is_at_port_of(local) && cover.covers(&local.host, place.address)
                })
            };
            return lists.into_iter().flatten().copied().filter(about).min();
        }
        let lists_it = |number| lists.iter().any(|list| list.binary_search(&number).is_ok());
        self.first_covering(place, cover, |group| {
            group.limited.first_at(place, lists_it)
        })
    }
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

impl<R> Default for RuleSet<R> {
    fn default() -> Self {
        Self {
            rules: Vec::new(),
            index: Index::default(),
        }
    }
}
