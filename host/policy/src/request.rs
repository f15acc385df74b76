//! What a guest asks for.
//!
//! A request is about single addresses, never about patterns, so it is a type of its own and not a rule. The variants
//! for datagrams come with UDP.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use crate::{Direction, Protocol};

/// One thing that a guest does, with what is known at that moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Request {
    /// Outbound: connect to a remote address. For UDP this sets the peer.
    Connect {
        /// The protocol.
        protocol: Protocol,
        /// The remote address.
        remote: SocketAddr,
    },
    /// Inbound: bind to a local address.
    Bind {
        /// The protocol.
        protocol: Protocol,
        /// The address as asked for; port 0 for an ephemeral port.
        local: SocketAddr,
    },
    /// Inbound, TCP: listen at the address the socket is bound to.
    Listen {
        /// What would listen.
        listener: Listener,
    },
    /// Inbound, TCP: hand the guest a connection that a peer made.
    Accept {
        /// What listens.
        listener: Listener,
        /// The local address of the connection. It differs from that of the listener where that one is the wildcard
        /// address.
        local: SocketAddr,
        /// The address of the peer.
        peer: SocketAddr,
    },
}

/// A TCP socket that listens, or is about to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Listener {
    /// The local address, with the port it really has.
    pub address: SocketAddr,
    /// Whether the system picked the port, because the guest bound to port 0 or did not bind at all. A rule for port 0
    /// grants such a listener, whatever port it got.
    pub ephemeral: bool,
}

impl Request {
    /// The direction.
    pub fn direction(&self) -> Direction {
        match self {
            Self::Connect { .. } => Direction::Outbound,
            Self::Bind { .. } | Self::Listen { .. } | Self::Accept { .. } => Direction::Inbound,
        }
    }

    /// The protocol.
    pub fn protocol(&self) -> Protocol {
        match self {
            Self::Connect { protocol, .. } | Self::Bind { protocol, .. } => *protocol,
            Self::Listen { .. } | Self::Accept { .. } => Protocol::Tcp,
        }
    }
}

/// The one form of an address that rules are compared with: IPv4-mapped IPv6 is IPv4.
pub(crate) fn canonical(address: SocketAddr) -> (IpAddr, u16) {
    (address.ip().to_canonical(), address.port())
}

/// Addresses are in canonical form, so that they look as they do in rules.
impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |address| SocketAddr::from(canonical(address));
        write!(f, "{} {} ", self.direction(), self.protocol())?;
        match self {
            Self::Connect { remote, .. } => write!(f, "{}", shown(*remote)),
            Self::Bind { local, .. } => write!(f, "bind {}", shown(*local)),
            Self::Listen { listener } => write!(f, "listen {}", shown(listener.address)),
            Self::Accept { local, peer, .. } => {
                write!(f, "accept {} from {}", shown(*local), shown(*peer))
            }
        }
    }
}
