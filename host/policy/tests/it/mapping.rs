//! Mappings: their texts, their mistakes, and where they lead.

use wasock_policy::{Mapping, ParseError, Policy, Protocol};

use crate::{addr, headline, name};

fn mapping(text: &str) -> Result<Mapping, ParseError> {
    text.parse()
}

fn mapped(texts: &[&str]) -> Policy {
    texts
        .iter()
        .fold(Policy::builder(), |builder, text| {
            builder.map(mapping(text).unwrap())
        })
        .build()
}

#[test]
fn a_mapping_is_shown_in_one_form() {
    for (text, expected) in [
        ("tcp://any:80=127.0.0.1:8080", "tcp://any:80=127.0.0.1:8080"),
        ("tcp://*:0080=127.0.0.1:8080", "tcp://any:80=127.0.0.1:8080"),
        (
            "udp://10.0.0.53:53=127.0.0.1:5353",
            "udp://10.0.0.53:53=127.0.0.1:5353",
        ),
        (
            "tcp://10.0.0.0/8:80=10.0.0.1:80",
            "tcp://10.0.0.0/8:80=10.0.0.1:80",
        ),
        (
            "tcp://localhost:80=[::1]:8080",
            "tcp://localhost:80=[::1]:8080",
        ),
        (
            "tcp://[2001:DB8::]/32:80=[::1]:8080",
            "tcp://[2001:db8::]/32:80=[::1]:8080",
        ),
        (
            "tcp://[::ffff:10.0.0.1]:80=[::ffff:10.0.0.2]:80",
            "tcp://10.0.0.1:80=10.0.0.2:80",
        ),
        ("DB.internal.=10.0.0.5", "db.internal=10.0.0.5"),
        ("db.internal=fd00::5", "db.internal=fd00::5"),
        ("db.internal=[fd00::5]", "db.internal=fd00::5"),
    ] {
        assert_eq!(
            mapping(text).map(|mapping| mapping.to_string()),
            Ok(expected.to_owned())
        );
    }
}

#[test]
fn a_mapping_that_is_none_says_what_belongs_there() {
    for (text, expected) in [
        (
            "",
            "expected a mapping such as tcp://any:80=127.0.0.1:8080 or db.internal=10.0.0.5, but found nothing",
        ),
        (
            "tcp://any:80",
            "expected \"=\" and where it leads, but found the end of the mapping",
        ),
        (
            "tcp://any:80->127.0.0.1:8080",
            "expected \"=\" and where it leads, but found \"->\"; did you mean tcp://any:80=127.0.0.1:8080?",
        ),
        (
            "tcp://any:80,81=127.0.0.1:8080",
            "expected one port from 1 to 65535, but found \"80,81\"",
        ),
        (
            "tcp://any:0=127.0.0.1:8080",
            "expected one port from 1 to 65535, but found \"0\"",
        ),
        (
            "tcp://db.internal:5432=10.0.0.5:5432",
            "expected any, localhost, an address or a network (a name is mapped by itself: db.internal=10.0.0.5), \
             but found \"db.internal\"",
        ),
        (
            "tcp://any:80=",
            "expected an address and a port such as 127.0.0.1:8080 or [::1]:8080, but found the end of the mapping",
        ),
        (
            "tcp://any:80=127.0.0.1",
            "expected an address and a port such as 127.0.0.1:8080 or [::1]:8080, but found \"127.0.0.1\"",
        ),
        (
            "tcp://any:80=127.0.0.1:0",
            "expected an address and a port such as 127.0.0.1:8080 or [::1]:8080, but found \"127.0.0.1:0\"",
        ),
        (
            "tcp://any:80=db.internal:80",
            "expected an address and a port such as 127.0.0.1:8080 or [::1]:8080, but found \"db.internal:80\"",
        ),
        (
            "tcp://any:80=[fe80::1%3]:80",
            "expected an address and a port such as 127.0.0.1:8080 or [::1]:8080, but found \"[fe80::1%3]:80\"",
        ),
        (
            "tcp://10.0.0.1:80=[::1]:80",
            "expected IPv4 on both sides, or IPv6 (a socket has one family), but found \"[::1]:80\"",
        ),
        (
            "*.internal=10.0.0.5",
            "expected one name such as db.internal, or tcp:// or udp:// and an address, but found \"*.internal\"",
        ),
        (
            "localhost=10.0.0.5",
            "expected one name such as db.internal, or tcp:// or udp:// and an address, but found \"localhost\"",
        ),
        (
            "10.0.0.1:80=10.0.0.5:80",
            "expected one name such as db.internal, or tcp:// or udp:// and an address, but found \"10.0.0.1:80\"",
        ),
        (
            "db.internal=10.0.0.5:80",
            "expected an address such as 10.0.0.5 or fd00::5 (a port is mapped apart: tcp://any:80=127.0.0.1:8080), \
             but found \"10.0.0.5:80\"",
        ),
        (
            "db.internal=db2.internal",
            "expected an address such as 10.0.0.5 or fd00::5 (a port is mapped apart: tcp://any:80=127.0.0.1:8080), \
             but found \"db2.internal\"",
        ),
        (
            "db.internal=0x0a000005",
            "expected an IPv4 address in its usual form (write 10.0.0.5), but found \"0x0a000005\"; \
             did you mean db.internal=10.0.0.5?",
        ),
    ] {
        assert_eq!(
            mapping(text).map_err(headline),
            Err(expected.to_owned()),
            "{text}"
        );
    }
}

