//! Families, types, protocols and services.

use alloc::vec::Vec;

use crate::create::{AddressFamily, SocketType};

use super::{AddrInfoFlags, Eai, Query, answer, plan, query};

const TCP: u32 = 6;
const UDP: u32 = 17;

/// Protocol and port of each entry; both follow from the type, which is checked.
fn entries(query: &Query<'_>) -> Result<Vec<(u32, u16)>, Eai> {
    let entries = answer(query)?.into_iter().map(|info| {
        let expected = match info.r#type {
            SocketType::Stream => TCP,
            SocketType::Dgram => UDP,
            other => panic!("{other:?}"),
        };
        assert_eq!(info.protocol, expected);
        (info.protocol, info.address.port())
    });
    Ok(entries.collect())
}

#[test]
fn type_and_protocol_choose_what_is_answered() {
    use SocketType::{Dgram, Other, Raw, Rdm, Seqpacket, Stream, Unspec};
    let (tcp, udp) = ((TCP, 80), (UDP, 80));
    for (r#type, protocol, expected) in [
        (Unspec, 0, Ok(&[tcp, udp][..])),
        (Stream, 0, Ok(&[tcp])),
        (Dgram, 0, Ok(&[udp])),
        (Unspec, TCP, Ok(&[tcp])),
        (Unspec, UDP, Ok(&[udp])),
        (Stream, TCP, Ok(&[tcp])),
        (Dgram, UDP, Ok(&[udp])),
        (Stream, UDP, Err(Eai::Socktype)),
        (Dgram, TCP, Err(Eai::Socktype)),
        (Stream, 1, Err(Eai::Socktype)),
        (Dgram, 99, Err(Eai::Socktype)),
        (Other, 0, Err(Eai::Socktype)),
        (Rdm, 0, Err(Eai::Socktype)),
        (Seqpacket, 0, Err(Eai::Socktype)),
        (Raw, 0, Err(Eai::Service)),
        (Raw, 1, Err(Eai::Service)),
        (Unspec, 1, Err(Eai::Service)),
        (Unspec, 99, Err(Eai::Service)),
        (Unspec, u32::MAX, Err(Eai::Service)),
    ] {
        let query = Query {
            r#type,
            protocol,
            ..query("127.0.0.1")
        };
        let expected = expected.map(<[_]>::to_vec);
        assert_eq!(entries(&query), expected, "{query:?}");
    }
}

/// Raw sockets have no services; without a service what is missing is the type.
#[test]
fn raw_sockets_are_not_answered() {
    for (service, expected) in [
        (None, Eai::Socktype),
        (Some(""), Eai::Socktype),
        (Some("80"), Eai::Service),
        (Some("http"), Eai::Service),
    ] {
        let query = Query {
            service,
            r#type: SocketType::Raw,
            ..query("127.0.0.1")
        };
        assert_eq!(plan(&query), Err(expected), "{query:?}");
    }
}

