//! What has to be known of the sockets to make sequences that have one outcome.
//!
//! The model does not say what a call answers: Linux does. It says which calls would wait for ever or depend on who
//! is faster, so that they are left out ([`Model::check`]); what is still on its way, so that it can be waited for
//! ([`Model::before`], [`Model::after`]); and follows what the reference answered ([`Model::note`]).
//!
//! It is wrong where a wait of it ends without its event. That is a failure of the tests, and said so.

mod datagram;
mod options;
mod stream;
mod world;

use std::mem;

use wasock_conformance::sequence::{Action, Call, Name, Outcome, Patience, Place};
use wasock_core::SockAddr;
use wasock_core::flags::MsgFlags;
use wasock_core::readiness::Readiness;

use world::{Body, Socket, Stream};

pub(crate) use world::World as Model;

/// Why a call is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Skip {
    /// There is no such socket.
    Absent,
    /// There is one of that number already.
    Taken,
    /// It would wait without end.
    Endless,
    /// The address leads to others, or depends on the machine.
    Foreign,
    /// A buffer or a queue could be full.
    Full,
    /// Linux answers one thing or another.
    Racy,
    /// Suppliers do not have the same state: what was unread had been read ahead or not, so that the connection was
    /// ended or reset; or a port is left over from a call that failed.
    Doubtful,
}

impl Model {
    /// Whether the call has one outcome.
    pub(crate) fn check(&self, call: &Call) -> Result<(), Skip> {
        if let Action::Create(..) = call.action {
            return match self.sockets.get(&call.socket) {
                Some(socket) if socket.is_open => Err(Skip::Taken),
                _ => Ok(()),
            };
        }
        let socket = self.sockets.get(&call.socket).ok_or(Skip::Absent)?;
        if !socket.is_open {
            return Ok(());
        }
        if let Body::Stream(Stream::Connected(end)) = socket.body
            && self.end(end).is_doubtful
            && call.action != Action::Close
        {
            return Err(Skip::Doubtful);
        }
        if let Action::Accept(new) = call.action
            && self.sockets.get(&new).is_some_and(|it| it.is_open)
        {
            return Err(Skip::Taken);
        }
        if let Action::Bind(place) = call.action {
            return self.check_bind(socket, place);
        }
        self.check_option(call.action, socket)?;
        match &socket.body {
            Body::Stream(stream) => self.check_stream(call, socket, stream),
            Body::Datagram(datagram) => self.check_datagram(call, socket, datagram),
        }
    }

    /// The waits before a call, for what is on its way.
    pub(crate) fn before(&self, call: &Call) -> Vec<Call> {
        let Some(socket) = self.sockets.get(&call.socket).filter(|it| it.is_open) else {
            return Vec::new();
        };
        let actions = match &socket.body {
            Body::Stream(stream) => self.before_stream(call, socket, stream),
            Body::Datagram(datagram) => self.before_datagram(call, socket, datagram),
        };
        let waits = actions.into_iter().map(|action| Call { action, ..*call });
        waits.collect()
    }

    /// The waits after a call, for what it has set going.
    pub(crate) fn after(&self, call: &Call, outcome: &Outcome) -> Vec<Call> {
        let Some(socket) = self.sockets.get(&call.socket).filter(|it| it.is_open) else {
            return Vec::new();
        };
        let waits = match &socket.body {
            Body::Stream(_) => stream::sets_going(call, socket, outcome),
            Body::Datagram(_) => datagram::sets_going(call),
        };
        if waits {
            let action = Action::Await(Readiness::WRITABLE);
            vec![Call { action, ..*call }]
        } else {
            Vec::new()
        }
    }

    /// Follows what the reference has answered.
    pub(crate) fn note(&mut self, call: &Call, outcome: &Outcome) {
        let target = self.target(call);
        if let Action::Create(family, kind) = call.action {
            self.create(call.socket, family, kind);
        } else if self.sockets.get(&call.socket).is_some_and(|it| it.is_open) {
            match call.action {
                Action::Settimeout(patience) => self.socket_mut(call.socket).patience = patience,
                Action::Close => self.close(call.socket),
                _ => {
                    options::note_option(call.action, self.socket_mut(call.socket), outcome);
                    self.note_stream(call, target, outcome);
                    self.note_datagram(call, target, outcome);
                }
            }
        }
        if let (Some(socket), Some(local)) = (self.sockets.get_mut(&call.socket), outcome.local) {
            socket.local = local;
        }
    }

    /// Follows a wait: some suppliers read ahead to find out whether there is something to read.
    pub(crate) fn note_wait(&mut self, wait: &Call) {
        match self.sockets.get_mut(&wait.socket).map(|it| &mut it.body) {
            Some(Body::Stream(Stream::Connected(end))) => {
                let end = *end;
                self.end_mut(end).is_read_ahead = true;
            }
            Some(Body::Stream(Stream::Listening { is_ahead, .. })) => *is_ahead = true,
            _ => {}
        }
    }

    /// Whether datagrams have come to a socket that nobody has received.
    pub(crate) fn has_queued(&self, socket: Name) -> bool {
        let socket = self.sockets.get(&socket).filter(|it| it.is_open);
        match socket.map(|it| &it.body) {
            Some(Body::Datagram(datagram)) => !datagram.queue.is_empty(),
            _ => false,
        }
    }

