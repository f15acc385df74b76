//! What a guest asks the addresses of, as it wrote it.

use std::net::IpAddr;

use url::Host;
use wasock_policy::{Name, NameError};

/// A text that has addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// An address: nobody needs to be asked.
    Address(IpAddr),
    /// A name.
    Name(Name),
}

impl Asked {
    /// What the text means. WASI has names in other scripts taken in their `xn--` form, and wasmtime takes what looks like a
    /// number for the IPv4 address that it is to the URL standard; here it is the same.
    pub(crate) fn parse(text: &str) -> Result<Self, NameError> {
        let bare = text
            .strip_prefix('[')
            .and_then(|text| text.strip_suffix(']'))
            .unwrap_or(text);
        if let Ok(address) = bare.parse::<IpAddr>() {
            return Ok(Self::Address(address.to_canonical()));
        }
        match Name::parse(text) {
            Ok(name) => Ok(Self::Name(name)),
            Err(error @ (NameError::Numeric | NameError::NotAscii)) => {
                Self::parse_as_url(text, error)
            }
            Err(error) => Err(error),
        }
    }

    fn parse_as_url(text: &str, error: NameError) -> Result<Self, NameError> {
        match Host::parse(text) {
            Ok(Host::Ipv4(address)) => Ok(Self::Address(address.into())),
            Ok(Host::Ipv6(address)) => Ok(Self::Address(IpAddr::from(address).to_canonical())),
            Ok(Host::Domain(domain)) => Name::parse(&domain).map(Self::Name),
            Err(_) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_known_in_every_disguise() {
        for (text, address) in [
            ("192.0.2.1", "192.0.2.1"),
            ("127.1", "127.0.0.1"),
            ("0x7f.1", "127.0.0.1"),
            ("2130706433", "127.0.0.1"),
            ("::1", "::1"),
            ("[::1]", "::1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
        ] {
            let address = Asked::Address(address.parse().unwrap());
            assert_eq!(Asked::parse(text), Ok(address), "{text}");
        }
    }

    #[test]
    fn names_have_one_form() {
        for (text, name) in [
            ("Example.COM.", "example.com"),
            ("bücher.example", "xn--bcher-kva.example"),
            ("BÜCHER.example", "xn--bcher-kva.example"),
            ("_dns.example", "_dns.example"),
        ] {
            let name = Asked::Name(name.parse().unwrap());
            assert_eq!(Asked::parse(text), Ok(name), "{text}");
        }
    }

    #[test]
    fn the_rest_is_nothing() {
        let long = "a".repeat(100_000);
        for text in [
            "",
            ".",
            "a b",
            "a\0b",
            "a/b",
            "a%41",
            "999.1",
            "1.2.3.4.5",
            "fe80::1%1",
            "１２７.0.0.1",
            "[::1",
            "ü b",
            "ü%00",
            &long,
        ] {
            assert!(Asked::parse(text).is_err(), "{text:?}");
        }
    }
}
