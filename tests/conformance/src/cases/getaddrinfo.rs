//! `getaddrinfo`, as far as no resolver is needed.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use wasock_core::SockAddr;
use wasock_core::names::{AddrInfoFlags, Eai};

use crate::api::{AnyFamily, AnyType, Api, Question};
use crate::failure::{OrFail, expect_eq, expect_that};
use crate::{Failure, World};

const NUMERICHOST: AddrInfoFlags = AddrInfoFlags::NUMERICHOST;

/// A question about an address as text, for a stream.
pub(crate) fn about<'a>(host: &'a str, service: &'a str) -> Question<'a> {
    Question {
        host: Some(host),
        service: Some(service),
        family: AnyFamily::Unspec,
        kind: AnyType::Stream,
        protocol: 0,
        flags: NUMERICHOST,
    }
}

/// Fails unless the answer is this: for each entry its type, its protocol and its address.
fn expect_answer<A: Api>(
    world: &World<'_, A>,
    question: &Question<'_>,
    expected: &[&str],
) -> Result<(), Failure> {
    let what = format!("{question:?}");
    let answer = world.api.getaddrinfo(question, None).or_fail(&what)?;
    let found: Vec<String> = answer
        .iter()
        .map(|entry| {
            let kind = match entry.kind {
                AnyType::Stream => "stream",
                AnyType::Dgram => "dgram",
                _ => "other",
            };
            format!("{kind} {} {}", entry.protocol, entry.address)
        })
        .collect();
    expect_eq!(found, expected, "{what}");
    for entry in &answer {
        let family = match entry.address {
            SockAddr::V4(_) => AnyFamily::Inet,
            SockAddr::V6(_) => AnyFamily::Inet6,
        };
        expect_eq!(entry.family, family, "{what}: the family");
        if !question.flags.contains(AddrInfoFlags::CANONNAME) {
            expect_eq!(entry.canonname, None, "{what}: the canonical name");
        }
    }
    Ok(())
}

/// Fails unless the answer is this error.
fn expect_eai<A: Api>(
    world: &World<'_, A>,
    question: &Question<'_>,
    expected: Eai,
) -> Result<(), Failure> {
    match world.api.getaddrinfo(question, None) {
        Err(found) if found == expected => Ok(()),
        other => Err(Failure::new(format!(
            "{question:?}: expected {expected:?}, found {other:?}"
        ))),
    }
}

pub(crate) fn without_host_and_service_it_is_noname<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    for (host, service) in [(None, None), (Some("*"), None), (None, Some("*"))] {
        let question = Question {
            host,
            service,
            ..about("", "")
        };
        expect_eai(world, &question, Eai::Noname)?;
    }
    Ok(())
}

pub(crate) fn what_is_no_address_is_noname_under_numerichost<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let hosts = [
        "",
        "localhost",
        "name.test",
        "no such host",
        "256.256.256.256",
        "1.2.3.4.5",
        "08.0.0.1",
        " 127.0.0.1",
        "127.0.0.1 ",
        "127.0.0.1/8",
        "[::1]",
        "::1::",
        "::1%lo",
        "1e3",
        "name\0.test",
    ];
    for host in hosts {
        expect_eai(world, &about(host, "80"), Eai::Noname)?;
    }
    Ok(())
}

pub(crate) fn without_a_host_it_is_loopback_or_the_wildcard<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    for host in [None, Some("*")] {
        let question = Question {
            host,
            flags: AddrInfoFlags::NONE,
            ..about("", "80")
        };
        expect_answer(
            world,
            &question,
            &["stream 6 [::1]:80", "stream 6 127.0.0.1:80"],
        )?;
        let passive = Question {
            flags: AddrInfoFlags::PASSIVE,
            ..question
        };
        expect_answer(
            world,
            &passive,
            &["stream 6 0.0.0.0:80", "stream 6 [::]:80"],
        )?;
        let inet = Question {
            family: AnyFamily::Inet,
            ..question
        };
        expect_answer(world, &inet, &["stream 6 127.0.0.1:80"])?;
        let inet6 = Question {
            family: AnyFamily::Inet6,
            ..passive
        };
        expect_answer(world, &inet6, &["stream 6 [::]:80"])?;
    }
    Ok(())
}

