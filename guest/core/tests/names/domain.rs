//! What is asked about: every combination of these.

use wasock_core::create::{AddressFamily, SocketType};
use wasock_core::names::AddrInfoFlags;

/// Literals in every form, and texts that are nearly one.
pub(crate) const HOSTS: [&str; 62] = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "0x7f.1",
    "0177.0.0.1",
    "2130706433",
    "0",
    "00",
    "0x0",
    "1.2.65535",
    "4294967295",
    "0xffffffff",
    "4294967296",
    "256.256.256.256",
    "1.2.3.4.5",
    "1.2.3.4.",
    "1.2.3.256",
    "08.0.0.1",
    "0x",
    "1e3",
    " 127.0.0.1",
    "127.0.0.1 ",
    "127.0.0.1\n",
    "127.0.0.1x",
    "127.0.0.1/8",
    "127.0.0.1:80",
    "127.0.0.1%1",
    "[127.0.0.1]",
    "::1",
    "::",
    "::ffff:1.2.3.4",
    "::1.2.3.4",
    "2001:DB8::1",
    "1:2:3:4:5:6:7:8",
    "1:2:3:4:5:6:7",
    ":::",
    "1::2::3",
    "[::1]",
    "::1 ",
    "::1/128",
    "::1%1",
    "::1%0",
    "::1%lo",
    "::1%",
    "%1",
    "fe80::1",
    "fe80::1%1",
    "fe80::1%01",
    "fe80::1%999",
    "fe80::1%4294967295",
    "fe80::1%4294967296",
    "fe80::1%-1",
    "fe80::1%+1",
    "fe80::1% 1",
    "fe80::1%0x1",
    "fe80::1%1%1",
    "fe80::1%lo",
    "ff02::1%7",
    "ff05::1%7",
    "::ffff:1.2.3.4%7",
    "no such host",
    "",
];

/// Numbers in every form, texts that are nearly one, and no service.
pub(crate) const NUMBERS: [&str; 37] = [
    "",
    "*",
    "0",
    "1",
    "80",
    " 80",
    "\t\n\x0b\x0c\r 80",
    "+80",
    " +80",
    "00080",
    "-0",
    "+0",
    "65535",
    "065535",
    "65536",
    "70000",
    "131072",
    "4294967376",
    "99999999999",
    "9223372036854775808",
    "99999999999999999999999",
    "-1",
    "-80",
    "-4294967216",
    " ",
    "+",
    "-",
    "+-1",
    "- 1",
    "+ 80",
    "80 ",
    "80x",
    "8 0",
    "0x50",
    "80.0",
    "\u{ff18}0",
    "no-such-service",
];

/// Services by name, of each combination of transports.
pub(crate) const NAMES: [&str; 12] = [
    "http", "https", "ssh", "ftp", "ntp", "domain", "tftp", "www", "shell", "syslog", "HTTP",
    "http ",
];

pub(crate) const PORTS: [u16; 12] = [0, 1, 21, 22, 53, 69, 80, 123, 443, 514, 64999, 65535];

pub(crate) const FAMILIES: [AddressFamily; 5] = [
    AddressFamily::Unspec,
    AddressFamily::Inet,
    AddressFamily::Inet6,
    AddressFamily::Unix,
    AddressFamily::Other,
];

pub(crate) const TYPES: [SocketType; 7] = [
    SocketType::Unspec,
    SocketType::Stream,
    SocketType::Dgram,
    SocketType::Raw,
    SocketType::Rdm,
    SocketType::Seqpacket,
    SocketType::Other,
];

/// None, ICMP, TCP, UDP, one of no meaning, SCTP.
pub(crate) const PROTOCOLS: [u32; 6] = [0, 1, 6, 17, 99, 132];

/// One host of each kind: none, an address of either family, a zone, a mapped address, and what is nearly one.
pub(crate) const FEW_HOSTS: [Option<&str>; 8] = [
    None,
    Some("*"),
    Some("127.0.0.1"),
    Some("0x7f.1"),
    Some("::1"),
    Some("fe80::1%1"),
    Some("::ffff:1.2.3.4"),
    Some("127.0.0.1 "),
];

/// Every set of flags of `getaddrinfo`.
pub(crate) fn every_flag() -> impl Iterator<Item = AddrInfoFlags> {
    (0..1 << 7).map(AddrInfoFlags::from_bits)
}

/// No machine has an interface of this number, whose name would be written.
const ZONE: u32 = 4_000_000_000;

/// Addresses of every kind, with a zone or without.
pub(crate) const ADDRESSES: [(&str, u32); 22] = [
    ("127.0.0.1", 0),
    ("0.0.0.0", 0),
    ("192.0.2.1", 0),
    ("255.255.255.255", 0),
    ("224.0.0.1", 0),
    ("::1", 0),
    ("::1", ZONE),
    ("::", 0),
    ("::", ZONE),
    ("2001:db8::1", 0),
    ("2001:db8::1", ZONE),
    ("::ffff:192.0.2.1", 0),
    ("::ffff:192.0.2.1", ZONE),
    ("::1.2.3.4", 0),
    ("64:ff9b::1.2.3.4", 0),
    ("fe80::1", 0),
    ("fe80::1", ZONE),
    ("fec0::1", ZONE),
    ("ff01::1", ZONE),
    ("ff02::1", 0),
    ("ff02::1", ZONE),
    ("ff05::1", ZONE),
];
