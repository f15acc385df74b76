//! Another policy while a guest runs, and no policy at all.

use std::io::Read;
use std::net::TcpStream;
use std::pin::pin;
use std::time::Duration;

use wasmtime_wasi::p2::bindings::sockets::network::ErrorCode;
use wasock_policy::{OnRevoke, PolicyBuilder};

use super::bytes::Connected;
use super::guest::{Guest, block_on, rule};
use super::limits::limited;
use super::udp::Peer;
use super::waiting::{Stalled, is_waiting, tasks_ended};
use super::{is_untouched, listener, read_all};
use crate::audit::{Cause, PolicyChanged, Record};
use crate::{Host, Policy};

fn listening() -> PolicyBuilder {
    Policy::builder().allow_inbound("tcp://127.0.0.1:0".parse().unwrap())
}

/// The last change of the policy that was entered.
fn change(guest: &Guest) -> PolicyChanged {
    let records = guest.audit().records();
    let change = records.iter().rev().find_map(|record| match record {
        Record::PolicyChanged(change) => Some(change.clone()),
        _ => None,
    });
    change.unwrap()
}

/// What ended the sockets that were closed.
fn causes(guest: &Guest) -> Vec<Cause> {
    let records = guest.audit().records();
    let causes = records.iter().filter_map(|record| match record {
        Record::Closed(closed) => Some(closed.cause),
        _ => None,
    });
    causes.collect()
}

#[test]
fn a_connection_that_is_not_allowed_any_more_ends_under_a_blocked_reader() {
    block_on(async {
        for how in ["poll", "blocking read"] {
            let mut connected = Connected::new(Policy::builder()).await;
            let (guest, streams) = (&mut connected.guest, &connected.streams);
            let handle = guest.handle();
            let pollables = [guest.subscribe_input(streams)];
            if how == "poll" {
                let mut waiting = pin!(guest.poll(&pollables));
                assert!(is_waiting(waiting.as_mut()));
                handle.set_policy(Policy::default());
                assert_eq!(waiting.await, [0]);
            } else {
                let mut waiting = pin!(guest.read_to_error(streams));
                assert!(is_waiting(waiting.as_mut()));
                handle.set_policy(Policy::default());
                waiting.await;
            }
            let error = guest.read(streams, 10).unwrap_err();
            assert!(
                error.contains("the policy does not allow the connection any more")
                    && error.contains("access-denied"),
                "{error}"
            );
            let expected = PolicyChanged {
                generation: 1,
                revoked: false,
                closed: 1,
                kept: 0,
            };
            assert_eq!(change(guest), expected);
            if how == "blocking read" {
                guest.is_ready(pollables[0]).await;
            }
            assert_eq!(causes(guest), [Cause::Policy]);
            assert_eq!(guest.usage().connections, 0);
            let written = connected.write(1).unwrap_err();
            assert!(written.contains("access-denied"), "{written}");
            assert_eq!(connected.peer.read(&mut [0]).unwrap(), 0, "closed");
        }
    });
}

#[test]
fn a_writer_that_a_stalled_peer_blocks_is_woken_and_its_bytes_go_nowhere() {
    block_on(async {
        let mut connected = Connected::narrow(Policy::builder()).await;
        let (guest, streams) = (&mut connected.guest, &connected.streams);
        let written = guest.write_until_stuck(streams).await;
        let (handle, lingering) = (guest.handle(), guest.lingering());
        let pollables = [guest.subscribe_output(streams)];
        {
            let mut waiting = pin!(guest.poll(&pollables));
            assert!(is_waiting(waiting.as_mut()));
            handle.set_policy(Policy::default());
            assert_eq!(waiting.await, [0]);
        }
        let error = connected.write(1).unwrap_err();
        assert!(error.contains("access-denied"), "{error}");
        drop(connected.guest);
        assert!(lingering.is_empty());
        tasks_ended().await;
        assert!(read_all(connected.peer).unwrap() < written);
    });
}

