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
        ports(place).flat_map(|port| self.singles(port).chain(self.ranges(port)))
    }

    /// The first of the rules about the place that is wanted.
    pub(super) fn first_at(&self, place: Place, wanted: impl Fn(Number) -> bool) -> Option<Number> {
        let first_at = |port| {
            let single = self.singles(port).find(|rule| wanted(*rule));
            let range = self.ranges(port).find(|rule| wanted(*rule));
            earlier(single, range)
        };
        ports(place).filter_map(first_at).min()
    }

    /// The rules for every port, in their order.
    pub(super) fn every(&self) -> impl Iterator<Item = Number> {
        self.every.iter().copied()
    }

    fn singles(&self, port: Port) -> impl Iterator<Item = Number> {
        let from = self.singles.partition_point(|(listed, _)| *listed < port);
        let rest = self.singles.get(from..).unwrap_or_default().iter();
        rest.take_while(move |(listed, _)| *listed == port)
            .map(|(_, rule)| *rule)
    }

    fn ranges(&self, (protocol, number): Port) -> impl Iterator<Item = Number> {
        let ranges = self.ranges.iter();
        ranges
            .filter(move |(listed, range, _)| *listed == protocol && range.contains(&number))
            .map(|(.., rule)| *rule)
    }
}

/// The ports that a rule can name to be about the place.
fn ports(place: Place) -> impl Iterator<Item = Port> {
    let Place {
        protocol,
        port,
        ephemeral,
        ..
    } = place;
    let any = (ephemeral && port != 0).then_some(0);
    std::iter::once(port)
        .chain(any)
        .map(move |port| (protocol, port))
}

/// The one that comes first in the order of rules.
pub(super) fn earlier(a: Option<Number>, b: Option<Number>) -> Option<Number> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}
