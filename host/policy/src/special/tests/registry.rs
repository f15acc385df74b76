//! The table against the registries, row by row.

use super::{Block, blocks};

/// What a registry says in its column "Globally Reachable".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reachable {
    Yes,
    No,
    /// "N/A", or nothing: the row is deprecated, or it depends.
    Open,
}

use Reachable::{No, Open, Yes};

/// Every row of <https://www.iana.org/assignments/iana-ipv4-special-registry>, updated 2025-10-09.
const IPV4: [(&str, Reachable, &str); 26] = [
    ("0.0.0.0/8", No, "RFC 791"),
    ("0.0.0.0/32", No, "RFC 1122"),
    ("10.0.0.0/8", No, "RFC 1918"),
    ("100.64.0.0/10", No, "RFC 6598"),
    ("127.0.0.0/8", No, "RFC 1122"),
    ("169.254.0.0/16", No, "RFC 3927"),
    ("172.16.0.0/12", No, "RFC 1918"),
    ("192.0.0.0/24", No, "RFC 6890"),
    ("192.0.0.0/29", No, "RFC 7335"),
    ("192.0.0.8/32", No, "RFC 7600"),
    ("192.0.0.9/32", Yes, "RFC 7723"),
    ("192.0.0.10/32", Yes, "RFC 8155"),
    // One row of the registry has both.
    ("192.0.0.170/32", No, "RFC 8880"),
    ("192.0.0.171/32", No, "RFC 8880"),
    ("192.0.2.0/24", No, "RFC 5737"),
    ("192.31.196.0/24", Yes, "RFC 7535"),
    ("192.52.193.0/24", Yes, "RFC 7450"),
    ("192.88.99.0/24", Open, "RFC 7526"),
    ("192.88.99.2/32", No, "RFC 6751"),
    ("192.168.0.0/16", No, "RFC 1918"),
    ("192.175.48.0/24", Yes, "RFC 7534"),
    ("198.18.0.0/15", No, "RFC 2544"),
    ("198.51.100.0/24", No, "RFC 5737"),
    ("203.0.113.0/24", No, "RFC 5737"),
    ("240.0.0.0/4", No, "RFC 1112"),
    ("255.255.255.255/32", No, "RFC 919"),
];

/// Every row of <https://www.iana.org/assignments/iana-ipv6-special-registry>, updated 2025-10-09.
const IPV6: [(&str, Reachable, &str); 25] = [
    ("::1/128", No, "RFC 4291"),
    ("::/128", No, "RFC 4291"),
    (MAPPED, No, "RFC 4291"),
    ("64:ff9b::/96", Yes, "RFC 6052"),
    ("64:ff9b:1::/48", No, "RFC 8215"),
    ("100::/64", No, "RFC 6666"),
    ("100:0:0:1::/64", No, "RFC 9780"),
    ("2001::/23", No, "RFC 2928"),
    ("2001::/32", Open, "RFC 4380"),
    ("2001:1::1/128", Yes, "RFC 7723"),
    ("2001:1::2/128", Yes, "RFC 8155"),
    ("2001:1::3/128", Yes, "RFC 9665"),
    ("2001:2::/48", No, "RFC 5180"),
    ("2001:3::/32", Yes, "RFC 7450"),
    ("2001:4:112::/48", Yes, "RFC 7535"),
    ("2001:10::/28", Open, "RFC 4843"),
    ("2001:20::/28", Yes, "RFC 7343"),
    ("2001:30::/28", Yes, "RFC 9374"),
    ("2001:db8::/32", No, "RFC 3849"),
    ("2002::/16", Open, "RFC 3056"),
    ("2620:4f:8000::/48", Yes, "RFC 7534"),
    ("3fff::/20", No, "RFC 9637"),
    ("5f00::/16", No, "RFC 9602"),
    ("fc00::/7", No, "RFC 4193"),
    ("fe80::/10", No, "RFC 4291"),
];

/// Left out of the table: such an address is taken for its IPv4 form before it is looked up.
const MAPPED: &str = "::ffff:0:0/96";

/// What the table has and the registries have not, with the reason.
const ADDED: [(&str, &str); 13] = [
    ("100.100.100.200/32", "metadata"),
    ("168.63.129.16/32", "metadata"),
    ("169.254.169.254/32", "metadata"),
    ("169.254.170.2/32", "credentials"),
    ("169.254.170.23/32", "credentials"),
    ("fd00:ec2::23/128", "credentials"),
    ("fd00:ec2::254/128", "metadata"),
    ("fd20:ce::254/128", "metadata"),
    ("224.0.0.0/4", "multicast, which has a registry of its own"),
    ("ff00::/8", "multicast, which has a registry of its own"),
    ("::/96", "carries IPv4, deprecated"),
    ("::ffff:0:0:0/96", "carries IPv4, obsolete"),
    ("fec0::/10", "site-local, deprecated"),
];

fn rows() -> impl Iterator<Item = (&'static str, Reachable, &'static str)> {
    IPV4.into_iter().chain(IPV6)
}

fn listed(net: &str) -> Option<&'static Block> {
    blocks().find(|block| block.net.to_string() == net)
}

#[test]
fn every_row_of_the_registries_is_in_the_table() {
    for (net, reachable, rfc) in rows().filter(|(net, ..)| *net != MAPPED) {
        let block = listed(net).unwrap_or_else(|| panic!("{net} is missing"));
        assert_eq!(block.reachable, reachable == Yes, "{net}");
        assert!(block.source.starts_with(rfc), "{net}: {}", block.source);
    }
    assert!(listed(MAPPED).is_none());
}

#[test]
fn every_other_block_is_there_for_a_reason() {
    let mut added: Vec<String> = blocks()
        .map(|block| block.net.to_string())
        .filter(|net| !rows().any(|(row, ..)| row == net))
        .collect();
    let mut reasoned: Vec<&str> = ADDED.iter().map(|(net, _reason)| *net).collect();
    added.sort();
    reasoned.sort();
    assert_eq!(added, reasoned);
    for (net, _reason) in ADDED {
        assert!(listed(net).is_some_and(|block| !block.reachable), "{net}");
    }
}