pub(crate) fn an_address_is_answered_for_each_type_that_fits<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let stream = "stream 6 127.0.0.1:80";
    let dgram = "dgram 17 127.0.0.1:80";
    let fitting: [(AnyType, u32, &[&str]); 7] = [
        (AnyType::Unspec, 0, &[stream, dgram]),
        (AnyType::Unspec, 6, &[stream]),
        (AnyType::Unspec, 17, &[dgram]),
        (AnyType::Stream, 0, &[stream]),
        (AnyType::Stream, 6, &[stream]),
        (AnyType::Dgram, 0, &[dgram]),
        (AnyType::Dgram, 17, &[dgram]),
    ];
    for (kind, protocol, expected) in fitting {
        let question = Question {
            kind,
            protocol,
            ..about("127.0.0.1", "80")
        };
        expect_answer(world, &question, expected)?;
    }
    Ok(())
}

pub(crate) fn types_and_protocols_that_do_not_fit_are_errors<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let errors = [
        (AnyType::Stream, 17, Eai::Socktype),
        (AnyType::Dgram, 6, Eai::Socktype),
        (AnyType::Other, 0, Eai::Socktype),
        (AnyType::Raw, 0, Eai::Service),
        (AnyType::Unspec, 1, Eai::Service),
        (AnyType::Unspec, 99, Eai::Service),
    ];
    for (kind, protocol, expected) in errors {
        let question = Question {
            kind,
            protocol,
            ..about("127.0.0.1", "80")
        };
        expect_eai(world, &question, expected)?;
    }
    Ok(())
}

pub(crate) fn a_family_that_is_none_is_an_error<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    for family in [AnyFamily::Unix, AnyFamily::Other] {
        let question = Question {
            family,
            ..about("127.0.0.1", "80")
        };
        expect_eai(world, &question, Eai::Family)?;
    }
    Ok(())
}

pub(crate) fn an_address_of_the_other_family_is_addrfamily_or_mapped<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let four = Question {
        family: AnyFamily::Inet6,
        ..about("127.0.0.1", "80")
    };
    expect_eai(world, &four, Eai::Addrfamily)?;
    let six = Question {
        family: AnyFamily::Inet,
        ..about("::1", "80")
    };
    expect_eai(world, &six, Eai::Addrfamily)?;
    let mapped = Question {
        flags: NUMERICHOST | AddrInfoFlags::V4MAPPED,
        ..four
    };
    expect_answer(world, &mapped, &["stream 6 [::ffff:127.0.0.1]:80"])?;
    let any = Question {
        family: AnyFamily::Unspec,
        flags: NUMERICHOST | AddrInfoFlags::V4MAPPED | AddrInfoFlags::ALL,
        ..four
    };
    expect_answer(world, &any, &["stream 6 127.0.0.1:80"])?;
    expect_answer(
        world,
        &about("::ffff:1.2.3.4", "80"),
        &["stream 6 [::ffff:1.2.3.4]:80"],
    )
}

pub(crate) fn addresses_as_text_have_the_forms_of_inet_aton<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let forms = [
        ("127.1", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("0", "0.0.0.0"),
        ("1.2.65535", "1.2.255.255"),
        ("2001:DB8::1", "[2001:db8::1]"),
        ("::", "[::]"),
        ("fe80::1%1", "[fe80::1%1]"),
        ("fe80::1%999", "[fe80::1%999]"),
    ];
    for (host, address) in forms {
        for flags in [AddrInfoFlags::NONE, NUMERICHOST] {
            let question = Question {
                flags,
                ..about(host, "80")
            };
            let expected = format!("stream 6 {address}:80");
            expect_answer(world, &question, &[&expected])?;
        }
    }
    Ok(())
}

/// The machine may have no address of a family but loopback; what was given as text is an answer all the same.
pub(crate) fn addrconfig_leaves_addresses_as_text_alone<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let answers = [
        ("127.0.0.1", "stream 6 127.0.0.1:80"),
        ("::1", "stream 6 [::1]:80"),
        ("192.0.2.1", "stream 6 192.0.2.1:80"),
        ("2001:db8::1", "stream 6 [2001:db8::1]:80"),
    ];
    for (host, expected) in answers {
        let question = Question {
            flags: NUMERICHOST | AddrInfoFlags::ADDRCONFIG,
            ..about(host, "80")
        };
        expect_answer(world, &question, &[expected])?;
    }
    Ok(())
}

/// Every Linux system calls its loopback interface `lo`; what number it has is its own business.
pub(crate) fn the_zone_of_an_address_may_be_the_name_of_an_interface<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let answer = world.api.getaddrinfo(&about("fe80::1%lo", "80"), None);
    let zones: Vec<_> = answer
        .or_fail("getaddrinfo of fe80::1%lo")?
        .iter()
        .map(|entry| match entry.address {
            SockAddr::V4(_) => 0,
            SockAddr::V6(six) => six.scope_id(),
        })
        .collect();
    expect_that!(
        matches!(*zones, [zone] if zone != 0),
        "the zone of fe80::1%lo: expected one, and not 0, found {zones:?}"
    );
    Ok(())
}

