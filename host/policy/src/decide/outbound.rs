//! What the guest reaches.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::destination::Destination;
use super::{deny, peer_meanings};
use crate::request::canonical;
use crate::ruleset::Place;
use crate::{PinnedName, Policy, Protocol, Reason, Via};

impl Policy {
    /// Whether the guest may send there, by the address or by one of the names that led to it.
    pub(super) fn reach(
        &self,
        protocol: Protocol,
        remote: SocketAddr,
        names: &[PinnedName],
    ) -> Reason {
        let (address, port) = canonical(remote);
        let place = Place {
            protocol,
            address,
            port,
            ephemeral: false,
        };
        if let Some(denied) = self
            .denied_address(place)
            .or_else(|| self.denied_names(place, names))
        {
            return denied;
        }
        let rules = self.outbound.allow.candidates(address, names, Some(place));
        Destination::new(address, names, &self.own).granted_by(rules)
    }

    fn denied_address(&self, place: Place) -> Option<Reason> {
        meanings(place.address).find_map(|(address, via)| {
            let place = Place { address, ..place };
            let rule = self.outbound.deny.first_containing(place)?;
            Some(Reason::DeniedBy {
                line: deny(rule),
                via,
            })
        })
    }

    /// A denied name denies its addresses, also to a rule that allows the address. So does a name that may not be looked
    /// up any more, since the policy may have changed since.
    fn denied_names(&self, place: Place, names: &[PinnedName]) -> Option<Reason> {
        names.iter().flat_map(PinnedName::names).find_map(|name| {
            let addresses = all_meanings(place.address);
            let at_port = self.outbound.deny.first_naming(name, place, addresses);
            let line = match at_port {
                Some(rule) => deny(rule),
                None => self.denied_lookup(name, Some(place.address))?,
            };
            Some(Reason::DeniedBy {
                line,
                via: Via::Name(name.clone()),
            })
        })
    }
}

/// Every address that what is sent to `destination` may arrive at.
fn meanings(destination: IpAddr) -> impl Iterator<Item = (IpAddr, Via)> + Clone {
    // Systems connect to this host when told to connect to the unspecified address.
    let this_host = destination.is_unspecified().then(|| match destination {
        IpAddr::V4(_) => IpAddr::from(Ipv4Addr::LOCALHOST),
        IpAddr::V6(_) => IpAddr::from(Ipv6Addr::LOCALHOST),
    });
    peer_meanings(destination).chain(this_host.map(|address| (address, Via::ThisHost(address))))
}

/// The same, without how each comes about.
pub(super) fn all_meanings(destination: IpAddr) -> impl Iterator<Item = IpAddr> + Clone {
    meanings(destination).map(|(address, _)| address)
}
