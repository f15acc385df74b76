//! `shutdown`, `close`, and names.

use crate::backend::DatagramSocket;
use crate::stream::How;
use crate::{Errno, SockAddr};

use super::Datagram;
use super::state::State;

impl<S: DatagramSocket> Datagram<S> {
    /// `shutdown(2)`. UDP has no connection to end, so this is known here only: sending is `EPIPE` and receiving
    /// is the end of data once the queue is empty. As on Linux nothing undoes it, not even a new peer.
    ///
    /// # Errors
    /// `EBADF`; `ENOTCONN` without a peer. As on Linux the halves are shut down all the same: programs end a receive
    /// that way.
    pub fn shutdown(&mut self, how: How) -> Result<(), Errno> {
        self.check_open()?;
        self.receiving_shut |= how != How::Write;
        self.sending_shut |= how != How::Read;
        match self.state {
            State::Connected { .. } => Ok(()),
            _ => Err(Errno::Enotconn),
        }
    }

    /// `close(2)`. Closing again does nothing.
    pub fn close(&mut self) {
        self.state = State::Closed;
        self.unread.clear();
        self.failure = None;
    }

    /// `getsockname(2)`: the wildcard address and port 0 while there is no other.
    ///
    /// # Errors
    /// `EBADF`.
    pub fn getsockname(&self) -> Result<SockAddr, Errno> {
        let wildcard = self.family.wildcard();
        match &self.state {
            State::Unbound { .. } => Ok(wildcard),
            State::Bound { socket } | State::Connected { socket, .. } => {
                Ok(socket.local_address().unwrap_or(wildcard))
            }
            State::Closed => Err(Errno::Ebadf),
        }
    }

    /// `getpeername(2)`. A peer with port 0, which nothing can be sent to, counts as none, as on Linux.
    ///
    /// # Errors
    /// `EBADF`; `ENOTCONN` without a peer.
    pub fn getpeername(&self) -> Result<SockAddr, Errno> {
        match self.state {
            State::Connected { peer, .. } if peer.port() != 0 => Ok(peer),
            State::Connected { .. } | State::Unbound { .. } | State::Bound { .. } => {
                Err(Errno::Enotconn)
            }
            State::Closed => Err(Errno::Ebadf),
        }
    }
}
