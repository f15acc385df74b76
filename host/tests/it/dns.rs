//! Lookups that go to a DNS server on this machine: to one that answers as it should, and to one that does not.

mod server;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use wasock::names::{Dns, Found, LookupFailure, MAX_ADDRESSES, Resolve};

pub(crate) use self::server::DnsServer;
use crate::cli::wasock;
use crate::embedding::block_on;
use crate::guests::example;
use crate::zone::{LASTING, TTL, Zone};

const TIMEOUT: Duration = Duration::from_millis(500);

fn lookup(server: SocketAddr, name: &str) -> Result<Found, LookupFailure> {
    let dns = Dns::builder().server(server).timeout(TIMEOUT);
    let dns: Arc<dyn Resolve> = Arc::new(dns.build().unwrap());
    block_on(async { dns.lookup(&name.parse().unwrap()).await })
}

/// The addresses, sorted, since their order is up to the machine.
fn addresses(found: &Found) -> Vec<String> {
    let mut addresses: Vec<_> = found
        .addresses
        .iter()
        .map(|(ip, _)| ip.to_string())
        .collect();
    addresses.sort();
    addresses
}

fn chain(found: &Found) -> Vec<String> {
    found.chain.iter().map(ToString::to_string).collect()
}

#[test]
fn both_families_are_asked_for() {
    let zone = Zone::start();
    let found = lookup(zone.address, LASTING).unwrap();
    assert_eq!(addresses(&found), ["192.0.2.1", "192.0.2.2", "2001:db8::1"]);
    for (_, time) in &found.addresses {
        assert_eq!(*time, Duration::from_secs(TTL.into()));
    }
    assert!(found.chain.is_empty());
    for (name, address) in [("www", "127.0.0.2"), ("v6", "::1")] {
        let found = lookup(zone.address, &format!("{name}.example.test")).unwrap();
        assert_eq!(addresses(&found), [address]);
    }
}

#[test]
fn a_name_without_an_address_is_not_found() {
    let zone = Zone::start();
    for name in ["nobody.example.test", "empty.example.test"] {
        let found = lookup(zone.address, name);
        assert_eq!(found, Err(LookupFailure::NotFound), "{name}");
    }
    // A name that is not its business: it says so.
    let found = lookup(zone.address, "www.example.org");
    assert_eq!(found, Err(LookupFailure::Failed));
}

#[test]
fn the_names_in_between_are_told() {
    let zone = Zone::start();
    let found = lookup(zone.address, "alias.example.test").unwrap();
    assert_eq!(addresses(&found), ["127.0.0.2"]);
    assert_eq!(chain(&found), ["middle.example.test", "www.example.test"]);

    let server = DnsServer::start();
    for _ in 0..2 {
        let found = lookup(server.address, "alias-apart.test").unwrap();
        assert_eq!(addresses(&found), ["192.0.2.1"]);
        assert_eq!(chain(&found), ["middle.test", "v4.test"]);
    }
}

#[test]
fn one_family_does_not_spoil_the_other_and_the_name_is_absolute() {
    let server = DnsServer::start();
    let found = lookup(server.address, "v6-refused.test").unwrap();
    assert_eq!(addresses(&found), ["192.0.2.1"]);
    for asked in server.asked() {
        assert_eq!(asked, "v6-refused.test");
    }
}

#[test]
fn an_answer_that_does_not_fit_comes_by_tcp() {
    let zone = Zone::start();
    let many: Vec<_> = (0..200).map(|last| format!("192.0.2.{last}")).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    zone.set("many.example.test", &many);
    let found = lookup(zone.address, "many.example.test").unwrap();
    assert_eq!(found.addresses.len(), many.len());

    let server = DnsServer::start();
    let found = lookup(server.address, "truncated.test").unwrap();
    assert_eq!(addresses(&found), ["192.0.2.1"]);

    let found = lookup(server.address, "many.test").unwrap();
    assert_eq!(found.addresses.len(), MAX_ADDRESSES);
}

#[test]
fn a_bad_answer_is_a_failure_of_its_kind() {
    let address = DnsServer::start().address;
    let expected = [
        ("stranger.test", LookupFailure::NotFound),
        ("circle.test", LookupFailure::NotFound),
        ("refused.test", LookupFailure::Failed),
        ("broken.test", LookupFailure::Failed),
        ("control.test", LookupFailure::Failed),
        ("deep.test", LookupFailure::Failed),
        ("silent.test", LookupFailure::Timeout),
        ("garbage.test", LookupFailure::Failed),
        ("longlabel.test", LookupFailure::Failed),
        ("longname.test", LookupFailure::Failed),
        ("pointer.test", LookupFailure::Failed),
        ("cut.test", LookupFailure::Failed),
        ("lie.test", LookupFailure::Timeout),
        ("guess.test", LookupFailure::Timeout),
        ("othername.test", LookupFailure::Timeout),
    ];
    // Side by side: some are waited for.
    std::thread::scope(|scope| {
        for (name, expected) in expected {
            scope.spawn(move || {
                let start = Instant::now();
                assert_eq!(lookup(address, name), Err(expected), "{name}");
                let time = start.elapsed();
                assert!(time < 8 * TIMEOUT, "{name}: {time:?}");
            });
        }
    });
}

#[test]
fn a_guest_that_gets_a_bad_answer_gets_an_error() {
    let server = DnsServer::start();
    let resolve = |name: &str| {
        let dns = server.address.to_string();
        let app = example("resolve").to_str().unwrap();
        wasock(["run", "--dns", &dns, "--allow-resolve", "any", app, name])
    };
    for name in ["refused", "garbage", "control", "deep", "longlabel", "cut"] {
        let name = format!("{name}.test");
        let failed = resolve(&name);
        assert_eq!(failed.status, Some(1), "{name}: {}", failed.stderr);
        assert_eq!(failed.stdout, "", "{name}");
        assert!(failed.stderr.contains("(EAI_AGAIN)"), "{}", failed.stderr);
        let printable = |c: char| c == '\n' || !c.is_control();
        assert!(failed.stderr.chars().all(printable), "{:?}", failed.stderr);
    }
    let many = resolve("many.test");
    assert_eq!(many.stdout.lines().count(), MAX_ADDRESSES);
    let asked = server.asked().len();

    // What is no name is asked of nobody.
    let long_label = format!("{}.test", "a".repeat(64));
    let long_name = [&*"a.".repeat(127), "test"].concat();
    for name in [
        "a\x1b[2J.test",
        "a b.test",
        "a..test",
        &long_label,
        &long_name,
    ] {
        let failed = resolve(name);
        assert_eq!(failed.status, Some(1), "{name:?}: {}", failed.stderr);
        assert!(failed.stderr.contains("(EAI_NONAME)"), "{}", failed.stderr);
    }
    assert_eq!(server.asked().len(), asked);
}

#[test]
fn a_server_that_is_not_there_is_a_failure() {
    let gone = DnsServer::nowhere();
    let failure = lookup(gone.address, "v4.test").unwrap_err();
    assert!(
        matches!(failure, LookupFailure::Failed | LookupFailure::Timeout),
        "{failure:?}"
    );
}
