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
//! peer; so one record stands for many datagrams. Whether there is such a name is a number to compare, and what
//! is looked at then is bounded, for the guest decides how many names there are.
//!
//! An exchange keeps the names that let it in, and goes on by them when they have expired. All of it is bounded and forgotten
//! after a while, see [`recent`](super::recent). A peer that is forgotten is a stranger again: whether that ends the
//! exchange is for the rules to say.

use std::net::{SocketAddr, SocketAddrV6};
use std::sync::Arc;

use wasock_policy::{Listener, PinnedName, Protocol};

use super::destination::Destination;
use super::guard::{Denied, Guard};
use super::pins::{MAX_NAMES, Pins};
use super::recent::Recent;

/// The peers of one socket.
#[derive(Default)]
pub(crate) struct Peers {
    /// Those that the guest has sent to by a grant for it.
    asked: Recent<SocketAddr, Asked>,
    /// Those that came to the guest by a grant for it.
    heard: Recent<SocketAddr, Heard>,
    /// What was refused, so that it is not decided and recorded for each datagram.
    refused: Recent<(Way, SocketAddr), Known>,
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
    known: Known,
    names: Arc<[PinnedName]>,
}

/// How much was known when a decision was made.
#[derive(Clone, Copy)]
struct Known {
    policy: u64,
    /// When the guest had learnt the last name of the peer.
    learnt: u64,
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
            Some(asked) => self.led.insert(peer, asked, 0, now),
            None if self.led.is_empty() => {}
            None => self.led.remove(peer),
        }
        Ok(())
    }

    fn decide_to_send(&mut self, to: Destination, with: &Setting<'_>) -> Result<(), Denied> {
        let (peer, now) = (identity(to.remote), with.pins.now());
        let (way, earlier) = if let Some(asked) = self.asked.get(peer, now) {
            (Way::Send, Some(&mut asked.send))
        } else if let Some(heard) = self.heard.get(peer, now) {
            (Way::Reply, heard.reply.as_mut())
        } else {
            (Way::Send, None)
        };
        let known = Known {
            policy: with.guard.generation(),
            learnt: with.pins.learnt(peer.ip()),
        };
        if let Some(earlier) = &earlier
            && known.is_in(earlier.known)
        {
            return Ok(());
        }
        let refused = self.refused.get((way, peer), now);
        if refused.is_some_and(|refused| known.is_in(*refused)) {
            return Err(Denied);
        }
        let mut basis = Basis {
            known,
            names: with.pins.names(peer.ip()),
        };
        if let Some(earlier) = earlier {
            if known.policy == earlier.known.policy && earlier.has(&basis.names) {
                earlier.known = known;
                return Ok(());
            }
            // The exchange goes on although a name may have expired since it began.
            basis.add(&earlier.names);
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
            self.refused.insert((way, peer), known, 0, now);
            return answer;
        }
        let octets = basis.octets();
        match (way, self.heard.get(peer, now)) {
            (Way::Reply, Some(heard)) => {
                let (receive, reply) = (heard.receive, Some(basis));
                let heard = Heard { receive, reply };
                self.heard.insert(peer, heard, octets, now);
            }
            _ => {
                let (send, receive) = (basis, None);
                let asked = Asked { send, receive };
                self.asked.insert(peer, asked, octets, now);
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
        let (way, sent) = if let Some(asked) = self.asked.get(peer, now) {
            if asked.receive == Some(policy) {
                return Ok(());
            }
            let learnt = asked.send.known.learnt;
            (Way::ReceiveReply, Some((learnt, &asked.send.names)))
        } else {
            let heard = self.heard.get(peer, now);
            if heard.is_some_and(|heard| heard.receive == policy) {
                return Ok(());
            }
            (Way::Receive, None)
        };
        let known = Known {
            policy,
            learnt: sent.map_or(0, |(learnt, _)| learnt),
        };
        let refused = self.refused.get((way, peer), now);
        if refused.is_some_and(|refused| known.is_in(*refused)) {
            return Err(Denied);
        }

        let answer = match sent {
            Some((_, names)) => {
                let names = Arc::clone(names);
                let asked = self.led.get(peer, now).copied();
                let from = Destination {
                    remote: peer,
                    asked,
                };
                with.guard.receive_reply(with.listener, from, names)
            }
            None => with.guard.receive(with.listener, peer),
        };
        if answer.is_err() {
            self.heard.remove(peer);
            self.refused.insert((way, peer), known, 0, now);
            return answer;
        }
        match (way, self.asked.get(peer, now)) {
            (Way::ReceiveReply, Some(asked)) => asked.receive = Some(policy),
            _ => {
                let (receive, reply) = (policy, None);
                self.heard.insert(peer, Heard { receive, reply }, 0, now);
            }
        }
        Ok(())
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

impl Known {
    /// Whether there is nothing in it that was not known `earlier`.
    fn is_in(self, earlier: Self) -> bool {
        self.policy == earlier.policy && self.learnt <= earlier.learnt
    }
}

impl Basis {
    /// Whether all of the names are among its own.
    fn has(&self, names: &[PinnedName]) -> bool {
        names.iter().all(|name| self.names.contains(name))
    }

    /// The names of `earlier` as well, the oldest of them if they are many. Those that count now are never left out, for one
    /// of them may be denied.
    fn add(&mut self, earlier: &[PinnedName]) {
        let gone = earlier.iter().filter(|name| !self.names.contains(name));
        let gone: Vec<_> = gone.take(MAX_NAMES).cloned().collect();
        if !gone.is_empty() {
            self.names = gone.iter().chain(self.names.iter()).cloned().collect();
        }
    }

    /// How much its names take up, if nobody shares them.
    fn octets(&self) -> usize {
        let names = self.names.iter().flat_map(PinnedName::names);
        let texts = names.map(|name| name.as_str().len() + size_of_val(name));
        texts.sum::<usize>() + size_of_val(&*self.names)
    }
}
