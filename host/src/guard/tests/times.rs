//! Limits of time: what ends by itself, and who is woken by it.

use std::io::{Read, Write};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use wasmtime_wasi::p2::bindings::sockets::network::ErrorCode;

use super::bytes::Connected;
use super::clock::ManualClock;
use super::guest::{Guest, block_on, rule};
use super::limits::limited;
use super::listener;
use super::waiting::{Stalled, is_waiting};
use crate::NetCtx;

/// A guest by a clock that stands still, connected.
async fn by_the_clock(limits: &[&str]) -> (Connected, ManualClock) {
    let clock = ManualClock::default();
    let (listener, address) = listener("127.0.0.1:0");
    let policy = limited(limits).allow_outbound(rule(&address)).build();
    let builder = NetCtx::builder().policy(policy);
    let guest = Guest::with(builder.clock(Arc::new(clock.clone())));
    (Connected::to(guest, &listener).await, clock)
}

#[test]
fn a_connect_that_takes_too_long_wakes_who_waits_for_it() {
    block_on(async {
        let stalled = Stalled::new().await;
        let address = stalled.address.to_string();
        let policy = limited(&["connect-time=50ms"]).allow_outbound(rule(&address));
        let mut guest = Guest::new(policy);
        let socket = guest.socket(&address);
        guest.start_connect(socket, stalled.address).unwrap();
        assert_eq!(guest.usage().connections, 1);
        let early = guest.finish_connect(socket).err();
        assert_eq!(early, Some(ErrorCode::WouldBlock));

        let pollable = guest.subscribe(socket);
        assert_eq!(guest.poll(&[pollable]).await, [0]);
        assert!(guest.is_ready(pollable).await);
        for _ in 0..2 {
            let late = guest.finish_connect(socket).err();
            assert_eq!(late, Some(ErrorCode::Timeout));
        }
        assert_eq!(
            guest.last_record(),
            format!(
                "denied: outbound tcp {address} (used up: connect-time=50ms)\n  \
                 allow more with: --limit connect-time=AMOUNT"
            )
        );
        assert_eq!(guest.usage().connections, 0);
        assert_eq!(
            guest.start_connect(socket, stalled.address),
            Err(ErrorCode::Timeout)
        );
        guest.drop_pollable(pollable);
        guest.drop_socket(socket);
        assert_eq!(guest.usage().sockets, 0);
    });
}

#[test]
fn a_connect_has_its_time_by_the_clock_of_the_context() {
    let clock = ManualClock::default();
    block_on(async {
        let stalled = Stalled::new().await;
        let rule = rule(&stalled.address.to_string());
        let policy = limited(&["connect-time=10s"]).allow_outbound(rule).build();
        let builder = NetCtx::builder().policy(policy);
        let mut guest = Guest::with(builder.clock(Arc::new(clock.clone())));
        let socket = guest.socket("127.0.0.1:0");
        guest.start_connect(socket, stalled.address).unwrap();
        let pollable = guest.subscribe(socket);
        for (passed, ready, error) in [
            (9_999, false, ErrorCode::WouldBlock),
            (1, true, ErrorCode::Timeout),
        ] {
            clock.advance(Duration::from_millis(passed));
            assert_eq!(guest.is_ready(pollable).await, ready);
            assert_eq!(guest.finish_connect(socket).err(), Some(error));
        }
    });
}

#[test]
fn a_connection_that_is_idle_for_too_long_ends_under_a_blocked_reader() {
    block_on(async {
        for by in ["poll", "blocking read"] {
            let mut connected = Connected::new(limited(&["idle-time=50ms"])).await;
            let (guest, streams) = (&mut connected.guest, &connected.streams);
            if by == "poll" {
                let pollable = guest.subscribe_input(streams);
                assert_eq!(guest.poll(&[pollable]).await, [0]);
            }
            let (received, error) = guest.read_to_error(streams).await;
            assert_eq!(received, 0);
            assert!(
                error.contains("the limit idle-time=50ms of this guest is reached")
                    && error.contains("timeout"),
                "{error}"
            );
            let limit = "(used up: idle-time=50ms)";
            assert!(guest.records()[1].contains(limit), "{:?}", guest.records());

            // The next call that comes by closes it, and the peer sees the end.
            guest.socket("127.0.0.1:0");
            assert_eq!(connected.peer.read(&mut [0]).unwrap(), 0);
            let closed = connected.guest.last_record();
            assert!(closed.ends_with("ended by the limit idle-time"), "{closed}");
            assert_eq!(connected.guest.usage().connections, 0);
        }
    });
}

