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

    /// Where what is sent to the wildcard address goes on BSD: the loopback address.
    #[must_use]
    pub const fn loopback(self, port: u16) -> SockAddr {
        match self {
            Self::Inet => SockAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, port)),
            Self::Inet6 => SockAddr::V6(SocketAddrV6::new(Ipv6Addr::LOCALHOST, port, 0, 0)),
        }
    }
}

/// Where what a socket sends to `address` goes: to this machine, where that is the wildcard address.
///
/// On Linux that is the loopback address; in IPv4 it is the address that the socket is bound to, if it is bound to one
/// (`ip_route_output_key` in `net/ipv4/route.c`), so `local` is asked for that. A socket that is bound to a multicast or
/// broadcast address has none to send from (`__inet_bind` in `net/ipv4/af_inet.c`).
pub(crate) fn destination(address: SockAddr, local: impl FnOnce() -> Option<SockAddr>) -> SockAddr {
    if !address.ip().is_unspecified() {
        return address;
    }
    let bound = match address {
        SockAddr::V4(_) => local().filter(is_source),
        SockAddr::V6(_) => None,
    };
    match bound {
        Some(local) => SockAddr::new(local.ip(), address.port()),
        None => Family::of(&address).loopback(address.port()),
    }
}

/// Whether this is an address to send from.
fn is_source(local: &SockAddr) -> bool {
    let ip = local.ip();
    !ip.is_unspecified() && !ip.is_multicast() && ip != Ipv4Addr::BROADCAST
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wildcard_address_is_this_machine_at_an_address_that_it_has() {
        let wildcard = SockAddr::from(([0, 0, 0, 0], 80));
        for (local, reached) in [
            ([127, 0, 0, 5], [127, 0, 0, 5]),
            ([0, 0, 0, 0], [127, 0, 0, 1]),
            ([224, 0, 0, 1], [127, 0, 0, 1]),
            ([255, 255, 255, 255], [127, 0, 0, 1]),
        ] {
            let found = destination(wildcard, || Some(SockAddr::from((local, 9))));
            assert_eq!(found, SockAddr::from((reached, 80)), "{local:?}");
        }
        let other = SockAddr::from(([192, 0, 2, 1], 80));
        assert_eq!(destination(other, || None), other);
    }
}
