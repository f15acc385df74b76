//! What `socket(2)` may be asked for.

use crate::Errno;
use crate::addr::Family;

/// An address family as a caller names it; see the enum `address-family` of the WIT package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AddressFamily {
    /// `AF_UNSPEC`.
    Unspec,
    /// `AF_INET`.
    Inet,
    /// `AF_INET6`.
    Inet6,
    /// `AF_UNIX`.
    Unix,
    /// Any other.
    Other,
}

/// A socket type as a caller names it; see the enum `socket-type` of the WIT package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SocketType {
    /// None given.
    Unspec,
    /// `SOCK_STREAM`.
    Stream,
    /// `SOCK_DGRAM`.
    Dgram,
    /// `SOCK_RAW`.
    Raw,
    /// `SOCK_RDM`.
    Rdm,
    /// `SOCK_SEQPACKET`.
    Seqpacket,
    /// Any other.
    Other,
}

/// What can be created: a family that exists, with a transport.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// TCP over this family.
    Stream(Family),
    /// UDP over this family.
    Datagram(Family),
}

impl Kind {
    /// The family.
    #[must_use]
    pub const fn family(self) -> Family {
        match self {
            Self::Stream(family) | Self::Datagram(family) => family,
        }
    }

    /// The protocol, by its number in IANA's registry.
    #[must_use]
    pub const fn protocol(self) -> u32 {
        match self {
            Self::Stream(_) => IPPROTO_TCP,
            Self::Datagram(_) => IPPROTO_UDP,
        }
    }
}

/// The protocol numbers of IANA's registry.
const IPPROTO_ICMP: u32 = 1;
const IPPROTO_TCP: u32 = 6;
const IPPROTO_UDP: u32 = 17;
const IPPROTO_ICMPV6: u32 = 58;

/// Decides what `socket(family, type, protocol)` creates.
///
/// # Errors
/// As Linux answers: `EAFNOSUPPORT`, `ESOCKTNOSUPPORT`, `EPROTONOSUPPORT`, and `EINVAL` for a type that
/// is none. Raw sockets are not available: `EPROTONOSUPPORT`. Nor is ping over a datagram socket, which Linux
/// refuses to users outside a range of groups: `EACCES`.
pub fn kind(family: AddressFamily, r#type: SocketType, protocol: u32) -> Result<Kind, Errno> {
    let family = match family {
        AddressFamily::Inet => Family::Inet,
        AddressFamily::Inet6 => Family::Inet6,
        AddressFamily::Unspec | AddressFamily::Unix | AddressFamily::Other => {
            return Err(Errno::Eafnosupport);
        }
    };
    match r#type {
        SocketType::Stream if matches!(protocol, 0 | IPPROTO_TCP) => Ok(Kind::Stream(family)),
        SocketType::Dgram if matches!(protocol, 0 | IPPROTO_UDP) => Ok(Kind::Datagram(family)),
        SocketType::Dgram if protocol == ping(family) => Err(Errno::Eacces),
        SocketType::Stream | SocketType::Dgram | SocketType::Raw => Err(Errno::Eprotonosupport),
        SocketType::Unspec | SocketType::Rdm | SocketType::Seqpacket => Err(Errno::Esocktnosupport),
        SocketType::Other => Err(Errno::Einval),
    }
}

/// The protocol whose datagram sockets send echo requests.
const fn ping(family: Family) -> u32 {
    match family {
        Family::Inet => IPPROTO_ICMP,
        Family::Inet6 => IPPROTO_ICMPV6,
    }
}

#[cfg(test)]
mod tests;