    /// What is peculiar about a socket.
    pub(crate) fn peculiarity(&self, socket: Name) -> Peculiarity {
        let Some(socket) = self.sockets.get(&socket) else {
            return Peculiarity::default();
        };
        let (end, datagram) = match &socket.body {
            Body::Stream(Stream::Connected(end)) => (Some(self.end(*end)), None),
            Body::Stream(_) => (None, None),
            Body::Datagram(datagram) => (None, Some(datagram)),
        };
        Peculiarity {
            is_vague: socket.is_vague,
            is_spent: socket.is_spent,
            was_shut_idle: socket.was_shut_idle,
            is_gone: end.is_some_and(|end| end.is_gone),
            is_reset: end.is_some_and(|end| end.is_reset),
            is_refused: datagram.is_some_and(|it| it.is_refused),
            is_mute: end.is_some_and(|end| end.is_sending_shut),
            is_deaf: datagram.is_some_and(|it| it.is_receiving_shut),
            has_peer: datagram.is_some_and(|it| it.peer.is_some()),
        }
    }

    /// The address that the call is about.
    pub(super) fn target(&self, call: &Call) -> Option<SockAddr> {
        let place = match call.action {
            Action::Bind(place) | Action::Connect(place) | Action::Sendto(_, _, place) => place,
            _ => return None,
        };
        let family = self.sockets.get(&call.socket)?.family;
        let of = |name: Name| self.sockets.get(&name).map(|socket| socket.local);
        Some(place.resolve(family, self.home, of))
    }

    fn check_bind(&self, socket: &Socket, place: Place) -> Result<(), Skip> {
        match place {
            // Whether a port below 1024 can be had depends on the user.
            Place::Nobody | Place::Mapped | Place::Broadcast => Err(Skip::Foreign),
            Place::Of(name) | Place::LoopbackOf(name) | Place::WildcardOf(name) => {
                // What is not there stands for `nobody` too.
                let owner = self.sockets.get(&name).ok_or(Skip::Foreign)?;
                if owner.local.port() == 0 && place != Place::Of(name) {
                    return Err(Skip::Foreign);
                }
                if !owner.keeps_port && owner.local.port() != 0 {
                    return Err(Skip::Foreign);
                }
                self.check_port(socket, place)
            }
            _ => Ok(()),
        }
    }

    /// Whether nobody else can be at the address of another socket.
    fn check_port(&self, socket: &Socket, place: Place) -> Result<(), Skip> {
        let Some(owner) = place.socket() else {
            return Ok(());
        };
        let Some(owner) = self.sockets.get(&owner) else {
            // It stands for `nobody`.
            return Ok(());
        };
        if owner.is_vague {
            return Err(Skip::Doubtful);
        }
        let of = |_: Name| Some(owner.local);
        let address = place.resolve(socket.family, self.home, of);
        if address.port() == 0 || address.ip() == self.home {
            return Ok(());
        }
        // Other addresses are those of the whole machine. The owner keeps others of its type away, if it has this one.
        let has_it = owner.local.ip() == address.ip() || owner.local.ip().is_unspecified();
        let same_type = mem::discriminant(&owner.body) == mem::discriminant(&socket.body);
        if owner.is_open && has_it && same_type {
            Ok(())
        } else {
            Err(Skip::Foreign)
        }
    }
}

/// What is peculiar about a socket, as far as suppliers differ in it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Peculiarity {
    /// It may have a port or not: Linux keeps one that it chose for a call that failed then, and others begin anew.
    pub(crate) is_vague: bool,
    /// It is a stream whose attempt to connect failed, or that listens no more: nobody may keep its port.
    pub(crate) is_spent: bool,
    /// It is a stream that was shut down while it was not connected.
    pub(crate) was_shut_idle: bool,
    /// Its connection is gone.
    pub(crate) is_gone: bool,
    /// Its connection is gone because the peer was closed with something unread, or unaccepted.
    pub(crate) is_reset: bool,
    /// It is a stream whose sending half is shut down.
    pub(crate) is_mute: bool,
    /// A datagram has met that nobody is there, and the program has not been told.
    pub(crate) is_refused: bool,
    /// It is a UDP socket whose receiving half is shut down.
    pub(crate) is_deaf: bool,
    /// It is a UDP socket with a peer.
    pub(crate) has_peer: bool,
}

/// A call that receives: how many bytes it asks for, and how.
#[derive(Debug, Clone, Copy)]
struct Receive {
    /// At least 1; none where nothing is asked for, which is answered at once.
    wanted: Option<u32>,
    flags: MsgFlags,
}

/// The room of the buffer of the stage.
const ROOM: u32 = 64;

impl Receive {
    fn of(action: Action) -> Option<Self> {
        // Python answers `recv(0)` by itself; `recvfrom(0)` waits as for one byte.
        let (length, flags, at_once) = match action {
            Action::Recv(length, flags) => (length, flags, true),
            Action::Recvfrom(length, flags) => (length, flags, false),
            Action::RecvInto(offset, length, flags) => {
                (length.min(ROOM.saturating_sub(offset)), flags, true)
            }
            Action::RecvfromInto(offset, length, flags) => {
                (length.min(ROOM.saturating_sub(offset)), flags, false)
            }
            _ => return None,
        };
        let wanted = (length > 0 || !at_once).then_some(length.max(1));
        Some(Self { wanted, flags })
    }

    /// How long it may wait on a socket.
    fn patience(self, socket: &Socket) -> Patience {
        if self.flags.contains(MsgFlags::DONTWAIT) {
            Patience::None
        } else {
            socket.patience
        }
    }
}
