//! Rules by protocol and port.

use std::ops::RangeInclusive;

use super::Place;
use crate::{Endpoint, Protocol};

/// The number of a rule: its place in the order of rules.
pub(super) type Number = u32;

/// Rules for the same addresses or names, by the ports that they speak of.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    /// Single ports with their rules, sorted.
    singles: Vec<(Port, Number)>,
    /// Ranges of ports with their rules, in the order of rules. They may overlap in any way, so all are looked at.
    ranges: Vec<(Protocol, RangeInclusive<u16>, Number)>,
    /// Rules for every port, in their order.
    every: Vec<Number>,
}

/// A port of a protocol.
type Port = (Protocol, u16);

impl Places {
    /// The rules, which come in their order.
    pub(super) fn new<'a>(rules: impl Iterator<Item = (Number, &'a Endpoint)>) -> Self {
        let mut places = Self::default();
        for (rule, endpoint) in rules {
            let protocol = endpoint.protocol;
            for range in endpoint.ports.ranges() {
                if range.start() == range.end() {
                    places.singles.push(((protocol, *range.start()), rule));
                } else {
                    places.ranges.push((protocol, range.clone(), rule));
                }
            }
            if endpoint.ports.are_all() {
                places.every.push(rule);
            }
        }
        places.singles.sort_unstable();
        places
    }

    /// The rules about the place, in no order. One may come twice.
    pub(super) fn at(&self, place: Place) -> impl Iterator<Item = Number> {
        let ephemeral = place.is_ephemeral().then_some(0);
        let ports = std::iter::once(place.port).chain(ephemeral);
        ports.flat_map(move |port| self.singles(place, port).chain(self.ranges(place, port)))
    }

    /// The first of the rules about the place that is wanted.
    pub(super) fn first_at(&self, place: Place, wanted: impl Fn(Number) -> bool) -> Option<Number> {
        let first_at = |port| {
            let single = self.singles(place, port).find(|rule| wanted(*rule));
            let range = self.ranges(place, port).find(|rule| wanted(*rule));
            earlier(single, range)
        };
        let first = first_at(place.port);
        if place.is_ephemeral() {
            earlier(first, first_at(0))
        } else {
            first
        }
    }

    /// The rules for every port, in their order.
    pub(super) fn every(&self) -> impl Iterator<Item = Number> {
        self.every.iter().copied()
    }

    fn singles(&self, place: Place, port: u16) -> impl Iterator<Item = Number> {
        let wanted = (place.protocol, port);
        let from = self.singles.partition_point(|(listed, _)| *listed < wanted);
        let rest = self.singles.get(from..).unwrap_or_default().iter();
        rest.take_while(move |(listed, _)| *listed == wanted)
            .map(|(_, rule)| *rule)
    }

    fn ranges(&self, place: Place, port: u16) -> impl Iterator<Item = Number> {
        let here = move |(protocol, range, _): &&(Protocol, RangeInclusive<u16>, Number)| {
            *protocol == place.protocol && range.contains(&port)
        };
        self.ranges.iter().filter(here).map(|(.., rule)| *rule)
    }
}

impl Place {
    /// Whether rules for port 0 are about it besides those for its port.
    fn is_ephemeral(self) -> bool {
        self.ephemeral && self.port != 0
    }
}

/// The one that comes first in the order of rules.
pub(super) fn earlier(a: Option<Number>, b: Option<Number>) -> Option<Number> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}
