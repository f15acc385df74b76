//! The host part of a rule: which addresses it speaks of.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use crate::{Name, NamePattern};

/// Which addresses a rule speaks of.
///
/// A name is not a set of addresses that can be known in advance, which is why the questions below are asked of a `Host`
/// and not of a list of networks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Host {
    /// `any` (or `*`): every address of both families. Outbound, it means every name as well, and special addresses are
    /// left out: see [`Special`](crate::Special).
    Any,
    /// `localhost`: 127.0.0.1 and ::1, and no other loopback address.
    Localhost,
    /// An address, or a network in CIDR form. IPv4-mapped IPv6 is held in its IPv4 form, and host bits are zero.
    Net(IpNet),
    /// A name, in outbound rules only: what our resolver answers for it, and special addresses only with `#to=`.
    Name(NamePattern),
}

impl Host {
    /// Whether `address`, in canonical form, is one of these addresses.
    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        match self {
            Self::Any => true,
            Self::Localhost => is_localhost(address),
            Self::Net(net) => net.contains(&address),
            Self::Name(_) => false,
        }
    }

    /// Whether it names `name`. `any` does not: it means whatever there is, and names nothing.
    pub(crate) fn names(&self, name: &Name) -> bool {
        match self {
            Self::Localhost => name.is_localhost(),
            Self::Name(pattern) => pattern.matches(name),
            Self::Any | Self::Net(_) => false,
        }
    }

    /// Whether an allow rule for this host lets a guest take the local `address`.
    ///
    /// The wildcard address (0.0.0.0, ::) stands for every local address, so a network that merely contains it, such
    /// as 0.0.0.0/8, does not grant it: the rule has to name it, or name everything.
    pub(crate) fn grants_local(&self, address: IpAddr) -> bool {
        match self {
            Self::Net(net) if address.is_unspecified() => {
                net.contains(&address) && (net.prefix_len() == 0 || is_single(net))
            }
            _ => self.contains(address),
        }
    }

    /// Whether a deny rule for this host concerns a guest that takes the local `address`.
    ///
    /// The wildcard address takes every local address of its family, the denied one among them.
    pub(crate) fn touches_local(&self, address: IpAddr) -> bool {
        match self {
            Self::Localhost if address.is_unspecified() => true,
            Self::Net(net) if address.is_unspecified() => net.addr().is_ipv4() == address.is_ipv4(),
            _ => self.contains(address),
        }
    }
}

impl From<IpAddr> for Host {
    fn from(address: IpAddr) -> Self {
        Self::Net(IpNet::from(address.to_canonical()))
    }
}

/// The canonical text: IPv6 in brackets, with the prefix length behind them (`[2001:db8::]/32`), and a single address
/// without prefix length.
impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let net = match self {
            Self::Any => return f.write_str("any"),
            Self::Localhost => return f.write_str("localhost"),
            Self::Name(pattern) => return pattern.fmt(f),
            Self::Net(net) => net,
        };
        match net.addr() {
            IpAddr::V4(address) => write!(f, "{address}")?,
            IpAddr::V6(address) => write!(f, "[{address}]")?,
        }
        if is_single(net) {
            Ok(())
        } else {
            write!(f, "/{}", net.prefix_len())
        }
    }
}

/// Whether the network holds one address only.
pub(crate) fn is_single(net: &IpNet) -> bool {
    net.prefix_len() == net.max_prefix_len()
}

pub(crate) fn is_localhost(address: IpAddr) -> bool {
    address == Ipv4Addr::LOCALHOST || address == Ipv6Addr::LOCALHOST
}

#[cfg(test)]
mod tests {
    use super::*;

    fn net(text: &str) -> Host {
        Host::Net(text.parse().unwrap())
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn localhost_is_two_addresses_and_no_others() {
        for (address, expected) in [
            ("127.0.0.1", true),
            ("::1", true),
            ("127.0.0.2", false),
            ("::", false),
        ] {
            assert_eq!(Host::Localhost.contains(ip(address)), expected, "{address}");
        }
    }

    #[test]
    fn a_network_never_contains_the_other_family() {
        assert!(!net("0.0.0.0/0").contains(ip("2001:db8::1")));
        assert!(!net("::/0").contains(ip("192.0.2.1")));
    }

    #[test]
    fn the_wildcard_is_granted_by_its_own_name_or_by_everything() {
        for (host, wildcard, expected) in [
            (Host::Any, "0.0.0.0", true),
            (Host::Any, "::", true),
            (net("0.0.0.0/32"), "0.0.0.0", true),
            (net("0.0.0.0/0"), "0.0.0.0", true),
            (net("::/0"), "::", true),
            (net("0.0.0.0/8"), "0.0.0.0", false),
            (net("::/64"), "::", false),
            (net("0.0.0.0/0"), "::", false),
            (net("127.0.0.1/32"), "0.0.0.0", false),
            (Host::Localhost, "0.0.0.0", false),
        ] {
            assert_eq!(
                host.grants_local(ip(wildcard)),
                expected,
                "{host} {wildcard}"
            );
        }
    }

    #[test]
    fn the_wildcard_touches_every_address_of_its_family() {
        for (host, wildcard, expected) in [
            (Host::Any, "::", true),
            (Host::Localhost, "0.0.0.0", true),
            (Host::Localhost, "::", true),
            (net("10.0.0.0/8"), "0.0.0.0", true),
            (net("10.0.0.0/8"), "::", false),
            (net("fd00::/8"), "::", true),
        ] {
            assert_eq!(
                host.touches_local(ip(wildcard)),
                expected,
                "{host} {wildcard}"
            );
        }
    }
}
