//! Readiness.

use crate::backend::DatagramSocket;
use crate::readiness::{Poll, Readiness};
use crate::{Errno, Interest};

use super::Datagram;
use super::state::State;

impl<S: DatagramSocket> Datagram<S> {
    /// What the socket is ready for, and what has to be asked below.
    ///
    /// # Errors
    /// `EBADF`.
    pub fn poll(&self) -> Result<Poll, Errno> {
        let mut poll = match &self.state {
            State::Closed => return Err(Errno::Ebadf),
            State::Unbound { .. } => Poll::ready(Readiness::WRITABLE),
            State::Bound { .. } | State::Connected { .. } => Poll {
                read: Some(Interest::Read),
                write: Some(Interest::Write),
                ..Poll::default()
            },
        };
        if !self.unread.is_empty() || self.receiving_shut {
            poll.ready |= Readiness::READABLE;
        }
        if self.sending_shut {
            poll.ready |= Readiness::WRITABLE;
        }
        if self.failure.is_some() {
            poll.ready |= Readiness::ERROR | Readiness::READABLE;
        }
        if self.receiving_shut && self.sending_shut {
            poll.ready |= Readiness::HANGUP;
        }
        Ok(poll)
    }
}
