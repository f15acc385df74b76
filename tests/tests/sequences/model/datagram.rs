//! UDP sockets.

use wasock_conformance::api::Shutdown;
use wasock_conformance::sequence::{Action, Answer, Call, Outcome, Patience, Place};
use wasock_core::addr::Family;
use wasock_core::flags::MsgFlags;
use wasock_core::readiness::Readiness;
use wasock_core::{Errno, SockAddr};

use super::world::{Body, Datagram, Socket, World, destination, is_at};
use super::{Receive, Skip};

/// How many datagrams, and how many bytes, may be on their way to one socket: none is lost then.
const ON_THEIR_WAY: (usize, u32) = (16, 100_000);

impl World {
    pub(super) fn check_datagram(
        &self,
        call: &Call,
        socket: &Socket,
        datagram: &Datagram,
    ) -> Result<(), Skip> {
        match call.action {
            Action::Connect(place) | Action::Sendto(_, _, place) => {
                // What multicast does depends on the network of the machine.
                let multicast = place == Place::Broadcast && socket.family == Family::Inet6;
                if place == Place::Elsewhere || multicast {
                    return Err(Skip::Foreign);
                }
                self.check_port(socket, place)?;
            }
            _ => {}
        }
        if let Action::Send(..) | Action::Sendall(..) = call.action
            && datagram.is_astray
        {
            return Err(Skip::Doubtful);
        }
        if let Action::Send(length, _) | Action::Sendall(length, _) | Action::Sendto(length, ..) =
            call.action
            && let Some(receiver) = self.receiver(call, socket, datagram)
            && let Body::Datagram(receiver) = &self.sockets[&receiver].body
        {
            if receiver.is_receiving_shut {
                // Linux still receives it, and a layer that has not seen it yet says that nothing comes any more.
                return Err(Skip::Racy);
            }
            let (count, bytes) = ON_THEIR_WAY;
            let queued: u32 = receiver.queue.iter().sum();
            if receiver.queue.len() >= count || queued + length > bytes {
                return Err(Skip::Full);
            }
        }
        if let Some(receive) = Receive::of(call.action)
            && receive.wanted.is_some()
        {
            let answers =
                !datagram.queue.is_empty() || datagram.is_receiving_shut || datagram.is_refused;
            if !answers && receive.patience(socket) == Patience::Endless {
                return Err(Skip::Endless);
            }
        }
        Ok(())
    }

    pub(super) fn before_datagram(
        &self,
        call: &Call,
        socket: &Socket,
        datagram: &Datagram,
    ) -> Vec<Action> {
        let mut waits = Vec::new();
        let readable = !datagram.queue.is_empty() || datagram.is_receiving_shut;
        if let Action::Poll(wanted) = call.action {
            if wanted.contains(Readiness::READABLE) && readable {
                waits.push(Action::Await(Readiness::READABLE));
            }
            if wanted.contains(Readiness::WRITABLE) {
                waits.push(Action::Await(Readiness::WRITABLE));
            }
        }
        if let Action::Shutdown(Shutdown::Read | Shutdown::Both) = call.action
            && !datagram.queue.is_empty()
        {
            // As for streams: what has not been seen is lost to some.
            waits.push(Action::Await(Readiness::READABLE));
        }
        if let Some(receive) = Receive::of(call.action)
            && receive.wanted.is_some()
            && receive.patience(socket) != Patience::Endless
            && readable
        {
            waits.push(Action::Await(Readiness::READABLE));
        }
        waits
    }

    pub(super) fn note_datagram(
        &mut self,
        call: &Call,
        target: Option<SockAddr>,
        outcome: &Outcome,
    ) {
        let socket = self.socket_mut(call.socket);
        let Body::Datagram(datagram) = &mut socket.body else {
            return;
        };
        if let Action::Shutdown(how) = call.action {
            // Also where it is an error.
            datagram.is_receiving_shut |= how != Shutdown::Write;
            datagram.is_sending_shut |= how != Shutdown::Read;
        }
        let sends = matches!(
            call.action,
            Action::Send(..) | Action::Sendall(..) | Action::Sendto(..)
        );
        let connects = matches!(call.action, Action::Connect(_));
        match outcome.answer {
            Answer::Failed(_) if (sends || connects) && socket.local.port() == 0 => {
                socket.is_vague = true;
            }
            Answer::Done | Answer::Count(_) if sends || connects => socket.is_vague = false,
            _ => {}
        }
        match (call.action, outcome.answer) {
            (Action::Connect(_), Answer::Done) => {
                datagram.peer = target.map(|target| destination(target, &socket.local));
                datagram.is_astray = false;
            }
            (Action::Connect(_), Answer::Failed(Errno::Eacces)) => {
                datagram.is_astray = datagram.peer.is_some();
            }
            (Action::Disconnect, Answer::Done) => {
                datagram.peer = None;
                datagram.is_astray = false;
            }
            (
                Action::Send(length, _) | Action::Sendall(length, _) | Action::Sendto(length, ..),
                Answer::Count(_) | Answer::Done,
            ) => {
                if let Some(local) = outcome.local {
                    self.socket_mut(call.socket).local = local;
                }
                self.deliver(call, length);
            }
            (_, Answer::Failed(Errno::Econnrefused) | Answer::Error(Some(_))) => {
                datagram.is_refused = false
            }
            (action, Answer::Data(_) | Answer::Received(..)) => {
                if let Some(receive) = Receive::of(action)
                    && receive.wanted.is_some()
                    && !receive.flags.contains(MsgFlags::PEEK)
                {
                    datagram.queue.pop_front();
                }
            }
            _ => {}
        }
    }

    fn deliver(&mut self, call: &Call, length: u32) {
        let socket = &self.sockets[&call.socket];
        let Body::Datagram(datagram) = &socket.body else {
            return;
        };
        let is_connected = datagram.peer.is_some();
        let receiver = self.receiver(call, socket, datagram);
        match receiver.map(|name| &mut self.socket_mut(name).body) {
            Some(Body::Datagram(receiver)) => receiver.queue.push_back(length),
            _ if is_connected => {
                if let Body::Datagram(datagram) = &mut self.socket_mut(call.socket).body {
                    datagram.is_refused = true;
                }
            }
            _ => {}
        }
    }

    /// Who receives what this call sends.
    fn receiver(&self, call: &Call, socket: &Socket, datagram: &Datagram) -> Option<u8> {
        let target = destination(self.target(call).or(datagram.peer)?, &socket.local);
        let mut from = socket.local;
        if from.ip().is_unspecified() {
            from.set_ip(Family::of(&target).loopback(0).ip());
        }
        let receives = |other: &Socket| {
            let Body::Datagram(it) = &other.body else {
                return false;
            };
            // Port 0 of a peer is any.
            let admits = it.peer.is_none_or(|peer| {
                peer.ip() == from.ip() && [0, from.port()].contains(&peer.port())
            });
            other.is_open && is_at(&other.local, &target) && admits
        };
        let found = self.sockets.iter().find(|(_, other)| receives(other));
        found.map(|(name, _)| *name)
    }
}

/// Whether a call has set something going that no answer tells the end of.
pub(super) fn sets_going(call: &Call) -> bool {
    matches!(
        call.action,
        Action::Send(..) | Action::Sendall(..) | Action::Sendto(..)
    )
}
