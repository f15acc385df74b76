//! UDP.

use alloc::rc::Rc;
use core::net::SocketAddr;
use core::time::Duration;

use crate::address::family;
use crate::error::Error;
use crate::handle::handle;
use crate::net::sockets::{Received, Socket};
use crate::net::types::{Errno, MsgFlags, SocketType};
use crate::scatter::{gather, scatter};

/// No datagram is longer, whatever it travels over.
const MAX_DATAGRAM: usize = 65_535;

/// A UDP socket.
///
/// A new one blocks: every call waits until it is done. [`set_timeout`](Self::set_timeout) and
/// [`set_nonblocking`](Self::set_nonblocking) change that.
///
/// A clone is another handle for the same socket; when the last one is dropped it is closed.
#[derive(Clone, Debug)]
pub struct UdpSocket {
    socket: Rc<Socket>,
}

impl UdpSocket {
    /// Receives at a local address. Port 0 asks for a free one, which [`local_addr`](Self::local_addr) tells.
    ///
    /// # Errors
    /// - `EACCES`:        the network policy of the host refuses.
    /// - `EADDRINUSE`:    another socket has that address.
    /// - `EADDRNOTAVAIL`: the address is not one of this machine.
    #[doc(alias = "socket")]
    pub fn bind(address: SocketAddr) -> Result<Self, Error> {
        let socket = Socket::create(family(address), SocketType::Dgram, 0)?;
        socket.bind(address.into())?;
        Ok(socket.into())
    }

    /// A socket with a peer, at an address that the system chooses.
    ///
    /// # Errors
    /// Those of [`connect`](Self::connect).
    pub fn connected(peer: SocketAddr) -> Result<Self, Error> {
        let socket = Socket::create(family(peer), SocketType::Dgram, 0)?;
        socket.connect(peer.into())?;
        Ok(socket.into())
    }

    /// Sets the peer: to whom [`send`](Self::send) sends, and from whom alone is received. Nothing is sent.
    ///
    /// It may be done again with another peer.
    ///
    /// # Errors
    /// - `EACCES`:       the network policy of the host refuses.
    /// - `EAFNOSUPPORT`: the peer is of another family.
    /// - `EHOSTUNREACH`: no route to the host.
    pub fn connect(&self, peer: SocketAddr) -> Result<(), Error> {
        Ok(self.socket.connect(peer.into())?)
    }

    /// Takes the peer away. Without a peer it does nothing.
    ///
    /// # Errors
    /// Those of [`set_timeout`](Self::set_timeout).
    #[doc(alias = "AF_UNSPEC")]
    pub fn disconnect(&self) -> Result<(), Error> {
        Ok(self.socket.disconnect()?)
    }

    /// Sends a datagram to the peer and answers its length.
    ///
    /// # Errors
    /// - `EDESTADDRREQ`: there is no peer.
    /// - `EMSGSIZE`:     more than a datagram holds: 65,507 bytes over IPv4, 65,527 over IPv6.
    /// - `ECONNREFUSED`: a datagram that was sent before met nobody. This one was not sent.
    /// - `EAGAIN`:       no room, and the socket does not block.
    /// - `ETIMEDOUT`:    no room within the timeout.
    pub fn send(&self, data: &[u8]) -> Result<usize, Error> {
        Ok(length(self.socket.send(data, MsgFlags::empty())?))
    }

    /// Sends a datagram to `address` and answers its length.
    ///
    /// # Errors
    /// Those of [`send`](Self::send) without `EDESTADDRREQ`, and
    /// - `EACCES`:       the network policy of the host refuses.
    /// - `EAFNOSUPPORT`: the address is of another family.
    /// - `EISCONN`:      there is a peer, and it is another.
    /// - `EINVAL`:       port 0.
    /// - `EHOSTUNREACH`: no route to the host.
    #[doc(alias = "sendto")]
    pub fn send_to(&self, data: &[u8], address: SocketAddr) -> Result<usize, Error> {
        let count = self
            .socket
            .sendto(data, MsgFlags::empty(), address.into())?;
        Ok(length(count))
    }

