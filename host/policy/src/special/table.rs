//! The special blocks.
//!
//! From the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890, RFC 8190;
//! <https://www.iana.org/assignments/iana-ipv4-special-registry>,
//! <https://www.iana.org/assignments/iana-ipv6-special-registry>), as of October 2025, every row. A row is special unless
//! the registry calls it globally reachable; "not applicable" is not a yes. Left out is ::ffff:0:0/96 alone: an
//! IPv4-mapped address is taken for its IPv4 form first.
//!
//! Added are multicast, what RFC 4291 and its ancestors left behind, and the metadata services of clouds. Those lie in
//! larger special blocks mostly, and have a row of their own so that a rule for all link-local addresses does not
//! happen to reach the credentials of the machine.

use std::net::{Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::Block;

// One row a line: it is a table.
#[rustfmt::skip]
pub(super) const IPV4: &[Block] = &[
    special("an address of this network", v4([0, 0, 0, 0], 8), "RFC 791, 3.2"),
    special("the unspecified address, which means this host", v4([0, 0, 0, 0], 32), "RFC 1122, 3.2.1.3"),
    special("private", v4([10, 0, 0, 0], 8), "RFC 1918"),
    special("shared address space", v4([100, 64, 0, 0], 10), "RFC 6598"),
    special("a cloud metadata service", v4([100, 100, 100, 200], 32), "Alibaba Cloud"),
    special("loopback", v4([127, 0, 0, 0], 8), "RFC 1122"),
    special("the platform service of a cloud", v4([168, 63, 129, 16], 32), "Microsoft Azure"),
    special("link-local", v4([169, 254, 0, 0], 16), "RFC 3927"),
    special("a cloud metadata service", v4([169, 254, 169, 254], 32), "most clouds"),
    special("a cloud credentials service", v4([169, 254, 170, 2], 32), "Amazon ECS"),
    special("a cloud credentials service", v4([169, 254, 170, 23], 32), "Amazon EKS"),
    special("private", v4([172, 16, 0, 0], 12), "RFC 1918"),
    special("set aside for protocols", v4([192, 0, 0, 0], 24), "RFC 6890, 2.1"),
    special("set aside for IPv4 service continuity", v4([192, 0, 0, 0], 29), "RFC 7335"),
    special("the IPv4 dummy address", v4([192, 0, 0, 8], 32), "RFC 7600"),
    reachable("the port control anycast address", v4([192, 0, 0, 9], 32), "RFC 7723"),
    reachable("the TURN anycast address", v4([192, 0, 0, 10], 32), "RFC 8155"),
    special("for NAT64 discovery", v4([192, 0, 0, 170], 32), "RFC 8880, RFC 7050"),
    special("for NAT64 discovery", v4([192, 0, 0, 171], 32), "RFC 8880, RFC 7050"),
    special("for documentation", v4([192, 0, 2, 0], 24), "RFC 5737"),
    reachable("an AS112 server", v4([192, 31, 196, 0], 24), "RFC 7535"),
    reachable("an AMT relay", v4([192, 52, 193, 0], 24), "RFC 7450"),
    special("a 6to4 relay, deprecated", v4([192, 88, 99, 0], 24), "RFC 7526"),
    special("the 6a44 relay", v4([192, 88, 99, 2], 32), "RFC 6751"),
    special("private", v4([192, 168, 0, 0], 16), "RFC 1918"),
    reachable("an AS112 server", v4([192, 175, 48, 0], 24), "RFC 7534"),
    special("for benchmarks", v4([198, 18, 0, 0], 15), "RFC 2544"),
    special("for documentation", v4([198, 51, 100, 0], 24), "RFC 5737"),
    special("for documentation", v4([203, 0, 113, 0], 24), "RFC 5737"),
    special("multicast", v4([224, 0, 0, 0], 4), "RFC 5771"),
    special("reserved", v4([240, 0, 0, 0], 4), "RFC 1112, 4"),
    special("broadcast", v4([255, 255, 255, 255], 32), "RFC 919, 7"),
];

#[rustfmt::skip]
pub(super) const IPV6: &[Block] = &[
    special("IPv4-compatible, deprecated", v6([0, 0, 0, 0, 0, 0, 0, 0], 96), "RFC 4291, 2.5.5.1"),
    special("the unspecified address, which means this host", v6([0, 0, 0, 0, 0, 0, 0, 0], 128), "RFC 4291"),
    special("loopback", v6([0, 0, 0, 0, 0, 0, 0, 1], 128), "RFC 4291"),
    special("IPv4-translated, obsolete", v6([0, 0, 0, 0, 0xffff, 0, 0, 0], 96), "RFC 2765"),
    reachable("translated to IPv4", v6([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96), "RFC 6052"),
    special("translated to IPv4 in this network", v6([0x64, 0xff9b, 1, 0, 0, 0, 0, 0], 48), "RFC 8215"),
    special("discard-only", v6([0x100, 0, 0, 0, 0, 0, 0, 0], 64), "RFC 6666"),
    special("the IPv6 dummy prefix", v6([0x100, 0, 0, 1, 0, 0, 0, 0], 64), "RFC 9780"),
    special("set aside for protocols", v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23), "RFC 2928"),
    special("a Teredo tunnel", v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 32), "RFC 4380"),
    reachable("the port control anycast address", v6([0x2001, 1, 0, 0, 0, 0, 0, 1], 128), "RFC 7723"),
    reachable("the TURN anycast address", v6([0x2001, 1, 0, 0, 0, 0, 0, 2], 128), "RFC 8155"),
    reachable("the DNS-SD registration anycast address", v6([0x2001, 1, 0, 0, 0, 0, 0, 3], 128), "RFC 9665"),
    special("for benchmarks", v6([0x2001, 2, 0, 0, 0, 0, 0, 0], 48), "RFC 5180"),
    reachable("an AMT relay", v6([0x2001, 3, 0, 0, 0, 0, 0, 0], 32), "RFC 7450"),
    reachable("an AS112 server", v6([0x2001, 4, 0x112, 0, 0, 0, 0, 0], 48), "RFC 7535"),
    special("an ORCHID, deprecated", v6([0x2001, 0x10, 0, 0, 0, 0, 0, 0], 28), "RFC 4843"),
    reachable("an ORCHID", v6([0x2001, 0x20, 0, 0, 0, 0, 0, 0], 28), "RFC 7343"),
    reachable("a remote identification of a drone", v6([0x2001, 0x30, 0, 0, 0, 0, 0, 0], 28), "RFC 9374"),
    special("for documentation", v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32), "RFC 3849"),
    special("a 6to4 tunnel", v6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16), "RFC 3056"),
    reachable("an AS112 server", v6([0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0], 48), "RFC 7534"),
    special("for documentation", v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20), "RFC 9637"),
    special("a segment identifier", v6([0x5f00, 0, 0, 0, 0, 0, 0, 0], 16), "RFC 9602"),
    special("private", v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7), "RFC 4193"),
    special("a cloud credentials service", v6([0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23], 128), "Amazon EKS"),
    special("a cloud metadata service", v6([0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254], 128), "Amazon EC2"),
    special("a cloud metadata service", v6([0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254], 128), "Google Cloud"),
    special("link-local", v6([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10), "RFC 4291"),
    special("site-local, deprecated", v6([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10), "RFC 3879"),
    special("multicast", v6([0xff00, 0, 0, 0, 0, 0, 0, 0], 8), "RFC 4291"),
];

const fn special(name: &'static str, net: IpNet, source: &'static str) -> Block {
    Block {
        name,
        net,
        source,
        reachable: false,
    }
}

const fn reachable(name: &'static str, net: IpNet, source: &'static str) -> Block {
    Block {
        name,
        net,
        source,
        reachable: true,
    }
}

/// Checked when the constants above are evaluated, that is by the compiler.
const fn v4([a, b, c, d]: [u8; 4], prefix_len: u8) -> IpNet {
    IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix_len))
}

/// Checked when the constants above are evaluated, that is by the compiler.
const fn v6([a, b, c, d, e, f, g, h]: [u16; 8], prefix_len: u8) -> IpNet {
    IpNet::V6(Ipv6Net::new_assert(
        Ipv6Addr::new(a, b, c, d, e, f, g, h),
        prefix_len,
    ))
}