#[test]
fn entries_are_grouped_by_address() {
    let query = Query {
        host: None,
        r#type: SocketType::Unspec,
        ..query("")
    };
    let answered = answer(&query).unwrap();
    let shape: Vec<_> = answered
        .iter()
        .map(|info| (info.address.is_ipv6(), info.r#type))
        .collect();
    let (stream, dgram) = (SocketType::Stream, SocketType::Dgram);
    assert_eq!(
        shape,
        [
            (true, stream),
            (true, dgram),
            (false, stream),
            (false, dgram)
        ]
    );
}

#[test]
fn a_port_is_read_as_strtoul_reads_it() {
    for (service, port) in [
        ("80", 80),
        (" 80", 80),
        ("\t\n\x0b\x0c\r 80", 80),
        ("+80", 80),
        ("00080", 80),
        (" +080", 80),
        ("0", 0),
        ("-0", 0),
        ("65535", 65535),
        ("00000000000000000000000000065535", 65535),
    ] {
        for flags in [AddrInfoFlags::NONE, AddrInfoFlags::NUMERICSERV] {
            let query = Query {
                service: Some(service),
                flags,
                ..query("127.0.0.1")
            };
            assert_eq!(entries(&query), Ok([(TCP, port)].into()), "{query:?}");
        }
    }
}

#[test]
fn no_service_is_port_0() {
    for service in [None, Some(""), Some("*")] {
        for flags in [AddrInfoFlags::NONE, AddrInfoFlags::NUMERICSERV] {
            let query = Query {
                service,
                flags,
                ..query("127.0.0.1")
            };
            assert_eq!(entries(&query), Ok([(TCP, 0)].into()), "{query:?}");
        }
    }
}

/// The GNU C library takes these modulo 65536.
#[test]
fn a_number_that_is_no_port_is_no_service() {
    for service in [
        "-1",
        "65536",
        "70000",
        "99999999999",
        "-4294967216",
        "9223372036854775808",
        "99999999999999999999999999",
    ] {
        for flags in [AddrInfoFlags::NONE, AddrInfoFlags::NUMERICSERV] {
            let query = Query {
                service: Some(service),
                flags,
                ..query("127.0.0.1")
            };
            assert_eq!(plan(&query), Err(Eai::Service), "{query:?}");
        }
    }
}

#[test]
fn any_other_service_is_a_name() {
    for service in [
        "HTTP",
        "http ",
        " http",
        "80x",
        "0x50",
        "80 ",
        " ",
        "+",
        "-",
        "+-1",
        "- 1",
        "+ 80",
        "8 0",
        "80\0",
        "\0",
        "nosuchservice",
        "\u{ff18}0",
        "80t",
    ] {
        let query = Query {
            service: Some(service),
            ..query("127.0.0.1")
        };
        assert_eq!(plan(&query), Err(Eai::Service), "{query:?}");
        let numeric = Query {
            flags: AddrInfoFlags::NUMERICSERV,
            ..query
        };
        assert_eq!(plan(&numeric), Err(Eai::Noname), "{query:?}");
    }
    let known = Query {
        service: Some("http"),
        flags: AddrInfoFlags::NUMERICSERV,
        ..query("127.0.0.1")
    };
    assert_eq!(plan(&known), Err(Eai::Noname));
}

#[test]
fn a_service_is_answered_for_the_transports_it_has() {
    use SocketType::{Dgram, Raw, Stream, Unspec};
    for (service, r#type, protocol, expected) in [
        ("http", Unspec, 0, Ok(&[(TCP, 80)][..])),
        ("ssh", Unspec, 0, Ok(&[(TCP, 22)])),
        ("ftp", Unspec, 0, Ok(&[(TCP, 21)])),
        ("ntp", Unspec, 0, Ok(&[(UDP, 123)])),
        ("https", Unspec, 0, Ok(&[(TCP, 443), (UDP, 443)])),
        ("domain", Unspec, 0, Ok(&[(TCP, 53), (UDP, 53)])),
        ("http", Stream, 0, Ok(&[(TCP, 80)])),
        ("ntp", Stream, 0, Err(Eai::Service)),
        ("ssh", Dgram, 0, Err(Eai::Service)),
        ("ssh", Unspec, UDP, Err(Eai::Service)),
        ("ssh", Raw, 0, Err(Eai::Service)),
        ("ssh", Stream, UDP, Err(Eai::Socktype)),
    ] {
        let query = Query {
            service: Some(service),
            r#type,
            protocol,
            ..query("127.0.0.1")
        };
        let expected = expected.map(<[_]>::to_vec);
        assert_eq!(entries(&query), expected, "{query:?}");
    }
}

#[test]
fn other_families_are_refused_before_anything_they_would_be_asked_about() {
    for family in [AddressFamily::Unix, AddressFamily::Other] {
        for host in ["127.0.0.1", "::1", "example", "no such host"] {
            let query = Query {
                service: Some("nosuchservice"),
                family,
                r#type: SocketType::Other,
                ..query(host)
            };
            assert_eq!(plan(&query), Err(Eai::Family), "{query:?}");
        }
    }
}

/// A name is looked up only when there is a socket to reach it with.
#[test]
fn the_host_comes_last() {
    for host in ["::1", "no such host", "example"] {
        let by_service = Query {
            service: Some("nosuchservice"),
            family: AddressFamily::Inet,
            ..query(host)
        };
        assert_eq!(plan(&by_service), Err(Eai::Service), "{by_service:?}");
        let by_type = Query {
            protocol: UDP,
            ..by_service
        };
        assert_eq!(plan(&by_type), Err(Eai::Socktype), "{by_type:?}");
    }
}
