//! A socket of either type, as the interface has it: one resource, whose calls mean different things, or
//! nothing, for streams and datagrams.

use alloc::vec::Vec;

use crate::backend::Backend;
use crate::create::{self, AddressFamily, Kind, SocketType};
use crate::datagram::{Datagram, Received};
use crate::flags::MsgFlags;
use crate::readiness::{Poll, Readiness};
use crate::sockopt::SockOpt;
use crate::stream::{Closing, How, Sending, Stream};
use crate::{Errno, Interest, SockAddr, Step, Timeout, Turn};

/// A socket as a program holds it.
#[derive(Debug)]
pub enum Socket<B: Backend> {
    /// TCP.
    Stream(Stream<B::Stream>),
    /// UDP.
    Datagram(Datagram<B::Datagram>),
}

/// The socket of the layer below, for a driver that must wait on it.
#[derive(Debug)]
pub enum Below<'a, B: Backend> {
    /// TCP.
    Stream(&'a B::Stream),
    /// UDP.
    Datagram(&'a B::Datagram),
}

impl<B: Backend> Socket<B> {
    /// `socket(2)`.
    ///
    /// # Errors
    /// Those of [`create::kind`] and of the layer below.
    pub fn create(
        backend: &mut B,
        family: AddressFamily,
        r#type: SocketType,
        protocol: u32,
    ) -> Result<Self, Errno> {
        match create::kind(family, r#type, protocol)? {
            Kind::Stream(family) => Ok(Self::Stream(Stream::new(
                family,
                backend.create_stream(family)?,
            ))),
            Kind::Datagram(family) => Ok(Self::Datagram(Datagram::new(
                family,
                backend.create_datagram(family)?,
            ))),
        }
    }

    /// `bind(2)`.
    ///
    /// # Errors
    /// Those of [`Stream::bind`] and [`Datagram::bind`].
    pub fn bind(&mut self, backend: &mut B, address: SockAddr) -> Result<(), Errno> {
        match self {
            Self::Stream(stream) => stream.bind(backend, address),
            Self::Datagram(datagram) => datagram.bind(address),
        }
    }

    /// `listen(2)`.
    ///
    /// # Errors
    /// `EOPNOTSUPP` for datagrams; those of [`Stream::listen`].
    pub fn listen(&mut self, backend: &mut B, backlog: i32) -> Result<(), Errno> {
        match self {
            Self::Stream(stream) => stream.listen(backend, backlog),
            Self::Datagram(datagram) => datagram.unsupported(),
        }
    }

    /// `accept(2)`.
    ///
    /// # Errors
    /// `EOPNOTSUPP` for datagrams; those of [`Stream::accept`].
    pub fn accept(&mut self, turn: Turn) -> Step<(Self, SockAddr)> {
        match self {
            Self::Stream(stream) => stream
                .accept(turn)
                .map(|(stream, peer)| (Self::Stream(stream), peer)),
            Self::Datagram(datagram) => match datagram.unsupported() {
                Ok(never) => never,
                Err(error) => Step::Ready(Err(error)),
            },
        }
    }

    /// `connect(2)`.
    ///
    /// # Errors
    /// Those of [`Stream::connect`] and [`Datagram::connect`].
    pub fn connect(&mut self, backend: &mut B, peer: SockAddr, turn: Turn) -> Step<()> {
        match self {
            Self::Stream(stream) => stream.connect(backend, peer, turn),
            Self::Datagram(datagram) => Step::Ready(datagram.connect(peer)),
        }
    }

    /// `connect(2)` with `AF_UNSPEC`.
    ///
    /// # Errors
    /// `EOPNOTSUPP` for streams; those of [`Datagram::disconnect`].
    pub fn disconnect(&mut self) -> Result<(), Errno> {
        match self {
            Self::Stream(stream) => stream.unsupported(),
            Self::Datagram(datagram) => datagram.disconnect(),
        }
    }

    /// `recv(2)`. The length of a cut datagram has no place in the answer, so `MSG_TRUNC` is refused.
    ///
    /// # Errors
    /// Those of [`Stream::recv`] and [`Datagram::recv`].
    pub fn recv(&mut self, length: usize, flags: MsgFlags, turn: Turn) -> Step<Vec<u8>> {
        match self {
            Self::Stream(stream) => stream.recv(length, flags, turn),
            Self::Datagram(datagram) if flags.contains(MsgFlags::TRUNC) => {
                Step::Ready(datagram.unsupported())
            }
            Self::Datagram(datagram) => datagram
                .recv(length, flags, turn)
                .map(|received| received.data),
        }
    }

    /// `recvfrom(2)`.
    ///
    /// # Errors
    /// Those of [`Stream::recvfrom`] and [`Datagram::recvfrom`].
    pub fn recvfrom(&mut self, length: usize, flags: MsgFlags, turn: Turn) -> Step<Received> {
        match self {
            Self::Stream(stream) => stream.recvfrom(length, flags, turn).map(|(data, sender)| {
                let length = data.len();
                Received {
                    data,
                    length,
                    sender,
                }
            }),
            Self::Datagram(datagram) => datagram.recvfrom(length, flags, turn),
        }
    }

    /// Python's `recv_into`, up to the copying: as [`recv`](Self::recv), but the length of the whole datagram has a
    /// place in the answer.
    ///
    /// # Errors
    /// Those of [`recvfrom`](Self::recvfrom).
    pub fn recv_into(&mut self, length: usize, flags: MsgFlags, turn: Turn) -> Step<Received> {
        match self {
            Self::Datagram(datagram) => datagram.recv(length, flags, turn),
            Self::Stream(stream) => stream.recv(length, flags, turn).map(|data| {
                let length = data.len();
                Received {
                    data,
                    length,
                    sender: None,
                }
            }),
        }
    }

    /// `send(2)`.
    ///
    /// # Errors
    /// Those of [`Stream::send`] and [`Datagram::send`].
    pub fn send(
        &mut self,
        call: &mut Sending,
        data: &[u8],
        flags: MsgFlags,
        turn: Turn,
    ) -> Step<usize> {
        match self {
            Self::Stream(stream) => stream.send(call, data, flags, turn),
            Self::Datagram(datagram) => datagram.send(data, flags, turn),
        }
    }

    /// Sends all of `data`; for datagrams, that is [`send`](Self::send).
    ///
    /// # Errors
    /// Those of [`send`](Self::send).
    pub fn sendall(
        &mut self,
        call: &mut Sending,
        data: &[u8],
        flags: MsgFlags,
        turn: Turn,
    ) -> Step<()> {
        match self {
            Self::Stream(stream) => stream.sendall(call, data, flags, turn),
            Self::Datagram(datagram) => datagram.send(data, flags, turn).map(|_| ()),
        }
    }

    /// `sendto(2)`. On a stream the address is not looked at.
    ///
    /// # Errors
    /// Those of [`Stream::send`] and [`Datagram::sendto`].
    pub fn sendto(
        &mut self,
        call: &mut Sending,
        data: &[u8],
        flags: MsgFlags,
        to: SockAddr,
        turn: Turn,
    ) -> Step<usize> {
        match self {
            Self::Stream(stream) => stream.send(call, data, flags, turn),
            Self::Datagram(datagram) => datagram.sendto(data, flags, to, turn),
        }
    }

    /// `shutdown(2)`.
    ///
    /// # Errors
    /// Those of [`Stream::shutdown`] and [`Datagram::shutdown`].
    pub fn shutdown(&mut self, how: How) -> Result<(), Errno> {
        match self {
            Self::Stream(stream) => stream.shutdown(how),
            Self::Datagram(datagram) => datagram.shutdown(how),
        }
    }

    /// `close(2)`, answering what is left to be delivered.
    #[must_use]
    pub fn close(&mut self) -> Option<Closing<B::Stream>> {
        match self {
            Self::Stream(stream) => stream.close(),
            Self::Datagram(datagram) => {
                datagram.close();
                None
            }
        }
    }

    /// `getsockname(2)`.
    ///
    /// # Errors
    /// `EBADF`.
    pub fn getsockname(&self) -> Result<SockAddr, Errno> {
        match self {
            Self::Stream(stream) => stream.getsockname(),
            Self::Datagram(datagram) => datagram.getsockname(),
        }
    }

    /// `getpeername(2)`.
    ///
    /// # Errors
    /// `EBADF`, `ENOTCONN`.
    pub fn getpeername(&mut self) -> Result<SockAddr, Errno> {
        match self {
            Self::Stream(stream) => stream.getpeername(),
            Self::Datagram(datagram) => datagram.getpeername(),
        }
    }

    /// What it was created as: `SO_DOMAIN`, `SO_TYPE`, `SO_PROTOCOL`.
    ///
    /// # Errors
    /// `EBADF`.
    pub fn kind(&self) -> Result<Kind, Errno> {
        match self {
            Self::Stream(stream) => stream.kind(),
            Self::Datagram(datagram) => datagram.kind(),
        }
    }

    /// `SO_ACCEPTCONN`: whether it listens.
    ///
    /// # Errors
    /// `EBADF`.
    pub fn is_listening(&self) -> Result<bool, Errno> {
        match self {
            Self::Stream(stream) => stream.is_listening(),
            Self::Datagram(datagram) => datagram.kind().map(|_| false),
        }
    }

    /// `SO_ERROR`: the error that waits to be answered, once.
    ///
    /// # Errors
    /// `EBADF`.
    pub fn take_error(&mut self) -> Result<Option<Errno>, Errno> {
        match self {
            Self::Stream(stream) => stream.take_error(),
            Self::Datagram(datagram) => datagram.take_error(),
        }
    }

    /// `getsockopt(2)`.
    ///
    /// # Errors
    /// Those of [`Stream::getsockopt`] and [`Datagram::getsockopt`].
    pub fn getsockopt(&mut self, backend: &mut B, option: SockOpt) -> Result<i32, Errno> {
        match self {
            Self::Stream(stream) => stream.getsockopt(backend, option),
            Self::Datagram(datagram) => datagram.getsockopt(option),
        }
    }

    /// `setsockopt(2)`.
    ///
    /// # Errors
    /// Those of [`Stream::setsockopt`] and [`Datagram::setsockopt`].
    pub fn setsockopt(
        &mut self,
        backend: &mut B,
        option: SockOpt,
        value: i32,
    ) -> Result<(), Errno> {
        match self {
            Self::Stream(stream) => stream.setsockopt(backend, option, value),
            Self::Datagram(datagram) => datagram.setsockopt(option, value),
        }
    }

    /// How long its calls may wait.
    #[must_use]
    pub fn timeout(&self) -> Timeout {
        match self {
            Self::Stream(stream) => stream.timeout(),
            Self::Datagram(datagram) => datagram.timeout(),
        }
    }

    /// Sets how long its calls may wait.
    ///
    /// # Errors
    /// `EBADF`.
    pub fn set_timeout(&mut self, timeout: Timeout) -> Result<(), Errno> {
        match self {
            Self::Stream(stream) => stream.set_timeout(timeout),
            Self::Datagram(datagram) => datagram.set_timeout(timeout),
        }
    }

    /// What it is ready for, and what has to be asked below.
    ///
    /// # Errors
    /// `EBADF`.
    pub fn poll(&self) -> Result<Poll, Errno> {
        match self {
            Self::Stream(stream) => stream.poll(),
            Self::Datagram(datagram) => datagram.poll(),
        }
    }

    /// The layer below says that `interest` has happened: what that makes it ready for.
    pub fn happened(&mut self, interest: Interest) -> Readiness {
        match self {
            Self::Stream(stream) => stream.happened(interest),
            Self::Datagram(_) => match interest {
                Interest::Read => Readiness::READABLE,
                Interest::Write => Readiness::WRITABLE,
                Interest::Accept | Interest::Connect | Interest::Never => Readiness::NONE,
            },
        }
    }

    /// The socket below; none while there is none.
    #[must_use]
    pub fn below(&self) -> Option<Below<'_, B>> {
        match self {
            Self::Stream(stream) => stream.backend().map(Below::Stream),
            Self::Datagram(datagram) => datagram.backend().map(Below::Datagram),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Instant;
    use crate::addr::Family;
    use crate::script::Script;

    #[test]
    fn a_closed_socket_is_found_before_a_flag_that_it_does_not_have() {
        let script = Script::default();
        let sockets: [Socket<Script>; 2] = [
            Socket::Stream(Stream::new(Family::Inet, script.socket())),
            Socket::Datagram(Datagram::new(Family::Inet, script.socket())),
        ];
        for mut socket in sockets {
            let turn = Turn::begin(Instant(0), Timeout::Never);
            for answer in [Errno::Eopnotsupp, Errno::Ebadf] {
                let received = socket.recv(1, MsgFlags::TRUNC, turn);
                assert_eq!(received, Step::Ready(Err(answer)), "{socket:?}");
                assert!(socket.close().is_none());
            }
        }
        script.done();
    }
}
