//! `getaddrinfo` and `getnameinfo`, compared with the C library of this machine.
//!
//! Only questions that need no resolver are asked, so the answers do not depend on a network: the hosts are addresses as
//! text, near misses of them under `AI_NUMERICHOST`, and none. Services by name are compared where this machine's table
//! has them as ours has; the tables themselves differ on purpose.
//!
//! `cargo test` puts every question about hosts, and a part of those about sockets; with `WASOCK_EXHAUSTIVE` set it puts
//! every one. What may differ is in [`differences`]. Nothing else may.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

mod differences;
mod domain;

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fmt::Debug;
use std::thread;
use std::time::Instant;

use wasock_c_library as c_library;
use wasock_core::SockAddr;
use wasock_core::addr::SocketAddrV6;
use wasock_core::create::{AddressFamily, SocketType};
use wasock_core::names::{
    AddrInfoFlags, Eai, NameInfoFlags, Plan, Query, Transport, getnameinfo, plan, services,
};

use domain::{
    ADDRESSES, FAMILIES, FEW_HOSTS, HOSTS, NAMES, NUMBERS, PORTS, PROTOCOLS, TYPES, every_flag,
};

/// Of so many questions about sockets, `cargo test` puts one. No number of choices is a multiple of it.
const PART: usize = 53;

/// How many mismatches are shown.
const SHOWN: usize = 50;

#[test]
fn the_c_library_translates_names_the_same() {
    let mut tally = Tally::new();
    about_hosts(&mut tally);
    about_sockets(&mut tally);
    tally.judge("questions to getaddrinfo");
    // The comparison is worth something only if it sees both kinds of answers often.
    assert!(tally.counts[SAME_ANSWER] > 20_000, "{:?}", tally.counts);
    assert!(tally.counts[SAME_ERROR] > 20_000, "{:?}", tally.counts);
    // And the list is short. What the machine has decides about two of them.
    let differences = differences::DIFFERENCES.iter().map(|it| it.reason);
    let unmet = differences.filter(|reason| !tally.counts.contains_key(reason));
    for reason in unmet {
        let of_the_machine = ["the order of the families", "AI_ADDRCONFIG"];
        assert!(
            of_the_machine.iter().any(|it| reason.starts_with(it)),
            "never met: {reason}"
        );
    }
}

#[test]
fn the_c_library_translates_addresses_the_same() {
    let mut tally = Tally::new();
    for port in agreed_ports() {
        for (ip, zone) in ADDRESSES {
            for bits in 0..1 << 5 {
                // Names of hosts are the machine's.
                let flags = NameInfoFlags::from_bits(bits) | NameInfoFlags::NUMERICHOST;
                let mut address = SockAddr::new(ip.parse().unwrap(), port);
                if let SockAddr::V6(v6) = address {
                    address = SockAddr::V6(SocketAddrV6::new(*v6.ip(), port, 0, zone));
                }
                tally.address(&address, flags);
            }
        }
    }
    tally.judge("questions to getnameinfo");
    assert!(tally.counts[SAME_ANSWER] > 2_000, "{:?}", tally.counts);
}

/// Every host, in every family, for the types that there are, with every flag.
fn about_hosts(tally: &mut Tally) {
    let hosts = HOSTS.iter().map(|host| Some(*host));
    for host in hosts.chain([None, Some("*")]) {
        let is_literal = is_literal(host);
        for service in [None, Some("80")] {
            for family in FAMILIES {
                for r#type in [SocketType::Unspec, SocketType::Stream, SocketType::Dgram] {
                    for flags in every_flag() {
                        let query = Query {
                            host,
                            service,
                            family,
                            r#type,
                            protocol: 0,
                            flags,
                        };
                        tally.ask(&query, is_literal);
                    }
                }
            }
        }
    }
}

/// Every service for every socket with every flag, at few hosts.
fn about_sockets(tally: &mut Tally) {
    let part = match env::var_os("WASOCK_EXHAUSTIVE") {
        Some(_) => 1,
        None => PART,
    };
    let agreed = agreed_services();
    let names = NAMES.into_iter().filter(|name| agreed.contains(name));
    let services: Vec<_> = NUMBERS.into_iter().chain(names).map(Some).collect();
    let services = [services, vec![None]].concat();
    thread::scope(|scope| {
        let services = &services;
        let asked = FEW_HOSTS.map(|host| scope.spawn(move || at_host(host, services, part)));
        for asked in asked {
            tally.add(asked.join().expect("asking does not panic"));
        }
    });
}

/// One question in `part`.
fn at_host(host: Option<&str>, services: &[Option<&str>], part: usize) -> Tally {
    let mut tally = Tally::new();
    let is_literal = is_literal(host);
    let mut number = 0;
    for service in services {
        for family in FAMILIES {
            for r#type in TYPES {
                for protocol in PROTOCOLS {
                    for flags in every_flag() {
                        number += 1;
                        if number % part != 0 {
                            continue;
                        }
                        let query = Query {
                            host,
                            service: *service,
                            family,
                            r#type,
                            protocol,
                            flags,
                        };
                        tally.ask(&query, is_literal);
                    }
                }
            }
        }
    }
    tally
}

