//! `shutdown(2)` and `close(2)` of datagram sockets.

use wasock_core::flags::MsgFlags;

use crate::api::{Api, Shutdown, Socket};
use crate::cases::close::expect_closed;
use crate::datagram::{expect_datagram, give_one, give_to};
use crate::failure::{OrFail, expect_eq, expect_err};
use crate::readiness::{AT_ONCE, both};
use crate::transfer::NONE;
use crate::{Failure, World};

pub(crate) fn shutdown_of_a_datagram_socket_without_peer_is_enotconn<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.datagram()?;
    for how in Shutdown::ALL {
        expect_err!(socket.shutdown(how), Enotconn, "shutdown {how:?}");
    }
    Ok(())
}

pub(crate) fn shutdown_of_a_bound_datagram_socket_is_enotconn<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (socket, _) = world.bound_datagram()?;
    for how in Shutdown::ALL {
        expect_err!(socket.shutdown(how), Enotconn, "shutdown {how:?}");
    }
    Ok(())
}

/// Programs end a receive in another thread that way.
pub(crate) fn shutdown_of_a_datagram_socket_without_peer_ends_it_all_the_same<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.datagram()?;
    socket.settimeout(None).or_fail("settimeout")?;
    expect_err!(socket.shutdown(Shutdown::Read), Enotconn, "shutdown");
    expect_eq!(socket.recv(10, NONE).or_fail("recv")?, b"", "recv");
    expect_err!(socket.shutdown(Shutdown::Write), Enotconn, "shutdown");
    expect_err!(socket.sendto(b"x", NONE, world.nobody()), Epipe, "sendto");
    Ok(())
}

pub(crate) fn after_shutdown_of_sending_datagrams_send_is_epipe<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.datagram_pair()?;
    for _ in 0..2 {
        pair.client.shutdown(Shutdown::Write).or_fail("shutdown")?;
        expect_err!(pair.client.send(b"x", NONE), Epipe, "send");
        expect_err!(pair.client.send(b"", NONE), Epipe, "send of nothing");
        expect_err!(pair.client.sendall(b"x", NONE), Epipe, "sendall");
    }
    give_one(&pair.server, b"still open")?;
    let found = pair.client.recv(100, NONE).or_fail("recv")?;
    expect_eq!(found, b"still open", "what comes the other way");
    Ok(())
}

/// With a timeout Linux is at odds with itself: readable for `poll`, and `EAGAIN` for `recv`.
pub(crate) fn after_shutdown_of_receiving_datagrams_recv_is_empty<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.datagram_pair()?;
    pair.client.settimeout(None).or_fail("settimeout")?;
    for _ in 0..2 {
        pair.client.shutdown(Shutdown::Read).or_fail("shutdown")?;
        expect_eq!(pair.client.recv(10, NONE).or_fail("recv")?, b"", "recv");
        let found = pair.client.recvfrom(10, NONE).or_fail("recvfrom")?;
        expect_eq!(found.data, b"", "recvfrom");
        expect_eq!((found.length, found.sender), (0, None), "recvfrom");
    }
    give_one(&pair.client, b"still open")?;
    let found = pair.server.recv(100, NONE).or_fail("recv")?;
    expect_eq!(found, b"still open", "what goes the other way");
    Ok(())
}

pub(crate) fn after_shutdown_of_both_halves_of_a_datagram_socket_nothing_goes<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.datagram_pair()?;
    pair.client.settimeout(None).or_fail("settimeout")?;
    for _ in 0..2 {
        pair.client.shutdown(Shutdown::Both).or_fail("shutdown")?;
        expect_err!(pair.client.send(b"x", NONE), Epipe, "send");
        expect_eq!(pair.client.recv(10, NONE).or_fail("recv")?, b"", "recv");
    }
    Ok(())
}

pub(crate) fn a_new_peer_does_not_undo_shutdown<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.datagram_pair()?;
    let (_other, address) = world.bound_datagram()?;
    pair.client.shutdown(Shutdown::Write).or_fail("shutdown")?;
    pair.client.connect(address).or_fail("connect elsewhere")?;
    expect_err!(pair.client.send(b"x", NONE), Epipe, "send");
    Ok(())
}

pub(crate) fn every_call_on_a_closed_datagram_socket_is_ebadf<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.datagram()?;
    for _ in 0..2 {
        socket.close();
        expect_closed(world, &socket)?;
    }
    Ok(())
}

pub(crate) fn every_call_on_a_closed_datagram_socket_with_a_peer_is_ebadf<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.datagram_pair()?;
    give_one(&pair.server, b"unread")?;
    pair.client.close();
    expect_closed(world, &pair.client)
}

pub(crate) fn close_of_a_datagram_socket_frees_its_port<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (socket, address) = world.bound_datagram()?;
    let (client, name) = world.bound_datagram()?;
    give_to(&client, b"unread", address)?;
    socket.close();
    let again = world.datagram()?;
    again
        .bind(address)
        .or_fail("bind to the port after close")?;
    give_to(&client, b"hello", address)?;
    expect_datagram(&again, b"hello", name, "recvfrom")?;
    drop(again);
    let third = world.datagram()?;
    third.bind(address).or_fail("bind to the port after a drop")
}

pub(crate) fn datagram_sockets_are_dropped_in_any_state<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    drop(world.datagram()?);
    drop(world.bound_datagram()?);

    let unread = world.datagram_pair()?;
    give_one(&unread.client, b"one")?;
    give_one(&unread.client, b"two")?;
    drop(unread.server);
    drop(unread.client);

    let peeked = world.datagram_pair()?;
    give_one(&peeked.client, b"one")?;
    peeked.server.recv(1, MsgFlags::PEEK).or_fail("peek")?;
    drop(peeked);

    let polled = world.datagram_pair()?;
    world.poll_one(&polled.server, both(), AT_ONCE)?;
    drop(polled);

    let refused = world.datagram()?;
    refused.connect(world.nobody()).or_fail("connect")?;
    give_one(&refused, b"anybody?")?;
    drop(refused);

    let changed = world.datagram_pair()?;
    changed.client.disconnect().or_fail("disconnect")?;
    drop(changed);
    world.datagram_pair().map(drop)
}

pub(crate) fn hundreds_of_datagram_sockets_one_after_the_other_leave_nothing_behind<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    for _ in 0..300 {
        let pair = world.datagram_pair()?;
        give_one(&pair.client, b"hello")?;
        let found = pair.server.recv(100, NONE).or_fail("recv")?;
        expect_eq!(found, b"hello", "what arrived");
    }
    Ok(())
}
