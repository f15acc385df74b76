//! UDP sockets.
//!
//! [`Datagram`] is one socket as a program sees it, a [`State`] with what is kept beside it. The calls are
//! grouped by what they are for:
//!
//! - [`open`]: `bind`, `connect`, disconnecting.
//! - [`receive`]: `recv`, `recvfrom`.
//! - [`transmit`]: `send`, `sendto`.
//! - [`end`]: `shutdown`, `close`, names.
//! - [`mod@sockopt`]: options, and the error that waits.

mod end;
mod open;
mod poll;
mod receive;
mod sockopt;
mod state;
mod transmit;

use alloc::collections::VecDeque;

use crate::addr::Family;
use crate::backend::{DatagramSocket, Message};
use crate::{Errno, SockAddr, Timeout};
use state::State;

pub use receive::Received;

/// A UDP socket as a program sees it.
#[derive(Debug)]
pub struct Datagram<S> {
    family: Family,
    timeout: Timeout,
    state: State<S>,
    /// Received but not consumed: what `MSG_PEEK` looked at, and what was queued when the peer changed.
    unread: VecDeque<Message>,
    /// An error found while looking for queued datagrams: the next call that moves data answers it.
    failure: Option<Errno>,
    /// Whether `shutdown` has ended the receiving half.
    receiving_shut: bool,
    /// Whether `shutdown` has ended the sending half.
    sending_shut: bool,
}

impl<S: DatagramSocket> Datagram<S> {
    /// A new socket over `socket`, which is neither bound nor connected.
    #[must_use]
    pub fn new(family: Family, socket: S) -> Self {
        Self {
            family,
            timeout: Timeout::Never,
            state: State::Unbound { socket },
            unread: VecDeque::new(),
            failure: None,
            receiving_shut: false,
            sending_shut: false,
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

    /// The socket of the layer below, for a driver that must wait on it.
    #[must_use]
    pub fn backend(&self) -> Option<&S> {
        match &self.state {
            State::Unbound { socket }
            | State::Bound { socket }
            | State::Connected { socket, .. } => Some(socket),
            State::Closed => None,
        }
    }

    /// Answers a call that datagrams do not have.
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

    /// # Errors
    /// `EAFNOSUPPORT` for an address of another family.
    fn check_family(&self, address: &SockAddr) -> Result<(), Errno> {
        if Family::of(address) == self.family {
            Ok(())
        } else {
            Err(Errno::Eafnosupport)
        }
    }

    /// Makes room to keep one datagram more.
    ///
    /// # Errors
    /// `ENOBUFS`.
    fn make_room(&mut self) -> Result<(), Errno> {
        self.unread.try_reserve(1).map_err(|_| Errno::Enobufs)
    }

    /// # Errors
    /// What an earlier datagram met, once.
    fn take_failure(&mut self) -> Result<(), Errno> {
        self.failure.take().map_or(Ok(()), Err)
    }
}

#[cfg(test)]
mod tests;
