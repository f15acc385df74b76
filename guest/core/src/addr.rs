//! Socket addresses.

use core::net::{Ipv4Addr, Ipv6Addr};

pub use core::net::{SocketAddr as SockAddr, SocketAddrV4, SocketAddrV6};

/// The address families a socket can be created with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// `AF_INET`.
    Inet,
    /// `AF_INET6`, never dual-stack.
    Inet6,
}

impl Family {
    /// The family that `address` belongs to.
    #[must_use]
    pub const fn of(address: &SockAddr) -> Self {
        match address {
            SockAddr::V4(_) => Self::Inet,
            SockAddr::V6(_) => Self::Inet6,
        }
    }

    /// The wildcard address with port 0: what an unbound socket answers to `getsockname`.
    #[must_use]
    pub const fn wildcard(self) -> SockAddr {
        match self {
            Self::Inet => SockAddr::V4(SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 0)),
            Self::Inet6 => SockAddr::V6(SocketAddrV6::new(Ipv6Addr::UNSPECIFIED, 0, 0, 0)),
        }
    }

    /// Where a connection to the wildcard address goes on BSD: the loopback address.
    #[must_use]
    pub const fn loopback(self, port: u16) -> SockAddr {
        match self {
            Self::Inet => SockAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, port)),
            Self::Inet6 => SockAddr::V6(SocketAddrV6::new(Ipv6Addr::LOCALHOST, port, 0, 0)),
        }
    }
}
