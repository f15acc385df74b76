//! `getsockname` and `getpeername`.

use crate::backend::StreamSocket;
use crate::{Errno, SockAddr};

use super::Stream;
use super::state::State;

impl<S: StreamSocket> Stream<S> {
    /// `getsockname(2)`: the wildcard address and port 0 while there is no other.
    ///
    /// # Errors
    /// `EBADF`.
    pub fn getsockname(&self) -> Result<SockAddr, Errno> {
        let wildcard = self.family.wildcard();
        let (socket, otherwise) = match &self.state {
            State::Closed => return Err(Errno::Ebadf),
            State::Unbound { .. } => return Ok(wildcard),
            State::Bound { address, .. } => return Ok(*address),
            State::Listening { socket } => (socket, wildcard),
            State::Connecting { socket, bound, .. } => (socket, bound.unwrap_or(wildcard)),
            State::Connected(connection) => (connection.socket(), wildcard),
        };
        Ok(socket.local_address().unwrap_or(otherwise))
    }

    /// `getpeername(2)`. An attempt that succeeded unseen counts.
    ///
    /// # Errors
    /// `EBADF`; `ENOTCONN` when there is no connection, or none any more.
    pub fn getpeername(&mut self) -> Result<SockAddr, Errno> {
        self.check_open()?;
        self.follow();
        match &self.state {
            State::Connected(connection) if !connection.is_gone() => {
                connection.socket().peer_address()
            }
            _ => Err(Errno::Enotconn),
        }
    }
}
