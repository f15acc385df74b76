//! TCP connections.

use alloc::rc::Rc;
use alloc::vec::Vec;
use core::fmt;
use core::net::SocketAddr;
use core::time::Duration;

use crate::address::family;
use crate::connection::create_connection;
use crate::error::Error;
use crate::handle::handle;
use crate::net::sockets::{ShutdownHow, Socket};
use crate::net::types::{Errno, MsgFlags, SocketType};
use crate::scatter::{gather, scatter};
use crate::time::set_timeout;

/// How much one call sends or receives at most: what `wasock:net` promises to take at once.
const MAX_TRANSFER: usize = 1024 * 1024;

/// A TCP connection.
///
/// A new one blocks: every call waits until it is done. [`set_timeout`](Self::set_timeout) and
/// [`set_nonblocking`](Self::set_nonblocking) change that.
///
/// A clone is another handle for the same connection, as `dup(2)` makes it: they share the timeout, and when the last
/// one is dropped the connection is closed. [`close`](Self::close) closes it for all of them.
///
/// # Example
///
#[doc = concat!("```ignore\n", include_str!("../snippets/clones.rs"), "```")]
#[derive(Clone, Debug)]
#[doc(alias = "dup")]
pub struct TcpStream {
    socket: Rc<Socket>,
}

impl TcpStream {
    /// Connects to a peer, waiting as long as the system does.
    ///
    /// # Errors
    /// - `EACCES`:       the network policy of the host refuses.
    /// - `ECONNREFUSED`: nobody listens there.
    /// - `ETIMEDOUT`:    no answer.
    /// - `EHOSTUNREACH`: no route to the host.
    #[doc(alias = "socket")]
    pub fn connect(address: SocketAddr) -> Result<Self, Error> {
        Self::connect_within(address, None)
    }

    /// Connects to a peer and gives up after `timeout`.
    ///
    /// The timeout is that of the attempt: the connection itself has none.
    ///
    /// # Errors
    /// Those of [`connect`](Self::connect); `EINVAL` for a timeout of zero.
    pub fn connect_timeout(address: SocketAddr, timeout: Duration) -> Result<Self, Error> {
        if timeout.is_zero() {
            return Err(Errno::Einval.into());
        }
        Self::connect_within(address, Some(timeout))
    }

    /// Connects to the first address of `host` that can be reached: a name, or an address as text.
    ///
    /// # Errors
    /// Those of [`create_connection`].
    #[doc(alias = "getaddrinfo")]
    pub fn connect_host(host: &str, port: u16) -> Result<Self, Error> {
        create_connection(host, port, None, None)
    }

    /// Begins to connect and does not wait. The stream does not block.
    ///
    /// It is writable for a [`Poller`](crate::Poller) when the attempt has ended. Until then reading and writing
    /// answer `EAGAIN`; then, if the attempt failed, why.
    ///
    /// # Errors
    /// Those of [`connect`](Self::connect) that are known at once.
    #[doc(alias("EINPROGRESS", "O_NONBLOCK"))]
    pub fn connect_nonblocking(address: SocketAddr) -> Result<Self, Error> {
        let socket = Socket::create(family(address), SocketType::Stream, 0)?;
        set_timeout(&socket, Some(Duration::ZERO))?;
        match socket.connect(address.into()) {
            Ok(()) | Err(Errno::Einprogress) => Ok(socket.into()),
            Err(errno) => Err(errno.into()),
        }
    }

    fn connect_within(address: SocketAddr, timeout: Option<Duration>) -> Result<Self, Error> {
        let socket = Socket::create(family(address), SocketType::Stream, 0)?;
        if timeout.is_some() {
            set_timeout(&socket, timeout)?;
        }
        socket.connect(address.into())?;
        if timeout.is_some() {
            set_timeout(&socket, None)?;
        }
        Ok(socket.into())
    }

    /// Receives what is there, at most `buffer.len()` bytes, and answers how many those are.
    ///
    /// 0 is the end of the data: the peer sends no more.
    ///
    /// # Errors
    /// - `ECONNRESET`: the peer reset the connection.
    /// - `EAGAIN`:     nothing is there, and the stream does not block.
    /// - `ETIMEDOUT`:  nothing came within the timeout.
    #[doc(alias = "recv")]
    pub fn read(&self, buffer: &mut [u8]) -> Result<usize, Error> {
        scatter(&self.receive(buffer.len())?, &mut [buffer])
    }

    /// Does what [`read`](Self::read) does and leaves the data where it is.
    ///
    /// # Errors
    /// Those of [`read`](Self::read).
    #[doc(alias = "MSG_PEEK")]
    pub fn peek(&self, buffer: &mut [u8]) -> Result<usize, Error> {
        scatter(&self.recv(buffer.len(), MsgFlags::PEEK)?, &mut [buffer])
    }

