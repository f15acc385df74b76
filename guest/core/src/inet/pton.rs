//! The strict reading: `inet_pton`.
//!
//! The readers of `core` take exactly what the GNU C library takes, so they are used. Their documentation does
//! not promise the last detail; the tables below and the comparison with the C library hold it in place.

use core::net::{Ipv4Addr, Ipv6Addr};

/// Reads four decimal parts without leading zeros.
///
/// # BSD
/// `inet_pton(3)` for `AF_INET`, which answers 0 where this answers `None`.
#[doc(alias = "inet_pton")]
#[must_use]
pub fn pton4(text: &str) -> Option<[u8; 4]> {
    let address: Ipv4Addr = text.parse().ok()?;
    Some(address.octets())
}

/// Reads the text forms of RFC 4291, section 2.2, without a zone.
///
/// # BSD
/// `inet_pton(3)` for `AF_INET6`, which answers 0 where this answers `None`.
#[doc(alias = "inet_pton")]
#[must_use]
pub fn pton6(text: &str) -> Option<[u8; 16]> {
    let address: Ipv6Addr = text.parse().ok()?;
    Some(address.octets())
}

#[cfg(test)]
mod tests {
    use super::{Ipv6Addr, pton4, pton6};

    #[test]
    fn four_decimal_parts_are_read() {
        for (text, address) in [
            ("0.0.0.0", [0, 0, 0, 0]),
            ("127.0.0.1", [127, 0, 0, 1]),
            ("123.45.67.89", [123, 45, 67, 89]),
            ("255.255.255.255", [255, 255, 255, 255]),
        ] {
            assert_eq!(pton4(text), Some(address), "{text:?}");
        }
    }

    #[test]
    fn any_other_ipv4_is_refused() {
        for text in [
            "",
            ".",
            "1",
            "127.1",
            "1.2.3",
            "1.2.3.",
            ".1.2.3",
            "1..2.3",
            "1.2.3.4.",
            "1.2.3.4.5",
            "256.0.0.0",
            "0.0.0.256",
            "1.2.3.1000",
            // Leading zeros, which the BSDs read as octal.
            "01.2.3.4",
            "1.2.3.04",
            "00.0.0.0",
            "0x7f.0.0.1",
            // Signs, tails and other families.
            "+1.2.3.4",
            "-1.2.3.4",
            " 1.2.3.4",
            "1.2.3.4 ",
            "1.2.3.4\n",
            "1.2.3.4\0",
            "1.2.3.4/8",
            "1.2.3.4:80",
            "1.2.3.\u{ff14}",
            "::1",
            "::ffff:1.2.3.4",
            "localhost",
        ] {
            assert_eq!(pton4(text), None, "{text:?}");
        }
    }

    #[test]
    fn every_form_of_ipv6_is_read() {
        for (text, words) in [
            ("1:2:3:4:5:6:7:8", [1, 2, 3, 4, 5, 6, 7, 8]),
            ("::", [0; 8]),
            ("::1", [0, 0, 0, 0, 0, 0, 0, 1]),
            ("1::", [1, 0, 0, 0, 0, 0, 0, 0]),
            ("1::8", [1, 0, 0, 0, 0, 0, 0, 8]),
            ("ABcd:00ff::", [0xabcd, 0xff, 0, 0, 0, 0, 0, 0]),
            // "::" for a single group, wherever it is.
            ("::2:3:4:5:6:7:8", [0, 2, 3, 4, 5, 6, 7, 8]),
            ("1:2:3::5:6:7:8", [1, 2, 3, 0, 5, 6, 7, 8]),
            ("1:2:3:4:5:6:7::", [1, 2, 3, 4, 5, 6, 7, 0]),
            // Dotted decimal at the end.
            ("::1.2.3.4", [0, 0, 0, 0, 0, 0, 0x102, 0x304]),
            ("::ffff:1.2.3.4", [0, 0, 0, 0, 0, 0xffff, 0x102, 0x304]),
            ("::1:1.2.3.4", [0, 0, 0, 0, 0, 1, 0x102, 0x304]),
            ("1:2:3:4:5::1.2.3.4", [1, 2, 3, 4, 5, 0, 0x102, 0x304]),
            ("1:2:3:4:5:6:1.2.3.4", [1, 2, 3, 4, 5, 6, 0x102, 0x304]),
        ] {
            let address = Ipv6Addr::from(words).octets();
            assert_eq!(pton6(text), Some(address), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_ipv6_is_refused() {
        for text in [
            "",
            ":",
            "1",
            "1:",
            ":1",
            "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:",
            ":2:3:4:5:6:7:8",
            "1:2:3:4:5:6:7:8:9",
            "1:2:3:4:5:6:7:8:",
            // "::" twice, thrice the colon, or standing for nothing.
            "1::2::3",
            ":::",
            "1:::2",
            "1::2:",
            ":1::2",
            "::1:2:3:4:5:6:7:8",
            "1:2:3:4::5:6:7:8",
            "1:2:3:4:5:6:7:8::",
            "1:2:3:4:5:6::1.2.3.4",
            // Groups of no, of five and of other digits.
            "00001::",
            "1:12345::",
            "g::",
            "0x1::",
            "+1::",
            "-1::",
            // Dotted decimal that is not strict, not last, or too much.
            "::1.2.3",
            "::1.2.3.4.5",
            "::01.2.3.4",
            "::256.2.3.4",
            "::12345.1.1.1",
            "::1.2.3.4:5",
            "1.2.3.4::",
            "1:2:3:4:5:1.2.3.4",
            "1:2:3:4:5:6:7:1.2.3.4",
            // A zone, brackets, a prefix length, a tail, another family.
            "::1%lo",
            "fe80::1%1",
            "[::1]",
            "::1/128",
            " ::1",
            "::1 ",
            "::1\0",
            "127.0.0.1",
            "localhost",
        ] {
            assert_eq!(pton6(text), None, "{text:?}");
        }
    }
}
