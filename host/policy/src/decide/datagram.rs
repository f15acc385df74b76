//! Datagrams between a socket and its peers, in both directions.
//!
//! An exchange that the guest has begun is granted by outbound rules, one that a peer has begun by inbound rules, to and
//! fro. Neither grants more than it would grant the first datagram.

use std::net::SocketAddr;

use super::inbound::place_of;
use crate::{Listener, PinnedName, Policy, Protocol, Reason};

impl Policy {
    /// A datagram that nobody has asked for.
    pub(super) fn receive(&self, listener: Listener, peer: SocketAddr) -> Reason {
        let place = place_of(Protocol::Udp, listener);
        self.come_in(place, listener.address, peer)
    }

    /// What comes back to the guest.
    ///
    /// A deny rule against the peer refuses it: outbound, or inbound with `#from=`. An inbound one without is about
    /// taking a local place, which asking somebody is not: like the bind that comes with it, it needs none.
    pub(super) fn receive_reply(
        &self,
        listener: Listener,
        peer: SocketAddr,
        names: &[PinnedName],
    ) -> Reason {
        let outbound = self.reach(Protocol::Udp, peer, names);
        if let Reason::DeniedBy { .. } = outbound {
            return outbound;
        }
        let place = place_of(Protocol::Udp, listener);
        let denied = self.denied_peer(place, listener.address, peer, true);
        denied.unwrap_or_else(|| self.or_as_inbound(outbound, listener, peer))
    }

    /// What the guest sends back. A source address is easily forged, so what outbound rules deny stays denied.
    pub(super) fn reply(
        &self,
        listener: Listener,
        peer: SocketAddr,
        names: &[PinnedName],
    ) -> Reason {
        let outbound = self.reach(Protocol::Udp, peer, names);
        if let Reason::DeniedBy { .. } = outbound {
            return outbound;
        }
        self.or_as_inbound(outbound, listener, peer)
    }

    /// Where outbound rules do not grant it, inbound rules may.
    fn or_as_inbound(&self, outbound: Reason, listener: Listener, peer: SocketAddr) -> Reason {
        if let Reason::AllowedBy(_) = outbound {
            return outbound;
        }
        match self.receive(listener, peer) {
            inbound @ Reason::AllowedBy(_) => inbound,
            _ => outbound,
        }
    }
}
