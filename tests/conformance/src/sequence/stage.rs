//! Where calls are carried out.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::net::Ipv4Addr;
use core::time::Duration;

use wasock_core::addr::Family;
use wasock_core::flags::MsgFlags;
use wasock_core::readiness::Readiness;
use wasock_core::{Errno, SockAddr};

use super::call::{Action, Call, Kind, Name};
use super::outcome::{Answer, Digest, Outcome};
use super::place::Place;
use crate::api::{AnyFamily, AnyType, Api, Buffer, Socket};
use crate::peer::pattern_byte;
use crate::transfer::NONE;

/// The sockets of a sequence, on one supplier. Dropping it closes them.
pub struct Stage<'a, A: Api> {
    api: &'a A,
    home: Ipv4Addr,
    actors: BTreeMap<Name, Actor<A::Socket>>,
    /// How many bytes of the pattern have been offered: no two calls send the same.
    offered: usize,
}

struct Actor<S> {
    socket: S,
    family: Family,
    /// The address it had last: that of a closed socket is still an address.
    local: SockAddr,
}

/// How long a wait of the harness may take: far longer than anything takes.
const LIMIT: Duration = Duration::from_secs(5);

/// How long to wait between two looks at what no event tells, and how many there are.
const PAUSE: Duration = Duration::from_millis(2);
const LOOKS: u32 = 1000;

/// The size of the buffer of those calls that take one.
const ROOM: u32 = 64;

impl<'a, A: Api> Stage<'a, A> {
    /// An empty one. `home` is the loopback address that `lo` stands for in IPv4: a stage that has one of its own meets
    /// nobody else.
    pub fn new(api: &'a A, home: Ipv4Addr) -> Self {
        Self {
            api,
            home,
            actors: BTreeMap::new(),
            offered: 0,
        }
    }

    /// Carries out a call.
    pub fn perform(&mut self, call: &Call) -> Outcome {
        let answer = self.answer(call).unwrap_or_else(Answer::Failed);
        let local = self.actors.get_mut(&call.socket).and_then(|actor| {
            let local = actor.socket.getsockname().ok();
            actor.local = local.unwrap_or(actor.local);
            local
        });
        Outcome { answer, local }
    }

    fn answer(&mut self, call: &Call) -> Result<Answer, Errno> {
        if let Action::Create(family, kind) = call.action {
            let socket = self.create(family, kind)?;
            self.keep(call.socket, socket, family);
            return Ok(Answer::Done);
        }
        let Some(actor) = self.actors.get(&call.socket) else {
            return Ok(Answer::Absent);
        };
        let (socket, family) = (&actor.socket, actor.family);
        if let Action::Accept(name) = call.action {
            let (accepted, peer) = socket.accept()?;
            let local = accepted.getsockname()?;
            self.keep(name, accepted, family);
            return Ok(Answer::Accepted(peer, local));
        }
        let (home, actors) = (self.home, &self.actors);
        let address =
            |place: Place| place.resolve(family, home, |name| actors.get(&name).map(|it| it.local));
        let start = self.offered;
        if let Action::Send(length, _) | Action::Sendall(length, _) | Action::Sendto(length, ..) =
            call.action
        {
            self.offered += length as usize;
        }
        let data = |length: u32| -> Vec<u8> {
            let end = start + length as usize;
            (start..end).map(pattern_byte).collect()
        };
        let done = |()| Answer::Done;
        match call.action {
            Action::Create(..) | Action::Accept(_) => Ok(Answer::Absent),
            Action::Bind(place) => socket.bind(address(place)).map(done),
            Action::Listen(backlog) => socket.listen(backlog).map(done),
            Action::Connect(place) => socket.connect(address(place)).map(done),
            Action::Disconnect => socket.disconnect().map(done),
            Action::Send(length, flags) => socket.send(&data(length), flags).map(Answer::Count),
            Action::Sendall(length, flags) => socket.sendall(&data(length), flags).map(done),
            Action::Sendto(length, flags, place) => socket
                .sendto(&data(length), flags, address(place))
                .map(Answer::Count),
            Action::Recv(length, flags) => {
                let data = socket.recv(length, flags)?;
                Ok(Answer::Data(Digest::of(&data)))
            }
            Action::Recvfrom(length, flags) => {
                let received = socket.recvfrom(length, flags)?;
                let whole = u32::try_from(received.length).unwrap_or(u32::MAX);
                let digest = Digest::of(&received.data);
                Ok(Answer::Received(digest, whole, received.sender))
            }
            Action::RecvInto(offset, length, flags) => self.receive_into(|buffer| {
                let count = socket.recv_into(buffer, offset, length, flags)?;
                Ok((count, count, None))
            }),
            Action::RecvfromInto(offset, length, flags) => self.receive_into(|buffer| {
                let into = socket.recvfrom_into(buffer, offset, length, flags)?;
                Ok((into.count, into.length, into.sender))
            }),
            Action::Shutdown(how) => socket.shutdown(how).map(done),
            Action::Close => {
                socket.close();
                Ok(Answer::Done)
            }
            Action::Getsockname => socket.getsockname().map(Answer::Address),
            Action::Getpeername => socket.getpeername().map(Answer::Address),
            Action::Settimeout(patience) => socket.settimeout(patience.timeout()).map(done),
            Action::SoType => socket
                .so_type()
                .map(|kind| Answer::Value(type_number(kind))),
            Action::SoError => socket.so_error().map(Answer::Error),
            Action::SoAcceptconn => socket.so_acceptconn().map(|it| Answer::Value(it.into())),
            Action::Getsockopt(option) => socket.getsockopt(option).map(Answer::Value),
            Action::Setsockopt(option, value) => socket.setsockopt(option, value).map(done),
            Action::Poll(wanted) => {
                let ready = self.poll(socket, wanted, Duration::ZERO)?;
                Ok(Answer::Ready(ready.unwrap_or(Readiness::NONE)))
            }
            Action::Await(wanted) => {
                let ready = self.poll(socket, wanted, LIMIT)?;
                Ok(ready.map_or(Answer::Late, Answer::Ready))
            }
            Action::Gather(length) => gather(socket, length).map(Answer::Count),
            Action::Lose => self.lose(socket),
        }
    }

