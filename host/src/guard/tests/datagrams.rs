//! Datagrams, as a guest sends and receives them.

use std::sync::Arc;
use std::time::Duration;

use wasmtime::component::Resource;
use wasmtime_wasi::p2::Pollable as _;
use wasmtime_wasi::p2::bindings::sockets::network::{ErrorCode, IpAddressFamily};
use wasmtime_wasi::p2::bindings::sockets::udp::{
    HostIncomingDatagramStream as Incoming, HostOutgoingDatagramStream as Outgoing,
    IncomingDatagramStream, OutgoingDatagram, OutgoingDatagramStream,
};
use wasmtime_wasi::p2::bindings::sockets::udp_create_socket::Host as _;
use wasock_policy::PolicyBuilder;

use super::clock::ManualClock;
use super::guest::{Guest, block_on, code};
use super::names::Table;
use super::udp::{Peer, Udp};
use crate::{NetCtx, Policy};

const ANYWHERE: &str = "0.0.0.0:0";

fn outbound(rules: &[String]) -> PolicyBuilder {
    rules.iter().fold(Policy::builder(), |policy, rule| {
        policy.allow_outbound(rule.parse().unwrap())
    })
}

fn inbound(rule: &str) -> PolicyBuilder {
    Policy::builder().allow_inbound(rule.parse().unwrap())
}

#[test]
fn a_client_needs_one_outbound_rule_and_hears_the_answer() {
    for host in ["127.0.0.1", "[::1]"] {
        let local = if host == "[::1]" { "[::]:0" } else { ANYWHERE };
        let (server, other) = (Peer::at(host), Peer::at(host));
        block_on(async {
            let mut guest = Guest::new(outbound(&[server.rule()]));
            let udp = guest.open_udp(local).await;
            for _ in 0..3 {
                assert_eq!(guest.send_to(&udp, "ping", server.address()), Ok(1));
                let (text, from) = server.receive();
                assert_eq!(text, "ping");
                server.send("pong", from);
                assert_eq!(guest.receive_until(&udp, "pong").await, ["pong"]);
            }
            assert_eq!(
                guest.verdicts(),
                [true, true, true],
                "{:?}",
                guest.records()
            );

            let refused = guest.send_to(&udp, "ping", other.address());
            assert_eq!(refused, Err(ErrorCode::AccessDenied));
            assert_eq!(guest.send_to(&udp, "ping", other.address()), refused);
            assert!(other.has_nothing());
            assert_eq!(guest.verdicts(), [true, true, true, false]);
            let rule = other.rule();
            let expected = format!("\n  allow it with: --allow-outbound {rule}");
            assert!(
                guest.last_record().ends_with(&expected),
                "{}",
                guest.last_record()
            );
        });
    }
}

#[test]
fn a_stranger_does_not_get_in_where_nobody_was_let_in() {
    let (server, stranger) = (Peer::at("127.0.0.1"), Peer::at("127.0.0.2"));
    block_on(async {
        let mut guest = Guest::new(outbound(&[server.rule()]));
        let udp = guest.open_udp(ANYWHERE).await;
        guest.send_to(&udp, "ping", server.address()).unwrap();
        let (_, guest_address) = server.receive();

        for _ in 0..100 {
            stranger.send("let me in", guest_address);
        }
        server.send("pong", guest_address);
        assert_eq!(guest.receive_until(&udp, "pong").await, ["pong"]);

        let records = guest.records();
        let denied: Vec<_> = records
            .iter()
            .filter(|record| record.starts_with("denied"))
            .collect();
        assert_eq!(denied.len(), 1, "{records:?}");
        assert!(denied[0].contains("from 127.0.0.2"), "{denied:?}");
    });
}