    /// Receives what is there into several buffers, filling one after the other, and answers how many bytes those are.
    ///
    /// # Errors
    /// Those of [`read`](Self::read).
    #[doc(alias("recvmsg", "readv"))]
    pub fn read_vectored(&self, buffers: &mut [&mut [u8]]) -> Result<usize, Error> {
        let room = buffers.iter().map(|buffer| buffer.len()).sum();
        scatter(&self.receive(room)?, buffers)
    }

    /// Receives until `buffer` is full.
    ///
    /// # Errors
    /// [`Error::UnexpectedEnd`] when the data ends before; otherwise those of [`read`](Self::read). The
    /// content of `buffer` is unspecified then.
    #[doc(alias = "MSG_WAITALL")]
    pub fn read_exact(&self, mut buffer: &mut [u8]) -> Result<(), Error> {
        while !buffer.is_empty() {
            let count = self.read(buffer)?;
            if count == 0 {
                return Err(Error::UnexpectedEnd);
            }
            buffer = buffer.get_mut(count..).unwrap_or_default();
        }
        Ok(())
    }

    /// Receives until the data ends, appends it to `buffer` and answers how many bytes that were.
    ///
    /// There is no limit: only for peers that are trusted not to send without end.
    ///
    /// # Errors
    /// Those of [`read`](Self::read). What came before the error is in `buffer`.
    pub fn read_to_end(&self, buffer: &mut Vec<u8>) -> Result<usize, Error> {
        let before = buffer.len();
        loop {
            let data = self.receive(MAX_TRANSFER)?;
            if data.is_empty() {
                return Ok(buffer.len() - before);
            }
            buffer.extend_from_slice(&data);
        }
    }

    /// Receives what is there, at most `length` bytes, as a list of its own.
    pub(crate) fn receive(&self, length: usize) -> Result<Vec<u8>, Error> {
        self.recv(length, MsgFlags::empty())
    }

    fn recv(&self, length: usize, flags: MsgFlags) -> Result<Vec<u8>, Error> {
        let length = u32::try_from(length.min(MAX_TRANSFER)).unwrap_or(u32::MAX);
        Ok(self.socket.recv(length, flags)?)
    }

    /// Sends some of `data` and answers how many bytes were taken.
    ///
    /// # Errors
    /// - `EPIPE`:      the stream is shut down for writing, or the peer is gone.
    /// - `ECONNRESET`: the peer reset the connection.
    /// - `EAGAIN`:     no room, and the stream does not block.
    /// - `ETIMEDOUT`:  no room within the timeout.
    #[doc(alias = "send")]
    pub fn write(&self, data: &[u8]) -> Result<usize, Error> {
        let (now, _later) = data.split_at_checked(MAX_TRANSFER).unwrap_or((data, &[]));
        let count = self.socket.send(now, MsgFlags::empty())?;
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }

    /// Sends some of what is in several buffers, as if they were one, and answers how many bytes were taken.
    ///
    /// # Errors
    /// Those of [`write`](Self::write).
    ///
    /// # Example
    ///
    #[doc = concat!("```ignore\n", include_str!("../snippets/vectored.rs"), "```")]
    #[doc(alias("sendmsg", "writev"))]
    pub fn write_vectored(&self, buffers: &[&[u8]]) -> Result<usize, Error> {
        self.write(&gather(buffers, MAX_TRANSFER))
    }

    /// Sends all of `data`.
    ///
    /// A timeout is the time of all of it, not of each piece.
    ///
    /// # Errors
    /// Those of [`write`](Self::write). It is unknown then how much was sent.
    #[doc(alias = "sendall")]
    pub fn write_all(&self, data: &[u8]) -> Result<(), Error> {
        // With a timeout only one call can keep it; without, pieces save memory on the way.
        let bounded = data.len() > MAX_TRANSFER && self.socket.gettimeout().is_some();
        let piece = if bounded { data.len() } else { MAX_TRANSFER };
        for piece in data.chunks(piece) {
            self.socket.sendall(piece, MsgFlags::empty())?;
        }
        Ok(())
    }

    /// Sends formatted text: what `write!(stream, …)` calls.
    ///
    /// # Errors
    /// Those of [`write_all`](Self::write_all).
    pub fn write_fmt(&self, text: fmt::Arguments<'_>) -> Result<(), Error> {
        self.write_all(alloc::fmt::format(text).as_bytes())
    }

    /// Ends one or both halves of the connection.
    ///
    /// # Errors
    /// - `ENOTCONN`: the peer reset the connection.
    pub fn shutdown(&self, how: ShutdownHow) -> Result<(), Error> {
        Ok(self.socket.shutdown(how)?)
    }

    /// The address of the peer.
    ///
    /// # Errors
    /// - `ENOTCONN`: the connection is gone.
    #[doc(alias = "getpeername")]
    pub fn peer_addr(&self) -> Result<SocketAddr, Error> {
        Ok(self.socket.getpeername()?.into())
    }
}

handle!(TcpStream);
