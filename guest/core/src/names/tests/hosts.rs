//! What a host can be, as long as no resolver is asked.

use alloc::string::String;

use crate::create::AddressFamily;

use super::{AddrInfoFlags, Eai, Plan, Query, addresses, answer, plan, query};

const FAMILIES: [AddressFamily; 3] = [
    AddressFamily::Unspec,
    AddressFamily::Inet,
    AddressFamily::Inet6,
];

#[test]
fn something_has_to_be_asked_for() {
    for (host, service) in [
        (None, None),
        (Some("*"), None),
        (None, Some("*")),
        (Some("*"), Some("*")),
    ] {
        for family in [AddressFamily::Unspec, AddressFamily::Other] {
            let query = Query {
                host,
                service,
                family,
                ..query("")
            };
            assert_eq!(plan(&query), Err(Eai::Noname), "{query:?}");
        }
    }
}

#[test]
fn without_a_host_it_is_loopback_or_the_wildcard() {
    let passive = AddrInfoFlags::PASSIVE;
    for (family, flags, expected) in [
        (
            AddressFamily::Unspec,
            AddrInfoFlags::NONE,
            &["::1", "127.0.0.1"][..],
        ),
        (AddressFamily::Inet, AddrInfoFlags::NONE, &["127.0.0.1"]),
        (AddressFamily::Inet6, AddrInfoFlags::NONE, &["::1"]),
        (AddressFamily::Unspec, passive, &["0.0.0.0", "::"]),
        (AddressFamily::Inet, passive, &["0.0.0.0"]),
        (AddressFamily::Inet6, passive, &["::"]),
        // Flags about names and about families that are there anyway.
        (
            AddressFamily::Unspec,
            AddrInfoFlags::NUMERICHOST,
            &["::1", "127.0.0.1"],
        ),
        (
            AddressFamily::Unspec,
            AddrInfoFlags::ADDRCONFIG,
            &["::1", "127.0.0.1"],
        ),
        (
            AddressFamily::Inet6,
            AddrInfoFlags::V4MAPPED | AddrInfoFlags::ALL,
            &["::1"],
        ),
    ] {
        for host in [None, Some("*")] {
            let query = Query {
                host,
                family,
                flags,
                ..query("")
            };
            assert_eq!(addresses(&query).unwrap(), expected, "{query:?}");
        }
    }
}

#[test]
fn the_empty_service_is_port_0() {
    let query = Query {
        host: None,
        service: Some(""),
        ..query("")
    };
    assert_eq!(addresses(&query).unwrap(), ["[::1]:0", "127.0.0.1:0"]);
}

