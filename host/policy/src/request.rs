//! What a guest asks for.
//!
//! A request is about single names and addresses, never about patterns, so it is a type of its own and not a rule.
//!
//! Who has sent what to whom, and which names led to which address, is known to the host alone: it says so by the kind
//! of request it makes, and the policy says what follows.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use crate::{Direction, Name, PinnedName, Protocol};

/// One thing that a guest does, with what is known at that moment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Request {
    /// Look a name up. Asked before anybody is: a query is a message to whoever runs the name's servers.
    Resolve {
        /// The name.
        name: Name,
    },
    /// Tell the guest one address that a lookup found, and pin the name to it.
    Answer {
        /// What was looked up, and by way of which aliases.
        name: PinnedName,
        /// The address.
        address: IpAddr,
    },
    /// Outbound: connect to a remote address. For UDP this sets the peer.
    Connect {
        /// The protocol.
        protocol: Protocol,
        /// The remote address.
        remote: SocketAddr,
        /// The lookups that told this guest the address.
        names: Arc<[PinnedName]>,
    },
    /// Outbound, UDP: send to a remote address.
    Send {
        /// The remote address.
        remote: SocketAddr,
        /// The lookups that told this guest the address.
        names: Arc<[PinnedName]>,
    },
    /// Outbound, UDP: hand the guest a datagram of a peer that it has sent to from this socket.
    ReceiveReply {
        /// What receives.
        listener: Listener,
        /// The address of the peer.
        peer: SocketAddr,
        /// The lookups that had told this guest the address when it sent.
        names: Arc<[PinnedName]>,
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
    /// Inbound, UDP: hand the guest a datagram of a peer that it has not sent to.
    Receive {
        /// What receives.
        listener: Listener,
        /// The address of the peer.
        peer: SocketAddr,
    },
    /// Inbound, UDP: send to a peer that the guest has heard from on this socket.
    Reply {
        /// What has received.
        listener: Listener,
        /// The address of the peer.
        peer: SocketAddr,
        /// The lookups that told this guest the address.
        names: Arc<[PinnedName]>,
    },
}

/// A socket that peers can come to: a TCP socket that listens or is about to, or a bound UDP socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Listener {
    /// The local address, with the port it really has.
    pub address: SocketAddr,
    /// Whether the system picked the port, because the guest bound to port 0 or did not bind at all. A rule for port 0
    /// grants such a listener, whatever port it got.
    pub ephemeral: bool,
}

impl Request {
    /// The direction: who has begun.
    pub fn direction(&self) -> Direction {
        match self {
            Self::Resolve { .. }
            | Self::Answer { .. }
            | Self::Connect { .. }
            | Self::Send { .. }
            | Self::ReceiveReply { .. } => Direction::Outbound,
            Self::Bind { .. }
            | Self::Listen { .. }
            | Self::Accept { .. }
            | Self::Receive { .. }
            | Self::Reply { .. } => Direction::Inbound,
        }
    }

    /// The protocol; a lookup is about none.
    pub fn protocol(&self) -> Option<Protocol> {
        match self {
            Self::Resolve { .. } | Self::Answer { .. } => None,
            Self::Connect { protocol, .. } | Self::Bind { protocol, .. } => Some(*protocol),
            Self::Listen { .. } | Self::Accept { .. } => Some(Protocol::Tcp),
            Self::Send { .. }
            | Self::Receive { .. }
            | Self::Reply { .. }
            | Self::ReceiveReply { .. } => Some(Protocol::Udp),
        }
    }
}

impl Request {
    /// Where something would go, or the guest be led, in canonical form. What only comes in goes nowhere.
    pub(crate) fn destination(&self) -> Option<IpAddr> {
        match self {
            Self::Answer { address, .. } => Some(address.to_canonical()),
            Self::Connect { remote, .. } | Self::Send { remote, .. } => Some(canonical(*remote).0),
            Self::ReceiveReply { peer, .. } | Self::Reply { peer, .. } => Some(canonical(*peer).0),
            Self::Resolve { .. }
            | Self::Bind { .. }
            | Self::Listen { .. }
            | Self::Accept { .. }
            | Self::Receive { .. } => None,
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
        if let Some(protocol) = self.protocol() {
            write!(f, "{} {protocol} ", self.direction())?;
        }
        match self {
            Self::Resolve { name } => write!(f, "lookup {name}"),
            Self::Answer { name, address } => {
                write!(f, "answer {} with {}", name.asked, address.to_canonical())
            }
            Self::Connect { remote, .. } => write!(f, "{}", shown(*remote)),
            Self::Send { remote, .. } => write!(f, "send {}", shown(*remote)),
            Self::ReceiveReply { listener, peer, .. } => {
                let local = shown(listener.address);
                write!(f, "receive {local} from {}", shown(*peer))
            }
            Self::Bind { local, .. } => write!(f, "bind {}", shown(*local)),
            Self::Listen { listener } => write!(f, "listen {}", shown(listener.address)),
            Self::Accept { local, peer, .. } => {
                write!(f, "accept {} from {}", shown(*local), shown(*peer))
            }
            Self::Receive { listener, peer } => {
                let local = shown(listener.address);
                write!(f, "receive {local} from {}", shown(*peer))
            }
            Self::Reply { listener, peer, .. } => {
                let local = shown(listener.address);
                write!(f, "reply {} from {local}", shown(*peer))
            }
        }
    }
}
