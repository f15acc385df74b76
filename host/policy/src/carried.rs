//! IPv6 addresses that carry an IPv4 address.
//!
//! A translator or a tunnel delivers what is sent to such an address to the IPv4 address inside. Denying 10.0.0.0/8 would
//! be worth little if `64:ff9b::10.0.0.1` went through, so what is refused is looked for inside as well. What is allowed
//! is not: an allow rule means the address that it names, since whether the IPv4 address is ever reached depends on a
//! network we know nothing about.
//!
//! IPv4-mapped addresses (`::ffff:10.0.0.1`) are not among these: they never leave the host as IPv6, they *are* the
//! IPv4 address, and are taken for it before any question is asked.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An IPv4 address inside an IPv6 one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Carried {
    /// The address inside.
    pub address: Ipv4Addr,
    /// How it is carried.
    pub form: Form,
    /// The bit of the IPv6 address at which it starts.
    start: u8,
}

/// The ways for an IPv6 address to carry an IPv4 one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// `64:ff9b::/96`, the well-known prefix of RFC 6052.
    Nat64,
    /// `64:ff9b:1::/48`, for translators within one network: RFC 8215, in any layout of RFC 6052 that fits.
    LocalNat64,
    /// `2002::/16`: RFC 3056.
    SixToFour,
    /// `2001::/32`, where the client's address is inverted: RFC 4380.
    Teredo,
    /// `::/96`, deprecated: RFC 4291, 2.5.5.1.
    Ipv4Compatible,
    /// `::ffff:0:0:0/96`, obsolete: RFC 2765, 2.1.
    Ipv4Translated,
}

impl Carried {
    /// The IPv4 addresses inside `address`. There may be several readings: the local NAT64 prefix does not say where in
    /// the address its users put them.
    pub(crate) fn all(address: IpAddr) -> impl Iterator<Item = Self> + Clone {
        let readings = match address {
            IpAddr::V4(_) => [None; 4],
            IpAddr::V6(address) => readings(address),
        };
        readings.into_iter().flatten()
    }

    /// The length of the IPv6 prefix that fixes the first `inner` bits of the IPv4 address.
    pub(crate) fn outer_prefix_len(&self, inner: u8) -> u8 {
        let end = self.start + inner;
        if self.start < RESERVED_OCTET && end > RESERVED_OCTET {
            end + 8
        } else {
            end
        }
    }

    fn new(form: Form, bits: u128, start: u8) -> Self {
        let from_top = bits << start;
        let address = if start < RESERVED_OCTET && start + 32 > RESERVED_OCTET {
            // The halves stand before and behind the octet that is left out.
            let before = RESERVED_OCTET - start;
            let behind = bits << (RESERVED_OCTET + 8);
            top_32(from_top) & !(u32::MAX >> before) | top_32(behind) >> before
        } else {
            top_32(from_top)
        };
        Self {
            address: Ipv4Addr::from_bits(address),
            form,
            start,
        }
    }
}

/// Bits 64 to 71 of an address of RFC 6052 are zero and not part of the IPv4 address.
const RESERVED_OCTET: u8 = 64;

fn readings(address: Ipv6Addr) -> [Option<Carried>; 4] {
    let bits = address.to_bits();
    let at = |form, start| Some(Carried::new(form, bits, start));
    match address.segments() {
        // :: and ::1 have the shape of compatible addresses, and are not (RFC 4291, 2.5.5.1).
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => [None; 4],
        [0, 0, 0, 0, 0, 0, _, _] => [at(Form::Ipv4Compatible, 96), None, None, None],
        [0, 0, 0, 0, 0xffff, 0, _, _] => [at(Form::Ipv4Translated, 96), None, None, None],
        [0x64, 0xff9b, 0, 0, 0, 0, _, _] => [at(Form::Nat64, 96), None, None, None],
        // RFC 6052, 2.2: the layouts of prefixes of 96, 64, 56 and 48 bits.
        [0x64, 0xff9b, 1, ..] => [96, 72, 56, 48].map(|start| at(Form::LocalNat64, start)),
        [0x2002, ..] => [at(Form::SixToFour, 16), None, None, None],
        [0x2001, 0, ..] => [
            Some(Carried::new(Form::Teredo, !bits, 96)),
            None,
            None,
            None,
        ],
        _ => [None; 4],
    }
}

fn top_32(bits: u128) -> u32 {
    // The upper quarter of 128 bits fits.
    (bits >> 96) as u32
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nat64 => "NAT64, RFC 6052",
            Self::LocalNat64 => "local NAT64, RFC 8215",
            Self::SixToFour => "6to4, RFC 3056",
            Self::Teredo => "Teredo, RFC 4380",
            Self::Ipv4Compatible => "IPv4-compatible, RFC 4291",
            Self::Ipv4Translated => "IPv4-translated, RFC 2765",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn carried(text: &str) -> Vec<String> {
        Carried::all(text.parse().unwrap())
            .map(|carried| carried.address.to_string())
            .collect()
    }

    #[test]
    fn every_form_yields_the_address_inside() {
        for (outer, inner) in [
            ("64:ff9b::192.0.2.33", "192.0.2.33"),
            ("2002:c000:221::1", "192.0.2.33"),
            ("::192.0.2.33", "192.0.2.33"),
            ("::ffff:0:192.0.2.33", "192.0.2.33"),
            // The example of RFC 4380: client 192.0.2.45, inverted.
            ("2001:0:4136:e378:8000:63bf:3fff:fdd2", "192.0.2.45"),
        ] {
            assert_eq!(carried(outer), [inner], "{outer}");
        }
    }

    #[test]
    fn the_local_nat64_prefix_is_read_in_every_layout() {
        // The layouts of RFC 6052, 2.4, under the prefix of RFC 8215.
        for outer in [
            "64:ff9b:1:c000:2:2100::",
            "64:ff9b:1:aac0:0:221::",
            "64:ff9b:1:aabb:c0:2:2100:0",
            "64:ff9b:1:aabb:0:0:192.0.2.33",
        ] {
            assert!(
                carried(outer).contains(&"192.0.2.33".to_owned()),
                "{outer}: {:?}",
                carried(outer)
            );
        }
    }

    #[test]
    fn other_addresses_carry_nothing() {
        for outer in [
            "192.0.2.33",
            "::",
            "::1",
            "2001:db8::192.0.2.33",
            "fe80::192.0.2.33",
        ] {
            assert_eq!(carried(outer), [""; 0], "{outer}");
        }
    }

    #[test]
    fn the_prefix_of_the_address_inside_is_found_outside() {
        for (outer, form, inner_len, expected) in [
            ("64:ff9b::7f00:1", Form::Nat64, 8, [104].as_slice()),
            ("2002:7f00:1::", Form::SixToFour, 8, &[24]),
            ("64:ff9b:1::", Form::LocalNat64, 8, &[104, 80, 64, 56]),
            ("64:ff9b:1::", Form::LocalNat64, 32, &[128, 104, 96, 88]),
        ] {
            let carried: Vec<_> = Carried::all(outer.parse().unwrap()).collect();
            assert!(
                carried.iter().all(|carried| carried.form == form),
                "{outer}"
            );
            let lengths: Vec<_> = carried
                .iter()
                .map(|carried| carried.outer_prefix_len(inner_len))
                .collect();
            assert_eq!(lengths, expected, "{outer}");
        }
    }
}
