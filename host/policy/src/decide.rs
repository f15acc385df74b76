//! The decision. Everything that a guest is allowed or denied goes through [`Policy::decide`].
//!
//! The order, in either direction:
//!
//! 1. IPv4-mapped IPv6 becomes IPv4. Otherwise each rule would have to be written twice, and one would be forgotten.
//! 2. A deny rule wins. It is looked for more widely than an allow rule: also inside an address that carries another,
//!    behind the unspecified address, and under the wildcard address.
//! 3. An allow rule grants what it names.
//! 4. Outbound, a special destination asks for a rule that lies inside its special block.
//! 5. Nothing else is allowed.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use crate::request::canonical;
use crate::ruleset::Place;
use crate::{
    Carried, Decision, Effect, InboundRule, Line, Listener, Policy, Protocol, Reason, Request,
    Rule, Special, Via,
};

impl Policy {
    /// Decides what becomes of a request.
    pub fn decide(&self, request: &Request) -> Decision {
        let reason = match *request {
            Request::Connect { protocol, remote } => self.reach(protocol, remote),
            Request::Bind { protocol, local } => self.bind(protocol, local),
            Request::Listen { listener } => self.take(listener_place(listener)),
            Request::Accept {
                listener,
                local,
                peer,
            } => self.accept(listener, local, peer),
        };
        reason.into()
    }

    fn reach(&self, protocol: Protocol, remote: SocketAddr) -> Reason {
        let (address, port) = canonical(remote);
        let place = Place {
            protocol,
            address,
            port,
            ephemeral: false,
        };

        for (address, via) in meanings(address) {
            if let Some(rule) = self
                .outbound
                .deny
                .containing(Place { address, ..place })
                .next()
            {
                return Reason::DeniedBy {
                    line: deny(rule),
                    via,
                };
            }
        }

        let mut granting = self.outbound.allow.containing(place).peekable();
        let Some(first) = granting.peek().map(|rule| allow(rule)) else {
            return Reason::NoRule;
        };
        let Some(special) = Special::of(address) else {
            return Reason::AllowedBy(first);
        };
        match granting.find(|rule| special.is_meant_by(&rule.remote().host)) {
            Some(rule) => Reason::AllowedBy(allow(rule)),
            None => Reason::SpecialAddress {
                special,
                line: first,
            },
        }
    }

    fn bind(&self, protocol: Protocol, local: SocketAddr) -> Reason {
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
    fn take(&self, place: Place) -> Reason {
        let denying = |rule: &&Arc<InboundRule>| rule.from().is_empty();
        if let Some(rule) = self.inbound.deny.touching_local(place).find(denying) {
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
        match self.inbound.allow.granting_local(place).next() {
            Some(rule) => Reason::AllowedBy(allow(rule)),
            None => Reason::NoRule,
        }
    }

    /// Whether a peer may come in. The listener is asked about again, since the policy may have changed since.
    fn accept(&self, listener: Listener, local: SocketAddr, peer: SocketAddr) -> Reason {
        let place = listener_place(listener);
        let (address, port) = canonical(local);
        let connection = Place {
            address,
            port,
            ..place
        };
        let (peer, _) = canonical(peer);

        for (peer, via) in peer_meanings(peer) {
            let mut denying = self
                .inbound
                .deny
                .containing(place)
                .chain(self.inbound.deny.touching_local(connection));
            if let Some(rule) = denying.find(|rule| rule.concerns_peer(peer)) {
                return Reason::DeniedBy {
                    line: deny(rule),
                    via,
                };
            }
        }

        let mut granting = self.inbound.allow.granting_local(place).peekable();
        let Some(first) = granting.peek().map(|rule| allow(rule)) else {
            return Reason::NoRule;
        };
        match granting.find(|rule| rule.concerns_peer(peer)) {
            Some(rule) => Reason::AllowedBy(allow(rule)),
            None => Reason::PeerNotListed { line: first },
        }
    }
}

fn listener_place(Listener { address, ephemeral }: Listener) -> Place {
    let (address, port) = canonical(address);
    Place {
        protocol: Protocol::Tcp,
        address,
        port,
        ephemeral,
    }
}

/// Every address that what is sent to `destination` may arrive at.
fn meanings(destination: IpAddr) -> impl Iterator<Item = (IpAddr, Via)> {
    // Systems connect to this host when told to connect to the unspecified address.
    let this_host = destination.is_unspecified().then(|| match destination {
        IpAddr::V4(_) => IpAddr::from(Ipv4Addr::LOCALHOST),
        IpAddr::V6(_) => IpAddr::from(Ipv6Addr::LOCALHOST),
    });
    peer_meanings(destination).chain(this_host.map(|address| (address, Via::ThisHost(address))))
}

/// Every address that what comes from `peer` may have been sent by.
fn peer_meanings(peer: IpAddr) -> impl Iterator<Item = (IpAddr, Via)> {
    let carried = Carried::all(peer).map(|carried| (carried.address.into(), Via::Carried(carried)));
    std::iter::once((peer, Via::Itself)).chain(carried)
}

fn allow<R>(rule: &Arc<R>) -> Line
where
    Rule: From<Arc<R>>,
{
    Line {
        effect: Effect::Allow,
        rule: Arc::clone(rule).into(),
    }
}

fn deny<R>(rule: &Arc<R>) -> Line
where
    Rule: From<Arc<R>>,
{
    Line {
        effect: Effect::Deny,
        rule: Arc::clone(rule).into(),
    }
}
