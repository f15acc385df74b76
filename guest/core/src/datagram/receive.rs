//! `recv` and `recvfrom`.

use alloc::vec::Vec;

use crate::backend::{DatagramSocket, Message, Progress};
use crate::flags::MsgFlags;
use crate::{Errno, Interest, SockAddr, Step, Turn};

use super::Datagram;
use super::state::State;

const IMPLEMENTED: MsgFlags = MsgFlags::PEEK
    .union(MsgFlags::TRUNC)
    .union(MsgFlags::WAITALL)
    .union(MsgFlags::DONTWAIT);

/// What a receiving call answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// As much of the datagram as was asked for; the rest of it is gone.
    pub data: Vec<u8>,
    /// How long the datagram was.
    pub length: usize,
    /// Who sent it; none where the receiving half is shut down.
    pub sender: Option<SockAddr>,
}

// Inlined into the calls of a socket of either type: without, what is in between costs a fifth of a small datagram.
impl<S: DatagramSocket> Datagram<S> {
    /// `recvfrom(2)`: one datagram, cut to `length`.
    ///
    /// `MSG_WAITALL` has no meaning for datagrams and none here, as on Linux; that a datagram was longer
    /// (`MSG_TRUNC`) is always answered.
    ///
    /// # Errors
    /// `EBADF`, `EOPNOTSUPP` for a flag, `EAGAIN`, `ETIMEDOUT`, and what an earlier datagram met, once; `ENOBUFS` when there is
    /// no memory for what is looked at.
    #[inline]
    pub fn recvfrom(&mut self, length: usize, flags: MsgFlags, turn: Turn) -> Step<Received> {
        if let Err(error) = self.check_open().and_then(|()| flags.only(IMPLEMENTED)) {
            return Step::Ready(Err(error));
        }
        let turn = if flags.contains(MsgFlags::DONTWAIT) {
            turn.without_waiting()
        } else {
            turn
        };
        if flags.contains(MsgFlags::PEEK) {
            return self.look(length, turn);
        }
        match self.next() {
            Ok(Progress::Done(message)) => {
                let (mut data, sender) = (message.data, message.sender);
                let whole = data.len();
                data.truncate(length);
                Step::Ready(Ok(Received {
                    data,
                    length: whole,
                    sender: Some(sender),
                }))
            }
            Ok(Progress::Pending) => self.nothing(turn),
            Err(error) => Step::Ready(Err(error)),
        }
    }

    /// `recv(2)`. Length 0 answers at once in every state and takes no datagram, as in Python.
    ///
    /// # Errors
    /// Those of [`recvfrom`](Self::recvfrom).
    #[inline]
    pub fn recv(&mut self, length: usize, flags: MsgFlags, turn: Turn) -> Step<Received> {
        if length == 0 {
            let nothing = Received {
                data: Vec::new(),
                length: 0,
                sender: None,
            };
            return Step::Ready(flags.only(IMPLEMENTED).map(|()| nothing));
        }
        self.recvfrom(length, flags, turn)
    }

    /// `MSG_PEEK`: a copy of the beginning of the oldest datagram, which stays.
    #[cold]
    fn look(&mut self, length: usize, turn: Turn) -> Step<Received> {
        // Before there is a datagram that would be lost without it.
        if let Err(error) = self.make_room() {
            return Step::Ready(Err(error));
        }
        let message = match self.next() {
            Ok(Progress::Done(message)) => message,
            Ok(Progress::Pending) => return self.nothing(turn),
            Err(error) => return Step::Ready(Err(error)),
        };
        let copy = beginning(&message.data, length);
        let (whole, sender) = (message.data.len(), message.sender);
        self.unread.push_front(message);
        Step::Ready(copy.map(|data| Received {
            data,
            length: whole,
            sender: Some(sender),
        }))
    }

    /// The answer where there is no datagram.
    #[cold]
    fn nothing(&self, turn: Turn) -> Step<Received> {
        if self.receiving_shut {
            return Step::Ready(Ok(Received {
                data: Vec::new(),
                length: 0,
                sender: None,
            }));
        }
        turn.wait_or(self.arrival(), Errno::Eagain)
    }

    /// The oldest datagram.
    fn next(&mut self) -> Result<Progress<Message>, Errno> {
        self.take_failure()?;
        if let Some(message) = self.unread.pop_front() {
            return Ok(Progress::Done(message));
        }
        match &mut self.state {
            State::Bound { socket } | State::Connected { socket, .. } => socket.receive(),
            State::Unbound { .. } => Ok(Progress::Pending),
            State::Closed => Err(Errno::Ebadf),
        }
    }

    fn arrival(&self) -> Interest {
        match self.state {
            State::Unbound { .. } => Interest::Never,
            _ => Interest::Read,
        }
    }
}

/// A copy of at most `length` bytes.
///
/// # Errors
/// `ENOBUFS`.
fn beginning(data: &[u8], length: usize) -> Result<Vec<u8>, Errno> {
    let wanted = data.get(..length).unwrap_or(data);
    let mut copy = Vec::new();
    copy.try_reserve_exact(wanted.len())
        .map_err(|_| Errno::Enobufs)?;
    copy.extend_from_slice(wanted);
    Ok(copy)
}
