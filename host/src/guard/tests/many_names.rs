//! Names without end for one address, which whoever owns a zone can make.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use wasmtime_wasi::p2::bindings::sockets::network::ErrorCode;
use wasock_policy::{Name, PinnedName, PolicyBuilder, Request};

use super::clock::ManualClock;
use super::guest::{Guest, block_on};
use super::udp::Peer;
use crate::guard::pins::MAX_NAMES;
use crate::names::{Found, Lookup, Resolve};
use crate::{NetCtx, Policy, Record};

const ANYWHERE: &str = "0.0.0.0:0";

/// Every name leads to this machine.
struct Zone;

impl Resolve for Zone {
    fn lookup(&self, _: &Name) -> Lookup {
        let found = Found {
            addresses: vec![(Ipv4Addr::LOCALHOST.into(), Duration::ZERO)],
            chain: Vec::new(),
        };
        Box::pin(async { Ok(found) })
    }
}

fn allowing(rule: &str) -> PolicyBuilder {
    Policy::builder().allow_outbound(rule.parse().unwrap())
}

fn guest(policy: PolicyBuilder) -> (Guest, ManualClock) {
    let clock = ManualClock::default();
    let builder = NetCtx::builder().policy(policy.build());
    let builder = builder.resolver(Arc::new(Zone));
    (Guest::with(builder.clock(Arc::new(clock.clone()))), clock)
}

/// The names by which each datagram was decided on that was decided on.
fn names_of_sends(guest: &Guest) -> Vec<Arc<[PinnedName]>> {
    let names = |record: Record| match record {
        Record::Decided(decided) => match decided.request {
            Request::Send { names, .. } => Some(names),
            _ => None,
        },
        _ => None,
    };
    let records = guest.audit().records();
    records.into_iter().filter_map(names).collect()
}

#[test]
fn an_exchange_is_decided_on_by_few_of_the_names_that_the_guest_learns() {
    let server = Peer::at("127.0.0.1");
    let rule = format!("udp://*.app.test:{}#to=127.0.0.1", server.address().port());
    block_on(async {
        let (mut guest, _) = guest(allowing(&rule));
        let udp = guest.open_udp(ANYWHERE).await;
        for number in 0..5 * MAX_NAMES {
            let name = format!("n{number}.app.test");
            guest.resolve(&name).await.unwrap();
            assert_eq!(guest.send_to(&udp, "ping", server.address()), Ok(1));

            let names = names_of_sends(&guest).pop().unwrap();
            let newest = PinnedName::from(name.parse::<Name>().unwrap());
            assert!(names.contains(&newest), "{number}");
            assert!(names.len() <= 2 * MAX_NAMES, "{number}: {}", names.len());
        }
        assert_eq!(names_of_sends(&guest).len(), 5 * MAX_NAMES, "one each");
    });
}

#[test]
fn exchanges_with_one_address_share_its_names() {
    block_on(async {
        let (mut guest, _) = guest(allowing("udp://*.app.test:any#to=127.0.0.1"));
        let udp = guest.open_udp(ANYWHERE).await;
        for number in 0..MAX_NAMES {
            let name = format!("n{number}.app.test");
            guest.resolve(&name).await.unwrap();
        }
        let peers: Vec<_> = (0..20).map(|_| Peer::at("127.0.0.1")).collect();
        for peer in &peers {
            assert_eq!(guest.send_to(&udp, "ping", peer.address()), Ok(1));
        }
        let names = names_of_sends(&guest);
        assert_eq!(names.len(), peers.len());
        for other in &names {
            assert!(Arc::ptr_eq(&names[0], other));
        }
    });
}

#[test]
fn a_name_that_is_learnt_again_is_no_news_to_an_exchange() {
    let server = Peer::at("127.0.0.1");
    let rule = format!("udp://*.app.test:{}#to=127.0.0.1", server.address().port());
    block_on(async {
        let (mut guest, clock) = guest(allowing(&rule));
        let udp = guest.open_udp(ANYWHERE).await;
        for _ in 0..3 {
            guest.resolve("a.app.test").await.unwrap();
            guest.resolve("b.app.test").await.unwrap();
            assert_eq!(guest.send_to(&udp, "ping", server.address()), Ok(1));
            clock.advance(Duration::from_secs(100));
            assert_eq!(guest.send_to(&udp, "ping", server.address()), Ok(1));
        }
        assert_eq!(names_of_sends(&guest).len(), 1);
    });
}

#[test]
fn many_names_do_not_make_a_denied_one_forgotten() {
    let server = Peer::at("127.0.0.1");
    let port = server.address().port();
    block_on(async {
        // Denied at one port only, so that it may be looked up.
        let policy = allowing("udp://*.app.test:any#to=127.0.0.1")
            .deny_outbound(format!("udp://evil.app.test:{port}").parse().unwrap());
        let (mut guest, _) = guest(policy);
        let udp = guest.open_udp(ANYWHERE).await;
        guest.resolve("evil.app.test").await.unwrap();
        for number in 0..2 * MAX_NAMES {
            let name = format!("n{number}.app.test");
            guest.resolve(&name).await.unwrap();
        }
        let refused = guest.send_to(&udp, "ping", server.address());
        assert_eq!(refused, Err(ErrorCode::AccessDenied));
        assert!(guest.last_record().contains("evil.app.test"));
        let elsewhere = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port ^ 1);
        assert_eq!(guest.send_to(&udp, "ping", elsewhere), Ok(1));
    });
}

#[test]
fn the_name_that_let_an_exchange_in_is_kept_for_another_policy() {
    let server = Peer::at("127.0.0.1");
    let port = server.address().port();
    let rule = |name: &str| format!("udp://{name}:{port}#to=127.0.0.1");
    block_on(async {
        let (mut guest, clock) = guest(allowing(&rule("*.app.test")));
        let udp = guest.open_udp(ANYWHERE).await;
        guest.resolve("first.app.test").await.unwrap();
        assert_eq!(guest.send_to(&udp, "ping", server.address()), Ok(1));
        for number in 0..5 * MAX_NAMES {
            let name = format!("n{number}.app.test");
            guest.resolve(&name).await.unwrap();
            guest.send_to(&udp, "ping", server.address()).unwrap();
        }
        clock.advance(Duration::from_secs(100));

        guest.change_policy(allowing(&rule("first.app.test")));
        assert_eq!(guest.send_to(&udp, "ping", server.address()), Ok(1));
        let second = guest.open_udp(ANYWHERE).await;
        let refused = guest.send_to(&second, "ping", server.address());
        assert_eq!(refused, Err(ErrorCode::AccessDenied), "another exchange");

        guest.change_policy(allowing(&rule("other.app.test")));
        let refused = guest.send_to(&udp, "ping", server.address());
        assert_eq!(refused, Err(ErrorCode::AccessDenied), "without its rule");
        let deny = allowing(&rule("first.app.test"))
            .deny_outbound(rule("first.app.test").parse().unwrap());
        guest.change_policy(deny);
        let refused = guest.send_to(&udp, "ping", server.address());
        assert_eq!(refused, Err(ErrorCode::AccessDenied), "with a rule against");
    });
}
