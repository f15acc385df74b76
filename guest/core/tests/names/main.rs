//! `getaddrinfo` and `getnameinfo`, compared with the C library of this machine.
//!
//! One Python process answers for the C library, as in `inet.rs`. Only questions that need no resolver are asked,
//! so the answers do not depend on a network: the hosts are addresses as text, near misses of them under
//! `AI_NUMERICHOST`, and none. `AI_ADDRCONFIG` is left out, because the C library asks the interfaces of the
//! machine about it, even for loopback. Services by name are compared where this machine's table has them as
//! ours has; the tables themselves differ on purpose.
//!
//! What may differ is in [`reconcile`], each with its reason. Nothing else may.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

mod domain;
mod oracle;

use std::collections::{BTreeMap, BTreeSet};

use wasock_core::SockAddr;
use wasock_core::addr::{Family, SocketAddrV6};
use wasock_core::create::SocketType;
use wasock_core::names::{
    AddrInfo, AddrInfoFlags, Eai, NameInfoFlags, Plan, Query, Transport, getnameinfo, plan,
    services,
};

use domain::{FAMILIES, HOSTS, NAMES, NUMBERS, PORTS, PROTOCOLS, TYPES};
use oracle::ask;

#[test]
fn the_c_library_answers_the_same() {
    let agreed = agreed_services();
    let mut cases = Vec::new();
    hosts(&mut cases);
    sockets(&mut cases, &agreed);
    addresses(&mut cases);

    let questions: Vec<_> = cases.iter().map(|case| case.question.clone()).collect();
    let answers = ask(&questions);

    let mut counts = BTreeMap::<_, usize>::new();
    let mut mismatches = Vec::new();
    for (case, theirs) in cases.iter().zip(answers) {
        match reconcile(case, &theirs) {
            Some(reason) => *counts.entry(reason).or_default() += 1,
            None => mismatches.push(format!("{case:?}: theirs {theirs:?}")),
        }
    }
    println!("{counts:#?}\nmismatches: {}", mismatches.len());
    assert!(
        mismatches.is_empty(),
        "{} mismatches\n{}",
        mismatches.len(),
        mismatches.join("\n")
    );
    // The comparison is worth something only if it sees both kinds of answers often.
    assert!(counts["the same answer"] > 5_000, "{counts:?}");
    assert!(counts["the same error"] > 5_000, "{counts:?}");
}

/// Why an answer is right, or `None`.
fn reconcile(case: &Case, theirs: &Answer) -> Option<&'static str> {
    match (&case.ours, theirs) {
        (Ok(ours), Ok(theirs)) if ours == theirs => return Some("the same answer"),
        (Err(ours), Err(theirs)) if ours == theirs => return Some("the same error"),
        _ => {}
    }

    // No component can be told the name of an interface.
    if case.zone_by_name && case.ours == Err("noname".into()) && theirs.is_ok() {
        return Some("zones are numbers");
    }
    // The C library takes a port modulo 65536, and goes on to the host.
    let error = |answer: &Answer, errors: &[&str]| matches!(answer, Err(error) if errors.contains(&&**error));
    if case.no_port
        && error(&case.ours, &["service"])
        && (theirs.is_ok() || error(theirs, &["addrfamily", "noname"]))
    {
        return Some("a port is at most 65535");
    }
    // Nothing but TCP and UDP can be created. Where the C library has nothing else to offer, ours is an error.
    let created = |entries: &[String]| -> Vec<String> {
        let created =
            |entry: &&String| entry.contains(" stream 6 ") || entry.contains(" dgram 17 ");
        entries.iter().filter(created).cloned().collect()
    };
    if let Ok(theirs) = theirs
        && case.question.starts_with("addrinfo")
    {
        let mut theirs = created(theirs);
        match &case.ours {
            Ok(ours) if *ours == theirs => return Some("TCP and UDP only"),
            ours if theirs.is_empty() && error(ours, &["service", "socktype"]) => {
                return Some("TCP and UDP only: nothing is left");
            }
            _ => {}
        }
        // Without a host both families are answered, and the C library puts one first that the machine has a route
        // for.
        if case.without_host
            && let Ok(ours) = &case.ours
        {
            let mut ours = ours.clone();
            ours.sort();
            theirs.sort();
            if ours == theirs {
                return Some("the order of the families");
            }
        }
    }
    // Nor is there a reason to go on and refuse something else, as the C library does.
    if case.other_sockets
        && error(&case.ours, &["service", "socktype"])
        && error(theirs, &["service", "addrfamily", "noname"])
    {
        return Some("TCP and UDP only: another error");
    }
    // With both flags the C library refuses, although no name is asked for.
    if case.name_required && case.ours.is_ok() && *theirs == Err("noname".into()) {
        return Some("NI_NAMEREQD means nothing under NI_NUMERICHOST");
    }
    None
}

