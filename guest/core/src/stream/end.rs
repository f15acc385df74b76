//! `shutdown`, `close`, and what is left to deliver after it.

use alloc::vec::Vec;

use crate::Errno;
use crate::backend::{Progress, StreamSocket};

use super::Stream;
use super::connection::{Connection, Receiving, Report, SendingHalf};
use super::state::{Failure, State};

/// Which halves `shutdown` ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// `SHUT_RD`.
    Read,
    /// `SHUT_WR`.
    Write,
    /// `SHUT_RDWR`.
    Both,
}

impl<S: StreamSocket> Stream<S> {
    /// `shutdown(2)`. Doing it again is not an error. An attempt to connect that succeeded unseen counts, and the
    /// program knows then: as on Linux, `connect` does not say so any more.
    ///
    /// The receiving half is shut down here only: the layer below would discard what is queued, where Linux
    /// lets it be read.
    ///
    /// A listening socket has one half, which receives connections. Without it, it is bound and nothing else, as on Linux:
    /// `accept` is an error, and `listen` begins again.
    ///
    /// # Errors
    /// `EBADF`; `ENOTCONN` when there is no connection, or none any more.
    pub fn shutdown(&mut self, how: How) -> Result<(), Errno> {
        self.check_open()?;
        if let State::Connecting { .. } = self.state {
            self.failure = self.advance(Report::Later).err().map(Failure::Untold);
        }
        if let State::Listening { .. } = self.state {
            return self.shut_listening(how);
        }
        let State::Connected(connection) = &mut self.state else {
            return Err(Errno::Enotconn);
        };
        // A reset that nobody has seen yet shows in that the peer is gone.
        if connection.is_gone() || connection.socket.peer_address() == Err(Errno::Enotconn) {
            return Err(Errno::Enotconn);
        }
        if how != How::Read {
            connection.shut_sending()?;
        }
        if how != How::Write && connection.receiving == Receiving::Open {
            connection.receiving = Receiving::Shut;
        }
        connection.report = Report::Done;
        Ok(())
    }

    /// No layer below can do that: it gives up the socket that listens, and with it the connections that wait.
    fn shut_listening(&mut self, how: How) -> Result<(), Errno> {
        if how != How::Write {
            self.state = State::idle(Some(self.getsockname()?));
        }
        Ok(())
    }

    /// `close(2)`. Closing again does nothing.
    ///
    /// Answers what is left to be delivered, if anything: the driver keeps it, in a [`Lingering`], so that
    /// the program does not wait for a slow peer and nothing is lost.
    #[must_use]
    pub fn close(&mut self) -> Option<Closing<S>> {
        match core::mem::replace(&mut self.state, State::Closed) {
            State::Connected(connection) => Closing::of(connection),
            _ => None,
        }
    }
}

impl<S: StreamSocket> Connection<S> {
    /// A failure says that the connection is gone, and not how it ended: that is still to be answered.
    fn shut_sending(&mut self) -> Result<(), Errno> {
        if self.sending == SendingHalf::Open {
            self.socket.shutdown_write()?;
            self.sending = SendingHalf::Shut;
        }
        Ok(())
    }
}

/// A closed connection whose last bytes the system has not taken yet.
#[derive(Debug)]
pub struct Closing<S> {
    socket: S,
}

impl<S: StreamSocket> Closing<S> {
    /// Keeps the socket of `connection` if something is left to deliver.
    fn of(connection: Connection<S>) -> Option<Self> {
        let mut closing = Self {
            socket: connection.socket,
        };
        if closing.is_finished() {
            return None;
        }
        if connection.sending == SendingHalf::Open {
            // The peer is to see the end behind the last byte, and not when somebody looks here again. A failure shows
            // in what is left.
            let _ = closing.socket.shutdown_write();
        }
        (!closing.is_finished()).then_some(closing)
    }

    /// Whether nothing is left: all was taken, or nothing more can be.
    fn is_finished(&mut self) -> bool {
        !matches!(self.socket.flushed(), Ok(Progress::Pending))
    }
}

/// Closed connections that are still delivering.
#[derive(Debug)]
pub struct Lingering<S> {
    connections: Vec<Closing<S>>,
}

impl<S: StreamSocket> Lingering<S> {
    /// None.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            connections: Vec::new(),
        }
    }

    /// Keeps what [`Stream::close`] left over.
    pub fn keep(&mut self, closing: Option<Closing<S>>) {
        self.connections.extend(closing);
    }

    /// Releases those that have delivered. To be called now and then; it costs nothing while there are none.
    pub fn release(&mut self) {
        self.connections
            .retain_mut(|closing| !closing.is_finished());
    }

    /// How many are still delivering.
    #[must_use]
    pub fn len(&self) -> usize {
        self.connections.len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.connections.is_empty()
    }
}

impl<S: StreamSocket> Default for Lingering<S> {
    fn default() -> Self {
        Self::new()
    }
}
