//! The states of a UDP socket.

use crate::SockAddr;

/// What a UDP socket knows of addresses.
///
/// ```text
///            bind, sendto              connect
/// Unbound ----------------> Bound <--------------> Connected ---+ connect: another peer
///    |                               disconnect        ^        |
///    +-------------------------------------------------+--------+
///                             connect
/// ```
#[derive(Debug)]
pub(super) enum State<S> {
    /// No address, so nothing can arrive. Left by `bind`, by `sendto` (to `Bound`, with an implicit address), by
    /// `connect` and by `close`.
    Unbound {
        /// The socket below.
        socket: S,
    },
    /// With a local address, and open to everyone. Left by `connect` and `close`.
    Bound {
        /// The socket below.
        socket: S,
    },
    /// With a peer: datagrams of others are not received. Left by disconnecting (to `Bound`) and `close`; `connect`
    /// changes the peer.
    Connected {
        /// The socket below.
        socket: S,
        /// The peer.
        peer: SockAddr,
    },
    /// Closed. Never left; every call is `EBADF`.
    Closed,
}