#[test]
fn what_is_still_allowed_goes_on_and_the_next_call_is_by_the_new_policy() {
    block_on(async {
        let (_other, other) = listener("127.0.0.1:0");
        let mut connected = Connected::new(Policy::builder()).await;
        let same = || Policy::builder().allow_outbound(rule(&connected.address));
        let (same, with_other) = (same(), same().allow_outbound(rule(&other)));
        let guest = &mut connected.guest;
        let socket = guest.socket(&other);
        assert!(guest.connect(socket, &other).await.is_err());
        guest.change_policy(with_other);
        guest.connect(socket, &other).await.unwrap();
        guest.change_policy(same);
        assert_eq!(change(guest).closed, 1);
        connected.write(5).unwrap();
        assert_eq!(connected.received_by_peer(), 5);
    });
}

#[test]
fn with_on_revoke_keep_what_is_open_stays_open_and_nothing_is_opened() {
    block_on(async {
        let mut connected = Connected::new(Policy::builder()).await;
        let keep = Policy::builder().on_revoke(OnRevoke::Keep);
        connected.guest.change_policy(keep);
        let change = change(&connected.guest);
        assert_eq!((change.closed, change.kept), (0, 1));
        connected.write(5).unwrap();

        let guest = &mut connected.guest;
        let socket = guest.socket(&connected.address);
        let refused = guest.connect(socket, &connected.address).await.err();
        assert_eq!(refused, Some(ErrorCode::AccessDenied));
        assert_eq!(connected.received_by_peer(), 5);
    });
}

#[test]
fn a_listener_that_is_not_allowed_any_more_is_closed_under_who_waits_for_it() {
    block_on(async {
        let mut guest = Guest::new(listening());
        let socket = guest.socket("127.0.0.1:0");
        guest.bind(socket, "127.0.0.1:0").await.unwrap();
        guest.listen(socket).await.unwrap();
        let address = guest.local_address(socket);
        let handle = guest.handle();
        let pollables = [guest.subscribe(socket)];
        {
            let mut waiting = pin!(guest.poll(&pollables));
            assert!(is_waiting(waiting.as_mut()));
            handle.set_policy(Policy::default());
            assert_eq!(waiting.await, [0]);
        }
        assert!(TcpStream::connect(address).is_err(), "nobody listens");
        assert_eq!(guest.accept(socket).err(), Some(ErrorCode::AccessDenied));
        assert_eq!(guest.listen(socket).await, Err(ErrorCode::AccessDenied));
        assert_eq!(
            guest.bind(socket, "0.0.0.0:0").await,
            Err(ErrorCode::AccessDenied)
        );
        assert!(guest.is_ready(pollables[0]).await);
        assert_eq!(causes(&guest), [Cause::Policy]);
    });
}

#[test]
fn a_connect_that_is_under_way_is_given_up() {
    block_on(async {
        let stalled = Stalled::new().await;
        let address = stalled.address.to_string();
        let mut guest = Guest::new(Policy::builder().allow_outbound(rule(&address)));
        let socket = guest.socket(&address);
        guest.start_connect(socket, stalled.address).unwrap();
        let handle = guest.handle();
        let pollables = [guest.subscribe(socket)];
        {
            let mut waiting = pin!(guest.poll(&pollables));
            assert!(is_waiting(waiting.as_mut()));
            handle.set_policy(Policy::default());
            assert_eq!(waiting.await, [0]);
        }
        let given_up = guest.finish_connect(socket).err();
        assert_eq!(given_up, Some(ErrorCode::AccessDenied));
        assert_eq!(guest.usage().connections, 0);
        assert_eq!(causes(&guest), [], "it was none");
    });
}

