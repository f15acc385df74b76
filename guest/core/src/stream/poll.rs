//! Readiness.

use crate::backend::{Read, StreamSocket};
use crate::readiness::{Poll, Readiness};
use crate::{Errno, Interest};

use super::Stream;
use super::connection::{Connection, Receiving, Report, SendingHalf};
use super::state::{Failure, State};

impl<S: StreamSocket> Stream<S> {
    /// What the socket is ready for, and what has to be asked below.
    ///
    /// # Errors
    /// `EBADF`.
    pub fn poll(&self) -> Result<Poll, Errno> {
        let mut poll = match &self.state {
            State::Closed => return Err(Errno::Ebadf),
            // As on Linux: a call would not wait, it would fail.
            State::Unbound { .. } | State::Bound { .. } => {
                Poll::ready(Readiness::WRITABLE | Readiness::HANGUP)
            }
            State::Listening { .. } => Poll {
                read: Some(Interest::Accept),
                ..Poll::default()
            },
            State::Connecting { .. } => Poll {
                write: Some(Interest::Connect),
                ..Poll::default()
            },
            State::Connected(connection) => connection.poll(),
        };
        match self.failure {
            Some(Failure::Untold(_)) => poll.ready |= Readiness::ERROR | Readiness::READABLE,
            Some(Failure::Told) => poll.ready |= Readiness::READABLE,
            None => {}
        }
        Ok(poll)
    }

    /// The layer below says that `interest` has happened: what that makes the socket ready for. An end of an
    /// attempt to connect is followed here.
    pub fn happened(&mut self, interest: Interest) -> Readiness {
        match interest {
            Interest::Read => match &mut self.state {
                State::Connected(connection) => connection.probe(),
                _ => Readiness::NONE,
            },
            Interest::Accept => Readiness::READABLE,
            Interest::Write => Readiness::WRITABLE,
            Interest::Connect => match self.advance(Report::Later) {
                Ok(true) => Readiness::WRITABLE,
                Ok(false) => Readiness::NONE,
                Err(error) => {
                    self.failure = Some(Failure::Untold(error));
                    Readiness::WRITABLE | Readiness::READABLE | Readiness::ERROR | Readiness::HANGUP
                }
            },
            Interest::Never => Readiness::NONE,
        }
    }
}

/// How much is read to find out whether there is anything to read.
pub(super) const PROBE: usize = 16 * 1024;

impl<S: StreamSocket> Connection<S> {
    /// Finds out whether a receive would not wait. Hosts say so too early: what they call ready may have been
    /// read long ago. What is found stays to be received.
    fn probe(&mut self) -> Readiness {
        if !self.unread.is_empty() {
            // Found when another entry of the same socket was looked at.
            return Readiness::READABLE;
        }
        if self.make_room(PROBE).is_err() {
            // Who receives is told so.
            return Readiness::READABLE;
        }
        match self.read(PROBE) {
            Ok(Read::Pending) => Readiness::NONE,
            Ok(Read::Data(data)) => {
                self.unread.extend_from_slice(&data);
                Readiness::READABLE
            }
            Ok(Read::End) => self.poll().ready,
            Err(Errno::Enobufs) => Readiness::READABLE,
            Err(error) => {
                self.read_error = Some(error);
                self.poll().ready
            }
        }
    }
}

impl<S> Connection<S> {
    fn poll(&self) -> Poll {
        let mut poll = Poll::default();
        let received = !self.unread.is_empty() || self.receiving != Receiving::Open;
        if received {
            poll.ready |= Readiness::READABLE;
        } else {
            poll.read = Some(Interest::Read);
        }
        if self.sending == SendingHalf::Open && self.write_error.is_none() {
            poll.write = Some(Interest::Write);
        } else {
            poll.ready |= Readiness::WRITABLE;
        }
        if self.read_error.is_some() || self.write_error.is_some() {
            poll.ready |= Readiness::ERROR;
        }
        if self.receiving != Receiving::Open && self.sending != SendingHalf::Open {
            poll.ready |= Readiness::HANGUP;
        }
        poll
    }
}