// What is asked.

/// Entries as text, or the error.
type Answer = Result<Vec<String>, String>;

/// A question as the oracle reads it, and what this crate answers.
#[derive(Debug)]
struct Case {
    question: String,
    ours: Answer,
    zone_by_name: bool,
    no_port: bool,
    without_host: bool,
    other_sockets: bool,
    name_required: bool,
}

impl Case {
    fn addrinfo(query: &Query<'_>, family: &str, r#type: &str) -> Self {
        let (host, service) = (argument(query.host), argument(query.service));
        let (protocol, flags) = (query.protocol, query.flags.bits());
        let number = query.service.map(|text| text.trim().parse::<i128>());
        Self {
            question: format!("addrinfo {host} {service} {family} {type} {protocol} {flags}"),
            ours: match plan(query) {
                Ok(Plan::Answer(answer)) => Ok(answer.iter().map(entry).collect()),
                Ok(Plan::Lookup(lookup)) => panic!("{:?} is asked for", lookup.name()),
                Err(error) => Err(eai(error)),
            },
            zone_by_name: query.host.is_some_and(|host| host.ends_with("%lo")),
            no_port: matches!(number, Some(Ok(number)) if !(0..=65535).contains(&number)),
            without_host: matches!(query.host, None | Some("*")),
            other_sockets: matches!(query.r#type, SocketType::Raw | SocketType::Seqpacket)
                || !matches!(query.protocol, 0 | 6 | 17),
            name_required: false,
        }
    }
}

/// Every host, in every family, with every flag that concerns hosts.
fn hosts(cases: &mut Vec<Case>) {
    let hosts = HOSTS.iter().map(|host| Some(*host));
    for host in hosts.chain([None, Some("*")]) {
        for service in [None, Some("80")] {
            for (family, family_name) in FAMILIES {
                for bits in 0..1 << 5 {
                    // A near miss would be looked up by name otherwise.
                    let flags = AddrInfoFlags::from_bits(bits) | AddrInfoFlags::NUMERICHOST;
                    let query = Query {
                        host,
                        service,
                        family,
                        r#type: SocketType::Stream,
                        protocol: 0,
                        flags,
                    };
                    cases.push(Case::addrinfo(&query, family_name, "stream"));
                }
            }
        }
    }
}

/// Every service for every socket, at few hosts.
fn sockets(cases: &mut Vec<Case>, agreed: &BTreeSet<&'static str>) {
    let names = NAMES.iter().filter(|name| agreed.contains(*name));
    let services = NUMBERS.iter().chain(names).map(|service| Some(*service));
    let services: Vec<_> = services.chain([None]).collect();
    let hosts = [
        None,
        Some("*"),
        Some("127.0.0.1"),
        Some("::1"),
        Some("no such host"),
    ];
    let flags = [
        AddrInfoFlags::NUMERICHOST,
        AddrInfoFlags::NUMERICHOST | AddrInfoFlags::NUMERICSERV,
        AddrInfoFlags::NUMERICHOST | AddrInfoFlags::CANONNAME,
    ];
    for host in hosts {
        for service in &services {
            for (family, family_name) in FAMILIES {
                for (r#type, type_name) in TYPES {
                    for protocol in PROTOCOLS {
                        for flags in flags {
                            let query = Query {
                                host,
                                service: *service,
                                family,
                                r#type,
                                protocol,
                                flags,
                            };
                            cases.push(Case::addrinfo(&query, family_name, type_name));
                        }
                    }
                }
            }
        }
    }
}

/// `getnameinfo`, always for the address as text: names of hosts are the machine's.
fn addresses(cases: &mut Vec<Case>) {
    // No machine has an interface of this number, whose name would be written.
    const ZONE: u32 = 4_000_000_000;
    for port in agreed_ports() {
        for (ip, zone) in [
            ("127.0.0.1", 0),
            ("0.0.0.0", 0),
            ("192.0.2.1", 0),
            ("::1", 0),
            ("::1", ZONE),
            ("::", 0),
            ("2001:db8::1", 0),
            ("::ffff:192.0.2.1", 0),
            ("::1.2.3.4", 0),
            ("fe80::1", 0),
            ("fe80::1", ZONE),
            ("ff02::1", ZONE),
            ("ff05::1", ZONE),
        ] {
            for bits in 0..1 << 5 {
                let flags = NameInfoFlags::from_bits(bits) | NameInfoFlags::NUMERICHOST;
                let mut address = SockAddr::new(ip.parse().unwrap(), port);
                if let SockAddr::V6(v6) = address {
                    address = SockAddr::V6(SocketAddrV6::new(*v6.ip(), port, 0, zone));
                }
                let answer = getnameinfo(&address, flags);
                cases.push(Case {
                    question: format!("nameinfo {ip} {port} {zone} {}", flags.bits()),
                    ours: answer
                        .map(|info| vec![info.host, info.service])
                        .map_err(eai),
                    zone_by_name: false,
                    no_port: false,
                    without_host: false,
                    other_sockets: false,
                    name_required: flags.contains(NameInfoFlags::NAMEREQD),
                });
            }
        }
    }
}

const TRANSPORTS: [(Transport, &str); 2] = [(Transport::Tcp, "tcp"), (Transport::Udp, "udp")];

/// The services that this machine has at the ports that ours have.
fn agreed_services() -> BTreeSet<&'static str> {
    let agreed = agreed(
        &NAMES,
        "service",
        |name| to_hex(name),
        |name, transport| services::port(name, transport).map(|port| port.to_string()),
    );
    assert!(
        ["https", "ntp", "domain"]
            .iter()
            .all(|name| agreed.contains(name))
    );
    agreed
}

