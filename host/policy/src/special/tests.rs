mod registry;

use super::*;

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn blocks() -> impl Iterator<Item = &'static Block> {
    table::IPV4.iter().chain(table::IPV6)
}

#[test]
fn no_block_has_host_bits_and_none_is_listed_twice() {
    let mut seen = std::collections::HashSet::new();
    for block in blocks() {
        assert_eq!(block.net, block.net.trunc(), "{}", block.name);
        assert!(seen.insert(block.net), "{} is listed twice", block.net);
    }
}

#[test]
fn every_special_block_is_found_by_its_first_and_its_last_address() {
    for expected in blocks().filter(|block| !block.reachable) {
        for address in [expected.net.network(), expected.net.broadcast()] {
            let found = block(address).unwrap_or_else(|| panic!("{address} is not special"));
            assert!(expected.net.contains(&found.net), "{address}: {found:?}");
        }
    }
}

#[test]
fn the_internet_is_not_special() {
    for address in [
        "1.1.1.1",
        "8.8.8.8",
        "93.184.216.34",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "223.255.255.255",
        "2606:4700::1111",
        "2001:200::1",
        "2001:4860:4860::8888",
        "64:ff9b::8.8.8.8",
    ] {
        assert_eq!(
            Special::of(ip(address), &OwnAddresses::NONE),
            None,
            "{address}"
        );
    }
}

#[test]
fn reachable_rows_are_holes_in_the_blocks_around_them() {
    for (address, special) in [
        ("192.0.0.9", false),
        ("192.0.0.10", false),
        ("192.0.0.11", true),
        ("2001:1::1", false),
        ("2001:1::4", true),
        ("2001:3::1", false),
        ("2001:4:112::1", false),
        ("2001:4:113::1", true),
        ("2001:20::1", false),
        ("2001:30::1", false),
        ("2001:40::1", true),
    ] {
        assert_eq!(
            Special::of(ip(address), &OwnAddresses::NONE).is_some(),
            special,
            "{address}"
        );
    }
}

#[test]
fn the_reason_names_the_block_and_its_source() {
    for (address, expected) in [
        (
            "127.0.0.1",
            "127.0.0.1 is loopback (127.0.0.0/8, RFC 1122): \
             only a rule whose address lies inside that block reaches it",
        ),
        (
            "169.254.169.254",
            "169.254.169.254 is a cloud metadata service (169.254.169.254/32, most clouds): \
             only a rule for that very address reaches it",
        ),
        (
            "64:ff9b::10.1.2.3",
            "64:ff9b::a01:203 carries 10.1.2.3 (NAT64, RFC 6052), which is private (10.0.0.0/8, RFC 1918): \
             only a rule whose address lies inside 64:ff9b::a00:0/104 reaches it",
        ),
        (
            "2002:7f00:1::5",
            "2002:7f00:1::5 carries 127.0.0.1 (6to4, RFC 3056), which is loopback (127.0.0.0/8, RFC 1122): \
             only a rule whose address lies inside 2002:7f00::/24 reaches it",
        ),
        (
            "2002:808:808::5",
            "2002:808:808::5 is a 6to4 tunnel (2002::/16, RFC 3056): \
             only a rule whose address lies inside that block reaches it",
        ),
    ] {
        assert_eq!(
            Special::of(ip(address), &OwnAddresses::NONE)
                .unwrap()
                .to_string(),
            expected
        );
    }
}

#[test]
fn a_rule_means_a_special_address_if_it_lies_inside_its_block() {
    for (host, address, expected) in [
        ("10.1.0.0/16", "10.1.2.3", true),
        ("10.0.0.0/8", "10.1.2.3", true),
        ("8.0.0.0/5", "10.1.2.3", false),
        ("0.0.0.0/0", "10.1.2.3", false),
        ("169.254.0.0/16", "169.254.1.1", true),
        ("169.254.0.0/16", "169.254.169.254", false),
        ("169.254.169.254/32", "169.254.169.254", true),
        ("64:ff9b::/96", "64:ff9b::10.1.2.3", false),
        ("64:ff9b::a00:0/104", "64:ff9b::10.1.2.3", true),
        ("2002::/16", "2002:808:808::5", true),
        ("2002::/16", "2002:a00:1::5", false),
        ("2000::/3", "2002:808:808::5", false),
    ] {
        let special = Special::of(ip(address), &OwnAddresses::NONE).unwrap();
        assert_eq!(
            special.is_meant_by(&Host::Net(host.parse().unwrap())),
            expected,
            "{host} {address}"
        );
        assert!(!special.is_meant_by(&Host::Any), "{address}");
    }
}
