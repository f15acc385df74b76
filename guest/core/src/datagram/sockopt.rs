//! Options, and the error that waits.

use crate::Errno;
use crate::backend::{DatagramSocket, Progress};
use crate::create::Kind;
use crate::sockopt::SockOpt;

use super::Datagram;
use super::open::KEPT;
use super::state::State;

impl<S: DatagramSocket> Datagram<S> {
    /// What it was created as.
    ///
    /// # Errors
    /// `EBADF`.
    pub fn kind(&self) -> Result<Kind, Errno> {
        self.check_open().map(|()| Kind::Datagram(self.family))
    }

    /// `getsockopt(2)`.
    ///
    /// # Errors
    /// `EBADF`, `ENOPROTOOPT`.
    pub fn getsockopt(&self, option: SockOpt) -> Result<i32, Errno> {
        option.check_kind(self.kind()?)?;
        match self.backend() {
            Some(socket) => socket.getsockopt(option),
            None => Err(Errno::Ebadf),
        }
    }

    /// `setsockopt(2)`.
    ///
    /// # Errors
    /// `EBADF`, `ENOPROTOOPT`; `EINVAL` for a value out of range, and for `IPV6_V6ONLY` of a socket with an address.
    pub fn setsockopt(&mut self, option: SockOpt, value: i32) -> Result<(), Errno> {
        option.check_kind(self.kind()?)?;
        option.check_value(value)?;
        match &mut self.state {
            State::Bound { .. } | State::Connected { .. } if option == SockOpt::Ipv6V6only => {
                Err(Errno::Einval)
            }
            State::Unbound { socket }
            | State::Bound { socket }
            | State::Connected { socket, .. } => socket.setsockopt(option, value),
            State::Closed => Err(Errno::Ebadf),
        }
    }

    /// `SO_ERROR`: what an earlier datagram met, once.
    ///
    /// Only a receive finds out, so one is tried where there can be an error: with a peer. A datagram that it takes
    /// stays to be received.
    ///
    /// # Errors
    /// `EBADF`.
    pub fn take_error(&mut self) -> Result<Option<Errno>, Errno> {
        self.check_open()?;
        while self.failure.is_none() && self.unread.len() < KEPT && self.make_room().is_ok() {
            let State::Connected { socket, .. } = &mut self.state else {
                break;
            };
            match socket.receive() {
                Ok(Progress::Done(message)) => self.unread.push_back(message),
                // What there is no memory for is found when there is some again.
                Ok(Progress::Pending) | Err(Errno::Enobufs) => break,
                Err(error) => self.failure = Some(error),
            }
        }
        Ok(self.failure.take())
    }
}