/// Whether the C library needs no resolver for a host, whatever the flags are.
fn is_literal(host: Option<&str>) -> bool {
    let query = Query {
        host,
        service: Some("80"),
        family: AddressFamily::Unspec,
        r#type: SocketType::Stream,
        protocol: 0,
        flags: AddrInfoFlags::NUMERICHOST,
    };
    c_library::getaddrinfo(&query).is_ok()
}

/// What was compared, and what does not agree.
struct Tally {
    started: Instant,
    counts: BTreeMap<&'static str, u64>,
    mismatches: Vec<String>,
}

const SAME_ANSWER: &str = "the same answer";
const SAME_ERROR: &str = "the same error";
const NOT_ASKED: &str = "not asked: it is left to a resolver";

impl Tally {
    fn new() -> Self {
        Self {
            started: Instant::now(),
            counts: BTreeMap::new(),
            mismatches: Vec::new(),
        }
    }

    fn add(&mut self, other: Self) {
        for (verdict, count) in other.counts {
            *self.counts.entry(verdict).or_default() += count;
        }
        self.mismatches.extend(other.mismatches);
    }

    /// `is_literal` says that the C library needs no resolver for the host.
    fn ask(&mut self, query: &Query<'_>, is_literal: bool) {
        let is_literal = is_literal || query.flags.contains(AddrInfoFlags::NUMERICHOST);
        let ours = match plan(query) {
            Ok(Plan::Answer(answer)) => Ok(answer),
            Err(error) => Err(error),
            Ok(Plan::Lookup(_)) if !is_literal => return self.count(NOT_ASKED),
            Ok(Plan::Lookup(lookup)) => {
                let name = lookup.name();
                self.mismatches
                    .push(format!("{query:?}: a resolver is asked for {name:?}"));
                return;
            }
        };
        if !is_literal {
            return self.count(NOT_ASKED);
        }
        let theirs = c_library::getaddrinfo(query);
        let differ = |ours: &_, theirs: &_| differences::find(query, ours, theirs);
        self.compare(query, &ours, &theirs, differ);
    }

    fn address(&mut self, address: &SockAddr, flags: NameInfoFlags) {
        let ours = getnameinfo(address, flags).map(|info| (info.host, info.service));
        let theirs = c_library::getnameinfo(address, flags);
        self.compare(&(address, flags), &ours, &theirs, |ours, theirs| {
            let required = flags.contains(NameInfoFlags::NAMEREQD);
            let refused = required && ours.is_ok() && *theirs == Err(Eai::Noname);
            // gni_host in its inet/getnameinfo.c refuses, although no name is asked for.
            refused.then_some("NI_NAMEREQD means nothing under NI_NUMERICHOST")
        });
    }

    fn compare<T: Debug + PartialEq>(
        &mut self,
        question: &dyn Debug,
        ours: &Result<T, Eai>,
        theirs: &Result<T, Eai>,
        differ: impl FnOnce(&Result<T, Eai>, &Result<T, Eai>) -> Option<&'static str>,
    ) {
        let verdict = match (ours, theirs) {
            (Ok(ours), Ok(theirs)) if ours == theirs => Some(SAME_ANSWER),
            (Err(ours), Err(theirs)) if ours == theirs => Some(SAME_ERROR),
            _ => differ(ours, theirs),
        };
        match verdict {
            Some(verdict) => self.count(verdict),
            None => {
                let text = format!("{question:?}\n  ours   {ours:?}\n  theirs {theirs:?}");
                self.mismatches.push(text);
            }
        }
    }

    fn count(&mut self, verdict: &'static str) {
        *self.counts.entry(verdict).or_default() += 1;
    }

    #[track_caller]
    fn judge(&self, what: &str) {
        println!(
            "{} {what}, of the GNU C library {}, in {:.1} s",
            self.counts.values().sum::<u64>(),
            c_library::version(),
            self.started.elapsed().as_secs_f64(),
        );
        for (verdict, count) in &self.counts {
            println!("{count:>10}  {verdict}");
        }
        let shown = self.mismatches.get(..SHOWN).unwrap_or(&self.mismatches);
        assert!(
            shown.is_empty(),
            "{} mismatches\n{}",
            self.mismatches.len(),
            shown.join("\n")
        );
    }
}

const TRANSPORTS: [Transport; 2] = [Transport::Tcp, Transport::Udp];

/// The services that this machine has at the ports that ours have.
fn agreed_services() -> BTreeSet<&'static str> {
    let same = |name: &&str| {
        let same =
            |transport| services::port(name, transport) == c_library::service(name, transport);
        TRANSPORTS.into_iter().all(same)
    };
    let agreed: BTreeSet<_> = NAMES.into_iter().filter(same).collect();
    assert!(
        ["https", "ntp", "domain"]
            .iter()
            .all(|name| agreed.contains(name))
    );
    agreed
}

/// The ports that have the same services on this machine as ours have.
fn agreed_ports() -> BTreeSet<u16> {
    let same = |port: &u16| {
        let same = |transport| {
            services::name(*port, transport) == c_library::port(*port, transport).as_deref()
        };
        TRANSPORTS.into_iter().all(same)
    };
    let agreed: BTreeSet<_> = PORTS.into_iter().filter(same).collect();
    assert!(
        [0, 123, 443, 64999]
            .iter()
            .all(|port| agreed.contains(port))
    );
    agreed
}