#[test]
fn a_server_needs_an_inbound_rule_and_may_answer_whom_it_heard_from() {
    let (client, other) = (Peer::at("127.0.0.1"), Peer::at("127.0.0.1"));
    let stranger = Peer::at("127.0.0.2");
    block_on(async {
        let mut guest = Guest::new(Policy::builder());
        let refused = guest.udp_socket("127.0.0.1:0").await.err();
        assert_eq!(refused, Some(ErrorCode::AccessDenied));

        let mut guest = Guest::new(inbound("udp://127.0.0.1:0#from=127.0.0.1"));
        let udp = guest.open_udp("127.0.0.1:0").await;
        let guest_address = guest.udp_address(&udp);
        stranger.send("let me in", guest_address);
        client.send("question", guest_address);
        assert_eq!(guest.receive_until(&udp, "question").await, ["question"]);

        assert_eq!(guest.send_to(&udp, "answer", client.address()), Ok(1));
        assert_eq!(client.receive().0, "answer");
        for silent in [&other, &stranger] {
            let refused = guest.send_to(&udp, "hello", silent.address());
            assert_eq!(refused, Err(ErrorCode::AccessDenied));
            assert!(silent.has_nothing());
        }

        // Another socket of the same guest has heard from nobody.
        let second = guest.open_udp("127.0.0.1:0").await;
        let refused = guest.send_to(&second, "answer", client.address());
        assert_eq!(refused, Err(ErrorCode::AccessDenied));
        assert_eq!(
            guest.verdicts(),
            [true, false, true, true, false, false, true, false],
            "{:?}",
            guest.records()
        );
    });
}

#[test]
fn a_connected_socket_hears_its_peer_alone() {
    let (server, stranger) = (Peer::at("127.0.0.1"), Peer::at("127.0.0.1"));
    block_on(async {
        let rules = [server.rule(), stranger.rule()];
        let mut guest = Guest::new(outbound(&rules));
        let mut udp = guest.udp_socket(ANYWHERE).await.unwrap();
        guest
            .stream(&mut udp, Some(server.address()))
            .await
            .unwrap();
        assert_eq!(guest.send(&udp, "ping", &[None]), Ok(1));
        let (_, guest_address) = server.receive();
        stranger.send("let me in", guest_address);
        server.send("pong", guest_address);
        assert_eq!(guest.receive_until(&udp, "pong").await, ["pong"]);

        // The socket is for one peer, whatever the policy says about others.
        let refused = guest.send_to(&udp, "ping", stranger.address());
        assert_eq!(refused, Err(ErrorCode::InvalidArgument));
        assert_eq!(guest.verdicts(), [true; 4], "{:?}", guest.records());

        let denied = Peer::at("127.0.0.1");
        guest.close_streams(&mut udp).await;
        let refused = guest.stream(&mut udp, Some(denied.address())).await;
        assert_eq!(refused, Err(ErrorCode::AccessDenied));
        guest
            .stream(&mut udp, Some(stranger.address()))
            .await
            .unwrap();
        guest.send(&udp, "hello", &[None]).unwrap();
        assert_eq!(stranger.receive().0, "hello");
    });
}

#[test]
fn a_deny_rule_holds_for_answers_too() {
    let server = Peer::at("127.0.0.1");
    block_on(async {
        let from = "udp://any:any#from=127.0.0.1".parse().unwrap();
        let mut guest = Guest::new(outbound(&[server.rule()]).deny_inbound(from));
        let udp = guest.open_udp(ANYWHERE).await;
        guest.send_to(&udp, "ping", server.address()).unwrap();
        let (_, guest_address) = server.receive();
        server.send("pong", guest_address);
        let this = Resource::<IncomingDatagramStream>::new_borrow(udp.streams.unwrap().0);
        guest.table().get_mut(&this).unwrap().ready().await;
        assert_eq!(guest.take(&udp), Ok(vec![]));
        assert_eq!(
            guest.verdicts(),
            [true, true, false],
            "{:?}",
            guest.records()
        );
    });
}

#[test]
fn what_comes_before_a_refused_datagram_is_sent_and_counted() {
    let (server, denied) = (Peer::at("127.0.0.1"), Peer::at("127.0.0.1"));
    block_on(async {
        let mut guest = Guest::new(outbound(&[server.rule()]));
        let udp = guest.open_udp(ANYWHERE).await;
        let (good, bad) = (Some(server.address()), Some(denied.address()));
        assert_eq!(guest.send(&udp, "x", &[good, good, bad, good]), Ok(2));
        assert_eq!(
            guest.send(&udp, "y", &[bad, good]),
            Err(ErrorCode::AccessDenied)
        );
        assert_eq!(guest.send(&udp, "z", &[good, None]), Ok(1));
        let texts: Vec<_> = (0..3).map(|_| server.receive().0).collect();
        assert_eq!(texts, ["x", "x", "z"]);
        assert!(server.has_nothing() && denied.has_nothing());
    });
}

