//! Writing addresses: `inet_ntoa` and `inet_ntop`.

use alloc::format;
use alloc::string::{String, ToString};
use core::net::{Ipv4Addr, Ipv6Addr};

/// Writes dotted decimal.
///
/// # BSD
/// `inet_ntoa(3)`.
#[doc(alias = "inet_ntoa")]
#[must_use]
pub fn ntoa(packed: [u8; 4]) -> String {
    Ipv4Addr::from(packed).to_string()
}

/// Writes dotted decimal, as [`ntoa`].
///
/// # BSD
/// `inet_ntop(3)` for `AF_INET`.
#[doc(alias = "inet_ntop")]
#[must_use]
pub fn ntop4(packed: [u8; 4]) -> String {
    ntoa(packed)
}

/// Writes the canonical form of RFC 5952: lower case, no leading zeros, the first longest run of two or
/// more zero groups as `::`.
///
/// IPv4-mapped and IPv4-compatible addresses end in dotted decimal.
///
/// # BSD
/// `inet_ntop(3)` for `AF_INET6`.
#[doc(alias = "inet_ntop")]
#[must_use]
pub fn ntop6(packed: [u8; 16]) -> String {
    match packed {
        // Rust writes an IPv4-compatible address in hexadecimal. The GNU C library does so only when its
        // upper half is zero too: `::1` is the loopback address, not `::0.0.0.1`.
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, a, b, c, d] if (a, b) != (0, 0) => {
            format!("::{}", ntop4([a, b, c, d]))
        }
        _ => Ipv6Addr::from(packed).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Ipv6Addr, ntoa, ntop4, ntop6};

    #[test]
    fn ipv4_is_written_without_leading_zeros() {
        for (packed, text) in [
            ([0, 0, 0, 0], "0.0.0.0"),
            ([127, 0, 0, 1], "127.0.0.1"),
            ([123, 45, 67, 89], "123.45.67.89"),
            ([1, 10, 100, 0], "1.10.100.0"),
            ([255, 255, 255, 255], "255.255.255.255"),
        ] {
            assert_eq!(ntoa(packed), text);
            assert_eq!(ntop4(packed), text);
        }
    }

    #[test]
    fn ipv6_is_written_as_the_gnu_c_library_writes_it() {
        for (words, text) in [
            ([1, 2, 3, 4, 5, 6, 7, 8], "1:2:3:4:5:6:7:8"),
            ([0xABCD, 0xEF, 0, 0, 0, 0, 0, 0], "abcd:ef::"),
            // The longest run; of equals the first; never a single group.
            ([0; 8], "::"),
            ([1, 0, 0, 0, 0, 0, 0, 0], "1::"),
            ([0, 0, 0, 0, 0, 0, 0, 1], "::1"),
            ([1, 0, 0, 1, 0, 0, 0, 1], "1:0:0:1::1"),
            ([1, 0, 0, 1, 1, 0, 0, 1], "1::1:1:0:0:1"),
            ([0, 0, 1, 1, 1, 1, 0, 0], "::1:1:1:1:0:0"),
            ([1, 0, 1, 1, 1, 1, 1, 0], "1:0:1:1:1:1:1:0"),
            ([0, 2, 3, 4, 5, 6, 7, 8], "0:2:3:4:5:6:7:8"),
            ([1, 2, 3, 4, 5, 6, 0, 0], "1:2:3:4:5:6::"),
            // IPv4-mapped, whatever the address.
            ([0, 0, 0, 0, 0, 0xffff, 0x102, 0x304], "::ffff:1.2.3.4"),
            ([0, 0, 0, 0, 0, 0xffff, 0, 0], "::ffff:0.0.0.0"),
            // IPv4-compatible, unless its upper half is zero.
            ([0, 0, 0, 0, 0, 0, 0x102, 0x304], "::1.2.3.4"),
            ([0, 0, 0, 0, 0, 0, 1, 0], "::0.1.0.0"),
            ([0, 0, 0, 0, 0, 0, 1, 0xffff], "::0.1.255.255"),
            ([0, 0, 0, 0, 0, 0, 0, 0xffff], "::ffff"),
            ([0, 0, 0, 0, 0, 0, 0, 0x100], "::100"),
            // Near misses of both.
            ([0, 0, 0, 0, 0xffff, 0, 0x102, 0x304], "::ffff:0:102:304"),
            ([0, 0, 0, 0, 0, 0xfffe, 0x102, 0x304], "::fffe:102:304"),
            ([0, 0, 0, 0, 1, 0xffff, 0x102, 0x304], "::1:ffff:102:304"),
            ([1, 0, 0, 0, 0, 0, 0x102, 0x304], "1::102:304"),
        ] {
            assert_eq!(ntop6(Ipv6Addr::from(words).octets()), text);
        }
    }
}
