//! Who a UDP socket is talking with, and who began.
//!
//! Datagrams have no connection, so this is where it is remembered which peers the guest has sent to and which it has
//! heard from. From that follows what is asked of the policy:
//!
//! | the guest     | peer                          | asked                  |
//! |---------------|-------------------------------|------------------------|
//! | sends to      | heard from, and not sent to   | `Request::Reply`       |
//! | sends to      | any other                     | `Request::Send`        |
//! | is to receive from | sent to                  | `Request::ReceiveReply` |
//! | is to receive from | any other                | `Request::Receive`     |
//!
//! A peer is who a datagram really goes to or comes from, see [`destination`](super::destination). Where the guest asked for
//! another address, that one is kept, to be shown to it.
//!
//! Each is asked once a peer, and again when the policy has changed or when the guest has learnt another name for the
//! peer; so one record stands for many datagrams. All of it is bounded and forgotten after a while, see
//! [`recent`](super::recent). A peer that is forgotten is a stranger again: whether that ends the exchange is for the
//! rules to say.

use std::net::{SocketAddr, SocketAddrV6};
use std::sync::Arc;
use std::time::Instant;

use wasock_policy::{Listener, PinnedName, Protocol};

use super::destination::Destination;
use super::guard::{Denied, Guard};
use super::pins::Pins;
use super::recent::Recent;

/// The peers of one socket.
#[derive(Default)]
pub(crate) struct Peers {
    /// Those that the guest has sent to by a grant for it.
    asked: Recent<SocketAddr, Asked>,
    /// Those that came to the guest by a grant for it.
    heard: Recent<SocketAddr, Heard>,
    /// What was refused, so that it is not decided and recorded for each datagram.
    refused: Recent<(Way, SocketAddr), Basis>,
    /// Peers that the guest was led to, with the address that it asked for last.
    led: Recent<SocketAddr, SocketAddr>,
}

/// What decisions about a socket's peers depend on.
pub(crate) struct Setting<'a> {
    pub(crate) guard: &'a Guard,
    pub(crate) pins: &'a Pins,
    pub(crate) listener: Listener,
}

struct Asked {
    send: Basis,
    /// The policy by which its datagrams were let in.
    receive: Option<u64>,
}

struct Heard {
    /// The policy by which its datagrams were let in.
    receive: u64,
    reply: Option<Basis>,
}

/// What a decision was based on; it holds until one of them changes.
struct Basis {
    policy: u64,
    names: Arc<[PinnedName]>,
}

/// The kind of request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Way {
    Send,
    Reply,
    Receive,
    ReceiveReply,
}

impl Peers {
    /// Where a datagram of the guest's goes. To a peer that came by itself it is an answer, which goes to that peer.
    pub(crate) fn lead(&mut self, to: SocketAddr, with: &Setting<'_>) -> Destination {
        let destination = with.guard.lead(Protocol::Udp, to);
        if destination.asked.is_some() && self.heard.get(identity(to), with.pins.now()).is_some() {
            return to.into();
        }
        destination
    }

    /// What the guest sees of a peer that it may receive from: the address that it sent to last to get there.
    pub(crate) fn shown(&mut self, peer: SocketAddr, with: &Setting<'_>) -> SocketAddr {
        if self.led.is_empty() {
            return peer;
        }
        let asked = self.led.get(identity(peer), with.pins.now());
        asked.map_or(peer, |asked| *asked)
    }

    /// Whether the guest may send there now.
    pub(crate) fn may_send(&mut self, to: Destination, with: &Setting<'_>) -> Result<(), Denied> {
        self.decide_to_send(to, with)?;

        let (peer, now) = (identity(to.remote), with.pins.now());
        match to.asked {
            Some(asked) => self.led.insert(peer, asked, now),
            None if self.led.is_empty() => {}
            None => self.led.remove(peer),
        }
        Ok(())
    }