#[test]
fn what_fails_in_any_case_is_not_decided() {
    block_on(async {
        let mut guest = Guest::new(Policy::builder());
        let udp = guest.open_udp(ANYWHERE).await;
        for target in [
            "0.0.0.0:80",
            "127.0.0.1:0",
            "[::1]:80",
            "[::ffff:127.0.0.1]:80",
        ] {
            let error = guest.send_to(&udp, "x", target.parse().unwrap());
            assert_eq!(error, Err(ErrorCode::InvalidArgument), "{target}");
        }
        assert_eq!(
            guest.send(&udp, "x", &[None]),
            Err(ErrorCode::InvalidArgument)
        );
        let large = "x".repeat(65_536);
        let error = guest.send_to(&udp, &large, "127.0.0.1:80".parse().unwrap());
        assert_eq!(error, Err(ErrorCode::DatagramTooLarge));
        assert_eq!(guest.verdicts(), [true], "the bind");

        let unbound = guest
            .view()
            .create_udp_socket(IpAddressFamily::Ipv4)
            .await
            .unwrap();
        let mut unbound = Udp {
            socket: unbound.rep(),
            streams: None,
        };
        let peer = Some("127.0.0.1:80".parse().unwrap());
        let error = guest.stream(&mut unbound, peer).await;
        assert_eq!(error, Err(ErrorCode::InvalidState));
        assert_eq!(guest.verdicts(), [true], "the bind");
    });
}

#[test]
fn many_hosts_at_once_are_not_reached_by_a_broad_rule() {
    block_on(async {
        let mut guest = Guest::new(outbound(&["udp://any:any".to_owned()]));
        let udp = guest.open_udp(ANYWHERE).await;
        for target in [
            "224.0.0.1:80",
            "255.255.255.255:80",
            "169.254.169.254:80",
            "127.0.0.1:80",
        ] {
            let error = guest.send_to(&udp, "x", target.parse().unwrap());
            assert_eq!(error, Err(ErrorCode::AccessDenied), "{target}");
        }
    });
}

#[test]
fn a_silent_exchange_is_forgotten_and_one_that_goes_on_is_not() {
    let server = Peer::at("127.0.0.1");
    block_on(async {
        let clock = ManualClock::default();
        let policy = inbound("udp://127.0.0.1:0").build();
        let builder = NetCtx::builder()
            .policy(policy)
            .clock(Arc::new(clock.clone()));
        let mut guest = Guest::with(builder);
        let udp = guest.open_udp("127.0.0.1:0").await;
        let guest_address = guest.udp_address(&udp);
        server.send("question", guest_address);
        guest.receive_until(&udp, "question").await;

        for _ in 0..3 {
            clock.advance(Duration::from_secs(200));
            assert_eq!(guest.send_to(&udp, "answer", server.address()), Ok(1));
        }
        clock.advance(Duration::from_secs(300));
        let refused = guest.send_to(&udp, "answer", server.address());
        assert_eq!(refused, Err(ErrorCode::AccessDenied));
    });
}

#[test]
fn an_exchange_that_began_by_name_goes_on_when_the_name_has_expired() {
    let server = Peer::at("127.0.0.1");
    let port = server.address().port();
    block_on(async {
        let clock = ManualClock::default();
        let rule = format!("udp://app.test:{port}#to=127.0.0.1");
        let builder = NetCtx::builder()
            .policy(outbound(&[rule]).build())
            .clock(Arc::new(clock.clone()))
            .resolver(Arc::new(Table::default().with(
                "app.test",
                &["127.0.0.1"],
                &[],
            )));
        let mut guest = Guest::with(builder);
        let udp = guest.open_udp(ANYWHERE).await;
        let refused = guest.send_to(&udp, "ping", server.address());
        assert_eq!(
            refused,
            Err(ErrorCode::AccessDenied),
            "not before the lookup"
        );
        guest.resolve("app.test").await.unwrap();
        assert_eq!(guest.send_to(&udp, "ping", server.address()), Ok(1));
        let (_, guest_address) = server.receive();

        clock.advance(Duration::from_secs(100));
        server.send("pong", guest_address);
        assert_eq!(guest.receive_until(&udp, "pong").await, ["pong"]);
        assert_eq!(guest.send_to(&udp, "ping", server.address()), Ok(1));
        let second = guest.open_udp(ANYWHERE).await;
        let refused = guest.send_to(&second, "ping", server.address());
        assert_eq!(refused, Err(ErrorCode::AccessDenied), "another exchange");
    });
}