pub(crate) fn the_name_localhost_is_loopback<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let question = Question {
        family: AnyFamily::Inet,
        flags: AddrInfoFlags::NONE,
        ..about("localhost", "80")
    };
    expect_answer(world, &question, &["stream 6 127.0.0.1:80"])
}

pub(crate) fn the_canonical_name_stands_in_the_first_entry<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let flags = NUMERICHOST | AddrInfoFlags::CANONNAME;
    for host in ["127.0.0.1", "127.1", "2001:DB8::1"] {
        let question = Question {
            kind: AnyType::Unspec,
            flags,
            ..about(host, "80")
        };
        let answer = world.api.getaddrinfo(&question, None).or_fail(host)?;
        let names: Vec<_> = answer.into_iter().map(|entry| entry.canonname).collect();
        expect_eq!(
            names,
            [Some(host.into()), None],
            "the canonical names of {host}"
        );
    }
    let question = Question {
        host: None,
        flags: AddrInfoFlags::CANONNAME,
        ..about("", "80")
    };
    expect_eai(world, &question, Eai::Badflags)
}

pub(crate) fn services_are_known_by_name_for_their_types<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let services: [(&str, &[&str]); 7] = [
        ("http", &["stream 6 127.0.0.1:80"]),
        ("ssh", &["stream 6 127.0.0.1:22"]),
        ("ftp", &["stream 6 127.0.0.1:21"]),
        (
            "https",
            &["stream 6 127.0.0.1:443", "dgram 17 127.0.0.1:443"],
        ),
        ("ntp", &["dgram 17 127.0.0.1:123"]),
        (
            "domain",
            &["stream 6 127.0.0.1:53", "dgram 17 127.0.0.1:53"],
        ),
        ("", &["stream 6 127.0.0.1:0", "dgram 17 127.0.0.1:0"]),
    ];
    for (service, expected) in services {
        let question = Question {
            kind: AnyType::Unspec,
            ..about("127.0.0.1", service)
        };
        expect_answer(world, &question, expected)?;
    }
    let question = Question {
        service: None,
        ..about("127.0.0.1", "")
    };
    expect_answer(world, &question, &["stream 6 127.0.0.1:0"])?;
    for (service, kind) in [("ntp", AnyType::Stream), ("ssh", AnyType::Dgram)] {
        let question = Question {
            kind,
            ..about("127.0.0.1", service)
        };
        expect_eai(world, &question, Eai::Service)?;
    }
    Ok(())
}

pub(crate) fn ports_as_text_are_decimal_numbers<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let numeric = NUMERICHOST | AddrInfoFlags::NUMERICSERV;
    for service in ["80", " 80", "+80", "00080"] {
        for flags in [NUMERICHOST, numeric] {
            let question = Question {
                flags,
                ..about("127.0.0.1", service)
            };
            expect_answer(world, &question, &["stream 6 127.0.0.1:80"])?;
        }
    }
    expect_answer(world, &about("::1", "65535"), &["stream 6 [::1]:65535"])?;
    for service in [
        "HTTP",
        "http ",
        "80x",
        "0x50",
        "80 ",
        "-1",
        "no-such-service",
    ] {
        expect_eai(world, &about("127.0.0.1", service), Eai::Service)?;
    }
    let question = Question {
        flags: numeric,
        ..about("127.0.0.1", "http")
    };
    expect_eai(world, &question, Eai::Noname)
}

pub(crate) fn a_port_above_65535_is_an_unknown_service<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    for service in ["65536", "70000", "99999999999"] {
        expect_eai(world, &about("127.0.0.1", service), Eai::Service)?;
    }
    Ok(())
}

/// What is answered leads to a socket that works.
pub(crate) fn an_answer_creates_and_connects_a_socket<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    use crate::api::Socket;

    let (listener, address) = world.listener()?;
    let (host, service) = (format!("{}", address.ip()), format!("{}", address.port()));
    let answer = world.api.getaddrinfo(&about(&host, &service), None);
    let answer = answer.or_fail("getaddrinfo")?;
    expect_that!(answer.len() == 1, "expected one entry, found {answer:?}");
    for entry in answer {
        let socket = world.api.create(entry.family, entry.kind, entry.protocol);
        let socket = socket.or_fail("create")?;
        socket.connect(entry.address).or_fail("connect")?;
        listener.accept().or_fail("accept")?;
    }
    Ok(())
}
