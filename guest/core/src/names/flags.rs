//! The `AI_` and `NI_` flags.
//!
//! The bits are those of the WIT package; the numbers of an operating system do not appear here. WIT carries no
//! bit that names no flag, so `EAI_BADFLAGS` for an unknown one is the answer of the binding, which is
//! the only one to see it.

use core::ops::{BitOr, BitOrAssign};

/// A set of `AI_` flags, those of `getaddrinfo`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AddrInfoFlags(u8);

impl AddrInfoFlags {
    /// No flag.
    pub const NONE: Self = Self(0);
    /// `AI_PASSIVE`: without a host, the wildcard address instead of loopback.
    pub const PASSIVE: Self = Self(1 << 0);
    /// `AI_CANONNAME`: answer the canonical name.
    pub const CANONNAME: Self = Self(1 << 1);
    /// `AI_NUMERICHOST`: the host is an address, not a name.
    pub const NUMERICHOST: Self = Self(1 << 2);
    /// `AI_V4MAPPED`: for lack of IPv6 addresses, IPv4-mapped ones. It means something for `AF_INET6` only.
    pub const V4MAPPED: Self = Self(1 << 3);
    /// `AI_ALL`: with [`V4MAPPED`](Self::V4MAPPED), both kinds. Alone it means nothing.
    pub const ALL: Self = Self(1 << 4);
    /// `AI_ADDRCONFIG`: only families that this machine has an address of.
    pub const ADDRCONFIG: Self = Self(1 << 5);
    /// `AI_NUMERICSERV`: the service is a port number, not a name.
    pub const NUMERICSERV: Self = Self(1 << 6);

    /// The set with exactly these bits; bits that name no flag are dropped.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits & 0x7f)
    }

    /// The bits of the set.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Whether every flag of `other` is in the set.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl BitOr for AddrInfoFlags {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for AddrInfoFlags {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// A set of `NI_` flags, those of `getnameinfo`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NameInfoFlags(u8);

impl NameInfoFlags {
    /// No flag.
    pub const NONE: Self = Self(0);
    /// `NI_NUMERICHOST`: the address as text.
    pub const NUMERICHOST: Self = Self(1 << 0);
    /// `NI_NUMERICSERV`: the port as text.
    pub const NUMERICSERV: Self = Self(1 << 1);
    /// `NI_NOFQDN`: only the node name of local hosts. Without effect, as no host has a name here.
    pub const NOFQDN: Self = Self(1 << 2);
    /// `NI_NAMEREQD`: an error where there is no name.
    pub const NAMEREQD: Self = Self(1 << 3);
    /// `NI_DGRAM`: the service is a datagram service.
    pub const DGRAM: Self = Self(1 << 4);

    /// The set with exactly these bits; bits that name no flag are dropped.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits & 0x1f)
    }

    /// The bits of the set.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Whether every flag of `other` is in the set.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl BitOr for NameInfoFlags {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for NameInfoFlags {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}
