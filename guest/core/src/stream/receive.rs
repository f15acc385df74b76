//! `recv` and `recvfrom`.

use alloc::vec::Vec;

use crate::backend::{Read, StreamSocket};
use crate::flags::MsgFlags;
use crate::{Errno, Interest, SockAddr, Step, Turn};

use super::connection::{Connection, Receiving, SendingHalf};
use super::{MAX_TRANSFER, Stream};

const IMPLEMENTED: MsgFlags = MsgFlags::PEEK
    .union(MsgFlags::WAITALL)
    .union(MsgFlags::DONTWAIT);

/// How much is read at once where it has to be kept: memory is got for it first.
pub(super) const PIECE: usize = 64 * 1024;

impl<S: StreamSocket> Stream<S> {
    /// `recv(2)`: at most `length` bytes, and none at the end of the data.
    ///
    /// Length 0 answers at once in every state, as in Python.
    ///
    /// # Errors
    /// `EBADF`, `EOPNOTSUPP` for a flag, `ENOTCONN`, `EAGAIN`, `ETIMEDOUT`, and how the connection ended, once; `ENOBUFS` when
    /// there is no memory for what has to be kept.
    pub fn recv(&mut self, length: usize, flags: MsgFlags, turn: Turn) -> Step<Vec<u8>> {
        if length == 0 {
            return Step::Ready(flags.only(IMPLEMENTED).map(|()| Vec::new()));
        }
        self.receive(length, flags, turn)
    }

    /// `recvfrom(2)`. A stream has no sender beside its peer, so there is no address.
    ///
    /// # Errors
    /// Those of [`recv`](Self::recv).
    pub fn recvfrom(
        &mut self,
        length: usize,
        flags: MsgFlags,
        turn: Turn,
    ) -> Step<(Vec<u8>, Option<SockAddr>)> {
        self.receive(length, flags, turn).map(|data| (data, None))
    }

    // Inlined into both calls, and what is rare is not: where the compiler decides it, a byte may cost a fifth more.
    #[inline]
    fn receive(&mut self, length: usize, flags: MsgFlags, turn: Turn) -> Step<Vec<u8>> {
        if let Err(error) = self.check_open().and_then(|()| flags.only(IMPLEMENTED)) {
            return Step::Ready(Err(error));
        }
        let turn = if flags.contains(MsgFlags::DONTWAIT) {
            turn.without_waiting()
        } else {
            turn
        };
        match self.connection(turn, Errno::Enotconn, Ok(())) {
            Ok(connection) => connection.receive(length.min(MAX_TRANSFER), flags, turn),
            Err(step) => step.map(|()| Vec::new()),
        }
    }
}

impl<S: StreamSocket> Connection<S> {
    #[inline]
    fn receive(&mut self, length: usize, flags: MsgFlags, turn: Turn) -> Step<Vec<u8>> {
        let peek = flags.contains(MsgFlags::PEEK);
        let wait_for_all = flags.contains(MsgFlags::WAITALL);
        if self.unread.is_empty() && !peek && !wait_for_all && length > 0 {
            // The common case hands on what the layer below allocated.
            return match self.read(length) {
                Ok(Read::Data(data)) => Step::Ready(Ok(data)),
                Ok(Read::End) => Step::Ready(Ok(Vec::new())),
                Ok(Read::Pending) => turn.wait_or(Interest::Read, Errno::Eagain),
                Err(error) => Step::Ready(Err(error)),
            };
        }
        self.receive_kept(length, peek, wait_for_all, turn)
    }

    /// The rest of [`receive`](Self::receive): bytes have been kept, or are to be.
    #[cold]
    fn receive_kept(
        &mut self,
        length: usize,
        peek: bool,
        wait_for_all: bool,
        turn: Turn,
    ) -> Step<Vec<u8>> {
        // Of nothing, one byte is waited for and left where it is.
        let goal = if wait_for_all { length.max(1) } else { 1 };
        match self.collect(goal, length.max(1), turn) {
            Ok(()) => Step::Ready(self.take_unread(length, peek)),
            Err(step) => step,
        }
    }

    /// Reads until `goal` bytes are unread, and then what else is there, up to `most`. `Err` holds the answer
    /// where there is nothing at all.
    fn collect(&mut self, goal: usize, most: usize, turn: Turn) -> Result<(), Step<Vec<u8>>> {
        while self.unread.len() < most {
            match self.read_to_keep(most) {
                Ok(Read::Data(data)) => self.unread.extend_from_slice(&data),
                Ok(Read::End) => break,
                Ok(Read::Pending) if self.unread.len() >= goal => break,
                Ok(Read::Pending) => match turn.wait_or(Interest::Read, Errno::Eagain) {
                    Step::Ready(_) if !self.unread.is_empty() => break,
                    step => return Err(step),
                },
                Err(error) if self.unread.is_empty() => return Err(Step::Ready(Err(error))),
                Err(Errno::Enobufs) => break,
                Err(error) => {
                    self.read_error = Some(error);
                    break;
                }
            }
        }
        Ok(())
    }

    /// One read of what is to be kept, of which there may be up to `most` then.
    ///
    /// # Errors
    /// Those of [`Self::read`], and `ENOBUFS`.
    pub(super) fn read_to_keep(&mut self, most: usize) -> Result<Read, Errno> {
        let piece = PIECE.min(most.saturating_sub(self.unread.len()));
        self.make_room(piece)?;
        self.read(piece)
    }

    /// Makes room to keep `length` more bytes.
    ///
    /// # Errors
    /// `ENOBUFS`.
    pub(super) fn make_room(&mut self, length: usize) -> Result<(), Errno> {
        self.unread
            .try_reserve(length)
            .or_else(|_| self.unread.try_reserve_exact(length))
            .map_err(|_| Errno::Enobufs)
    }

    fn take_unread(&mut self, length: usize, peek: bool) -> Result<Vec<u8>, Errno> {
        if !peek && length >= self.unread.len() {
            return Ok(core::mem::take(&mut self.unread));
        }
        let taken = self.unread.get(..length).unwrap_or(&self.unread);
        let mut data = Vec::new();
        data.try_reserve_exact(taken.len())
            .map_err(|_| Errno::Enobufs)?;
        data.extend_from_slice(taken);
        if !peek {
            self.unread.drain(..data.len());
        }
        Ok(data)
    }

    /// One read of the layer below, which is not asked again once the half has ended.
    pub(super) fn read(&mut self, max: usize) -> Result<Read, Errno> {
        if self.receiving == Receiving::Ended {
            return self.read_error.take().map_or(Ok(Read::End), Err);
        }
        match self.socket.read(max) {
            Ok(Read::End) => {
                self.receiving = Receiving::Ended;
                Ok(Read::End)
            }
            Ok(Read::Pending) if self.receiving == Receiving::Shut => Ok(Read::End),
            Ok(read) => Ok(read),
            // Nothing was read, and nothing is lost: there may be memory later.
            Err(Errno::Enobufs) => Err(Errno::Enobufs),
            Err(error) => {
                self.receiving = Receiving::Ended;
                self.write_error = None;
                let answered = self.sending == SendingHalf::Broken;
                self.sending = SendingHalf::Broken;
                // BSD answers the end of a connection once; the sending half may have been first.
                if answered { Ok(Read::End) } else { Err(error) }
            }
        }
    }
}