/// The ports that have the same services on this machine as ours have.
fn agreed_ports() -> BTreeSet<u16> {
    let agreed = agreed(&PORTS, "port", u16::to_string, |port, transport| {
        services::name(*port, transport).map(str::to_owned)
    });
    assert!(
        [0, 123, 443, 64999]
            .iter()
            .all(|port| agreed.contains(port))
    );
    agreed
}

/// Which of `keys` are the same in both tables, over either transport.
fn agreed<K: Copy + Ord + std::fmt::Debug>(
    keys: &[K],
    call: &str,
    argument: impl Fn(&K) -> String,
    ours: impl Fn(&K, Transport) -> Option<String>,
) -> BTreeSet<K> {
    let question = |key: &K, over| format!("{call} {} {over}", argument(key));
    let questions: Vec<_> = keys
        .iter()
        .flat_map(|key| TRANSPORTS.map(|(_, over)| question(key, over)))
        .collect();
    let answers = ask(&questions);
    let same = |key: &K, theirs: &[Answer]| {
        let theirs = theirs.iter().map(|answer| answer.as_ref().ok());
        let ours = TRANSPORTS.map(|(transport, _)| ours(key, transport));
        theirs.eq(ours
            .map(|answer| answer.map(|text| vec![text]))
            .iter()
            .map(Option::as_ref))
    };
    let pairs = keys.iter().zip(answers.chunks(TRANSPORTS.len()));
    let agreed: BTreeSet<_> = pairs
        .filter(|(key, theirs)| same(key, theirs))
        .map(|(key, _)| *key)
        .collect();
    println!("compared, by {call}: {agreed:?}");
    agreed
}

fn entry(info: &AddrInfo) -> String {
    let family = match info.family {
        Family::Inet => "inet",
        Family::Inet6 => "inet6",
    };
    let r#type = TYPES.iter().find(|(of, _)| *of == info.r#type).unwrap().1;
    let canonname = info.canonname.as_deref().unwrap_or("-");
    let (ip, port) = (info.address.ip(), info.address.port());
    let zone = match info.address {
        SockAddr::V4(_) => 0,
        SockAddr::V6(v6) => v6.scope_id(),
    };
    let ip = match ip {
        std::net::IpAddr::V4(v4) => u128::from(v4.to_bits()),
        std::net::IpAddr::V6(v6) => v6.to_bits(),
    };
    format!(
        "{family} {type} {} {canonname} {ip:x} {port} {zone}",
        info.protocol
    )
}

fn eai(error: Eai) -> String {
    format!("{error:?}").to_lowercase()
}

fn argument(text: Option<&str>) -> String {
    text.map_or_else(|| "none".into(), |text| format!("={}", to_hex(text)))
}

fn to_hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

// The other side.
