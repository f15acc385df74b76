//! The record of a limit that was reached.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use wasock_policy::{Amount, Direction, Limit, Protocol, Request};

use super::closed::shown;
use super::forget_chance;

/// A guest has used up what it had.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Exhausted {
    /// What there is no more of.
    pub limit: Limit,
    /// How much of it there was.
    pub amount: Amount,
    /// Whose limit it is.
    pub level: Level,
    /// What did not happen, or ended.
    pub refused: Refused,
}

/// Whose limit: budgets nest, and the tightest counts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Level {
    /// The guest's own.
    Store,
    /// That of its tenant, of this name.
    Tenant(Arc<str>),
    /// That of the host, which all tenants share.
    Host,
}

/// What a limit has cost the guest.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Refused {
    /// A socket.
    Socket(Protocol),
    /// What the guest asked for, or what a peer wanted of it.
    Request(Request),
    /// A transfer on an open socket, or the socket itself.
    Connection {
        /// The protocol.
        protocol: Protocol,
        /// Who had begun.
        direction: Direction,
        /// The local address.
        local: Option<SocketAddr>,
        /// The peer.
        remote: Option<SocketAddr>,
    },
    /// A linear memory or a table of this many bytes; of 0 where many records are told as one.
    Memory(u64),
    /// To go on: the guest was stopped.
    Running,
}

impl Exhausted {
    pub(super) fn normalize(&mut self) {
        match &mut self.refused {
            Refused::Request(request) => forget_chance(request),
            // One of the two ends is chance.
            Refused::Connection {
                direction,
                local,
                remote,
                ..
            } => match direction {
                Direction::Outbound => *local = None,
                Direction::Inbound => *remote = remote.map(|peer| SocketAddr::new(peer.ip(), 0)),
            },
            // A guest asks for more and more of it, now this much and now that.
            Refused::Memory(bytes) => *bytes = 0,
            Refused::Socket(_) | Refused::Running => {}
        }
    }
}

/// In full: what did not happen on the first line, with the limit as one writes it; then whose limit it is.
impl fmt::Display for Exhausted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { limit, amount, .. } = self;
        write!(f, "denied: {} (used up: {limit}={amount})", self.refused)?;
        match &self.level {
            Level::Store => write!(f, "\n  allow more with: --limit {limit}=AMOUNT"),
            level => write!(f, "\n  it is the limit of {level}"),
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store => f.write_str("this guest"),
            Self::Tenant(name) => write!(f, "the tenant {}", name.escape_debug()),
            Self::Host => f.write_str("the host"),
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Socket(protocol) => write!(f, "a {protocol} socket"),
            Self::Request(request) => request.fmt(f),
            Self::Connection {
                protocol,
                direction,
                local,
                remote,
            } => {
                write!(f, "{direction} {protocol}")?;
                if let Some(local) = local.filter(|_| *direction == Direction::Inbound) {
                    write!(f, " {}", shown(local))?;
                }
                match (direction, remote) {
                    (_, None) => Ok(()),
                    (Direction::Outbound, Some(remote)) => write!(f, " {}", shown(*remote)),
                    (Direction::Inbound, Some(remote)) => write!(f, " from {}", shown(*remote)),
                }
            }
            Self::Memory(0) => f.write_str("more memory"),
            Self::Memory(bytes) => write!(f, "memory of {bytes} bytes"),
            Self::Running => f.write_str("to run any longer"),
        }
    }
}
