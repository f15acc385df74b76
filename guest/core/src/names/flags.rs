//! The `AI_` and `NI_` flags.
//!
//! The bits are those of the WIT package; the numbers of an operating system do not appear here. WIT carries no
//! bit that names no flag, so `EAI_BADFLAGS` for an unknown one is the answer of the binding, which is
//! the only one to see it.

use crate::flag_set::flag_set;

flag_set! {
    /// A set of `AI_` flags, those of `getaddrinfo`.
    AddrInfoFlags: u8;
    /// `AI_PASSIVE`: without a host, the wildcard address instead of loopback.
    PASSIVE = 0,
    /// `AI_CANONNAME`: answer the canonical name.
    CANONNAME = 1,
    /// `AI_NUMERICHOST`: the host is an address, not a name.
    NUMERICHOST = 2,
    /// `AI_V4MAPPED`: for lack of IPv6 addresses, IPv4-mapped ones. It means something for `AF_INET6` only.
    V4MAPPED = 3,
    /// `AI_ALL`: with [`V4MAPPED`](Self::V4MAPPED), both kinds. Alone it means nothing.
    ALL = 4,
    /// `AI_ADDRCONFIG`: only families that this machine has an address of.
    ADDRCONFIG = 5,
    /// `AI_NUMERICSERV`: the service is a port number, not a name.
    NUMERICSERV = 6,
}

flag_set! {
    /// A set of `NI_` flags, those of `getnameinfo`.
    NameInfoFlags: u8;
    /// `NI_NUMERICHOST`: the address as text.
    NUMERICHOST = 0,
    /// `NI_NUMERICSERV`: the port as text.
    NUMERICSERV = 1,
    /// `NI_NOFQDN`: only the node name of local hosts. Without effect, as no host has a name here.
    NOFQDN = 2,
    /// `NI_NAMEREQD`: an error where there is no name.
    NAMEREQD = 3,
    /// `NI_DGRAM`: the service is a datagram service.
    DGRAM = 4,
}
