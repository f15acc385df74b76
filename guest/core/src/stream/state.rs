//! The states of a TCP socket.

use crate::{Errno, SockAddr};

use super::connection::Connection;

/// What a TCP socket is doing, with what is known while it does.
///
/// ```text
///            bind             listen
///                           <----------
///                             shutdown
/// Unbound ----------> Bound ----------> Listening
///    |  \               |  \                |
///    |   \ connect      |   \ connect       | accept: a new socket that is Connected
///    |    v             |    v
///    |   Connecting <---+   Connecting
///    |     |      \
///    |     | done  \ failed: back to Unbound or Bound
///    |     v
///    |   Connected
///    +-----------------------> Closed: from everywhere, by close
/// ```
#[derive(Debug)]
pub(super) enum State<S> {
    /// No address. Left by `bind` (to `Bound`), `listen` (to `Listening`, with an implicit address),
    /// `connect` (to `Connecting`) and `close`.
    Unbound {
        /// The socket below. None after a failed attempt used it up, or `shutdown` did; the next call that needs one
        /// creates it.
        socket: Option<S>,
    },
    /// With a local address that the program chose. Left by `listen`, `connect` and `close`; `bind` is refused.
    Bound {
        /// As in `Unbound`; a new one is bound to `address` again.
        socket: Option<S>,
        /// The local address, with the port the system chose where 0 was asked for.
        address: SockAddr,
    },
    /// Takes connections. Left by `shutdown` of receiving (to `Bound`) and `close`; `listen` again changes the backlog.
    Listening {
        /// The socket below.
        socket: S,
    },
    /// A connection attempt is under way. Left when the layer below says how it ended, which any call that
    /// moves data finds out as well as `connect`: to `Connected`, or back to where it came from.
    Connecting {
        /// The socket below.
        socket: S,
        /// The local address, if the program had chosen one: the way back.
        bound: Option<SockAddr>,
        /// Whether options have been set that the socket below has not got yet.
        outdated: bool,
    },
    /// Connected, also after either half has ended: a socket is never reused. Left by `close` only.
    Connected(Connection<S>),
    /// Closed. Never left; every call is `EBADF`.
    Closed,
}

/// A connection attempt that failed while `connect` was not asked. For Linux it goes on until `connect` is: a
/// new one does not begin before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    /// Why it failed waits to be answered: `SO_ERROR` of BSD.
    Untold(Errno),
    /// It has been answered, by another call.
    Told,
}

impl<S> State<S> {
    /// Where a failed attempt leads: the address that the program chose stays.
    pub(super) fn idle(bound: Option<SockAddr>) -> Self {
        match bound {
            Some(address) => Self::Bound {
                socket: None,
                address,
            },
            None => Self::Unbound { socket: None },
        }
    }
}
