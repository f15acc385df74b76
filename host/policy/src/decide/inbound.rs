//! What the guest takes, and who comes in.

use std::net::SocketAddr;

use super::{allow, deny, peer_meanings};
use crate::request::canonical;
use crate::ruleset::Place;
use crate::{Listener, Policy, Protocol, Reason, Via};

impl Policy {
    pub(super) fn bind(&self, protocol: Protocol, local: SocketAddr) -> Reason {
        let (address, port) = canonical(local);
        if address.is_unspecified() && port == 0 {
            return Reason::WildcardBind;
        }
        self.take(Place {
            protocol,
            address,
            port,
            ephemeral: false,
        })
    }

    /// Whether the guest may take a local place. Who may come in is not known yet, so a deny rule with `#from=` waits
    /// for the peer, and the `#from=` of an allow rule does too.
    pub(super) fn take(&self, place: Place) -> Reason {
        if let Some(rule) = self.inbound.deny.first_touching(place) {
            let via = if rule.local().host.contains(place.address) {
                Via::Itself
            } else {
                Via::EveryLocal
            };
            return Reason::DeniedBy {
                line: deny(rule),
                via,
            };
        }
        match self.inbound.allow.first_granting(place) {
            Some(rule) => Reason::AllowedBy(allow(rule)),
            None => Reason::NoRule,
        }
    }

    /// Whether a peer may come in. The place is asked about again, since the policy may have changed since. `local` is
    /// where the peer came to.
    pub(super) fn come_in(&self, place: Place, local: SocketAddr, peer: SocketAddr) -> Reason {
        if let Some(denied) = self.denied_peer(place, local, peer, false) {
            return denied;
        }

        let (peer, _) = canonical(peer);
        if let Some(rule) = self.inbound.allow.first_granting_to(place, peer) {
            return Reason::AllowedBy(allow(rule));
        }
        match self.inbound.allow.first_granting(place) {
            Some(rule) => Reason::PeerNotListed { line: allow(rule) },
            None => Reason::NoRule,
        }
    }

    /// The refusal of a peer by a deny rule. `limited` if only those with `#from=` count.
    pub(super) fn denied_peer(
        &self,
        place: Place,
        local: SocketAddr,
        peer: SocketAddr,
        limited: bool,
    ) -> Option<Reason> {
        let (address, port) = canonical(local);
        let connection = Place {
            address,
            port,
            ..place
        };
        let (peer, _) = canonical(peer);
        peer_meanings(peer).find_map(|(peer, via)| {
            let deny_rules = &self.inbound.deny;
            let rule = deny_rules.first_about_peer(place, connection, peer, limited)?;
            Some(Reason::DeniedBy {
                line: deny(rule),
                via,
            })
        })
    }
}

pub(super) fn place_of(protocol: Protocol, Listener { address, ephemeral }: Listener) -> Place {
    let (address, port) = canonical(address);
    Place {
        protocol,
        address,
        port,
        ephemeral,
    }
}
