//! Names, as a guest looks them up and uses what it is told.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use wasmtime::component::Resource;
use wasmtime_wasi::p2::Pollable as _;
use wasmtime_wasi::p2::bindings::sockets::ip_name_lookup::{Host as _, HostResolveAddressStream};
use wasmtime_wasi::p2::bindings::sockets::network::{ErrorCode, IpAddress};
use wasock_policy::{Name, PolicyBuilder};

use super::clock::ManualClock;
use super::guest::{Guest, block_on, code};
use crate::guard::lookup::AddressStream;
use crate::guard::sources::MAX_LOOKUPS;
use crate::names::{Found, Lookup, LookupFailure, MAX_CHAIN, Resolve};
use crate::{NetCtx, Policy};

/// Answers from a table that a test can change, and remembers what it was asked.
#[derive(Clone, Default)]
pub(super) struct Table {
    answers: Arc<Mutex<HashMap<String, Found>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Table {
    pub(super) fn with(self, name: &str, addresses: &[&str], chain: &[&str]) -> Self {
        let address = |text: &&str| (text.parse().unwrap(), Duration::ZERO);
        let found = Found {
            addresses: addresses.iter().map(address).collect(),
            chain: chain.iter().map(|name| name.parse().unwrap()).collect(),
        };
        self.answers.lock().unwrap().insert(name.to_owned(), found);
        self
    }

    /// The answers of the table are good for this long; for no time, unless it is set.
    pub(super) fn good_for(self, time: Duration) -> Self {
        for found in self.answers.lock().unwrap().values_mut() {
            for (_, ttl) in &mut found.addresses {
                *ttl = time;
            }
        }
        self
    }

    pub(super) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Resolve for Table {
    fn lookup(&self, name: &Name) -> Lookup {
        self.asked.lock().unwrap().push(name.to_string());
        let found = self.answers.lock().unwrap().get(name.as_str()).cloned();
        Box::pin(async move { found.ok_or(LookupFailure::NotFound) })
    }
}

/// Never answers.
struct Silent;

impl Resolve for Silent {
    fn lookup(&self, _: &Name) -> Lookup {
        Box::pin(std::future::pending())
    }
}

struct Panics;

impl Resolve for Panics {
    fn lookup(&self, _: &Name) -> Lookup {
        Box::pin(async { panic!("a resolver with a mistake in it") })
    }
}

pub(super) fn guest(policy: PolicyBuilder, resolver: impl Resolve) -> Guest {
    let builder = NetCtx::builder().policy(policy.build());
    Guest::with(builder.resolver(Arc::new(resolver)))
}

impl Guest {
    fn ask(&mut self, name: &str) -> Result<u32, ErrorCode> {
        let network = self.network();
        let stream = self.view().resolve_addresses(network, name.to_owned());
        Ok(stream.map_err(code)?.rep())
    }

    async fn addresses(&mut self, stream: u32) -> Result<Vec<IpAddr>, ErrorCode> {
        let ours = Resource::<AddressStream>::new_borrow(stream);
        self.table().get_mut(&ours).unwrap().ready().await;
        let mut addresses = Vec::new();
        loop {
            let this = Resource::new_borrow(stream);
            match self.view().resolve_next_address(this).map_err(code)? {
                Some(address) => addresses.push(plain(address)),
                None => return Ok(addresses),
            }
        }
    }

    fn forget(&mut self, stream: u32) {
        let mut view = self.view();
        HostResolveAddressStream::drop(&mut view, Resource::new_own(stream)).unwrap();
    }

    pub(super) async fn resolve(&mut self, name: &str) -> Result<Vec<IpAddr>, ErrorCode> {
        let stream = self.ask(name)?;
        let addresses = self.addresses(stream).await;
        self.forget(stream);
        addresses
    }

    /// Whether the policy lets a connect through; nobody listens there.
    pub(super) async fn may_connect(&mut self, to: SocketAddr) -> bool {
        let to = to.to_string();
        let socket = self.socket(&to);
        self.connect(socket, &to).await.err() != Some(ErrorCode::AccessDenied)
    }
}

fn plain(address: IpAddress) -> IpAddr {
    match address {
        IpAddress::Ipv4((a, b, c, d)) => [a, b, c, d].into(),
        IpAddress::Ipv6((a, b, c, d, e, f, g, h)) => [a, b, c, d, e, f, g, h].into(),
    }
}

pub(super) fn ips(texts: &[&str]) -> Vec<IpAddr> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn outbound(rule: &str) -> PolicyBuilder {
    Policy::builder().allow_outbound(rule.parse().unwrap())
}

/// A port of this machine where nobody listens, under addresses that mean this machine.
fn closed_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

#[test]
fn a_name_is_not_asked_for_unless_a_rule_says_so() {
    block_on(async {
        let table = Table::default().with("app.example", &["192.0.2.1"], &[]);
        let mut guest = guest(outbound("tcp://other.example:443"), table.clone());
        let refused = guest.resolve("app.example").await;
        assert_eq!(refused, Err(ErrorCode::PermanentResolverFailure));
        assert_eq!(table.asked(), [""; 0]);
        assert_eq!(
            guest.last_record(),
            "denied: lookup app.example (no rule)\n  allow it with: --allow-resolve app.example"
        );
    });
}

#[test]
fn a_rule_for_a_name_grants_the_addresses_that_were_told_for_it() {
    let port = closed_port();
    let at = |ip: &str| SocketAddr::new(ip.parse().unwrap(), port);
    block_on(async {
        let table = Table::default().with("app.test", &["127.0.0.1", "127.0.0.2", "10.0.0.1"], &[]);
        let rule = format!("tcp://app.test:{port}#to=127.0.0.0/8");
        let mut first = guest(outbound(&rule), table.clone());
        assert!(
            !first.may_connect(at("127.0.0.1")).await,
            "not before the lookup"
        );

        let told = first.resolve("APP.test.").await;
        assert_eq!(told, Ok(ips(&["127.0.0.1", "127.0.0.2"])));
        assert!(first.may_connect(at("127.0.0.1")).await);
        assert!(first.may_connect(at("127.0.0.2")).await);
        assert!(!first.may_connect(at("127.0.0.3")).await, "another address");
        let elsewhere = SocketAddr::new(at("127.0.0.1").ip(), port ^ 1);
        assert!(!first.may_connect(elsewhere).await, "another port");

        let lookup = &first.records()[1];
        assert!(lookup.starts_with("allowed: lookup app.test ("), "{lookup}");
        assert!(lookup.ends_with(": 127.0.0.1 127.0.0.2"), "{lookup}");
        assert_eq!(first.verdicts(), [false, true, true, true, false, false]);

        let mut second = guest(outbound(&rule), table);
        assert!(
            !second.may_connect(at("127.0.0.1")).await,
            "what another guest was told"
        );
    });
}

#[test]
fn a_name_alone_reaches_no_special_address() {
    block_on(async {
        let table = Table::default().with("db.internal", &["127.0.0.1", "10.0.3.7"], &[]);
        let mut guest = guest(outbound("tcp://db.internal:5432"), table);
        let refused = guest.resolve("db.internal").await;
        assert_eq!(refused, Err(ErrorCode::PermanentResolverFailure));

        let record = guest.last_record();
        for part in [
            "denied: answer db.internal with 127.0.0.1 (",
            "db.internal resolved to 10.0.3.7 (private): a name alone never reaches such an address; add #to=10.0.3.7",
            "allow it with: --allow-outbound tcp://db.internal:5432#to=10.0.3.7",
        ] {
            assert!(record.contains(part), "{part}\n{record}");
        }
        assert_eq!(guest.verdicts(), [false]);
    });
}

#[test]
fn a_pin_expires_and_a_second_answer_does_not_prolong_the_first() {
    let port = closed_port();
    let at = |ip: &str| SocketAddr::new(ip.parse().unwrap(), port);
    block_on(async {
        let clock = ManualClock::default();
        let table = Table::default().with("app.test", &["127.0.0.1"], &[]);
        let policy = outbound(&format!("tcp://app.test:{port}#to=127.0.0.0/8"));
        let mut guest = Guest::with(
            NetCtx::builder()
                .policy(policy.build())
                .clock(Arc::new(clock.clone()))
                .resolver(Arc::new(table.clone())),
        );
        guest.resolve("app.test").await.unwrap();
        clock.advance(Duration::from_secs(59));
        assert!(guest.may_connect(at("127.0.0.1")).await);

        let table = table.with("app.test", &["127.0.0.2"], &[]);
        assert_eq!(guest.resolve("app.test").await, Ok(ips(&["127.0.0.2"])));
        assert!(guest.may_connect(at("127.0.0.2")).await);
        clock.advance(Duration::from_secs(1));
        assert!(!guest.may_connect(at("127.0.0.1")).await);
        assert!(guest.may_connect(at("127.0.0.2")).await);
        assert_eq!(table.asked().len(), 2);
    });
}

#[test]
fn a_denied_name_is_denied_by_whatever_name_it_is_reached() {
    block_on(async {
        let table = Table::default()
            .with("app.test", &["192.0.2.1"], &["evil.test"])
            .with("evil.test", &["192.0.2.1"], &[]);
        let deny = "evil.test".parse().unwrap();
        let policy = outbound("tcp://any:any").deny_resolve(deny);
        let mut guest = guest(policy, table.clone());
        for name in ["app.test", "evil.test"] {
            let refused = guest.resolve(name).await;
            assert_eq!(refused, Err(ErrorCode::PermanentResolverFailure), "{name}");
        }
        assert_eq!(table.asked(), ["app.test"]);
        assert_eq!(guest.verdicts(), [false, false]);
        assert!(
            guest.records()[0].contains("evil.test"),
            "{:?}",
            guest.records()
        );
    });
}

#[test]
fn an_address_needs_no_lookup_and_gives_nothing() {
    let port = closed_port();
    block_on(async {
        let table = Table::default();
        let mut guest = guest(Policy::builder(), table.clone());
        for (text, address) in [
            ("192.0.2.1", "192.0.2.1"),
            ("::1", "::1"),
            ("0x7f.1", "127.0.0.1"),
            ("::ffff:127.0.0.1", "127.0.0.1"),
        ] {
            assert_eq!(guest.resolve(text).await, Ok(ips(&[address])), "{text}");
        }
        for text in ["", "a b", "..", "fe80::1%lo", &"a".repeat(64)] {
            let error = guest.resolve(text).await;
            assert_eq!(error, Err(ErrorCode::InvalidArgument), "{text}");
        }
        assert_eq!(guest.verdicts(), [false; 0]);
        assert_eq!(table.asked(), [""; 0]);
        let localhost = SocketAddr::new("127.0.0.1".parse().unwrap(), port);
        assert!(!guest.may_connect(localhost).await);
    });
}

#[test]
fn localhost_is_this_machine_and_nobody_is_asked() {
    block_on(async {
        let table = Table::default().with("localhost", &["192.0.2.1"], &[]);
        let mut own = guest(outbound("tcp://localhost:80"), table.clone());
        let both = ips(&["127.0.0.1", "::1"]);
        assert_eq!(own.resolve("localhost").await, Ok(both.clone()));
        let below = own.resolve("db.localhost").await;
        assert_eq!(below, Err(ErrorCode::PermanentResolverFailure));

        let resolve = "db.localhost".parse().unwrap();
        let mut own = guest(Policy::builder().allow_resolve(resolve), table.clone());
        assert_eq!(own.resolve("db.localhost").await, Ok(both));
        assert_eq!(table.asked(), [""; 0]);
    });
}

#[test]
fn without_a_resolver_every_lookup_fails_and_the_record_says_so() {
    block_on(async {
        let mut guest = Guest::new(outbound("tcp://any:any"));
        let failed = guest.resolve("app.example").await;
        assert_eq!(failed, Err(ErrorCode::PermanentResolverFailure));
        assert_eq!(
            guest.last_record(),
            "denied: lookup app.example (there is no resolver)"
        );
    });
}

#[test]
fn a_failure_says_what_kind_it_is() {
    block_on(async {
        let policy = || outbound("tcp://any:any");
        let chain: Vec<String> = (0..=MAX_CHAIN).map(|n| format!("n{n}.example")).collect();
        let chain: Vec<&str> = chain.iter().map(String::as_str).collect();
        let table = Table::default().with("empty.example", &[], &[]).with(
            "long.example",
            &["192.0.2.1"],
            &chain,
        );
        let mut own = guest(policy(), table);
        for (name, expected) in [
            ("none.example", ErrorCode::NameUnresolvable),
            ("empty.example", ErrorCode::NameUnresolvable),
            ("long.example", ErrorCode::TemporaryResolverFailure),
        ] {
            assert_eq!(own.resolve(name).await, Err(expected), "{name}");
        }
        assert!(
            own.last_record()
                .starts_with("failed: lookup long.example (")
        );

        let mut own = guest(policy(), Panics);
        let failed = own.resolve("app.example").await;
        assert_eq!(failed, Err(ErrorCode::TemporaryResolverFailure));
    });
}

#[test]
fn a_good_answer_is_given_again_and_decided_on_again() {
    block_on(async {
        let table = Table::default().with("app.example", &["192.0.2.7", "8.8.8.8"], &[]);
        let table = table.good_for(Duration::from_secs(10));
        let clock = ManualClock::default();
        let mut guest = Guest::with(
            NetCtx::builder()
                .policy(outbound("tcp://app.example:any").build())
                .resolver(Arc::new(table.clone()))
                .clock(Arc::new(clock.clone())),
        );
        for (after, asked) in [(0, 1), (9, 1), (1, 2), (1, 2)] {
            clock.advance(Duration::from_secs(after));
            let told = guest.resolve("app.example").await;
            // The other one is special, and stays withheld.
            assert_eq!(told, Ok(ips(&["8.8.8.8"])), "{after}");
            assert_eq!(table.asked().len(), asked, "{after}");
        }
        assert_eq!(guest.audit().records().len(), 4, "one record a lookup");
    });
}

#[test]
fn a_guest_that_asks_for_a_lot_gets_no_more_than_its_share() {
    block_on(async {
        let mut guest = guest(outbound("tcp://any:any"), Silent);
        let streams: Vec<u32> = (0..MAX_LOOKUPS)
            .map(|number| guest.ask(&format!("n{number}.example")).unwrap())
            .collect();
        let this = Resource::new_borrow(streams[0]);
        let waiting = guest.view().resolve_next_address(this).map_err(code);
        assert!(matches!(waiting, Err(ErrorCode::WouldBlock)));
        let failed = guest.resolve("more.example").await;
        assert_eq!(failed, Err(ErrorCode::TemporaryResolverFailure));

        // A lookup that is given up makes room, and is on record.
        guest.forget(streams[0]);
        assert!(
            guest.last_record().ends_with("not waited for"),
            "{}",
            guest.last_record()
        );
        let asked = guest.ask("more.example").unwrap();
        let this = Resource::new_borrow(asked);
        let next = guest.view().resolve_next_address(this).map_err(code);
        assert!(matches!(next, Err(ErrorCode::WouldBlock)), "no room");
    });
}

#[test]
fn the_end_of_the_store_ends_its_lookups_and_they_are_on_record() {
    block_on(async {
        let mut guest = guest(outbound("tcp://any:any"), Silent);
        _ = guest.ask("app.example").unwrap();
        let records = guest.audit();
        drop(guest);
        assert_eq!(records.records().len(), 1);
    });
}
