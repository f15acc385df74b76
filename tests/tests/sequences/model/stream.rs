//! TCP sockets.

use std::collections::VecDeque;
use std::mem;

use wasock_conformance::api::Shutdown;
use wasock_conformance::sequence::{Action, Answer, Call, Outcome, Patience, Place};
use wasock_core::flags::MsgFlags;
use wasock_core::readiness::Readiness;
use wasock_core::{Errno, SockAddr};

use super::world::{Body, EndId, Socket, Stream, World, destination, is_at};
use super::{Receive, Skip};

/// How much may be on its way on one connection: no buffer is full then.
const ON_ITS_WAY: u32 = 48 * 1024;

/// How many connections may wait, whatever the backlog: suppliers take some of them ahead.
const WAITING: usize = 4;

impl World {
    pub(super) fn check_stream(
        &self,
        call: &Call,
        socket: &Socket,
        stream: &Stream,
    ) -> Result<(), Skip> {
        match (call.action, stream) {
            (Action::Accept(_), Stream::Listening { waiting, .. })
                if waiting.is_empty() && socket.patience == Patience::Endless =>
            {
                Err(Skip::Endless)
            }
            // Linux shuts down an idle stream, and the halves of what it becomes are shut.
            (Action::Listen(_) | Action::Connect(_), Stream::Idle) if socket.was_shut_idle => {
                Err(Skip::Doubtful)
            }
            (Action::Connect(place), _) => self.check_connect(call, socket, place),
            (
                Action::Send(length, _) | Action::Sendall(length, _) | Action::Sendto(length, ..),
                Stream::Connected(id),
            ) => {
                let peer = self.peer_of(*id);
                if peer.unread() + length > ON_ITS_WAY {
                    return Err(Skip::Full);
                }
                // Linux keeps what comes behind the end of the receiving half, or resets the connection for it.
                if peer.is_receiving_shut && !peer.is_closed {
                    return Err(Skip::Racy);
                }
                Ok(())
            }
            (action, Stream::Connected(id)) => match Receive::of(action) {
                Some(receive) => self.check_receive(receive, socket, *id),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    fn check_receive(&self, receive: Receive, socket: &Socket, id: EndId) -> Result<(), Skip> {
        let Some(wanted) = receive.wanted else {
            return Ok(());
        };
        let end = self.end(id);
        let goal = if receive.flags.contains(MsgFlags::WAITALL) {
            wanted
        } else {
            1
        };
        let waits = end.unread() < goal && !end.is_over();
        if waits && receive.patience(socket) == Patience::Endless {
            return Err(Skip::Endless);
        }
        Ok(())
    }

    fn check_connect(&self, call: &Call, socket: &Socket, place: Place) -> Result<(), Skip> {
        if place == Place::Elsewhere {
            return Err(Skip::Foreign);
        }
        self.check_port(socket, place)?;
        let Some(target) = self.target(call) else {
            return Ok(());
        };
        if !matches!(socket.body, Body::Stream(Stream::Idle)) {
            return Ok(());
        }
        let target = destination(target, &socket.local);
        if is_at(&socket.local, &target) {
            // It would connect to itself.
            return Err(Skip::Racy);
        }
        // How soon a connection stands is for the machine to say.
        if socket.patience == Patience::Short {
            return Err(Skip::Racy);
        }
        if socket.local.port() != 0 && self.used.contains(&(socket.local, target)) {
            // Whether it can be used again is a matter of seconds.
            return Err(Skip::Racy);
        }
        let Some(listener) = self.listener_at(&target) else {
            return Ok(());
        };
        match &self.sockets[&listener].body {
            Body::Stream(Stream::Listening { waiting, room, .. }) if waiting.len() >= *room => {
                Err(Skip::Full)
            }
            _ => Ok(()),
        }
    }

    /// Who listens there.
    fn listener_at(&self, target: &SockAddr) -> Option<u8> {
        let listens = |socket: &Socket| {
            socket.is_open
                && matches!(socket.body, Body::Stream(Stream::Listening { .. }))
                && is_at(&socket.local, target)
        };
        let found = self.sockets.iter().find(|(_, socket)| listens(socket));
        found.map(|(name, _)| *name)
    }

    pub(super) fn before_stream(
        &self,
        call: &Call,
        socket: &Socket,
        stream: &Stream,
    ) -> Vec<Action> {
        match stream {
            Stream::Idle => Vec::new(),
            Stream::Listening { waiting, .. } => match call.action {
                Action::Accept(_)
                    if socket.patience != Patience::Endless && !waiting.is_empty() =>
                {
                    vec![Action::Await(Readiness::READABLE)]
                }
                Action::Poll(wanted)
                    if wanted.contains(Readiness::READABLE) && !waiting.is_empty() =>
                {
                    vec![Action::Await(Readiness::READABLE)]
                }
                _ => Vec::new(),
            },
            Stream::Connected(id) => self.before_connected(call.action, socket, *id),
        }
    }

    fn before_connected(&self, action: Action, socket: &Socket, id: EndId) -> Vec<Action> {
        let end = self.end(id);
        let mut waits = Vec::new();
        if end.is_gone && !matches!(action, Action::Close | Action::Settimeout(_)) {
            waits.push(Action::Lose);
        }
        let readable = end.unread() > 0 || end.is_over();
        if let Action::Poll(wanted) = action {
            if wanted.contains(Readiness::READABLE) && readable {
                waits.push(Action::Await(Readiness::READABLE));
            }
            if wanted.contains(Readiness::WRITABLE) {
                waits.push(Action::Await(Readiness::WRITABLE));
            }
        }
        if let Action::Shutdown(Shutdown::Read | Shutdown::Both) = action
            && end.unread() > 0
            && !end.is_receiving_shut
        {
            // What comes later is lost to some.
            waits.push(Action::Gather(end.unread()));
        }
        if let Some(receive) = Receive::of(action)
            && let Some(wanted) = receive.wanted
        {
            let waiting = receive.patience(socket) == Patience::Endless;
            let wanted = wanted.min(end.unread());
            let first = end.pieces.front().copied().unwrap_or(0);
            if wanted > first {
                waits.push(Action::Gather(wanted));
            } else if readable && !waiting {
                waits.push(Action::Await(Readiness::READABLE));
            }
        }
        waits
    }

    pub(super) fn note_stream(&mut self, call: &Call, target: Option<SockAddr>, outcome: &Outcome) {
        let socket = self.socket_mut(call.socket);
        let Body::Stream(stream) = &socket.body else {
            return;
        };
        match (call.action, outcome.answer, stream) {
            (Action::Listen(_), Answer::Done, _) => socket.keeps_port = true,
            (Action::Bind(_), Answer::Done, _) => {
                socket.keeps_port = true;
                socket.has_port = target.is_some_and(|target| target.port() != 0);
                socket.is_vague = false;
            }
            (Action::Connect(_), _, Stream::Idle) => {
                socket.keeps_port &= socket.has_port;
                socket.is_spent = true;
                socket.is_vague = !socket.has_port;
            }
            (Action::Shutdown(_), _, Stream::Idle) => socket.was_shut_idle = true,
            _ => {}
        }
        let before = socket.local;
        let Body::Stream(stream) = &self.socket_mut(call.socket).body else {
            return;
        };
        match (call.action, outcome.answer, stream) {
            (Action::Listen(backlog), Answer::Done, _) => self.listen(call.socket, backlog),
            (Action::Accept(name), Answer::Accepted(_, local), _) => {
                self.accept(call.socket, name, local);
            }
            (
                Action::Connect(_),
                Answer::Done | Answer::Failed(Errno::Einprogress),
                Stream::Idle,
            ) => {
                if let Some((target, local)) = target.zip(outcome.local) {
                    let target = destination(target, &before);
                    self.connect(call.socket, target, local);
                }
            }
            (
                Action::Send(length, _) | Action::Sendall(length, _) | Action::Sendto(length, ..),
                answer,
                &Stream::Connected(id),
            ) => {
                let sent = match answer {
                    Answer::Count(count) => count,
                    Answer::Done => length,
                    _ => 0,
                };
                self.send(id, sent);
            }
            (Action::Poll(_), ..) => self.note_wait(call),
            (action, answer, &Stream::Connected(id)) if Receive::of(action).is_some() => {
                let count = match answer {
                    Answer::Data(digest) | Answer::Received(digest, ..) => digest.length,
                    _ => 0,
                };
                let flags = Receive::of(action).map_or(MsgFlags::NONE, |it| it.flags);
                let collects = [MsgFlags::PEEK, MsgFlags::WAITALL];
                let end = self.end_mut(id);
                end.is_read_ahead |= count == 0 || collects.iter().any(|it| flags.contains(*it));
                if !flags.contains(MsgFlags::PEEK) {
                    end.take(count);
                }
            }
            (Action::SoError, _, &Stream::Connected(id)) => self.end_mut(id).is_read_ahead = true,
            (Action::Shutdown(how), Answer::Done, &Stream::Connected(id)) => self.shutdown(id, how),
            (Action::Shutdown(how), Answer::Done, Stream::Listening { .. })
                if how != Shutdown::Write =>
            {
                self.end_listening(call.socket);
            }
            _ => {}
        }
    }

    fn listen(&mut self, name: u8, backlog: i32) {
        let room = usize::try_from(backlog).unwrap_or(WAITING);
        let room = room.clamp(1, WAITING);
        let socket = self.socket_mut(name);
        socket.is_vague = false;
        socket.is_spent = false;
        let Body::Stream(stream) = &mut socket.body else {
            return;
        };
        match stream {
            Stream::Listening { room: before, .. } => *before = room,
            _ => {
                *stream = Stream::Listening {
                    waiting: VecDeque::new(),
                    room,
                    is_ahead: false,
                };
            }
        }
    }

    /// It is bound then, and nothing else. Linux forgets a port that it chose.
    fn end_listening(&mut self, name: u8) {
        let socket = self.socket_mut(name);
        socket.keeps_port &= socket.has_port;
        socket.is_vague = !socket.has_port;
        socket.is_spent = true;
        let body = mem::replace(&mut socket.body, Body::Stream(Stream::Idle));
        if let Body::Stream(stream) = body {
            self.close_stream(stream);
        }
    }

    fn accept(&mut self, listener: u8, name: u8, local: SockAddr) {
        let socket = self.socket_mut(listener);
        let (family, is_shared) = (socket.family, socket.is_shared);
        if let Body::Stream(Stream::Listening {
            waiting, is_ahead, ..
        }) = &mut socket.body
            && let Some(end) = waiting.pop_front()
        {
            *is_ahead = false;
            self.insert(name, family, local, Body::Stream(Stream::Connected(end)));
            self.socket_mut(name).is_shared = is_shared;
        }
    }

    fn connect(&mut self, name: u8, target: SockAddr, local: SockAddr) {
        let Some(listener) = self.listener_at(&target) else {
            // It will turn out to be refused.
            return;
        };
        let (client, server) = self.pair();
        if let Body::Stream(Stream::Listening { waiting, .. }) = &mut self.socket_mut(listener).body
        {
            waiting.push_back(server);
        }
        let socket = self.socket_mut(name);
        socket.body = Body::Stream(Stream::Connected(client));
        socket.is_vague = false;
        socket.is_spent = false;
        self.used.push((local, target));
    }

    fn send(&mut self, id: EndId, count: u32) {
        if count == 0 {
            return;
        }
        let peer = self.peer_mut(id);
        if peer.is_closed {
            // There comes a reset.
            self.end_mut(id).is_gone = true;
        } else {
            peer.pieces.push_back(count);
        }
    }

    fn shutdown(&mut self, id: EndId, how: Shutdown) {
        let end = self.end_mut(id);
        end.is_receiving_shut |= how != Shutdown::Write;
        if how != Shutdown::Read && !end.is_sending_shut {
            end.is_sending_shut = true;
            self.finish(id);
        }
    }

    /// The sending half of `id` has ended.
    fn finish(&mut self, id: EndId) {
        self.peer_mut(id).is_ended = true;
        if self.end(id).is_ended {
            // Both halves have.
            self.end_mut(id).is_gone = true;
            self.peer_mut(id).is_gone = true;
        }
    }

    pub(super) fn close_stream(&mut self, stream: Stream) {
        match stream {
            Stream::Idle => {}
            Stream::Listening {
                waiting, is_ahead, ..
            } => {
                for (place, end) in waiting.into_iter().enumerate() {
                    self.peer_mut(end).is_doubtful = is_ahead && place == 0;
                    self.reset(end);
                }
            }
            Stream::Connected(id) => {
                let end = self.end_mut(id);
                end.is_closed = true;
                if end.unread() > 0 {
                    // What it has sent itself may wait for an acknowledgement (RFC 896), and be lost then.
                    let is_ahead = end.is_read_ahead;
                    let peer = self.peer_mut(id);
                    peer.is_doubtful = is_ahead || peer.unread() > 0;
                    self.reset(id);
                } else if !self.end(id).is_sending_shut {
                    self.finish(id);
                }
            }
        }
    }

    fn reset(&mut self, id: EndId) {
        self.end_mut(id).is_closed = true;
        self.end_mut(id).is_gone = true;
        let peer = self.peer_mut(id);
        peer.is_gone = true;
        peer.is_reset = true;
    }
}

/// Whether a call has set something going that no answer tells the end of.
pub(super) fn sets_going(call: &Call, socket: &Socket, outcome: &Outcome) -> bool {
    match (call.action, outcome.answer) {
        (Action::Connect(_), Answer::Failed(Errno::Einprogress)) => true,
        (
            Action::Send(_, flags) | Action::Sendall(_, flags) | Action::Sendto(_, flags, _),
            Answer::Count(_) | Answer::Done,
        ) => flags.contains(MsgFlags::DONTWAIT) || socket.patience != Patience::Endless,
        _ => false,
    }
}
