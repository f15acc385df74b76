//! What core asks of the layer below.
//!
//! Every call returns at once. Where BSD would wait, [`Progress::Pending`] says so, and core tells its driver
//! which [`Interest`](crate::Interest) to wait for. Errors are those of the layer below, translated into POSIX names by
//! its one table; core decides which of them a program gets to see.

use alloc::vec::Vec;

use crate::addr::Family;
use crate::sockopt::SockOpt;
use crate::{Errno, SockAddr};

/// The outcome of a call that may have to be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress<T> {
    /// Done.
    Done(T),
    /// Nothing could be done yet.
    Pending,
}

/// What a read found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Read {
    /// At least one byte.
    Data(Vec<u8>),
    /// The peer has ended its half of the connection.
    End,
    /// Nothing is there now.
    Pending,
}

/// A datagram with the address it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// All of it, however short a caller wants it.
    pub data: Vec<u8>,
    /// Who sent it.
    pub sender: SockAddr,
}

/// A layer that has sockets.
pub trait Backend {
    /// One of its TCP sockets. Dropping it releases it; a write in flight may be lost with it, so
    /// core drops it only after [`flushed`](StreamSocket::flushed) or after an error.
    type Stream: StreamSocket;

    /// A new TCP socket: not bound, not connected.
    ///
    /// # Errors
    /// `EAFNOSUPPORT`, `EMFILE`, `EACCES`, and what the layer below answers.
    fn create_stream(&mut self, family: Family) -> Result<Self::Stream, Errno>;

    /// One of its UDP sockets.
    type Datagram: DatagramSocket;

    /// A new UDP socket: not bound, not connected.
    ///
    /// # Errors
    /// `EAFNOSUPPORT`, `EMFILE`, `EACCES`, and what the layer below answers.
    fn create_datagram(&mut self, family: Family) -> Result<Self::Datagram, Errno>;
}

/// A UDP socket of the layer below. Core binds it before anything else is asked of it.
pub trait DatagramSocket: Sized {
    /// Binds a new socket.
    ///
    /// # Errors
    /// `EADDRINUSE`, `EADDRNOTAVAIL`, `EINVAL`, `EACCES`. The socket stays as it was.
    fn bind(&mut self, address: &SockAddr) -> Result<(), Errno>;

    /// Sets the peer, or takes it away. Datagrams that are queued may be lost, so core receives them before.
    ///
    /// # Errors
    /// `EHOSTUNREACH`, `EINVAL`, `EACCES`. The socket keeps the peer it had.
    fn connect(&mut self, peer: Option<&SockAddr>) -> Result<(), Errno>;

    /// Takes one datagram.
    ///
    /// # Errors
    /// `ECONNREFUSED` when the peer answered an earlier datagram that nobody is there.
    fn receive(&mut self) -> Result<Progress<Message>, Errno>;

    /// Takes one datagram that is queued, before the peer changes. A layer that cannot look without starting to
    /// wait may say that there is none.
    ///
    /// # Errors
    /// As [`receive`](Self::receive).
    fn take_queued(&mut self) -> Result<Progress<Message>, Errno> {
        self.receive()
    }

    /// Sends one datagram, to the peer where `to` is none.
    ///
    /// # Errors
    /// As [`receive`](Self::receive), and `EMSGSIZE`, `EHOSTUNREACH`, `EACCES`. Nothing was sent.
    fn send(&mut self, data: &[u8], to: Option<&SockAddr>) -> Result<Progress<()>, Errno>;

    /// The local address.
    ///
    /// # Errors
    /// `EINVAL` when there is none.
    fn local_address(&self) -> Result<SockAddr, Errno>;

    /// The value of an option that [its kind](SockOpt::is_of) of socket has.
    ///
    /// # Errors
    /// `ENOPROTOOPT` where the layer below does not have it.
    fn getsockopt(&self, option: SockOpt) -> Result<i32, Errno> {
        let _ = option;
        Err(Errno::Enoprotoopt)
    }

