//! TCP sockets.
//!
//! [`Stream`] is one socket as a program sees it. What a call may do depends on its [`State`], an
//! enum that holds what is known in each; the documentation of a state says how it is left. The calls
//! are grouped by what they are for:
//!
//! - [`open`]: `bind`, `listen`, `accept`, `connect`.
//! - [`receive`]: `recv`, `recvfrom`.
//! - [`transmit`]: `send`, `sendall`.
//! - [`end`]: `shutdown`, `close`, and what remains to be delivered after it.
//! - [`name`]: `getsockname`, `getpeername`.
//! - [`mod@sockopt`]: options, and the error that waits.

mod connection;
mod end;
mod name;
mod open;
mod poll;
mod receive;
mod sockopt;
mod state;
mod transmit;

pub use end::{Closing, How, Lingering};
pub use transmit::Sending;

use crate::addr::Family;
use crate::backend::StreamSocket;
use crate::sockopt::{Chosen, SockOpt};
use crate::{Errno, Interest, Step, Timeout, Turn};
use connection::{Connection, Report};
use state::{Failure, State};

/// The most bytes that one call takes or returns; more is a short count.
pub const MAX_TRANSFER: usize = 1024 * 1024;

/// A TCP socket as a program sees it.
#[derive(Debug)]
pub struct Stream<S> {
    family: Family,
    timeout: Timeout,
    state: State<S>,
    /// A connection attempt that failed while `connect` was not asked.
    failure: Option<Failure>,
    /// The options that the program has set.
    chosen: Chosen,
}

impl<S: StreamSocket> Stream<S> {
    /// A new socket over `socket`, which is neither bound nor connected.
    #[must_use]
    pub fn new(family: Family, socket: S) -> Self {
        Self::in_state(
            family,
            State::Unbound {
                socket: Some(socket),
            },
        )
    }

    /// A new socket over a connection that this one has accepted. The layer below has handed the options on, except for
    /// the one that is known here only.
    fn accepted(&self, socket: S) -> Self {
        let state = State::Connected(Connection::new(socket, Report::Done));
        let mut accepted = Self::in_state(self.family, state);
        if let Some(value) = self.chosen.get(SockOpt::SoReuseaddr) {
            accepted.chosen.set(SockOpt::SoReuseaddr, value);
        }
        accepted
    }

    fn in_state(family: Family, state: State<S>) -> Self {
        Self {
            family,
            timeout: Timeout::Never,
            state,
            failure: None,
            chosen: Chosen::default(),
        }
    }

    /// How long its calls may wait. Answers for a closed socket too.
    #[must_use]
    pub fn timeout(&self) -> Timeout {
        self.timeout
    }

    /// Sets how long its calls may wait.
    ///
    /// # Errors
    /// `EBADF` when it is closed.
    pub fn set_timeout(&mut self, timeout: Timeout) -> Result<(), Errno> {
        self.check_open()?;
        self.timeout = timeout;
        Ok(())
    }

    /// The socket of the layer below, for a driver that must wait on it; none while there is none.
    #[must_use]
    pub fn backend(&self) -> Option<&S> {
        match &self.state {
            State::Unbound { socket } | State::Bound { socket, .. } => socket.as_ref(),
            State::Listening { socket } | State::Connecting { socket, .. } => Some(socket),
            State::Connected(connection) => Some(connection.socket()),
            State::Closed => None,
        }
    }

    /// Answers a call that streams do not have.
    ///
    /// # Errors
    /// `EBADF`, `EOPNOTSUPP`.
    pub(crate) fn unsupported<T>(&self) -> Result<T, Errno> {
        self.check_open().and(Err(Errno::Eopnotsupp))
    }

    /// # Errors
    /// `EBADF` when it is closed.
    fn check_open(&self) -> Result<(), Errno> {
        match self.state {
            State::Closed => Err(Errno::Ebadf),
            _ => Ok(()),
        }
    }

    /// The connection, for a call that moves data: an attempt in progress is waited for, and one that
    /// failed unseen is answered here, once.
    ///
    /// `unconnected` is the answer where there is no connection, and `failed` where another call than `connect` has told how
    /// an attempt failed: as on Linux, the halves are then those of a connection that has ended.
    fn connection(
        &mut self,
        turn: Turn,
        unconnected: Errno,
        failed: Result<(), Errno>,
    ) -> Result<&mut Connection<S>, Step<()>> {
        if !matches!(self.state, State::Connected(_)) {
            self.await_connection(turn)?;
        }
        match &mut self.state {
            State::Connected(connection) => Ok(connection),
            _ => Err(Step::Ready(match self.failure {
                None => Err(unconnected),
                Some(Failure::Told) => failed,
                Some(Failure::Untold(error)) => {
                    self.failure = Some(Failure::Told);
                    Err(error)
                }
            })),
        }
    }

    /// Waits for an attempt in progress. How it failed is kept until somebody asks.
    #[cold]
    fn await_connection(&mut self, turn: Turn) -> Result<(), Step<()>> {
        if let State::Connecting { .. } = self.state {
            match self.advance(Report::Later) {
                Ok(true) => {}
                Ok(false) => return Err(turn.wait_or(Interest::Connect, Errno::Eagain)),
                Err(error) => self.failure = Some(Failure::Untold(error)),
            }
        }
        Ok(())
    }

    /// Follows an attempt that may have ended. How it failed is kept until somebody asks.
    fn follow(&mut self) {
        if let State::Connecting { .. } = self.state
            && let Err(error) = self.advance(Report::Later)
        {
            self.failure = Some(Failure::Untold(error));
        }
    }
}

#[cfg(test)]
mod tests;
