//! `bind`, `listen`, `accept`, `connect`.

use core::net::SocketAddrV6;

use crate::addr::{self, Family};
use crate::backend::{Backend, Progress, StreamSocket};
use crate::{Errno, Interest, SockAddr, Step, Turn};

use super::Stream;
use super::connection::{Connection, Report};
use super::state::{Failure, State};

/// How many connections in a row may turn out to be aborted before `accept` says so.
const ABORTED_IN_A_ROW: usize = 128;

impl<S: StreamSocket> Stream<S> {
    /// `bind(2)`.
    ///
    /// # Errors
    /// `EBADF`; `EAFNOSUPPORT` for an address of another family; `EINVAL` when bound, connecting or connected;
    /// those of [`StreamSocket::bind`].
    pub fn bind<B>(&mut self, backend: &mut B, address: SockAddr) -> Result<(), Errno>
    where
        B: Backend<Stream = S>,
    {
        self.check_open()?;
        self.check_family(&address)?;
        let State::Unbound { socket } = &mut self.state else {
            return Err(Errno::Einval);
        };
        let mut below = match socket.take() {
            Some(socket) => socket,
            None => self.new_below(backend)?,
        };
        let outcome = below.bind(&address);
        self.state = match outcome {
            Ok(()) => State::Bound {
                address: below.local_address().unwrap_or(address),
                socket: Some(below),
            },
            Err(_) => State::Unbound {
                socket: Some(below),
            },
        };
        outcome
    }

    /// `listen(2)`. An unbound socket gets the wildcard address; a backlog below 1 counts as 1.
    ///
    /// # Errors
    /// `EBADF`; `EINVAL` when connecting or connected, and after an attempt that failed while `connect` was not asked;
    /// those of [`StreamSocket::bind`] and [`StreamSocket::listen`].
    pub fn listen<B>(&mut self, backend: &mut B, backlog: i32) -> Result<(), Errno>
    where
        B: Backend<Stream = S>,
    {
        self.check_open()?;
        let backlog = u32::try_from(backlog).unwrap_or(1).max(1);
        match &mut self.state {
            State::Listening { socket } => return socket.listen(backlog),
            // As on Linux: to the program, the attempt goes on.
            State::Unbound { .. } | State::Bound { .. } if self.failure.is_some() => {
                return Err(Errno::Einval);
            }
            State::Unbound { .. } | State::Bound { .. } => {}
            State::Connecting { .. } | State::Connected(_) | State::Closed => {
                return Err(Errno::Einval);
            }
        }
        let (mut socket, bound) = self.take_idle(backend)?;
        let outcome = match bound {
            Some(_) => socket.listen(backlog),
            None => socket
                .bind(&self.family.wildcard())
                .and_then(|()| socket.listen(backlog)),
        };
        self.state = match outcome {
            Ok(()) => State::Listening { socket },
            Err(_) => State::idle(bound),
        };
        outcome
    }

    /// `accept(2)`. The new socket blocks, whatever the timeout of this one.
    ///
    /// Connections that ended while they waited are passed over: the layer below no longer knows whose
    /// they were.
    ///
    /// # Errors
    /// `EBADF`; `EINVAL` when not listening; `EAGAIN`, `ETIMEDOUT`; those of [`StreamSocket::accept`].
    pub fn accept(&mut self, turn: Turn) -> Step<(Self, SockAddr)> {
        let socket = match &mut self.state {
            State::Listening { socket } => socket,
            State::Closed => return Step::Ready(Err(Errno::Ebadf)),
            _ => return Step::Ready(Err(Errno::Einval)),
        };
        for _ in 0..ABORTED_IN_A_ROW {
            match socket.accept() {
                Ok(Progress::Done((accepted, peer))) => {
                    return Step::Ready(Ok((self.accepted(accepted), peer)));
                }
                Ok(Progress::Pending) => return turn.wait_or(Interest::Accept, Errno::Eagain),
                Err(Errno::Econnaborted) => {}
                Err(error) => return Step::Ready(Err(error)),
            }
        }
        Step::Ready(Err(Errno::Econnaborted))
    }

    /// `connect(2)`. As on Linux, the address is looked at only where an attempt begins, and a call that does not wait
    /// begins one without telling how it ends: that it is there, or refused, is told by the next.
    ///
    /// # Errors
    /// `EBADF`; `EAFNOSUPPORT` for an address of another family; `EISCONN`, `EINPROGRESS`, `EALREADY`, `ETIMEDOUT`;
    /// `ECONNABORTED`, once, when another call has told how the attempt before failed;
    /// `ECONNREFUSED` for port 0; `ENETUNREACH` for what TCP cannot reach; those of
    /// [`StreamSocket::finish_connect`].
    pub fn connect<B>(&mut self, backend: &mut B, peer: SockAddr, turn: Turn) -> Step<()>
    where
        B: Backend<Stream = S>,
    {
        let waiting = match self.check_open() {
            Ok(()) => matches!(self.state, State::Connecting { .. }),
            Err(error) => return Step::Ready(Err(error)),
        };
        let begins = self.failure.is_none()
            && matches!(self.state, State::Unbound { .. } | State::Bound { .. });
        let unseen = begins && !turn.may_wait();
        let report = if unseen { Report::Later } else { Report::Done };
        let attempt = if waiting {
            Ok(())
        } else {
            self.start_connect(backend, peer)
        };
        match attempt.and_then(|()| self.advance(report)) {
            Ok(true) if unseen => Step::Ready(Err(Errno::Einprogress)),
            Err(error @ Errno::Econnrefused) if unseen => {
                self.failure = Some(Failure::Untold(error));
                Step::Ready(Err(Errno::Einprogress))
            }
            Ok(true) => Step::Ready(Ok(())),
            Ok(false) if waiting => turn.wait_or(Interest::Connect, Errno::Ealready),
            Ok(false) => turn.wait_or(Interest::Connect, Errno::Einprogress),
            Err(error) => Step::Ready(Err(error)),
        }
    }

