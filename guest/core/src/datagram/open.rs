//! `bind`, `connect`, and disconnecting.

use crate::backend::{DatagramSocket, Progress};
use crate::{Errno, SockAddr};

use super::Datagram;
use super::state::State;

/// How many queued datagrams are kept when the peer changes; what a system queues is bounded too.
pub(super) const KEPT: usize = 256;

impl<S: DatagramSocket> Datagram<S> {
    /// `bind(2)`.
    ///
    /// # Errors
    /// `EBADF`; `EAFNOSUPPORT` for an address of another family; `EINVAL` when it has an address; those of
    /// [`DatagramSocket::bind`].
    pub fn bind(&mut self, address: SockAddr) -> Result<(), Errno> {
        self.check_open()?;
        self.check_family(&address)?;
        let State::Unbound { socket } = &mut self.state else {
            return Err(Errno::Einval);
        };
        socket.bind(&address)?;
        self.become_bound();
        Ok(())
    }

    /// `connect(2)`: sets the peer, which may be another than before. Nothing is sent.
    ///
    /// Datagrams that arrived before stay to be received, and so does what an earlier one met, as on Linux.
    /// Port 0 is left to the layer below: it may mean that only the route matters.
    ///
    /// # Errors
    /// `EBADF`; `EAFNOSUPPORT` for an address of another family; `EACCES` for the broadcast address; those of
    /// [`destination`](Self::destination) and [`DatagramSocket::connect`].
    pub fn connect(&mut self, peer: SockAddr) -> Result<(), Errno> {
        self.check_open()?;
        self.check_family(&peer)?;
        let peer = self.destination(peer)?;
        self.bind_implicitly()?;
        self.change_peer(Some(peer))
    }

    /// Takes the peer away: `connect(2)` with `AF_UNSPEC`. Without a peer it does nothing.
    ///
    /// # Errors
    /// `EBADF`; those of [`DatagramSocket::connect`].
    pub fn disconnect(&mut self) -> Result<(), Errno> {
        self.check_open()?;
        match self.state {
            State::Connected { .. } => self.change_peer(None),
            _ => Ok(()),
        }
    }

    /// Gives an unbound socket the wildcard address and an ephemeral port.
    pub(super) fn bind_implicitly(&mut self) -> Result<(), Errno> {
        match &mut self.state {
            State::Unbound { socket } => {
                socket.bind(&self.family.wildcard())?;
                self.become_bound();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn become_bound(&mut self) {
        self.state = match core::mem::replace(&mut self.state, State::Closed) {
            State::Unbound { socket } => State::Bound { socket },
            other => other,
        };
    }

    fn change_peer(&mut self, peer: Option<SockAddr>) -> Result<(), Errno> {
        self.keep_queued()?;
        let (State::Bound { socket } | State::Connected { socket, .. }) = &mut self.state else {
            return Err(Errno::Einval);
        };
        socket.connect(peer.as_ref())?;
        self.state = match core::mem::replace(&mut self.state, State::Closed) {
            State::Bound { socket } | State::Connected { socket, .. } => match peer {
                Some(peer) => State::Connected { socket, peer },
                None => State::Bound { socket },
            },
            other => other,
        };
        Ok(())
    }

    /// Receives what is queued below, which changing the peer would lose. An error is no reason to stop: it
    /// says nothing of the datagrams behind it.
    ///
    /// # Errors
    /// `ENOBUFS`: there is no memory to keep them in, and nothing is lost.
    fn keep_queued(&mut self) -> Result<(), Errno> {
        for _ in self.unread.len()..KEPT {
            self.make_room()?;
            let (State::Bound { socket } | State::Connected { socket, .. }) = &mut self.state
            else {
                return Ok(());
            };
            match socket.take_queued() {
                Ok(Progress::Done(message)) => self.unread.push_back(message),
                Ok(Progress::Pending) => break,
                Err(Errno::Enobufs) => return Err(Errno::Enobufs),
                Err(error) => self.failure = self.failure.or(Some(error)),
            }
        }
        Ok(())
    }
}
