//! `getaddrinfo` and `getnameinfo`: what is answered without a resolver, what one is asked, and what is made of its
//! answers.

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod glibc;
mod resolver;

use std::net::IpAddr;

use wasock_core::addr::{Family, SocketAddrV6};
use wasock_core::create::{AddressFamily, SocketType};
use wasock_core::names::{
    AddrInfo, AddrInfoFlags, Eai, Families, Lookup, NameInfoFlags, Plan, Query, Transport,
    getnameinfo, plan, services,
};
use wasock_core::{SockAddr, inet};

use crate::input::Input;

/// A query, with the answers of a resolver behind it.
pub(crate) fn getaddrinfo(data: &[u8]) {
    let mut input = Input::new(data);
    let flags = AddrInfoFlags::from_bits(input.byte());
    let family = input.pick(&[
        AddressFamily::Unspec,
        AddressFamily::Inet,
        AddressFamily::Inet6,
        AddressFamily::Unix,
        AddressFamily::Other,
    ]);
    let r#type = input.pick(&[
        SocketType::Unspec,
        SocketType::Stream,
        SocketType::Dgram,
        SocketType::Raw,
        SocketType::Seqpacket,
        SocketType::Other,
    ]);
    let protocol = input.pick(&[0, 6, 17, 1, 132, u32::MAX]);
    let given = input.byte();
    let (host, service) = (input.text(), input.text());
    let query = Query {
        host: (given & 1 == 0).then_some(host.as_str()),
        service: (given & 2 == 0).then_some(service.as_str()),
        family,
        r#type,
        protocol,
        flags,
    };

    let planned = plan(&query);
    match &planned {
        Ok(Plan::Answer(answer)) => {
            check_answer(answer, &query);
            check_way_back(answer);
        }
        Ok(Plan::Lookup(lookup)) => check_lookup(lookup, &query),
        Err(error) => check_error(*error, &query),
    }
    resolver::translate(&query, planned, &mut input);
    name(&mut input);
}

/// Every entry is something that can be created, and that was asked for.
fn check_answer(answer: &[AddrInfo], query: &Query<'_>) {
    assert!(!answer.is_empty());
    for (place, entry) in answer.iter().enumerate() {
        assert_eq!(entry.family, Family::of(&entry.address));
        match query.family {
            AddressFamily::Unspec => {}
            AddressFamily::Inet => assert_eq!(entry.family, Family::Inet),
            AddressFamily::Inet6 => assert_eq!(entry.family, Family::Inet6),
            other => panic!("an answer for {other:?}"),
        }
        let protocol = match entry.r#type {
            SocketType::Stream => 6,
            SocketType::Dgram => 17,
            other => panic!("{other:?} cannot be created"),
        };
        assert_eq!(entry.protocol, protocol);
        assert!(query.protocol == 0 || query.protocol == protocol);
        assert!(query.r#type == SocketType::Unspec || query.r#type == entry.r#type);
        let has_name = place == 0 && query.flags.contains(AddrInfoFlags::CANONNAME);
        assert_eq!(entry.canonname.is_some(), has_name);
        check_port(entry, query.service);
        check_host(entry, query);
    }
}