    /// From a state without an attempt to one with; nothing to do where another call found that an
    /// earlier attempt succeeded.
    fn start_connect<B>(&mut self, backend: &mut B, peer: SockAddr) -> Result<(), Errno>
    where
        B: Backend<Stream = S>,
    {
        match &self.state {
            State::Connected(connection) if connection.report == Report::Later => return Ok(()),
            State::Connected(_) | State::Listening { .. } => return Err(Errno::Eisconn),
            _ => {}
        }
        match self.failure.take() {
            None => {}
            Some(Failure::Untold(error)) => return Err(error),
            // As on Linux: this is the end of the attempt before.
            Some(Failure::Told) => return Err(Errno::Econnaborted),
        }
        self.check_family(&peer)?;
        check_destination(&peer)?;
        let (mut socket, bound) = self.take_idle(backend)?;
        let peer = addr::destination(peer, || bound);
        if let Err(error) = socket.start_connect(&peer) {
            self.state = State::idle(bound);
            return Err(error);
        }
        self.state = State::Connecting {
            socket,
            bound,
            outdated: false,
        };
        Ok(())
    }

    /// Asks how the attempt goes and follows it: true when connected. A connection that was found by
    /// another call counts as connected.
    ///
    /// # Errors
    /// How the attempt failed; the socket is then as it was before it.
    pub(super) fn advance(&mut self, report: Report) -> Result<bool, Errno> {
        let (socket, bound) = match &mut self.state {
            State::Connecting { socket, bound, .. } => (socket, *bound),
            State::Connected(connection) => {
                connection.report = report;
                return Ok(true);
            }
            _ => return Err(Errno::Enotconn),
        };
        let outcome = socket.finish_connect();
        match outcome {
            Ok(Progress::Pending) => return Ok(false),
            Ok(Progress::Done(())) => {
                if let State::Connecting {
                    mut socket,
                    outdated,
                    ..
                } = core::mem::replace(&mut self.state, State::Closed)
                {
                    if outdated {
                        // A socket of the same kind has taken them, and nobody could be told otherwise.
                        let _ = self.chosen.apply(&mut socket);
                    }
                    self.state = State::Connected(Connection::new(socket, report));
                }
            }
            Err(_) => self.state = State::idle(bound),
        }
        outcome.map(|_| true)
    }

    /// Takes the socket below of an unbound or bound socket, with the address that the program
    /// chose; a new one, bound like the old, where a failed attempt used the last one up.
    ///
    /// # Errors
    /// Those of creating and binding; the state is then unchanged. `EINVAL` in other states.
    fn take_idle<B>(&mut self, backend: &mut B) -> Result<(S, Option<SockAddr>), Errno>
    where
        B: Backend<Stream = S>,
    {
        let (socket, bound) = match &mut self.state {
            State::Unbound { socket } => (socket.take(), None),
            State::Bound { socket, address } => (socket.take(), Some(*address)),
            _ => return Err(Errno::Einval),
        };
        if let Some(socket) = socket {
            return Ok((socket, bound));
        }
        let mut socket = self.new_below(backend)?;
        if let Some(address) = &bound {
            socket.bind(address)?;
        }
        Ok((socket, bound))
    }

    fn check_family(&self, address: &SockAddr) -> Result<(), Errno> {
        if Family::of(address) == self.family {
            Ok(())
        } else {
            Err(Errno::Eafnosupport)
        }
    }
}

/// What TCP cannot reach is answered here as Linux answers it, because WASI has one error for all of it.
///
/// # Errors
/// `ECONNREFUSED` for port 0; `ENETUNREACH` for multicast, broadcast and IPv4-mapped addresses.
fn check_destination(peer: &SockAddr) -> Result<(), Errno> {
    let unreachable = match peer {
        SockAddr::V4(v4) => v4.ip().is_multicast() || v4.ip().is_broadcast(),
        SockAddr::V6(v6) => v6.ip().is_multicast() || is_mapped(v6),
    };
    if unreachable {
        Err(Errno::Enetunreach)
    } else if peer.port() == 0 {
        Err(Errno::Econnrefused)
    } else {
        Ok(())
    }
}

fn is_mapped(address: &SocketAddrV6) -> bool {
    address.ip().to_ipv4_mapped().is_some()
}
