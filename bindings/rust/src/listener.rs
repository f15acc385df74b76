//! Waiting for TCP connections.

use alloc::rc::Rc;
use core::iter::FusedIterator;
use core::net::SocketAddr;
use core::time::Duration;

use crate::connection::create_server;
use crate::error::Error;
use crate::handle::handle;
use crate::net::sockets::Socket;
use crate::stream::TcpStream;

/// How many connections may wait to be accepted, as in the standard library.
const BACKLOG: i32 = 128;

/// A socket that waits for TCP connections.
///
/// A clone is another handle for the same socket; when the last one is dropped it is closed.
#[derive(Clone, Debug)]
pub struct TcpListener {
    socket: Rc<Socket>,
}

impl TcpListener {
    /// Listens on a local address. Port 0 asks for a free one, which [`local_addr`](Self::local_addr) tells.
    ///
    /// # Errors
    /// Those of [`create_server`], which also takes the number of connections that may wait: here 128.
    #[doc(alias("socket", "listen"))]
    pub fn bind(address: SocketAddr) -> Result<Self, Error> {
        create_server(address, BACKLOG)
    }

    /// Waits for a connection, within the timeout of the listener. The stream has none: it blocks.
    ///
    /// # Errors
    /// - `EAGAIN`:    no connection waits, and the listener does not block.
    /// - `ETIMEDOUT`: none came within the timeout.
    /// - `EMFILE`:    too many sockets.
    pub fn accept(&self) -> Result<(TcpStream, SocketAddr), Error> {
        let (socket, peer) = self.socket.accept()?;
        Ok((socket.into(), peer.into()))
    }

    /// The connections as they come, without end: `accept` again and again.
    ///
    /// An error does not end it. A loop that passes over all errors may spin.
    #[must_use]
    pub fn incoming(&self) -> Incoming<'_> {
        Incoming { listener: self }
    }
}

handle!(TcpListener);

/// The connections of a listener: see [`TcpListener::incoming`].
#[derive(Debug)]
pub struct Incoming<'a> {
    listener: &'a TcpListener,
}

impl Iterator for Incoming<'_> {
    type Item = Result<TcpStream, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(self.listener.accept().map(|(stream, _peer)| stream))
    }
}

impl FusedIterator for Incoming<'_> {}