#[test]
fn the_first_mapping_in_order_counts() {
    let policy = mapped(&[
        "tcp://10.0.0.0/8:80=127.0.0.1:1",
        "tcp://10.0.0.1:80=127.0.0.1:2",
        "tcp://any:80=127.0.0.1:3",
        "tcp://any:80=[::1]:4",
        "udp://any:80=127.0.0.1:5",
    ]);
    for (remote, expected) in [
        ("10.0.0.1:80", Some("127.0.0.1:1")),
        ("8.8.8.8:80", Some("127.0.0.1:3")),
        ("[::ffff:10.0.0.1]:80", Some("127.0.0.1:1")),
        ("[2001:db8::1]:80", Some("[::1]:4")),
        // A target is not mapped again, and another port not at all.
        ("127.0.0.1:3", None),
        ("10.0.0.1:81", None),
    ] {
        let target = policy.map(Protocol::Tcp, addr(remote));
        assert_eq!(target, expected.map(addr), "{remote}");
    }
    assert_eq!(
        policy.map(Protocol::Udp, addr("10.0.0.1:80")),
        Some(addr("127.0.0.1:5"))
    );
}

#[test]
fn any_is_every_address_of_the_family_of_the_target() {
    let policy = mapped(&[
        "tcp://any:80=127.0.0.1:8080",
        "tcp://localhost:81=[::1]:8081",
    ]);
    for (remote, expected) in [
        ("8.8.8.8:80", Some("127.0.0.1:8080")),
        ("[2001:db8::1]:80", None),
        ("[::1]:81", Some("[::1]:8081")),
        ("127.0.0.1:81", None),
    ] {
        let target = policy.map(Protocol::Tcp, addr(remote));
        assert_eq!(target, expected.map(addr), "{remote}");
    }
}

#[test]
fn a_name_has_all_the_addresses_it_is_mapped_to() {
    let policy = mapped(&[
        "db.internal=10.0.0.5",
        "db.internal=fd00::5",
        "db.internal=10.0.0.5",
    ]);
    let addresses = ["10.0.0.5".parse().unwrap(), "fd00::5".parse().unwrap()];
    assert_eq!(policy.map_name(&name("DB.internal")), Some(&addresses[..]));
    assert_eq!(policy.map_name(&name("x.db.internal")), None);
    assert_eq!(policy.mappings().len(), 3);
}
