//! Waiting for many sockets at once.

use alloc::vec::Vec;
use core::time::Duration;

use crate::error::Error;
use crate::net::resolver::Lookup;
use crate::net::sockets::{self, Event, EventSource, Readiness, Socket};
use crate::time::seconds;

/// How many events one wait answers at most; later ones answer the others.
const MAX_EVENTS: u32 = 1024;

/// A set of sockets to wait for, each under a token that the program chooses.
///
/// It is level-triggered: what is ready is answered by every wait until something is done about it. A socket that
/// is closed or dropped leaves the set.
#[derive(Debug)]
#[doc(alias("epoll", "kqueue"))]
pub struct Poller {
    poller: sockets::Poller,
}

impl Poller {
    /// An empty set.
    ///
    /// # Errors
    /// None with the suppliers there are.
    pub fn new() -> Result<Self, Error> {
        let poller = sockets::Poller::create()?;
        Ok(Self { poller })
    }

    /// Adds a socket: a [`TcpStream`](crate::TcpStream), a [`TcpListener`](crate::TcpListener), a
    /// [`UdpSocket`](crate::UdpSocket) or a [`Socket`].
    ///
    /// Errors and the end of a connection are answered also if not asked for.
    ///
    /// # Errors
    /// - `EBADF`:  the socket is closed.
    /// - `EEXIST`: the token is taken.
    /// - `ENOSPC`: the set is full.
    pub fn add(
        &self,
        socket: &impl AsRef<Socket>,
        interest: Readiness,
        token: u32,
    ) -> Result<(), Error> {
        Ok(self.poller.add(socket.as_ref(), interest, token)?)
    }

    /// Adds a lookup; it is readable when it has an answer.
    ///
    /// # Errors
    /// Those of [`add`](Self::add).
    pub fn add_lookup(&self, lookup: &Lookup, token: u32) -> Result<(), Error> {
        Ok(self.poller.add_lookup(lookup, token)?)
    }

    /// Adds something else of WASI, such as a timer, made by
    /// [`from_pollable`](crate::net::pollables::from_pollable); it is readable when it is ready.
    ///
    /// # Errors
    /// Those of [`add`](Self::add).
    pub fn add_source(&self, source: &EventSource, token: u32) -> Result<(), Error> {
        Ok(self.poller.add_source(source, token)?)
    }

    /// Changes what a socket is waited for.
    ///
    /// # Errors
    /// - `ENOENT`: no socket has this token.
    pub fn modify(&self, token: u32, interest: Readiness) -> Result<(), Error> {
        Ok(self.poller.modify(token, interest)?)
    }

    /// Takes an entry out.
    ///
    /// # Errors
    /// - `ENOENT`: there is none with this token.
    pub fn remove(&self, token: u32) -> Result<(), Error> {
        Ok(self.poller.remove(token)?)
    }

    /// Waits until something is ready, or until the time is up; then there are no events.
    ///
    /// # Errors
    /// - `EDEADLK`: the set is empty and there is no timeout.
    #[doc(alias("epoll_wait", "kevent"))]
    pub fn wait(&self, timeout: Option<Duration>) -> Result<Vec<Event>, Error> {
        Ok(self.poller.wait(MAX_EVENTS, seconds(timeout))?)
    }
}

impl Event {
    /// Whether receiving, or accepting, would not wait.
    #[must_use]
    pub fn is_readable(&self) -> bool {
        self.readiness.contains(Readiness::READABLE)
    }

    /// Whether sending would not wait, or an attempt to connect has ended.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        self.readiness.contains(Readiness::WRITABLE)
    }

    /// Whether an error waits to be answered, by any call.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.readiness.contains(Readiness::ERROR)
    }

    /// Whether the connection has ended both ways.
    #[must_use]
    pub fn is_hangup(&self) -> bool {
        self.readiness.contains(Readiness::HANGUP)
    }
}

impl AsRef<Socket> for Socket {
    fn as_ref(&self) -> &Socket {
        self
    }
}

/// Waits for a few sockets, until one is ready or the time is up. Answers which are ready, by place, and for what.
///
/// A [`Poller`] is the better choice where the same sockets are waited for again and again.
///
/// # Errors
/// - `EBADF`:   a socket is closed.
/// - `EDEADLK`: nothing to wait for, and no timeout.
/// - `EINVAL`:  more than 65,536 sockets.
pub fn poll(
    sockets: &[(&Socket, Readiness)],
    timeout: Option<Duration>,
) -> Result<Vec<(usize, Readiness)>, Error> {
    let ready = sockets::poll(sockets, &[], &[], seconds(timeout))?;
    let place = |place| usize::try_from(place).unwrap_or(usize::MAX);
    Ok(ready
        .sockets
        .into_iter()
        .map(|(at, readiness)| (place(at), readiness))
        .collect())
}