    /// Sends one datagram that is made of several pieces, to the peer or to `address`, and answers its length.
    ///
    /// # Errors
    /// Those of [`send`](Self::send) and [`send_to`](Self::send_to).
    #[doc(alias("sendmsg", "writev"))]
    pub fn send_vectored(
        &self,
        pieces: &[&[u8]],
        address: Option<SocketAddr>,
    ) -> Result<usize, Error> {
        let data = gather(pieces, MAX_DATAGRAM + 1);
        match address {
            Some(address) => self.send_to(&data, address),
            None => self.send(&data),
        }
    }

    /// Receives a datagram and answers how many bytes of it are in `buffer`. What does not fit is lost.
    ///
    /// 0 is an empty datagram, and no end of anything.
    ///
    /// # Errors
    /// - `ECONNREFUSED`: a datagram that was sent before met nobody.
    /// - `EAGAIN`:       nothing is there, and the socket does not block.
    /// - `ETIMEDOUT`:    nothing came within the timeout.
    pub fn recv(&self, buffer: &mut [u8]) -> Result<usize, Error> {
        let received = self.receive(buffer, MsgFlags::empty())?;
        Ok(received.data.len())
    }

    /// Receives a datagram as [`recv`](Self::recv) does, and says from whom.
    ///
    /// # Errors
    /// Those of [`recv`](Self::recv); `EINVAL` from nobody: the socket was shut down through
    /// [`socket`](Self::socket).
    #[doc(alias = "recvfrom")]
    pub fn recv_from(&self, buffer: &mut [u8]) -> Result<(usize, SocketAddr), Error> {
        self.receive_from(buffer, MsgFlags::empty())
    }

    /// Does what [`recv_from`](Self::recv_from) does and leaves the datagram where it is.
    ///
    /// # Errors
    /// Those of [`recv_from`](Self::recv_from).
    #[doc(alias = "MSG_PEEK")]
    pub fn peek_from(&self, buffer: &mut [u8]) -> Result<(usize, SocketAddr), Error> {
        self.receive_from(buffer, MsgFlags::PEEK)
    }

    /// Receives a datagram into several buffers, filling one after the other, as [`recv_from`](Self::recv_from) does
    /// into one.
    ///
    /// # Errors
    /// Those of [`recv_from`](Self::recv_from).
    #[doc(alias("recvmsg", "readv"))]
    pub fn recv_from_vectored(
        &self,
        buffers: &mut [&mut [u8]],
    ) -> Result<(usize, SocketAddr), Error> {
        let room: usize = buffers.iter().map(|buffer| buffer.len()).sum();
        let most = u32::try_from(room).unwrap_or(u32::MAX);
        let received = self.socket.recvfrom(most, MsgFlags::empty())?;
        let sender = received.address.ok_or(Errno::Einval)?;
        Ok((scatter(&received.data, buffers)?, sender.into()))
    }

    fn receive_from(
        &self,
        buffer: &mut [u8],
        flags: MsgFlags,
    ) -> Result<(usize, SocketAddr), Error> {
        let received = self.receive(buffer, flags)?;
        let sender = received.address.ok_or(Errno::Einval)?;
        Ok((received.data.len(), sender.into()))
    }

    fn receive(&self, buffer: &mut [u8], flags: MsgFlags) -> Result<Received, Error> {
        let most = u32::try_from(buffer.len()).unwrap_or(u32::MAX);
        // Not `recv`, which takes no datagram when nothing is asked for.
        let received = self.socket.recvfrom(most, flags)?;
        // A supplier that answers more than it was asked for is broken; that must not become a panic.
        let target = buffer.get_mut(..received.data.len()).ok_or(Errno::Eio)?;
        target.copy_from_slice(&received.data);
        Ok(received)
    }

    /// The address of the peer.
    ///
    /// # Errors
    /// - `ENOTCONN`: there is no peer.
    #[doc(alias = "getpeername")]
    pub fn peer_addr(&self) -> Result<SocketAddr, Error> {
        Ok(self.socket.getpeername()?.into())
    }
}

handle!(UdpSocket);

fn length(count: u32) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