#[test]
fn a_peer_that_turns_out_to_have_a_denied_name_is_denied() {
    let server = Peer::at("127.0.0.1");
    let port = server.address().port();
    block_on(async {
        // The deny rule is about a port, so the name may be looked up.
        let policy = outbound(&[server.rule()])
            .deny_outbound(format!("udp://evil.test:{port}").parse().unwrap())
            .allow_resolve("evil.test".parse().unwrap());
        let table = Table::default().with("evil.test", &["127.0.0.1"], &[]);
        let builder = NetCtx::builder().policy(policy.build());
        let mut guest = Guest::with(builder.resolver(Arc::new(table)));
        let udp = guest.open_udp(ANYWHERE).await;
        assert_eq!(guest.send_to(&udp, "ping", server.address()), Ok(1));
        guest.resolve("evil.test").await.unwrap();
        let refused = guest.send_to(&udp, "ping", server.address());
        assert_eq!(refused, Err(ErrorCode::AccessDenied));
    });
}

#[test]
fn another_policy_counts_for_the_next_datagram() {
    let server = Peer::at("127.0.0.1");
    block_on(async {
        let mut guest = Guest::new(outbound(&[server.rule()]));
        let udp = guest.open_udp(ANYWHERE).await;
        assert_eq!(guest.send_to(&udp, "ping", server.address()), Ok(1));
        let (_, guest_address) = server.receive();
        server.send("one", guest_address);
        guest.receive_until(&udp, "one").await;

        guest.change_policy(Policy::builder());
        let refused = guest.send_to(&udp, "ping", server.address());
        assert_eq!(refused, Err(ErrorCode::AccessDenied));
        server.send("two", guest_address);

        guest.change_policy(outbound(&[server.rule()]));
        assert_eq!(guest.send_to(&udp, "ping", server.address()), Ok(1));
        server.send("three", guest_address);
        let received = guest.receive_until(&udp, "three").await;
        assert!(
            received == ["three"] || received == ["two", "three"],
            "{received:?}"
        );
    });
}

#[test]
fn a_second_pair_of_streams_is_an_error_and_no_trap() {
    block_on(async {
        let mut guest = Guest::new(Policy::builder());
        let mut udp = guest.open_udp(ANYWHERE).await;
        let first = udp.streams;
        assert_eq!(
            guest.stream(&mut udp, None).await,
            Err(ErrorCode::InvalidState)
        );
        let (incoming, outgoing) = first.unwrap();
        Incoming::drop(&mut guest.view(), Resource::new_own(incoming)).unwrap();
        assert_eq!(
            guest.stream(&mut udp, None).await,
            Err(ErrorCode::InvalidState)
        );
        Outgoing::drop(&mut guest.view(), Resource::new_own(outgoing))
            .await
            .unwrap();
        assert_eq!(guest.stream(&mut udp, None).await, Ok(()));
        guest.close_udp(udp).await;
    });
}

#[test]
fn a_socket_can_be_connected_again_while_a_receive_is_parked() {
    let servers = [Peer::at("127.0.0.1"), Peer::at("127.0.0.1")];
    block_on(async {
        let mut guest = Guest::new(outbound(&[servers[0].rule(), servers[1].rule()]));
        let mut udp = guest.udp_socket(ANYWHERE).await.unwrap();
        for round in 0..2_000 {
            let peer = (round % 3 != 2).then(|| servers[round % 3].address());
            let connected = guest.stream(&mut udp, peer).await;
            assert_eq!(connected, Ok(()), "round {round}");
            // Nothing is there, so a task waits for it.
            assert_eq!(guest.take(&udp), Ok(vec![]));
            guest.close_streams(&mut udp).await;
        }
        guest.close_udp(udp).await;
        assert_eq!(guest.table_len(), 1, "the network");
    });
}

#[test]
fn what_bypasses_the_wrappers_sends_nothing() {
    let server = Peer::at("127.0.0.1");
    block_on(async {
        let mut guest = Guest::new(outbound(&[server.rule()]));
        let udp = guest.open_udp(ANYWHERE).await;
        let this = || Resource::<OutgoingDatagramStream>::new_borrow(udp.streams.unwrap().1);
        let datagram = OutgoingDatagram {
            data: vec![1],
            remote_address: Some(server.address().into()),
        };
        let mut view = guest.view();
        view.inner().check_send(this()).unwrap();
        let refused = Outgoing::send(&mut view.inner(), this(), vec![datagram]).map_err(code);
        assert_eq!(refused, Err(ErrorCode::AccessDenied));
        assert!(server.has_nothing());
    });
}
