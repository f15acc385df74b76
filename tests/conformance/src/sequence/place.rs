//! Addresses, by what they are.

use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr};
use core::str::FromStr;

use wasock_core::SockAddr;
use wasock_core::addr::Family;

use super::call::Name;
use super::words::{NotUnderstood, Words, name};

/// An address, of the family of the socket that it is given to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// `lo`: loopback, port 0.
    Loopback,
    /// `any`: the wildcard address, port 0.
    Wildcard,
    /// `nobody`: a port of loopback at which nobody is.
    Nobody,
    /// `other`: the same in the other family.
    OtherFamily,
    /// `mapped`: an IPv4-mapped address. As IPv4 has none, `nobody` there.
    Mapped,
    /// `broadcast`: everybody. As IPv6 has no broadcast, a multicast address there.
    Broadcast,
    /// `elsewhere`: an address of no machine, port 0.
    Elsewhere,
    /// `@2`: the local address that socket 2 had last.
    Of(Name),
    /// `lo@2`: its port on loopback.
    LoopbackOf(Name),
    /// `any@2`: its port on the wildcard address.
    WildcardOf(Name),
}

/// A port that systems keep for a service that nobody runs.
const NOBODY: u16 = 1;

impl Place {
    /// The socket whose address this is.
    #[must_use]
    pub fn socket(self) -> Option<Name> {
        match self {
            Self::Of(socket) | Self::LoopbackOf(socket) | Self::WildcardOf(socket) => Some(socket),
            _ => None,
        }
    }

    /// The address, for a socket of `family`. `home` is loopback in IPv4; `of` knows the local addresses of sockets.
    pub fn resolve(
        self,
        family: Family,
        home: Ipv4Addr,
        of: impl Fn(Name) -> Option<SockAddr>,
    ) -> SockAddr {
        let loopback = |family: Family, port| match family {
            Family::Inet => SockAddr::from((home, port)),
            Family::Inet6 => family.loopback(port),
        };
        let port = |socket| of(socket).map_or(NOBODY, |address| address.port());
        match self {
            Self::Loopback => loopback(family, 0),
            Self::Wildcard => family.wildcard(),
            Self::Nobody => loopback(family, NOBODY),
            Self::OtherFamily => match family {
                Family::Inet => loopback(Family::Inet6, NOBODY),
                Family::Inet6 => loopback(Family::Inet, NOBODY),
            },
            Self::Mapped => match family {
                Family::Inet => loopback(family, NOBODY),
                Family::Inet6 => SockAddr::from((Ipv4Addr::LOCALHOST.to_ipv6_mapped(), NOBODY)),
            },
            Self::Broadcast => match family {
                Family::Inet => SockAddr::from((Ipv4Addr::BROADCAST, NOBODY)),
                Family::Inet6 => {
                    let all_nodes = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1);
                    SockAddr::from((all_nodes, NOBODY))
                }
            },
            // The blocks for documentation: RFC 5737, RFC 3849.
            Self::Elsewhere => match family {
                Family::Inet => SockAddr::from(([192, 0, 2, 1], 0)),
                Family::Inet6 => SockAddr::from(([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1], 0)),
            },
            Self::Of(socket) => of(socket).unwrap_or_else(|| loopback(family, NOBODY)),
            Self::LoopbackOf(socket) => loopback(family, port(socket)),
            Self::WildcardOf(socket) => {
                let mut address = family.wildcard();
                address.set_port(port(socket));
                address
            }
        }
    }
}

const PLACES: [(&str, Place); 7] = [
    ("lo", Place::Loopback),
    ("any", Place::Wildcard),
    ("nobody", Place::Nobody),
    ("other", Place::OtherFamily),
    ("mapped", Place::Mapped),
    ("broadcast", Place::Broadcast),
    ("elsewhere", Place::Elsewhere),
];

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Of(socket) => write!(f, "@{socket}"),
            Self::LoopbackOf(socket) => write!(f, "lo@{socket}"),
            Self::WildcardOf(socket) => write!(f, "any@{socket}"),
            place => f.write_str(name(&PLACES, *place)),
        }
    }
}

impl FromStr for Place {
    type Err = NotUnderstood;

    fn from_str(word: &str) -> Result<Self, NotUnderstood> {
        let Some((before, socket)) = word.split_once('@') else {
            return Words::of(word).choose(&PLACES);
        };
        let socket = socket.parse().map_err(|_| NotUnderstood)?;
        match before {
            "" => Ok(Self::Of(socket)),
            "lo" => Ok(Self::LoopbackOf(socket)),
            "any" => Ok(Self::WildcardOf(socket)),
            _ => Err(NotUnderstood),
        }
    }
}