/// A service is a number as C reads it, or else the name of the port.
fn check_port(entry: &AddrInfo, service: Option<&str>) {
    let port = entry.address.port();
    let Some(service) = service.filter(|service| !matches!(*service, "" | "*")) else {
        assert_eq!(port, 0);
        return;
    };
    match number(service) {
        Some(number) => assert_eq!(Ok(port), number.try_into(), "{service:?}"),
        None => {
            let known = services::port(service, transport(entry.r#type));
            assert_eq!(known, Some(port), "{service:?}");
        }
    }
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn number(text: &str) -> Option<u64> {
    glibc::number(text)
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn number(text: &str) -> Option<u64> {
    let number = text.trim_start().parse::<i128>().ok()?;
    number.try_into().ok()
}

fn transport(r#type: SocketType) -> Transport {
    match r#type {
        SocketType::Dgram => Transport::Udp,
        _ => Transport::Tcp,
    }
}

/// Without a host it is this machine, or all of it for who listens; the text of an address is that address.
fn check_host(entry: &AddrInfo, query: &Query<'_>) {
    let ip = entry.address.ip();
    let Some(host) = query.host.filter(|host| *host != "*") else {
        assert_eq!(
            ip.is_unspecified(),
            query.flags.contains(AddrInfoFlags::PASSIVE)
        );
        assert_eq!(ip.is_loopback(), !ip.is_unspecified());
        return;
    };
    if let Some(v4) = inet::aton_exact(host) {
        assert_eq!(ip.to_canonical(), IpAddr::from(v4), "{host}");
    } else if let Some((text, zone)) = host.split_once('%') {
        assert_eq!(
            inet::pton6(text).map(|v6| IpAddr::from(v6).to_canonical()),
            Some(ip.to_canonical()),
            "{host}"
        );
        assert!(zone.bytes().all(|digit| digit.is_ascii_digit()), "{host}");
    } else if let Some(v6) = inet::pton6(host) {
        assert_eq!(ip.to_canonical(), IpAddr::from(v6).to_canonical(), "{host}");
    }
}

/// An address as text is that address again, without a name being asked for.
fn check_way_back(answer: &[AddrInfo]) {
    let numeric = NameInfoFlags::NUMERICHOST | NameInfoFlags::NUMERICSERV;
    for entry in answer {
        let info = getnameinfo(&entry.address, numeric).expect("no name is needed");
        let again = plan(&Query {
            host: Some(&info.host),
            service: Some(&info.service),
            family: AddressFamily::Unspec,
            r#type: entry.r#type,
            protocol: entry.protocol,
            flags: AddrInfoFlags::NUMERICHOST | AddrInfoFlags::NUMERICSERV,
        });
        let same = AddrInfo {
            canonname: None,
            ..entry.clone()
        };
        assert_eq!(again, Ok(Plan::Answer(vec![same])));
    }
}

/// What a resolver is asked cannot mean an address, to whoever reads it.
fn check_lookup(lookup: &Lookup, query: &Query<'_>) {
    let name = lookup.name();
    assert_eq!(Some(name), query.host);
    assert!(name.len() <= 254);
    let labels = name.strip_suffix('.').unwrap_or(name).split('.');
    assert!(
        labels
            .into_iter()
            .all(|label| (1..=63).contains(&label.len()))
    );
    let known = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    assert!(name.bytes().all(known), "{name:?}");
    for text in [name, name.trim_end_matches('.')] {
        assert_eq!(inet::aton(text), None, "{name}");
        assert_eq!(inet::pton6(text), None, "{name}");
        assert!(text.parse::<IpAddr>().is_err(), "{name}");
    }
    assert!(!query.flags.contains(AddrInfoFlags::NUMERICHOST));
    let Families { inet, inet6 } = lookup.families();
    assert!(inet || inet6);
}

/// Errors that say something about the query are right about it.
fn check_error(error: Eai, query: &Query<'_>) {
    let is_none = |text: Option<&str>| matches!(text, None | Some("*"));
    match error {
        Eai::Family => assert!(matches!(
            query.family,
            AddressFamily::Unix | AddressFamily::Other
        )),
        Eai::Badflags => {
            assert!(is_none(query.host) && query.flags.contains(AddrInfoFlags::CANONNAME));
        }
        Eai::Addrfamily => assert_ne!(query.family, AddressFamily::Unspec),
        Eai::Service | Eai::Socktype => {
            let is_plain = is_none(query.service) && query.protocol == 0;
            assert!(!is_plain || !matches!(query.r#type, SocketType::Unspec));
            let is_created = matches!(
                query.r#type,
                SocketType::Unspec | SocketType::Stream | SocketType::Dgram
            );
            let port = query.service.and_then(number);
            let has_port = port.is_some_and(|port| u16::try_from(port).is_ok());
            assert!(!has_port || !is_created || query.protocol != 0, "{query:?}");
        }
        Eai::Noname => {}
        other => panic!("{other:?} before anybody was asked"),
    }
}

/// Any address has an answer, but for a name that is needed.
fn name(input: &mut Input<'_>) {
    let flags = NameInfoFlags::from_bits(input.byte());
    let port = u16::from_be_bytes(input.array());
    let address = if input.flag() {
        let (ip, zone) = (input.array::<16>(), u32::from_be_bytes(input.array()));
        SockAddr::V6(SocketAddrV6::new(ip.into(), port, 0, zone))
    } else {
        SockAddr::from((input.array::<4>(), port))
    };
    let needs_name =
        flags.contains(NameInfoFlags::NAMEREQD) && !flags.contains(NameInfoFlags::NUMERICHOST);
    match getnameinfo(&address, flags) {
        Ok(info) => {
            assert!(!needs_name);
            assert!(!info.host.is_empty());
            let transport = match flags.contains(NameInfoFlags::DGRAM) {
                true => Transport::Udp,
                false => Transport::Tcp,
            };
            let is_number = info.service == port.to_string();
            assert!(is_number || !flags.contains(NameInfoFlags::NUMERICSERV));
            assert!(is_number || services::port(&info.service, transport) == Some(port));
        }
        Err(error) => assert!(needs_name && error == Eai::Noname),
    }
}
