//! Connects and datagrams that a policy leads elsewhere than the guest asks for.

use std::net::{SocketAddr, TcpListener};

use wasmtime::component::Resource;
use wasmtime_wasi::p2::bindings::sockets::network::ErrorCode;
use wasmtime_wasi::p2::bindings::sockets::tcp::HostTcpSocket;
use wasmtime_wasi::p2::bindings::sockets::udp::{
    HostIncomingDatagramStream as _, HostUdpSocket, IncomingDatagramStream,
};
use wasock_policy::{PolicyBuilder, Request};

use super::guest::{Guest, block_on, code};
use super::is_untouched;
use super::udp::{Peer, Udp};
use crate::audit::Decided;
use crate::{Policy, Record};

/// What the guest asks for, in each family: nobody is there.
const ASKED: [&str; 2] = ["203.0.113.5:80", "[2001:db8::5]:80"];
const HERE: [&str; 2] = ["127.0.0.1:0", "[::1]:0"];

fn mapped(mappings: &[String]) -> PolicyBuilder {
    mappings.iter().fold(Policy::builder(), |policy, mapping| {
        policy.map(mapping.parse().unwrap())
    })
}

fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

/// What was decided on, and what was asked for.
fn decisions(guest: &Guest) -> Vec<(SocketAddr, Option<SocketAddr>)> {
    let records = guest.audit().records();
    let decided = records.iter().filter_map(|record| match record {
        Record::Decided(Decided { request, asked, .. }) => match request {
            Request::Connect { remote, .. } | Request::Send { remote, .. } => {
                Some((*remote, *asked))
            }
            Request::ReceiveReply { peer, .. } => Some((*peer, *asked)),
            _ => None,
        },
        _ => None,
    });
    decided.collect()
}

#[test]
fn a_connect_goes_to_the_target_and_the_guest_sees_what_it_asked_for() {
    for (asked, here) in ASKED.into_iter().zip(HERE) {
        let server = TcpListener::bind(here).unwrap();
        let target = server.local_addr().unwrap();
        let policy = mapped(&[format!("tcp://any:80={target}")])
            .allow_outbound(format!("tcp://{target}").parse().unwrap());
        block_on(async {
            let mut guest = Guest::new(policy);
            let socket = guest.socket(asked);
            let streams = guest.connect(socket, asked).await.unwrap();
            let (_stream, peer) = server.accept().unwrap();
            assert_eq!(peer, guest.local_address(socket));

            let this = Resource::new_borrow(socket);
            let remote = HostTcpSocket::remote_address(&mut guest.view(), this);
            let remote = SocketAddr::from(remote.map_err(code).unwrap());
            assert_eq!(remote, address(asked));
            assert_eq!(decisions(&guest), [(target, Some(address(asked)))]);
            let expected = format!("the guest asked for {asked}, which is mapped");
            assert!(guest.last_record().contains(&expected));

            guest.close(socket, streams).await;
            let records = guest.audit().records();
            let Some(Record::Closed(closed)) = records.last() else {
                panic!("{records:?}");
            };
            assert_eq!(closed.remote, Some(target));
            assert_eq!(closed.asked, Some(address(asked)));
        });
    }
}

#[test]
fn a_connect_that_is_not_mapped_is_what_it_was() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let target = server.local_addr().unwrap();
    // Another port, another address, another protocol, another family.
    let mappings = [
        "tcp://any:1=127.0.0.1:2".to_owned(),
        format!("tcp://127.0.0.2:{}=127.0.0.1:2", target.port()),
        format!("udp://any:{}=127.0.0.1:2", target.port()),
        format!("tcp://any:{}=[::1]:2", target.port()),
    ];
    let policy = mapped(&mappings).allow_outbound(format!("tcp://{target}").parse().unwrap());
    block_on(async {
        let mut guest = Guest::new(policy);
        let socket = guest.socket(HERE[0]);
        let streams = guest.connect(socket, &target.to_string()).await.unwrap();
        assert_eq!(decisions(&guest), [(target, None)]);
        guest.close(socket, streams).await;
    });
}