#[test]
fn a_udp_socket_that_is_not_allowed_any_more_hears_and_says_nothing() {
    let client = Peer::at("127.0.0.1");
    block_on(async {
        let inbound = "udp://127.0.0.1:0".parse().unwrap();
        let mut guest = Guest::new(Policy::builder().allow_inbound(inbound));
        let udp = guest.open_udp("127.0.0.1:0").await;
        let address = guest.udp_address(&udp);
        client.send("one", address);
        assert_eq!(guest.receive_until(&udp, "one").await, ["one"]);
        let handle = guest.handle();
        let [incoming, _] = guest.subscribe_udp(&udp);
        {
            let pollables = [incoming];
            let mut waiting = pin!(guest.poll(&pollables));
            assert!(is_waiting(waiting.as_mut()));
            handle.set_policy(Policy::default());
            assert_eq!(waiting.await, [0]);
        }
        client.send("two", address);
        assert_eq!(guest.take(&udp), Err(ErrorCode::AccessDenied));
        let answer = guest.send_to(&udp, "three", client.address());
        assert_eq!(answer, Err(ErrorCode::AccessDenied));
        assert!(client.has_nothing());
        assert_eq!(causes(&guest), [Cause::Policy]);
    });
}

#[test]
fn a_udp_socket_that_is_connected_ends_with_the_rule_for_its_peer() {
    let (one, other) = (Peer::at("127.0.0.1"), Peer::at("127.0.0.1"));
    let policy = |peer: &Peer| Policy::builder().allow_outbound(peer.rule().parse().unwrap());
    block_on(async {
        let mut guest = Guest::new(policy(&one));
        let mut udp = guest.udp_socket("0.0.0.0:0").await.unwrap();
        guest.stream(&mut udp, Some(one.address())).await.unwrap();
        guest.send(&udp, "ping", &[None]).unwrap();
        guest.change_policy(policy(&other));
        let sent = guest.send(&udp, "ping", &[None]);
        assert_eq!(sent, Err(ErrorCode::AccessDenied));

        // One that is for everybody is still good for the other.
        let mut guest = Guest::new(policy(&one));
        let udp = guest.open_udp("0.0.0.0:0").await;
        guest.change_policy(policy(&other));
        assert_eq!(guest.send_to(&udp, "ping", other.address()), Ok(1));
        let refused = guest.send_to(&udp, "ping", one.address());
        assert_eq!(refused, Err(ErrorCode::AccessDenied));
    });
}

#[test]
fn what_is_revoked_is_gone_for_good() {
    block_on(async {
        let keep = Policy::builder().on_revoke(OnRevoke::Keep);
        let mut connected = Connected::new(keep).await;
        let udp = connected.guest.open_udp("0.0.0.0:0").await;
        let handle = connected.guest.handle();
        assert!(!handle.is_revoked());
        handle.revoke();
        handle.set_policy(
            Policy::builder()
                .allow_outbound(rule(&connected.address))
                .build(),
        );
        assert!(handle.is_revoked());
        let expected = PolicyChanged {
            generation: 1,
            revoked: true,
            closed: 2,
            kept: 0,
        };
        assert_eq!(change(&connected.guest), expected);

        let error = connected.write(1).unwrap_err();
        assert!(error.contains("the network was revoked"), "{error}");
        let guest = &mut connected.guest;
        assert_eq!(guest.take(&udp), Err(ErrorCode::AccessDenied));
        let socket = guest.socket(&connected.address);
        let refused = guest.connect(socket, &connected.address).await.err();
        assert_eq!(refused, Some(ErrorCode::AccessDenied));
        assert_eq!(causes(guest), [Cause::Revoked, Cause::Revoked]);
        assert_eq!(connected.peer.read(&mut [0]).unwrap(), 0, "closed");
    });
}

#[test]
fn what_the_guest_has_closed_and_the_peer_has_not_taken_is_cut_off() {
    block_on(async {
        let mut connected = Connected::narrow(Policy::builder()).await;
        let written = {
            let (guest, streams) = (&mut connected.guest, &connected.streams);
            guest.write_until_stuck(streams).await
        };
        let Connected {
            mut guest,
            socket,
            streams,
            peer,
            ..
        } = connected;
        let (handle, lingering) = (guest.handle(), guest.lingering());
        guest.close(socket, streams).await;
        assert_eq!(lingering.len(), 1);
        handle.revoke();
        assert!(lingering.finished(Duration::from_secs(20)).await);
        tasks_ended().await;
        assert!(read_all(peer).unwrap() < written);
    });
}

