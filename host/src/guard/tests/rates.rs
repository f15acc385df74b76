//! Rates: what passes now, and that the rest comes later. By a clock that stands still, for a rate is a matter of time.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use wasmtime_wasi::p2::bindings::sockets::network::ErrorCode;
use wasock_policy::{Limits, PolicyBuilder, Rate};

use super::bytes::Connected;
use super::clock::ManualClock;
use super::guest::{Guest, block_on, rule};
use super::limits::limited;
use super::listener;
use super::udp::Peer;
use crate::{Host, NetCtx};

fn guest(policy: PolicyBuilder) -> (Guest, ManualClock) {
    let clock = ManualClock::default();
    let builder = NetCtx::builder().policy(policy.build());
    let guest = Guest::with(builder.clock(Arc::new(clock.clone())));
    (guest, clock)
}

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_reader_gets_a_second_of_its_rate_at_once_and_the_rest_later() {
    let (listener, address) = listener("127.0.0.1:0");
    let (guest, clock) = guest(limited(&["rate-in=1000/s"]).allow_outbound(rule(&address)));
    block_on(async {
        let mut connected = Connected::to(guest, &listener).await;
        connected.peer.write_all(&[7; 5_000]).unwrap();
        let Connected { guest, streams, .. } = &mut connected;
        let pollable = guest.subscribe_input(streams);
        for second in 0..5 {
            assert_eq!(guest.poll(&[pollable]).await, [0], "{second}");
            assert_eq!(guest.read(streams, 1 << 16), Ok(1_000), "{second}");
            assert_eq!(guest.read(streams, 1 << 16), Ok(0), "{second}");
            assert!(!guest.is_ready(pollable).await, "{second}");
            clock.advance(SECOND);
        }
        assert_eq!(guest.usage().bytes_in, 5_000);
        assert_eq!(guest.records().len(), 1, "to wait leaves no record");
    });
}

#[test]
fn a_writer_is_permitted_a_second_of_its_rate_at_once_and_the_rest_later() {
    let (listener, address) = listener("127.0.0.1:0");
    let (guest, clock) = guest(limited(&["rate-out=60000/min"]).allow_outbound(rule(&address)));
    block_on(async {
        let mut connected = Connected::to(guest, &listener).await;
        let pollable = connected.guest.subscribe_output(&connected.streams);
        for second in 0..5 {
            assert_eq!(connected.guest.poll(&[pollable]).await, [0], "{second}");
            let stream = connected.guest.table().get_mut(&connected.streams.1);
            assert_eq!(stream.unwrap().check_write().unwrap(), 1_000, "{second}");
            connected.write(1_000).unwrap();
            let stream = connected.guest.table().get_mut(&connected.streams.1);
            assert_eq!(stream.unwrap().check_write().unwrap(), 0, "{second}");
            assert!(!connected.guest.is_ready(pollable).await, "{second}");
            clock.advance(SECOND);
        }
        let mut received = [0; 5_000];
        connected.peer.read_exact(&mut received).unwrap();
    });
}

#[test]
fn guests_of_a_tenant_share_its_rate() {
    let limits = Limits {
        rate_in: Rate::new(1_000, SECOND),
        ..Limits::default()
    };
    let host = Host::builder().limits(limits).build();
    let tenant = host.tenant("acme").build();
    let clock = ManualClock::default();
    let (listener, address) = listener("127.0.0.1:0");
    let policy = limited(&[]).allow_outbound(rule(&address)).build();
    block_on(async {
        let builder = || tenant.net_ctx().policy(policy.clone());
        let guest = || Guest::with(builder().clock(Arc::new(clock.clone())));
        let mut one = Connected::to(guest(), &listener).await;
        let mut other = Connected::to(guest(), &listener).await;
        for connected in [&mut one, &mut other] {
            connected.peer.write_all(&[7; 2_000]).unwrap();
            let pollable = connected.guest.subscribe_input(&connected.streams);
            assert_eq!(connected.guest.poll(&[pollable]).await, [0]);
        }
        assert_eq!(one.guest.read(&one.streams, 600), Ok(600));
        assert_eq!(other.guest.read(&other.streams, 2_000), Ok(400));
        assert_eq!(one.guest.read(&one.streams, 2_000), Ok(0));
        clock.advance(SECOND);
        assert_eq!(one.guest.read(&one.streams, 2_000), Ok(1_000));
        assert_eq!(other.guest.read(&other.streams, 2_000), Ok(0));
    });
}