#[test]
fn addresses_are_read_as_inet_aton_and_inet_pton_read_them() {
    for (host, expected) in [
        ("127.0.0.1", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("0", "0.0.0.0"),
        ("::1", "::1"),
        ("::", "::"),
        ("::ffff:1.2.3.4", "::ffff:1.2.3.4"),
        ("fe80::1%3", "fe80::1%3"),
        ("fe80::1%03", "fe80::1%3"),
        ("fe80::1%0", "fe80::1"),
        ("fe80::1%4294967295", "fe80::1%4294967295"),
        ("ff02::1%999", "ff02::1%999"),
        // Where there are no zones, as the GNU C library has it.
        ("::1%1", "::1%1"),
    ] {
        for flags in [
            AddrInfoFlags::NONE,
            AddrInfoFlags::NUMERICHOST,
            AddrInfoFlags::PASSIVE,
            AddrInfoFlags::ADDRCONFIG,
            AddrInfoFlags::V4MAPPED | AddrInfoFlags::ALL,
        ] {
            let query = Query {
                flags,
                ..query(host)
            };
            assert_eq!(addresses(&query).unwrap(), [expected], "{query:?}");
        }
    }
}

#[test]
fn an_address_has_one_family() {
    let (inet, inet6) = (AddressFamily::Inet, AddressFamily::Inet6);
    let (none, mapped) = (AddrInfoFlags::NONE, AddrInfoFlags::V4MAPPED);
    let all = AddrInfoFlags::ALL;
    for (host, family, flags, expected) in [
        ("127.0.0.1", inet, none, Ok("127.0.0.1")),
        ("127.0.0.1", inet6, none, Err(Eai::Addrfamily)),
        ("127.0.0.1", inet6, mapped, Ok("::ffff:127.0.0.1")),
        ("127.0.0.1", inet6, mapped | all, Ok("::ffff:127.0.0.1")),
        ("127.0.0.1", inet6, all, Err(Eai::Addrfamily)),
        ("127.0.0.1", inet, mapped | all, Ok("127.0.0.1")),
        ("::1", inet6, none, Ok("::1")),
        ("::1", inet, none, Err(Eai::Addrfamily)),
        ("::1", inet, mapped, Err(Eai::Addrfamily)),
        ("::ffff:1.2.3.4", inet, none, Ok("1.2.3.4")),
        ("::1.2.3.4", inet, none, Err(Eai::Addrfamily)),
    ] {
        let query = Query {
            family,
            flags,
            ..query(host)
        };
        let answered = addresses(&query).map(|list| list.join(" "));
        assert_eq!(answered, expected.map(String::from), "{query:?}");
    }
}

#[test]
fn a_zone_is_a_number() {
    for host in [
        "::1%",
        "::1%lo",
        "fe80::1%lo",
        "fe80::1%",
        "fe80::1%-1",
        "fe80::1%+1",
        "fe80::1% 1",
        "fe80::1%0x1",
        "fe80::1%1%1",
        "fe80::1%4294967296",
    ] {
        for (family, expected) in [
            (AddressFamily::Unspec, Eai::Noname),
            (AddressFamily::Inet6, Eai::Noname),
            // That is seen before the zone is.
            (AddressFamily::Inet, Eai::Addrfamily),
        ] {
            let query = Query {
                family,
                ..query(host)
            };
            assert_eq!(plan(&query), Err(expected), "{query:?}");
        }
    }
}

#[test]
fn what_is_no_host_is_never_asked_for() {
    let long_label = "a".repeat(64) + ".example";
    let long_name = "a.".repeat(126) + "bc";
    for host in [
        "",
        " ",
        ".",
        "..",
        "no such host",
        "a..b",
        ".a",
        "a..",
        &long_label,
        &long_name,
        // Addresses, nearly.
        "256.256.256.256",
        "1.2.3.4.5",
        "1.2.3.4.",
        "127.0.0.1.",
        "08",
        "0x",
        "0X",
        "0x.",
        "0xg.0x7f",
        "example.123",
        "example.0x1f.",
        "4294967296",
        " 127.0.0.1",
        "127.0.0.1 ",
        "127.0.0.1\n",
        "127.0.0.1:80",
        "127.0.0.1/8",
        "127.0.0.1%1",
        "[::1]",
        "[127.0.0.1]",
        "::1 ",
        ":::",
        "1::2::3",
        "%1",
        // What a resolver could decode into something else.
        "%31%32%37.0.0.1",
        "\u{ff11}27.0.0.1",
        "127\u{3002}0.0.1",
        "b\u{fc}cher.example",
        "x\0y",
        "127.0.0.1\0.example",
        "a\nb",
        "a\x7f",
        "user@example",
        "example:80",
        "a/b",
        "a*",
        "**",
    ] {
        for family in FAMILIES {
            for flags in [AddrInfoFlags::NONE, AddrInfoFlags::NUMERICHOST] {
                let query = Query {
                    family,
                    flags,
                    ..query(host)
                };
                assert_eq!(plan(&query), Err(Eai::Noname), "{query:?}");
            }
        }
    }
}

#[test]
fn names_are_asked_for_as_they_are() {
    let label = "a".repeat(63) + ".example";
    let name = "a.".repeat(126) + "b";
    let rooted = "a.".repeat(127);
    for host in [
        "example",
        "Example.COM",
        "example.com.",
        "a-b.c_d.example",
        "-",
        "1.2.3.4.example",
        "0x7f.example",
        "1e3",
        "0x1g",
        "xn--bcher-kva.example",
        "localhost.example",
        "notlocalhost",
        "a.b.localhost",
        "a.LOCALHOST.",
        &label,
        &name,
        &rooted,
    ] {
        match plan(&query(host)) {
            Ok(Plan::Lookup(lookup)) => assert_eq!(lookup.name(), host),
            other => panic!("{host:?}: {other:?}"),
        }
        let numeric = Query {
            flags: AddrInfoFlags::NUMERICHOST,
            ..query(host)
        };
        assert_eq!(plan(&numeric), Err(Eai::Noname), "{host:?}");
    }
}

#[test]
fn localhost_is_answered_here() {
    let (inet, inet6) = (AddressFamily::Inet, AddressFamily::Inet6);
    let mapped = AddrInfoFlags::V4MAPPED;
    for host in ["localhost", "LocalHost", "localhost.", "LOCALHOST."] {
        for (family, flags, expected) in [
            (
                AddressFamily::Unspec,
                AddrInfoFlags::NONE,
                &["::1", "127.0.0.1"][..],
            ),
            (
                AddressFamily::Unspec,
                AddrInfoFlags::PASSIVE,
                &["::1", "127.0.0.1"],
            ),
            (
                AddressFamily::Unspec,
                AddrInfoFlags::ADDRCONFIG,
                &["::1", "127.0.0.1"],
            ),
            (inet, AddrInfoFlags::NONE, &["127.0.0.1"]),
            (inet6, AddrInfoFlags::NONE, &["::1"]),
            (inet6, mapped, &["::1"]),
            (
                inet6,
                mapped | AddrInfoFlags::ALL,
                &["::1", "::ffff:127.0.0.1"],
            ),
        ] {
            let query = Query {
                family,
                flags,
                ..query(host)
            };
            assert_eq!(addresses(&query).unwrap(), expected, "{query:?}");
        }
        let numeric = Query {
            flags: AddrInfoFlags::NUMERICHOST,
            ..query(host)
        };
        assert_eq!(plan(&numeric), Err(Eai::Noname), "{host:?}");
    }
    assert_eq!(plan(&query("a..localhost")), Err(Eai::Noname));
}

#[test]
fn the_canonical_name_is_the_host_as_given_and_in_the_first_entry() {
    for host in [
        "127.1",
        "::ffff:1.2.3.4",
        "fe80::1%3",
        "localhost",
        "LOCALHOST.",
    ] {
        let with = Query {
            r#type: crate::create::SocketType::Unspec,
            flags: AddrInfoFlags::CANONNAME,
            ..query(host)
        };
        let answered = answer(&with).unwrap();
        let mut names = answered.iter().map(|info| info.canonname.as_deref());
        assert_eq!(names.next(), Some(Some(host)));
        assert!(
            names.len() > 0 && names.all(|name| name.is_none()),
            "{host:?}"
        );

        let without = answer(&query(host)).unwrap();
        assert!(without.iter().all(|info| info.canonname.is_none()));
    }
}

#[test]
fn there_is_no_canonical_name_without_a_host() {
    for host in [None, Some("*")] {
        for flags in [AddrInfoFlags::NONE, AddrInfoFlags::NUMERICSERV] {
            let query = Query {
                host,
                service: Some("http"),
                family: AddressFamily::Other,
                flags: flags | AddrInfoFlags::CANONNAME,
                ..query("")
            };
            assert_eq!(plan(&query), Err(Eai::Badflags), "{query:?}");
        }
    }
}
