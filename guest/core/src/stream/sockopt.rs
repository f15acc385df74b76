//! Options, and the error that waits.

use crate::Errno;
use crate::backend::{Backend, Progress, Read, StreamSocket};
use crate::create::Kind;
use crate::sockopt::SockOpt;

use super::connection::{Connection, SendingHalf};
use super::state::{Failure, State};
use super::{MAX_TRANSFER, Stream};

impl<S: StreamSocket> Stream<S> {
    /// What it was created as.
    ///
    /// # Errors
    /// `EBADF`.
    pub fn kind(&self) -> Result<Kind, Errno> {
        self.check_open().map(|()| Kind::Stream(self.family))
    }

    /// `SO_ACCEPTCONN`: whether it listens.
    ///
    /// # Errors
    /// `EBADF`.
    pub fn is_listening(&self) -> Result<bool, Errno> {
        self.check_open()
            .map(|()| matches!(self.state, State::Listening { .. }))
    }

    /// `getsockopt(2)`.
    ///
    /// # Errors
    /// `EBADF`, `ENOPROTOOPT`; those of [`Backend::create_stream`].
    pub fn getsockopt<B>(&mut self, backend: &mut B, option: SockOpt) -> Result<i32, Errno>
    where
        B: Backend<Stream = S>,
    {
        option.check_kind(self.kind()?)?;
        if option == SockOpt::SoReuseaddr {
            return Ok(self.chosen.get(option).unwrap_or(0));
        }
        match self.with_options() {
            Some(socket) => socket.getsockopt(option),
            None => self.new_below(backend)?.getsockopt(option),
        }
    }

    /// `setsockopt(2)`.
    ///
    /// `SO_REUSEADDR` is always on below, so its value is known here only.
    ///
    /// # Errors
    /// `EBADF`, `ENOPROTOOPT`; `EINVAL` for a value out of range, and for `IPV6_V6ONLY` of a socket with an address;
    /// those of [`Backend::create_stream`].
    pub fn setsockopt<B>(
        &mut self,
        backend: &mut B,
        option: SockOpt,
        value: i32,
    ) -> Result<(), Errno>
    where
        B: Backend<Stream = S>,
    {
        option.check_kind(self.kind()?)?;
        option.check_value(value)?;
        if option == SockOpt::Ipv6V6only && !matches!(self.state, State::Unbound { .. }) {
            return Err(Errno::Einval);
        }
        if option != SockOpt::SoReuseaddr {
            match self.with_options() {
                Some(socket) => socket.setsockopt(option, value)?,
                None => self.new_below(backend)?.setsockopt(option, value)?,
            }
        }
        self.chosen.set(option, value);
        if let State::Connecting { outdated, .. } = &mut self.state {
            *outdated = true;
        }
        Ok(())
    }

    /// The socket below, where it can be asked for its options.
    ///
    /// There is none after a failed attempt, and WASI cannot be asked during one. A new socket of the same kind stands in
    /// then: it has the same defaults and refuses the same. What is set becomes true when the attempt succeeds, or
    /// with the next socket.
    fn with_options(&mut self) -> Option<&mut S> {
        match &mut self.state {
            State::Unbound { socket } | State::Bound { socket, .. } => socket.as_mut(),
            State::Listening { socket } => Some(socket),
            State::Connected(connection) => Some(&mut connection.socket),
            State::Connecting { .. } | State::Closed => None,
        }
    }

    /// A new socket below, with the options that the program has chosen.
    ///
    /// # Errors
    /// Those of [`Backend::create_stream`] and [`StreamSocket::setsockopt`].
    pub(super) fn new_below<B>(&self, backend: &mut B) -> Result<S, Errno>
    where
        B: Backend<Stream = S>,
    {
        let mut socket = backend.create_stream(self.family)?;
        self.chosen.apply(&mut socket)?;
        Ok(socket)
    }

    /// `SO_ERROR`: how an attempt to connect failed, or a connection ended, unless that has been answered.
    ///
    /// # Errors
    /// `EBADF`.
    pub fn take_error(&mut self) -> Result<Option<Errno>, Errno> {
        self.check_open()?;
        self.follow();
        Ok(match (&mut self.state, self.failure) {
            (State::Connected(connection), _) => connection.take_error(),
            (_, Some(Failure::Untold(error))) => {
                self.failure = Some(Failure::Told);
                Some(error)
            }
            (_, Some(Failure::Told) | None) => None,
        })
    }
}

impl<S: StreamSocket> Connection<S> {
    fn take_error(&mut self) -> Option<Errno> {
        if self.socket.peer_address() == Err(Errno::Enotconn) {
            self.find_end();
        }
        let error = self.read_error.take().or(self.write_error.take());
        if error.is_some() {
            self.write_error = None;
            self.sending = SendingHalf::Broken;
        }
        error
    }

    /// Reads what is left of a connection that is gone, up to how it ended. Data stays to be received; an end behind more
    /// of it than one call moves is found when some has been.
    fn find_end(&mut self) {
        while self.unread.len() < MAX_TRANSFER {
            match self.read_to_keep(MAX_TRANSFER) {
                Ok(Read::Data(data)) => self.unread.extend_from_slice(&data),
                Ok(Read::End) => return self.find_broken(),
                Ok(Read::Pending) => return,
                // It is found when there is memory again.
                Err(Errno::Enobufs) => return,
                Err(error) => {
                    self.read_error = Some(error);
                    return;
                }
            }
        }
    }

    /// The data of a connection that is gone has ended as it should. Where the program has not ended the sending half,
    /// a reset has: a write that was under way may say how, and otherwise it is what the next one would be told.
    fn find_broken(&mut self) {
        if self.sending == SendingHalf::Open && self.write_error.is_none() {
            let flushed = self.socket.flushed();
            if let Ok(Progress::Pending) = flushed {
                // The last that this half does: `close` leaves one alone that is broken, and what lingers has to end.
                let _ = self.socket.shutdown_write();
            }
            self.write_error = Some(flushed.err().unwrap_or(Errno::Epipe));
        }
    }
}
