//! The decision. Everything that a guest is allowed or denied goes through [`Policy::decide`].
//!
//! The order, for everything that is asked:
//!
//! 1. IPv4-mapped IPv6 becomes IPv4. Otherwise each rule would have to be written twice, and one would be forgotten.
//! 2. A deny rule wins. It is looked for more widely than an allow rule: also inside an address that carries another,
//!    behind the unspecified address, under the wildcard address, and in every name that a lookup went through.
//! 3. An allow rule grants what it names. A name is what our resolver answered to this guest, and nothing else.
//! 4. Outbound, a special destination asks for a rule that lies inside its special block: by its address, or by `#to=`.
//! 5. Nothing else is allowed.
//!
//! Datagrams have no connection that could remember who began, so the host remembers it: who has begun decides which
//! rules are asked.

mod datagram;
mod destination;
mod inbound;
mod lookup;
mod outbound;

use std::net::IpAddr;
use std::sync::Arc;

use self::inbound::place_of;
use crate::{Carried, Decision, Effect, Line, Policy, Protocol, Request, Rule, Via};

impl Policy {
    /// Decides what becomes of a request.
    pub fn decide(&self, request: &Request) -> Decision {
        let reason = match request {
            Request::Resolve { name } => self.resolve(name),
            Request::Answer { name, address } => self.answer(name, *address),
            Request::Connect {
                protocol,
                remote,
                names,
            } => self.reach(*protocol, *remote, names),
            Request::Send { remote, names } => self.reach(Protocol::Udp, *remote, names),
            Request::ReceiveReply {
                listener,
                peer,
                names,
            } => self.receive_reply(*listener, *peer, names),
            Request::Bind { protocol, local } => self.bind(*protocol, *local),
            Request::Listen { listener } => self.take(place_of(Protocol::Tcp, *listener)),
            Request::Accept {
                listener,
                local,
                peer,
            } => self.come_in(place_of(Protocol::Tcp, *listener), *local, *peer),
            Request::Receive { listener, peer } => self.receive(*listener, *peer),
            Request::Reply {
                listener,
                peer,
                names,
            } => self.reply(*listener, *peer, names),
        };
        reason.into()
    }
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