#[test]
fn what_is_revoked_from_a_tenant_is_gone_from_each_of_its_guests_and_those_to_come() {
    let host = Host::builder().build();
    let [acme, other] = ["acme", "other"].map(|name| host.tenant(name).build());
    let (listener, address) = listener("127.0.0.1:0");
    let policy = limited(&[]).allow_outbound(rule(&address)).build();
    block_on(async {
        let guest = |tenant: &crate::Tenant| Guest::with(tenant.net_ctx().policy(policy.clone()));
        let mut first = Connected::to(guest(&acme), &listener).await;
        let mut second = Connected::to(guest(&acme), &listener).await;
        let mut third = Connected::to(guest(&other), &listener).await;
        acme.revoke();
        assert!(first.write(1).is_err() && second.write(1).is_err());
        third.write(1).unwrap();

        let mut late = guest(&acme);
        let socket = late.socket(&address);
        let refused = late.connect(socket, &address).await.err();
        assert_eq!(refused, Some(ErrorCode::AccessDenied));
        assert!(is_untouched(&listener));

        host.revoke();
        assert!(third.write(1).is_err());
        let mut late = guest(&other);
        let socket = late.socket(&address);
        assert!(late.connect(socket, &address).await.is_err());
    });
}

#[test]
fn a_change_for_one_guest_is_none_for_another_that_shares_the_policy() {
    let (listener, address) = listener("127.0.0.1:0");
    let policy = std::sync::Arc::new(Policy::builder().allow_outbound(rule(&address)).build());
    block_on(async {
        let guest = || Guest::with(crate::NetCtx::builder().policy(policy.clone()));
        let mut one = Connected::to(guest(), &listener).await;
        let mut other = Connected::to(guest(), &listener).await;
        one.guest.change_policy(Policy::builder());
        assert!(one.write(1).is_err());
        other.write(1).unwrap();
    });
}

#[test]
fn no_policy_reaches_beyond_the_ceilings_be_it_the_first_or_another() {
    let (listener, inside) = listener("127.0.0.1:0");
    let [outside, forbidden] =
        ["127.0.0.2", "127.0.0.3"].map(|host| inside.replace("127.0.0.1", host));
    let allow = |addresses: &[&String]| {
        let rules = addresses.iter().map(|address| rule(address));
        rules
            .fold(Policy::builder(), PolicyBuilder::allow_outbound)
            .build()
    };
    let host = Host::builder().ceiling(allow(&[&inside, &outside])).build();
    let tenant = host
        .tenant("acme")
        .ceiling(allow(&[&inside, &forbidden]))
        .build();
    block_on(async {
        let everything = allow(&[&inside, &outside, &forbidden]);
        let mut first = Guest::with(tenant.net_ctx().policy(everything.clone()));
        let mut second = Guest::with(tenant.net_ctx());
        second.handle().set_policy(everything);
        for guest in [&mut first, &mut second] {
            let socket = guest.socket(&inside);
            for address in [&outside, &forbidden] {
                let refused = guest.connect(socket, address).await.err();
                assert_eq!(refused, Some(ErrorCode::AccessDenied), "{address}");
            }
            guest.connect(socket, &inside).await.unwrap();
        }
        drop(listener);
    });
}

#[test]
fn no_connection_slips_through_while_another_thread_changes_the_policy() {
    block_on(async {
        let (listener, address) = listener("127.0.0.1:0");
        let policy = || Policy::builder().allow_outbound(rule(&address));
        for _ in 0..50 {
            let mut guest = Guest::new(policy());
            let handle = guest.handle();
            let changes = std::thread::spawn(move || handle.set_policy(Policy::default()));
            let socket = guest.socket(&address);
            let connected = guest.connect(socket, &address).await;
            changes.join().unwrap();
            match connected {
                Ok(streams) => {
                    let error = guest.read(&streams, 1).unwrap_err();
                    assert!(error.contains("access-denied"), "{error}");
                }
                Err(error) => assert_eq!(error, ErrorCode::AccessDenied),
            }
            // The next call that comes by closes it.
            guest.socket(&address);
            assert_eq!(guest.usage().connections, 0);
        }
        drop(listener);
    });
}