#[test]
fn a_mapping_grants_nothing_and_the_target_is_what_counts() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let target = server.local_addr().unwrap();
    let map = || mapped(&[format!("tcp://203.0.113.0/24:80={target}")]);
    let rule = |text: String| text.parse().unwrap();
    let to_target = || format!("tcp://{target}");
    for (case, policy, denial) in [
        ("nothing", map(), "(no rule)"),
        (
            "what was asked for",
            map().allow_outbound(rule("tcp://203.0.113.5:80".to_owned())),
            "(no rule)",
        ),
        (
            "the target is special",
            map().allow_outbound(rule("tcp://any:any".to_owned())),
            "127.0.0.1 is loopback",
        ),
        (
            "the target is denied",
            map()
                .allow_outbound(rule(to_target()))
                .deny_outbound(rule("tcp://127.0.0.0/8:any".to_owned())),
            "a deny rule wins over every allow rule",
        ),
        (
            "a ceiling denies the target",
            map().allow_outbound(rule(to_target())).ceiling(
                Policy::builder()
                    .allow_outbound(rule("tcp://any:any".to_owned()))
                    .build(),
            ),
            "the ceiling",
        ),
    ] {
        block_on(async {
            let mut guest = Guest::new(policy);
            let socket = guest.socket(ASKED[0]);
            let refused = guest.connect(socket, ASKED[0]).await;
            assert_eq!(refused.err(), Some(ErrorCode::AccessDenied), "{case}");
            let told = guest.last_record();
            assert!(told.contains(denial), "{case}: {told}");
            assert!(told.contains(&target.to_string()), "{case}: {told}");
        });
        assert!(is_untouched(&server), "{case}");
    }
}

#[test]
fn what_bypasses_the_wrappers_reaches_neither_end_of_a_mapping() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let target = server.local_addr().unwrap().to_string();
    let policy = mapped(&[format!("tcp://any:80={target}")])
        .allow_outbound(format!("tcp://{target}").parse().unwrap());
    block_on(async {
        let mut guest = Guest::new(policy);
        for to in [target.as_str(), ASKED[0]] {
            let socket = guest.socket(to);
            let refused = guest.connect_behind_the_guard(socket, to).await;
            assert_eq!(refused.err(), Some(ErrorCode::AccessDenied), "{to}");
        }
    });
    assert!(is_untouched(&server));
}

#[test]
fn another_policy_leads_elsewhere_from_the_next_call_on() {
    let servers = ["127.0.0.1:0"; 2].map(|here| TcpListener::bind(here).unwrap());
    let policy = |server: &TcpListener| {
        let target = server.local_addr().unwrap();
        mapped(&[format!("tcp://any:80={target}")])
            .allow_outbound("tcp://127.0.0.1:any".parse().unwrap())
    };
    block_on(async {
        let mut guest = Guest::new(policy(&servers[0]));
        let mut open = Vec::new();
        for server in &servers {
            guest.change_policy(policy(server));
            let socket = guest.socket(ASKED[0]);
            open.push(guest.connect(socket, ASKED[0]).await.unwrap());
            let (_stream, _) = server.accept().unwrap();
        }
        guest.change_policy(Policy::builder());
        let socket = guest.socket(ASKED[0]);
        let refused = guest.connect(socket, ASKED[0]).await;
        assert_eq!(refused.err(), Some(ErrorCode::AccessDenied));
        assert_eq!(decisions(&guest).last(), Some(&(address(ASKED[0]), None)));
    });
}

impl Guest {
    /// The next datagram, and from whom the guest believes it is.
    async fn receive_from(&mut self, udp: &Udp, text: &str) -> SocketAddr {
        let this = || Resource::<IncomingDatagramStream>::new_borrow(udp.streams.unwrap().0);
        loop {
            let stream = self.table().get_mut(&this()).unwrap();
            wasmtime_wasi::p2::Pollable::ready(stream).await;
            let datagrams = self.view().receive(this(), 1).map_err(code).unwrap();
            if let Some(datagram) = datagrams.into_iter().next() {
                assert_eq!(String::from_utf8(datagram.data).unwrap(), text);
                return datagram.remote_address.into();
            }
        }
    }
}

#[test]
fn datagrams_go_to_the_target_and_its_answers_come_from_where_the_guest_sent_to() {
    for (asked, here) in ASKED.into_iter().zip(["127.0.0.1", "[::1]"]) {
        let target = Peer::at(here);
        let asked = address(asked);
        let policy = mapped(&[format!("udp://any:80={}", target.address())])
            .allow_outbound(target.rule().parse().unwrap());
        let local = if asked.is_ipv6() {
            "[::]:0"
        } else {
            "0.0.0.0:0"
        };
        block_on(async {
            let mut guest = Guest::new(policy);
            let udp = guest.open_udp(local).await;
            for _ in 0..2 {
                assert_eq!(guest.send_to(&udp, "ping", asked), Ok(1));
                let (_, from) = target.receive();
                target.send("pong", from);
                assert_eq!(guest.receive_from(&udp, "pong").await, asked);
            }
            // One record for each direction, with both addresses.
            let both = (target.address(), Some(asked));
            assert_eq!(decisions(&guest), [both, both]);

            // Who goes there directly hears from there.
            assert_eq!(guest.send_to(&udp, "ping", target.address()), Ok(1));
            let (_, from) = target.receive();
            target.send("pong", from);
            assert_eq!(guest.receive_from(&udp, "pong").await, target.address());
        });
    }
}

