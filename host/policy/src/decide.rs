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
//! Around this lie the ceilings, each of which has to allow the same request by these steps, and the mode: a policy that
//! reports lets through what it would refuse, unless it leads to a special address. What a ceiling refuses is refused.
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
use crate::ruleset::Entry;
use crate::{
    Carried, Decision, Effect, Line, Mode, Policy, Protocol, Reason, Request, Rule, Special,
    Verdict, Via,
};

impl Policy {
    /// Decides what becomes of a request.
    pub fn decide(&self, request: &Request) -> Decision {
        if let Some(reason) = self.outside(request) {
            return reason.into();
        }
        let reason = self.ruled(request);
        if reason.verdict() == Verdict::Allow {
            return reason.into();
        }
        if self.mode == Mode::Enforce && self.own.is_empty() {
            return reason.into();
        }
        let destination = request.destination();
        let special = destination.and_then(|address| Special::of(address, &self.own));
        let reason = match self.mode {
            Mode::Report if special.is_none() => Reason::Reported(reason.into()),
            Mode::Report | Mode::Enforce => reason,
        };
        Decision::from(reason).with_own(special.is_some_and(|special| special.is_own()))
    }

    /// Why a ceiling refuses the request. Ceilings come first: if one of them refuses, no line of the policy helps.
    fn outside(&self, request: &Request) -> Option<Reason> {
        self.ceilings.iter().find_map(|ceiling| {
            ceiling.outside(request).or_else(|| {
                let reason = ceiling.ruled(request);
                let denied = reason.verdict() == Verdict::Deny;
                denied.then(|| Reason::OutsideCeiling(reason.into()))
            })
        })
    }

    /// What the rules say, whatever the mode.
    pub(crate) fn ruled(&self, request: &Request) -> Reason {
        match request {
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
        }
    }
}

/// Every address that what comes from `peer` may have been sent by.
fn peer_meanings(peer: IpAddr) -> impl Iterator<Item = (IpAddr, Via)> + Clone {
    let carried = Carried::all(peer).map(|carried| (carried.address.into(), Via::Carried(carried)));
    std::iter::once((peer, Via::Itself)).chain(carried)
}

fn allow<R>(rule: &Entry<R>) -> Line
where
    Rule: From<Arc<R>>,
{
    rule.line(Effect::Allow)
}

fn deny<R>(rule: &Entry<R>) -> Line
where
    Rule: From<Arc<R>>,
{
    rule.line(Effect::Deny)
}