#[test]
fn each_byte_in_either_direction_begins_the_idle_time_anew() {
    block_on(async {
        let (mut connected, clock) = by_the_clock(&["idle-time=10s"]).await;
        let nine = Duration::from_secs(9);
        for round in 0..3 {
            clock.advance(nine);
            connected.write(1).unwrap();
            clock.advance(nine);
            connected.peer.write_all(b"x").unwrap();
            let pollable = connected.guest.subscribe_input(&connected.streams);
            connected.guest.poll(&[pollable]).await;
            connected.guest.drop_pollable(pollable);
            let read = connected.guest.read(&connected.streams, 10);
            assert_eq!(read, Ok(1), "{round}");
        }
        // To ask and to be told "nothing" is no byte.
        clock.advance(nine);
        assert_eq!(connected.guest.read(&connected.streams, 10), Ok(0));
        clock.advance(Duration::from_secs(1));
        let error = connected.guest.read(&connected.streams, 10).unwrap_err();
        assert!(error.contains("idle-time=10s"), "{error}");
        let error = connected.write(1).unwrap_err();
        assert!(error.contains("idle-time=10s"), "{error}");
    });
}

#[test]
fn a_connection_lasts_no_longer_than_its_lifetime_whatever_goes_through() {
    block_on(async {
        let (mut connected, clock) = by_the_clock(&["lifetime=1h"]).await;
        for _ in 0..59 {
            clock.advance(Duration::from_secs(60));
            connected.write(1).unwrap();
        }
        clock.advance(Duration::from_secs(60));
        let error = connected.write(1).unwrap_err();
        assert!(
            error.contains("the limit lifetime=1h of this guest is reached")
                && error.contains("timeout"),
            "{error}"
        );
        let read = connected.guest.read(&connected.streams, 10).unwrap_err();
        assert!(read.contains("lifetime=1h"), "{read}");
        assert_eq!(connected.received_by_peer(), 59);
    });
}

#[test]
fn the_end_of_a_lifetime_wakes_who_waits() {
    block_on(async {
        let mut connected = Connected::new(limited(&["lifetime=50ms"])).await;
        let pollable = connected.guest.subscribe_input(&connected.streams);
        assert_eq!(connected.guest.poll(&[pollable]).await, [0]);
        let error = connected.guest.read(&connected.streams, 10).unwrap_err();
        assert!(error.contains("lifetime=50ms"), "{error}");
    });
}

#[test]
fn a_time_that_comes_with_another_policy_counts_from_then() {
    block_on(async {
        let (mut connected, clock) = by_the_clock(&[]).await;
        clock.advance(Duration::from_secs(1_000));
        let rule = rule(&connected.address);
        let policy = limited(&["idle-time=10s"]).allow_outbound(rule);
        connected.guest.change_policy(policy);
        assert_eq!(connected.guest.read(&connected.streams, 10), Ok(0));
        clock.advance(Duration::from_secs(10));
        assert!(connected.guest.read(&connected.streams, 10).is_err());
    });
}

#[test]
fn a_guest_that_waits_learns_of_a_time_that_is_set_while_it_waits() {
    block_on(async {
        let mut connected = Connected::new(limited(&[])).await;
        let rule = rule(&connected.address);
        let handle = connected.guest.handle();
        let pollable = connected.guest.subscribe_input(&connected.streams);
        let pollables = [pollable];
        {
            let mut waiting = pin!(connected.guest.poll(&pollables));
            assert!(is_waiting(waiting.as_mut()));
            let policy = limited(&["idle-time=50ms"]).allow_outbound(rule);
            handle.set_policy(policy.build());
            assert_eq!(waiting.await, [0]);
        }
        let error = connected.guest.read(&connected.streams, 10).unwrap_err();
        assert!(error.contains("idle-time=50ms"), "{error}");
    });
}