    fn decide_to_send(&mut self, to: Destination, with: &Setting<'_>) -> Result<(), Denied> {
        let (peer, now) = (identity(to.remote), with.pins.now());
        let (way, earlier) = if let Some(asked) = self.asked.get(peer, now) {
            (Way::Send, Some(&asked.send))
        } else if let Some(heard) = self.heard.get(peer, now) {
            (Way::Reply, heard.reply.as_ref())
        } else {
            (Way::Send, None)
        };
        let mut basis = Basis {
            policy: with.guard.generation(),
            names: with.pins.names(peer.ip()),
        };
        if let Some(earlier) = earlier {
            if basis.is_in(earlier) {
                return Ok(());
            }
            // The exchange goes on although a name may have expired since it began.
            basis.add(&earlier.names);
        }
        if self.is_refused(way, peer, &basis, now) {
            return Err(Denied);
        }

        let names = Arc::clone(&basis.names);
        let answer = match way {
            Way::Reply => with.guard.reply(with.listener, peer, names),
            _ => {
                let to = Destination { remote: peer, ..to };
                with.guard.send(to, names)
            }
        };
        if answer.is_err() {
            self.asked.remove(peer);
            self.refused.insert((way, peer), basis, now);
            return answer;
        }
        match (way, self.heard.get(peer, now)) {
            (Way::Reply, Some(heard)) => heard.reply = Some(basis),
            _ => {
                let send = basis;
                let receive = None;
                self.asked.insert(peer, Asked { send, receive }, now);
            }
        }
        Ok(())
    }

    /// Whether the guest gets a datagram of `peer`.
    pub(crate) fn may_receive(
        &mut self,
        peer: SocketAddr,
        with: &Setting<'_>,
    ) -> Result<(), Denied> {
        let (peer, now) = (identity(peer), with.pins.now());
        let policy = with.guard.generation();
        let (way, names) = if let Some(asked) = self.asked.get(peer, now) {
            if asked.receive == Some(policy) {
                return Ok(());
            }
            (Way::ReceiveReply, Arc::clone(&asked.send.names))
        } else {
            let heard = self.heard.get(peer, now);
            if heard.is_some_and(|heard| heard.receive == policy) {
                return Ok(());
            }
            (Way::Receive, Arc::default())
        };
        let basis = Basis { policy, names };
        if self.is_refused(way, peer, &basis, now) {
            return Err(Denied);
        }

        let answer = match way {
            Way::ReceiveReply => {
                let names = Arc::clone(&basis.names);
                let asked = self.led.get(peer, now).copied();
                let from = Destination {
                    remote: peer,
                    asked,
                };
                with.guard.receive_reply(with.listener, from, names)
            }
            _ => with.guard.receive(with.listener, peer),
        };
        if answer.is_err() {
            self.heard.remove(peer);
            self.refused.insert((way, peer), basis, now);
            return answer;
        }
        match (way, self.asked.get(peer, now)) {
            (Way::ReceiveReply, Some(asked)) => asked.receive = Some(policy),
            _ => {
                let reply = None;
                let receive = policy;
                self.heard.insert(peer, Heard { receive, reply }, now);
            }
        }
        Ok(())
    }

    fn is_refused(&mut self, way: Way, peer: SocketAddr, basis: &Basis, now: Instant) -> bool {
        let earlier = self.refused.get((way, peer), now);
        earlier.is_some_and(|earlier| basis.is_in(earlier))
    }
}

/// What is the same for datagrams to and from a peer. The flow label is a datagram's own, and the scope counts only where
/// an address means another host on another link.
fn identity(peer: SocketAddr) -> SocketAddr {
    match peer {
        SocketAddr::V6(peer) if peer.ip().is_unicast_link_local() => {
            SocketAddrV6::new(*peer.ip(), peer.port(), 0, peer.scope_id()).into()
        }
        _ => SocketAddr::new(peer.ip(), peer.port()),
    }
}

impl Basis {
    /// Whether there is nothing in it that was not there `earlier`.
    fn is_in(&self, earlier: &Self) -> bool {
        let known = |name| earlier.names.contains(name);
        self.policy == earlier.policy && self.names.iter().all(known)
    }

    fn add(&mut self, names: &[PinnedName]) {
        let missing: Vec<_> = names
            .iter()
            .filter(|name| !self.names.contains(name))
            .collect();
        if !missing.is_empty() {
            self.names = self.names.iter().chain(missing).cloned().collect();
        }
    }
}
