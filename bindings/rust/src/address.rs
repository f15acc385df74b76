//! Socket addresses: those of Rust and those of the WIT.

use core::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use crate::net::types::{AddressFamily, Sockaddr, SockaddrIn, SockaddrIn6};

impl From<SocketAddr> for Sockaddr {
    fn from(address: SocketAddr) -> Self {
        match address {
            SocketAddr::V4(address) => Self::Inet(SockaddrIn {
                port: address.port(),
                address: address.ip().octets().into(),
            }),
            SocketAddr::V6(address) => Self::Inet6(SockaddrIn6 {
                port: address.port(),
                flowinfo: address.flowinfo(),
                address: address.ip().segments().into(),
                scope_id: address.scope_id(),
            }),
        }
    }
}

impl From<Sockaddr> for SocketAddr {
    fn from(address: Sockaddr) -> Self {
        match address {
            Sockaddr::Inet(SockaddrIn { port, address }) => {
                SocketAddrV4::new(Ipv4Addr::from(<[u8; 4]>::from(address)), port).into()
            }
            Sockaddr::Inet6(SockaddrIn6 {
                port,
                flowinfo,
                address,
                scope_id,
            }) => {
                let address = Ipv6Addr::from(<[u16; 8]>::from(address));
                SocketAddrV6::new(address, port, flowinfo, scope_id).into()
            }
        }
    }
}

/// The family of a socket that is to use this address.
pub(crate) fn family(address: SocketAddr) -> AddressFamily {
    match address {
        SocketAddr::V4(_) => AddressFamily::Inet,
        SocketAddr::V6(_) => AddressFamily::Inet6,
    }
}
