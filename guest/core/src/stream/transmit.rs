//! `send` and `sendall`.

use crate::backend::{Progress, StreamSocket};
use crate::flags::MsgFlags;
use crate::{Errno, Interest, Step, Turn};

use super::connection::{Connection, SendingHalf};
use super::{MAX_TRANSFER, Stream};

const IMPLEMENTED: MsgFlags = MsgFlags::DONTWAIT;

/// How far a call of `send` or `sendall` has come: what it keeps between its turns.
#[derive(Debug, Default)]
pub struct Sending {
    sent: usize,
}

impl<S: StreamSocket> Stream<S> {
    /// `send(2)`: answers how much of `data` was taken.
    ///
    /// A call that may wait returns when the system has taken it all, so that no byte is in the hands of
    /// a layer that ends with the program.
    ///
    /// # Errors
    /// `EBADF`, `EOPNOTSUPP` for a flag, `EPIPE`, `EAGAIN`, `ETIMEDOUT`, and how the connection ended, once.
    pub fn send(
        &mut self,
        call: &mut Sending,
        data: &[u8],
        flags: MsgFlags,
        turn: Turn,
    ) -> Step<usize> {
        let data = data.get(..MAX_TRANSFER).unwrap_or(data);
        match self.transmit(call, data, flags, turn) {
            Step::Ready(Ok(())) => Step::Ready(Ok(call.sent)),
            Step::Ready(Err(error)) if call.sent > 0 => {
                self.postpone(error);
                Step::Ready(Ok(call.sent))
            }
            Step::Ready(Err(error)) => Step::Ready(Err(error)),
            Step::Wait(wait) => Step::Wait(wait),
        }
    }

    /// Sends all of `data`. After an error it is unknown how much was sent.
    ///
    /// # Errors
    /// Those of [`send`](Self::send).
    pub fn sendall(
        &mut self,
        call: &mut Sending,
        data: &[u8],
        flags: MsgFlags,
        turn: Turn,
    ) -> Step<()> {
        self.transmit(call, data, flags, turn)
    }

    fn transmit(
        &mut self,
        call: &mut Sending,
        data: &[u8],
        flags: MsgFlags,
        turn: Turn,
    ) -> Step<()> {
        if let Err(error) = self.check_open().and_then(|()| flags.only(IMPLEMENTED)) {
            return Step::Ready(Err(error));
        }
        let turn = if flags.contains(MsgFlags::DONTWAIT) {
            turn.without_waiting()
        } else {
            turn
        };
        match self.connection(turn, Errno::Epipe, Err(Errno::Epipe)) {
            Ok(connection) => connection.transmit(call, data, turn),
            Err(step) => step,
        }
    }

    /// Keeps an error for the next call, because this one has a count to answer. Running out of time is
    /// no property of the connection and is forgotten: it has broken nothing.
    #[cold]
    fn postpone(&mut self, error: Errno) {
        if let super::State::Connected(connection) = &mut self.state
            && connection.sending == SendingHalf::Broken
        {
            connection.sending = SendingHalf::Open;
            connection.write_error = Some(error);
        }
    }
}

impl<S: StreamSocket> Connection<S> {
    // As for receiving: inlined, without what is rare.
    #[inline]
    fn transmit(&mut self, call: &mut Sending, data: &[u8], turn: Turn) -> Step<()> {
        if self.sending != SendingHalf::Open {
            // How the connection ended, if a probe has found it and nobody has been told.
            let found = if self.is_gone() {
                self.read_error.take()
            } else {
                None
            };
            return Step::Ready(Err(found.unwrap_or(Errno::Epipe)));
        }
        if let Some(error) = self.write_error.take() {
            return self.broken(error);
        }
        while let Some(rest) = data.get(call.sent..).filter(|rest| !rest.is_empty()) {
            match self.socket.write(rest) {
                Ok(Progress::Done(taken)) => call.sent += taken,
                Ok(Progress::Pending) => return turn.wait_or(Interest::Write, Errno::Eagain),
                Err(error) => return self.broken(error),
            }
        }
        if data.is_empty() || !turn.may_wait() {
            return Step::Ready(Ok(()));
        }
        match self.socket.flushed() {
            Ok(Progress::Done(())) => Step::Ready(Ok(())),
            // All of it is taken: when time runs out that is still success.
            Ok(Progress::Pending) => match turn.wait_or(Interest::Write, Errno::Eagain) {
                Step::Ready(_) => Step::Ready(Ok(())),
                wait => wait,
            },
            Err(error) => self.broken(error),
        }
    }

    #[cold]
    fn broken(&mut self, error: Errno) -> Step<()> {
        self.sending = SendingHalf::Broken;
        Step::Ready(Err(error))
    }
}