    fn create(&self, family: Family, kind: Kind) -> Result<A::Socket, Errno> {
        let family = match family {
            Family::Inet => AnyFamily::Inet,
            Family::Inet6 => AnyFamily::Inet6,
        };
        let kind = match kind {
            Kind::Stream => AnyType::Stream,
            Kind::Dgram => AnyType::Dgram,
        };
        self.api.create(family, kind, 0)
    }

    fn keep(&mut self, name: Name, socket: A::Socket, family: Family) {
        let local = socket.getsockname().unwrap_or(family.wildcard());
        let actor = Actor {
            socket,
            family,
            local,
        };
        self.actors.insert(name, actor);
    }

    /// A receiving call into a buffer: answers a digest of the whole buffer, so that it shows when something was written
    /// where it should not be. `receive` answers how much is in the buffer, how much there was, and from whom.
    fn receive_into(
        &self,
        receive: impl FnOnce(&A::Buffer) -> Result<(u32, u32, Option<SockAddr>), Errno>,
    ) -> Result<Answer, Errno> {
        let buffer = self.api.buffer(ROOM)?;
        let (count, whole, sender) = receive(&buffer)?;
        let digest = Digest::of(&buffer.read(0, ROOM)?);
        let digest = Digest {
            length: count,
            ..digest
        };
        Ok(Answer::Received(digest, whole, sender))
    }

    /// What `socket` is ready for; none if it is not within this time.
    fn poll(
        &self,
        socket: &A::Socket,
        wanted: Readiness,
        timeout: Duration,
    ) -> Result<Option<Readiness>, Errno> {
        let ready = self
            .api
            .poll(&[(socket, wanted)], &[], &[], Some(timeout))?;
        Ok(ready.sockets.first().map(|(_, readiness)| *readiness))
    }

    /// Waits until the connection is gone, which shows in that there is no peer any more. No event tells that.
    fn lose(&self, socket: &A::Socket) -> Result<Answer, Errno> {
        for _ in 0..LOOKS {
            match socket.getpeername() {
                Err(Errno::Enotconn) => return Ok(Answer::Done),
                Err(errno) => return Err(errno),
                Ok(_) => self.api.poll(&[], &[], &[], Some(PAUSE))?,
            };
        }
        Ok(Answer::Late)
    }
}

/// The number that Linux has for a type.
fn type_number(kind: AnyType) -> i32 {
    match kind {
        AnyType::Stream => 1,
        AnyType::Dgram => 2,
        _ => 0,
    }
}

/// Waits, without end, until so many bytes can be received, or the data ends. They stay where they are.
fn gather<S: Socket>(socket: &S, length: u32) -> Result<u32, Errno> {
    let before = socket.gettimeout();
    socket.settimeout(None)?;
    let found = socket.recv(length, NONE | MsgFlags::PEEK | MsgFlags::WAITALL);
    socket.settimeout(before)?;
    found.map(|data| u32::try_from(data.len()).unwrap_or(u32::MAX))
}