#[test]
fn of_several_addresses_that_lead_to_one_target_the_last_is_shown() {
    let target = Peer::at("127.0.0.1");
    let policy = mapped(&[format!("udp://any:80={}", target.address())])
        .allow_outbound(target.rule().parse().unwrap());
    block_on(async {
        let mut guest = Guest::new(policy);
        let udp = guest.open_udp("0.0.0.0:0").await;
        for asked in ["203.0.113.5:80", "203.0.113.6:80", "203.0.113.5:80"] {
            let asked = address(asked);
            assert_eq!(guest.send_to(&udp, "ping", asked), Ok(1));
            let (_, from) = target.receive();
            target.send("pong", from);
            assert_eq!(guest.receive_from(&udp, "pong").await, asked);
        }
    });
}

#[test]
fn a_socket_that_is_connected_to_a_mapped_address_has_it_for_its_peer() {
    for (asked, here) in ASKED.into_iter().zip(["127.0.0.1", "[::1]"]) {
        let target = Peer::at(here);
        let asked = address(asked);
        let policy = mapped(&[format!("udp://any:80={}", target.address())])
            .allow_outbound(target.rule().parse().unwrap());
        let local = if asked.is_ipv6() {
            "[::]:0"
        } else {
            "0.0.0.0:0"
        };
        block_on(async {
            let mut guest = Guest::new(policy);
            let mut udp = guest.udp_socket(local).await.unwrap();
            guest.stream(&mut udp, Some(asked)).await.unwrap();
            let this = Resource::new_borrow(udp.socket);
            let remote = HostUdpSocket::remote_address(&mut guest.view(), this);
            assert_eq!(SocketAddr::from(remote.map_err(code).unwrap()), asked);

            for to in [None, Some(asked)] {
                assert_eq!(guest.send(&udp, "ping", &[to]), Ok(1), "{to:?}");
                let (_, from) = target.receive();
                target.send("pong", from);
                assert_eq!(guest.receive_from(&udp, "pong").await, asked);
            }
            // The target is another address to the guest, as any other is.
            let elsewhere = guest.send_to(&udp, "ping", target.address());
            assert_eq!(elsewhere, Err(ErrorCode::InvalidArgument));
            let much = "x".repeat(usize::from(u16::MAX) + 1);
            let too_much = guest.send_to(&udp, &much, asked);
            assert_eq!(too_much, Err(ErrorCode::DatagramTooLarge));
            let both = (target.address(), Some(asked));
            assert_eq!(decisions(&guest), [both, both, both]);
        });
    }
}

#[test]
fn datagrams_to_a_mapped_address_need_a_grant_for_the_target() {
    let target = Peer::at("127.0.0.1");
    let map = || mapped(&[format!("udp://any:80={}", target.address())]);
    let asked = address(ASKED[0]);
    for policy in [
        map().allow_outbound("udp://203.0.113.5:80".parse().unwrap()),
        map()
            .allow_outbound(target.rule().parse().unwrap())
            .deny_outbound("udp://localhost:any".parse().unwrap()),
    ] {
        block_on(async {
            let mut guest = Guest::new(policy);
            let udp = guest.open_udp("0.0.0.0:0").await;
            let refused = Err(ErrorCode::AccessDenied);
            assert_eq!(guest.send_to(&udp, "ping", asked), refused);
            assert_eq!(guest.send_to(&udp, "ping", asked), refused);
            let mut other = guest.udp_socket("0.0.0.0:0").await.unwrap();
            let connected = guest.stream(&mut other, Some(asked)).await;
            assert_eq!(connected, Err(ErrorCode::AccessDenied));
            assert_eq!(decisions(&guest).len(), 2);
        });
    }
    assert!(target.has_nothing());
}

#[test]
fn an_answer_goes_to_who_has_asked_whatever_is_mapped() {
    let (peer, target) = (Peer::at("127.0.0.1"), Peer::at("127.0.0.1"));
    let port = peer.address().port();
    let policy = mapped(&[format!("udp://any:{port}={}", target.address())])
        .allow_inbound("udp://127.0.0.1:0".parse().unwrap())
        .allow_outbound(target.rule().parse().unwrap());
    block_on(async {
        let mut guest = Guest::new(policy);
        let udp = guest.open_udp("127.0.0.1:0").await;
        peer.send("question", guest.udp_address(&udp));
        let from = guest.receive_from(&udp, "question").await;
        assert_eq!(from, peer.address());
        assert_eq!(guest.send_to(&udp, "answer", from), Ok(1));
        assert_eq!(peer.receive().0, "answer");
    });
    assert!(target.has_nothing());
}
