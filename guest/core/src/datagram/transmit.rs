//! `send` and `sendto`.

use crate::addr::{self, Family};
use crate::backend::{DatagramSocket, Progress};
use crate::flags::MsgFlags;
use crate::{Errno, Interest, SockAddr, Step, Turn};

use super::Datagram;
use super::state::State;

const IMPLEMENTED: MsgFlags = MsgFlags::DONTWAIT;

/// What the length field of UDP leaves for data: 65,535 without the header of UDP, and for IPv4, whose length
/// counts its own header too, without that.
const fn largest(family: Family) -> usize {
    match family {
        Family::Inet => 65_535 - 8 - 20,
        Family::Inet6 => 65_535 - 8,
    }
}

// Inlined as the receiving calls are: addresses that are handed from one function to the next are copied each time.
impl<S: DatagramSocket> Datagram<S> {
    /// `send(2)`: one datagram to the peer.
    ///
    /// # Errors
    /// `EDESTADDRREQ` without a peer; those of [`sendto`](Self::sendto).
    pub fn send(&mut self, data: &[u8], flags: MsgFlags, turn: Turn) -> Step<usize> {
        self.transmit(data, flags, None, turn)
    }

    /// `sendto(2)`: one datagram to `to`.
    ///
    /// # Errors
    /// `EBADF`, `EOPNOTSUPP` for a flag; `EAFNOSUPPORT` for an address of another family; `EISCONN` when it has
    /// another peer; `EMSGSIZE`, `EAGAIN`, `ETIMEDOUT`; `EPIPE` when shut down; those of [`destination`](Self::destination) and
    /// [`DatagramSocket::send`].
    pub fn sendto(
        &mut self,
        data: &[u8],
        flags: MsgFlags,
        to: SockAddr,
        turn: Turn,
    ) -> Step<usize> {
        self.transmit(data, flags, Some(to), turn)
    }

    #[inline]
    fn transmit(
        &mut self,
        data: &[u8],
        flags: MsgFlags,
        to: Option<SockAddr>,
        turn: Turn,
    ) -> Step<usize> {
        let to = match self.check_transmit(data, flags, to) {
            Ok(to) => to,
            Err(error) => return Step::Ready(Err(error)),
        };
        let turn = if flags.contains(MsgFlags::DONTWAIT) {
            turn.without_waiting()
        } else {
            turn
        };
        let (State::Bound { socket } | State::Connected { socket, .. }) = &mut self.state else {
            return Step::Ready(Err(Errno::Ebadf));
        };
        match socket.send(data, to.as_ref()) {
            Ok(Progress::Done(())) => Step::Ready(Ok(data.len())),
            Ok(Progress::Pending) => turn.wait_or(Interest::Write, Errno::Eagain),
            Err(error) => Step::Ready(Err(error)),
        }
    }

    /// Checks a datagram before anything is asked of the layer below, and gives the socket an address to
    /// send from. Answers where it goes, none being the peer.
    ///
    /// An error from before is taken only once this call can have no other answer of its own, so that a mistake
    /// of the caller does not swallow it.
    #[inline]
    fn check_transmit(
        &mut self,
        data: &[u8],
        flags: MsgFlags,
        to: Option<SockAddr>,
    ) -> Result<Option<SockAddr>, Errno> {
        self.check_open()?;
        flags.only(IMPLEMENTED)?;
        let to = self.recipient(to)?;
        if data.len() > largest(self.family) {
            return Err(Errno::Emsgsize);
        }
        self.take_failure()?;
        if self.sending_shut {
            return Err(Errno::Epipe);
        }
        self.bind_implicitly()?;
        Ok(to)
    }

    /// Where a datagram for `to` goes, none being the peer on both sides.
    #[inline]
    fn recipient(&self, to: Option<SockAddr>) -> Result<Option<SockAddr>, Errno> {
        let peer = match self.state {
            State::Connected { peer, .. } => Some(peer),
            _ => None,
        };
        let Some(to) = to else {
            return peer.map(|_| None).ok_or(Errno::Edestaddrreq);
        };
        self.check_family(&to)?;
        if to.port() == 0 {
            return Err(Errno::Einval);
        }
        let to = self.destination(to)?;
        match peer {
            None => Ok(Some(to)),
            Some(peer) if peer == to => Ok(None),
            Some(_) => Err(Errno::Eisconn),
        }
    }
    /// Where a datagram to `address` goes.
    ///
    /// # Errors
    /// `EACCES` for the broadcast address, which needs `SO_BROADCAST`; `ENETUNREACH` for an IPv4-mapped one, which a
    /// socket of IPv6 alone does not reach.
    pub(super) fn destination(&self, address: SockAddr) -> Result<SockAddr, Errno> {
        match &address {
            SockAddr::V4(v4) if v4.ip().is_broadcast() => Err(Errno::Eacces),
            SockAddr::V6(v6) if v6.ip().to_ipv4_mapped().is_some() => Err(Errno::Enetunreach),
            _ => Ok(addr::destination(address, || self.local())),
        }
    }

    fn local(&self) -> Option<SockAddr> {
        match &self.state {
            State::Bound { socket } | State::Connected { socket, .. } => {
                socket.local_address().ok()
            }
            State::Unbound { .. } | State::Closed => None,
        }
    }
}