#[test]
fn who_comes_faster_than_the_rate_is_accepted_later() {
    let inbound = "tcp://127.0.0.1:0".parse().unwrap();
    let (mut guest, clock) = guest(limited(&["accept-rate=2/s"]).allow_inbound(inbound));
    block_on(async {
        let socket = guest.socket("127.0.0.1:0");
        guest.bind(socket, "127.0.0.1:0").await.unwrap();
        guest.listen(socket).await.unwrap();
        let address = guest.local_address(socket);
        let pollable = guest.subscribe(socket);
        let _peers = [0; 4].map(|_| TcpStream::connect(address).unwrap());
        for second in 0..2 {
            for _ in 0..2 {
                assert_eq!(guest.poll(&[pollable]).await, [0]);
                guest.accept(socket).unwrap();
            }
            let third = guest.accept(socket).err();
            assert_eq!(third, Some(ErrorCode::WouldBlock), "{second}");
            assert!(!guest.is_ready(pollable).await, "{second}");
            clock.advance(SECOND);
        }
        assert_eq!(guest.usage().total_connections, 4);
    });
}

#[test]
fn datagrams_pass_as_long_as_nothing_is_owed() {
    let server = Peer::at("127.0.0.1");
    let limits = ["rate-in=10/s", "rate-out=10/s"];
    let outbound = server.rule().parse().unwrap();
    let (mut guest, clock) = guest(limited(&limits).allow_outbound(outbound));
    block_on(async {
        let udp = guest.open_udp("0.0.0.0:0").await;
        let [incoming, outgoing] = guest.subscribe_udp(&udp);
        let to = Some(server.address());
        // Two and a half seconds' worth: it goes, and is owed.
        let large = "x".repeat(25);
        assert_eq!(guest.send(&udp, &large, &[to, to]), Ok(1));
        let (_, guest_address) = server.receive();
        assert!(!guest.is_ready(outgoing).await);
        assert_eq!(guest.check_send(&udp), Ok(0));
        clock.advance(SECOND);
        assert_eq!(guest.check_send(&udp), Ok(0));
        clock.advance(SECOND);
        assert_eq!(guest.check_send(&udp), Ok(1));
        assert_eq!(guest.poll(&[outgoing]).await, [0]);

        for _ in 0..2 {
            server.send(&large, guest_address);
        }
        for second in 0..2 {
            assert_eq!(guest.poll(&[incoming]).await, [0], "{second}");
            assert_eq!(guest.take(&udp), Ok(vec![large.clone()]), "{second}");
            assert_eq!(guest.take(&udp), Ok(vec![]), "{second}");
            assert!(!guest.is_ready(incoming).await, "{second}");
            clock.advance(3 * SECOND);
        }
    });
}

#[test]
fn who_waits_for_a_rate_is_woken_when_it_lets_something_pass() {
    block_on(async {
        // By the clock of the machine: what is asked is that it comes, not when.
        let mut connected = Connected::new(limited(&["rate-in=100/s"])).await;
        connected.peer.write_all(&[7; 110]).unwrap();
        let Connected { guest, streams, .. } = &mut connected;
        let pollable = guest.subscribe_input(streams);
        let mut received = 0;
        while received < 110 {
            assert_eq!(guest.poll(&[pollable]).await, [0]);
            received += guest.read(streams, 1 << 16).unwrap();
        }
        assert_eq!(received, 110);
    });
}
