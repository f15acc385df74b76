//! The record of how a socket ended.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use wasock_policy::{Direction, Limit, PinnedName, Protocol};

/// What went through a socket, from the decision that let it exist to its end.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Closed {
    /// The protocol.
    pub protocol: Protocol,
    /// Who has begun: a connection that was accepted is inbound, and so is a socket that listened.
    pub direction: Direction,
    /// The local address, if the socket had one.
    pub local: Option<SocketAddr>,
    /// The peer, if the socket had one and no others.
    pub remote: Option<SocketAddr>,
    /// What the guest asked for, where that is mapped to `remote`.
    pub asked: Option<SocketAddr>,
    /// The names that the guest knew the peer by.
    pub names: Arc<[PinnedName]>,
    /// What came from peers.
    pub received: Traffic,
    /// What the guest sent.
    pub sent: Traffic,
    /// How long it was open: a connection from when it was established.
    pub duration: Duration,
    /// What ended it.
    pub cause: Cause,
}

impl Closed {
    /// Whether no rule had a part in it: a UDP socket that had no place of its own, and that nothing went through.
    pub(super) fn is_for_nothing(&self) -> bool {
        let is_without_rule = self.protocol == Protocol::Udp
            && self.direction == Direction::Outbound
            && self.remote.is_none();
        is_without_rule && self.received.is_nothing() && self.sent.is_nothing()
    }

    /// The port that the system has picked, and how long it took, are chance.
    pub(super) fn normalize(&mut self) {
        self.local = self.local.map(|local| SocketAddr::new(local.ip(), 0));
        self.duration = Duration::ZERO;
        self.received.refused = 0;
        self.sent.refused = 0;
    }
}

impl Traffic {
    fn is_nothing(&self) -> bool {
        self.bytes == 0 && self.datagrams == 0
    }
}

/// What went one way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Traffic {
    /// Octets that got through, headers not counted.
    pub bytes: u64,
    /// Datagrams that got through; a connection has none.
    pub datagrams: u64,
    /// Datagrams that did not get through, for the policy refuses them. The first of each peer has a record of its own.
    pub refused: u64,
}

/// What ended a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// The guest has closed it, or has ended itself.
    Guest,
    /// It has reached a limit.
    Limit(Limit),
    /// All that the guest has was taken from it.
    Revoked,
    /// The policy has changed, and does not allow it any more.
    Policy,
}

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "closed: {} {}", self.direction, self.protocol)?;
        match (self.direction, self.local, self.remote) {
            (Direction::Outbound, _, Some(remote)) => write!(f, " {}", shown(remote))?,
            (Direction::Inbound, Some(local), Some(remote)) => {
                write!(f, " {} from {}", shown(local), shown(remote))?;
            }
            (_, local, remote) => {
                if let Some(address) = local.or(remote) {
                    write!(f, " {}", shown(address))?;
                }
            }
        }
        let (received, sent) = (self.received, self.sent);
        match self.protocol {
            Protocol::Tcp => write!(
                f,
                " (received {} bytes; sent {}",
                received.bytes, sent.bytes
            )?,
            Protocol::Udp => write!(f, " (received {received}; sent {sent}")?,
        }
        write!(f, "; open {:.3?})", self.duration)?;
        match self.cause {
            Cause::Guest => Ok(()),
            Cause::Limit(limit) => write!(f, "\n  ended by the limit {limit}"),
            Cause::Revoked => f.write_str("\n  ended: everything was revoked"),
            Cause::Policy => f.write_str("\n  ended: the policy does not allow it any more"),
        }
    }
}

impl fmt::Display for Traffic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes in {} datagrams", self.bytes, self.datagrams)?;
        match self.refused {
            0 => Ok(()),
            refused => write!(f, ", {refused} refused"),
        }
    }
}

/// As addresses look in rules.
pub(super) fn shown(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}
