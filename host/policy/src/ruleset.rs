//! The rules of one effect and kind, asked for those that concern a name, or an address and a port.
//!
//! How they are found is nobody else's business. A list of ten thousand networks, names or peers costs a decision hardly
//! more than a list of ten. What is found is what a look at one rule after the other would find, and the tests
//! compare the two.

mod index;
mod names;
mod places;
#[cfg(test)]
pub(crate) mod tests;

use std::fmt;
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
#[derive(Clone)]
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
        // Most policies deny nothing.
        if self.rules.is_empty() {
            return None;
        }
        self.rule(earlier(
            self.index.any().first(),
            self.first_naming_of(name, Group::first),
        ))
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
        if self.rules.is_empty() {
            return found;
        }
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
    ) -> Option<Number> {
        let mut found = None;
        self.index.visit_naming(name, |group| {
            found = earlier(found, first(group));
        });
        found
    }

    /// The rules whose option lists one of the addresses, if they are few.
    fn few_listing(&self, addresses: impl Iterator<Item = IpAddr>) -> Option<Vec<Number>> {
        let mut few: Vec<Number> = Vec::new();
        if self.index.has_no_options() {
            return Some(few);
        }
        for list in addresses.flat_map(|address| self.index.listing(address)) {
            if few.len() + list.len() > FEW {
                return None;
            }
            few.extend(list);
        }
        Some(few)
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

    /// Whether a rule names the name, whatever else it is about.
    pub(crate) fn names(&self, name: &Name) -> bool {
        self.first_naming_of(name, Group::first).is_some()
    }

    /// The first rule that names the name, and is about the port and one of the addresses.
    pub(crate) fn first_naming<I: Iterator<Item = IpAddr>>(
        &self,
        name: &Name,
        place: Place,
        addresses: impl Fn() -> I,
    ) -> Option<&Entry<OutboundRule>> {
        if self.rules.is_empty() {
            return None;
        }
        let open = self.first_naming_of(name, |group| group.open.first_at(place, |_| true));
        let about = |rule: &OutboundRule| place.is_at_port_of(rule.remote());
        let limited = self.first_limited(name, addresses, about, |group, wanted| {
            group.limited.first_at(place, wanted)
        });
        self.rule(earlier(open, limited))
    }

    /// The first rule that names the name, and is about every port and one of the addresses.
    pub(crate) fn first_naming_everywhere<I: Iterator<Item = IpAddr>>(
        &self,
        name: &Name,
        addresses: impl Fn() -> I,
    ) -> Option<&Entry<OutboundRule>> {
        if self.rules.is_empty() {
            return None;
        }
        let open = self.first_naming_of(name, |group| group.open.every().next());
        let about = |rule: &OutboundRule| rule.remote().ports.are_all();
        let limited = self.first_limited(name, addresses, about, |group, wanted| {
            group.limited.every().find(|number| wanted(*number))
        });
        self.rule(earlier(open, limited))
    }

    /// The first rule that names the name, whose `#to=` lists one of the addresses, and that is `about` what is asked. It is
    /// found among those that list them if these are few, and otherwise `among` those of each group.
    fn first_limited<I: Iterator<Item = IpAddr>>(
        &self,
        name: &Name,
        addresses: impl Fn() -> I,
        about: impl Fn(&OutboundRule) -> bool,
        among: impl Fn(&Group, &dyn Fn(Number) -> bool) -> Option<Number>,
    ) -> Option<Number> {
        if self.index.has_no_options() {
            return None;
        }
        if let Some(few) = self.few_listing(addresses()) {
            let wanted = |number: &Number| {
                let rule = self.rule(Some(*number));
                rule.is_some_and(|rule| rule.remote().host.names(name) && about(rule))
            };
            return few.into_iter().filter(wanted).min();
        }
        let lists_one = |number| {
            let rule = self.rule(Some(number));
            rule.is_some_and(|rule| rule.concerns(addresses()))
        };
        self.first_naming_of(name, |group| among(group, &lists_one))
    }

    /// The rules that could grant the address or one of the names that led to it, in their order, and the first that could not
    /// for its `#to=`. Without a place, the port does not matter, and one rule stands for all that differ by it alone.
    pub(crate) fn candidates(
        &self,
        address: IpAddr,
        names: &[PinnedName],
        place: Option<Place>,
    ) -> impl Iterator<Item = &Entry<OutboundRule>> {
        let few = self.few_listing(std::iter::once(address));
        let no_options = self.index.has_no_options();
        let mut found: Vec<Number> = Vec::new();
        let mut add = |group: &Group| {
            match place {
                Some(place) => found.extend(group.open.at(place)),
                None => found.extend(group.open.rules().first()),
            }
            if no_options {
                return;
            }
            match (place, &few) {
                (Some(place), Some(_)) => found.extend(group.limited.first_at(place, |_| true)),
                (None, Some(_)) => found.extend(group.limited.rules().first()),
                (Some(place), None) => found.extend(group.limited.at(place)),
                (None, None) => found.extend(group.limited.rules()),
            }
        };
        self.index
            .visit_covering(address, Cover::Contains, &mut add);
        for name in names {
            self.index.visit_naming(&name.asked, &mut add);
        }

        let is_about = |number: &Number| {
            self.rule(Some(*number)).is_some_and(|rule| {
                let remote = rule.remote();
                place.is_none_or(|place| place.is_at_port_of(remote))
                    && names.iter().any(|name| remote.host.names(&name.asked))
            })
        };
        found.extend(few.into_iter().flatten().filter(is_about));
        found.sort_unstable();
        found.dedup();
        found
            .into_iter()
            .filter_map(|number| self.rule(Some(number)))
    }
}

impl RuleSet<InboundRule> {
    /// The first rule that lets a guest take the place, whoever it lets in there. The wildcard address asks for more than an
    /// address: `Host::grants_local`.
    pub(crate) fn first_granting(&self, place: Place) -> Option<&Entry<InboundRule>> {
        self.first_at(place, Cover::Grants)
    }

    /// The first rule that lets a guest take the place, and the peer in there.
    pub(crate) fn first_granting_to(
        &self,
        place: Place,
        peer: IpAddr,
    ) -> Option<&Entry<InboundRule>> {
        let limited = self.first_for_peer(place, Cover::Grants, peer);
        self.rule(earlier(self.first_open(place, Cover::Grants), limited))
    }

    /// The first rule for every peer that speaks of something the guest gets along with the place:
    /// `Host::touches_local`.
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
            earlier(open, self.first_for_peer(place, cover, peer))
        };
        self.rule(earlier(
            at(listener, Cover::Contains),
            at(connection, Cover::Touches),
        ))
    }

    /// The first rule about the place whose `#from=` lists the peer.
    fn first_for_peer(&self, place: Place, cover: Cover, peer: IpAddr) -> Option<Number> {
        if self.index.has_no_options() {
            return None;
        }
        // Few rules list the peer, or few are about the place, or an early one does both.
        if let Some(few) = self.few_listing(std::iter::once(peer)) {
            let about = |number: &Number| {
                self.rule(Some(*number)).is_some_and(|rule| {
                    let local = rule.local();
                    place.is_at_port_of(local) && cover.covers(&local.host, place.address)
                })
            };
            return few.into_iter().filter(about).min();
        }
        let lists: Vec<&[Number]> = self.index.listing(peer).collect();
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

/// How they are found is left out.
impl<R: fmt::Debug> fmt::Debug for RuleSet<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.rules).finish()
    }
}

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