    /// Sets such an option, to a value that is in range.
    ///
    /// # Errors
    /// As [`getsockopt`](Self::getsockopt).
    fn setsockopt(&mut self, option: SockOpt, value: i32) -> Result<(), Errno> {
        let _ = (option, value);
        Err(Errno::Enoprotoopt)
    }
}

/// A TCP socket of the layer below. Core calls these only in the states that are named.
pub trait StreamSocket: Sized {
    /// Binds a new socket.
    ///
    /// # Errors
    /// `EADDRINUSE`, `EADDRNOTAVAIL`, `EINVAL`, `EACCES`. The socket stays as it was.
    fn bind(&mut self, address: &SockAddr) -> Result<(), Errno>;

    /// Makes a bound socket listen, or changes the backlog of a listening one. `backlog` is at least 1.
    ///
    /// # Errors
    /// `EADDRINUSE`, `EACCES`. The socket is of no more use; one that listens goes on as it did.
    fn listen(&mut self, backlog: u32) -> Result<(), Errno>;

    /// Takes a connection of a listening socket.
    ///
    /// # Errors
    /// `ECONNABORTED` for a connection that ended while it waited; `EMFILE` and the like.
    fn accept(&mut self) -> Result<Progress<(Self, SockAddr)>, Errno>;

    /// Starts to connect a new or bound socket. [`finish_connect`](Self::finish_connect) follows at once.
    ///
    /// # Errors
    /// As [`finish_connect`](Self::finish_connect).
    fn start_connect(&mut self, peer: &SockAddr) -> Result<(), Errno>;

    /// How the connection attempt goes.
    ///
    /// # Errors
    /// `ECONNREFUSED`, `ETIMEDOUT`, `EHOSTUNREACH`, `EACCES`, ... The socket is of no more use.
    fn finish_connect(&mut self) -> Result<Progress<()>, Errno>;

    /// Reads at most `max` bytes of a connected socket; `max` is not 0.
    ///
    /// # Errors
    /// `ECONNRESET` and other ends of the connection. `ENOBUFS` when there is no memory for what it would read; that ends nothing.
    fn read(&mut self, max: usize) -> Result<Read, Errno>;

    /// Writes some of `data` (not empty) to a connected socket.
    ///
    /// The layer below may keep bytes that the system has not taken yet; see [`flushed`](Self::flushed).
    ///
    /// # Errors
    /// `EPIPE`, `ECONNRESET`.
    fn write(&mut self, data: &[u8]) -> Result<Progress<usize>, Errno>;

    /// Whether the system has taken all that was written; until then it is lost when the program ends.
    ///
    /// # Errors
    /// How a write in flight failed.
    fn flushed(&mut self) -> Result<Progress<()>, Errno>;

    /// Ends the sending half of a connected socket, after what was written.
    ///
    /// # Errors
    /// `ENOTCONN` when the connection is gone.
    fn shutdown_write(&mut self) -> Result<(), Errno>;

    /// The local address, in any state in which there is one.
    ///
    /// # Errors
    /// `EINVAL` when there is none.
    fn local_address(&self) -> Result<SockAddr, Errno>;

    /// The address of the peer of a connected socket.
    ///
    /// # Errors
    /// `ENOTCONN` when the connection is gone.
    fn peer_address(&self) -> Result<SockAddr, Errno>;

    /// The value of an option that [its kind](SockOpt::is_of) of socket has. A socket that is connecting is not asked, and
    /// none is for `SO_REUSEADDR`, which is always on.
    ///
    /// # Errors
    /// `ENOPROTOOPT` where the layer below does not have it.
    fn getsockopt(&self, option: SockOpt) -> Result<i32, Errno> {
        let _ = option;
        Err(Errno::Enoprotoopt)
    }

    /// Sets such an option, to a value that is in range. An accepted socket begins with what the listening one had.
    ///
    /// # Errors
    /// As [`getsockopt`](Self::getsockopt).
    fn setsockopt(&mut self, option: SockOpt, value: i32) -> Result<(), Errno> {
        let _ = (option, value);
        Err(Errno::Enoprotoopt)
    }
}
