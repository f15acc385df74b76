//! `SO_ERROR`: the error that waits to be answered.

use wasock_core::Errno;
use wasock_core::flags::MsgFlags;

use crate::api::{Api, Socket};
use crate::datagram::{expect_datagram, expect_nothing, give_one, give_to};
use crate::failure::{OrFail, expect_eq, expect_err, expect_that};
use crate::peer::Command;
use crate::readiness::{ERROR, HANGUP, READABLE, WRITABLE};
use crate::transfer::{NONE, expect_end, give, take};
use crate::{Failure, World};

pub(crate) fn a_socket_that_nothing_happened_to_has_no_error<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    for socket in [world.stream()?, world.datagram()?] {
        expect_error(&socket, None, "of a new socket")?;
    }
    Ok(())
}

pub(crate) fn a_socket_in_use_has_no_error<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let (listener, address) = world.listener()?;
    let client = world.connected(address)?;
    let (server, _) = listener.accept().or_fail("accept")?;
    give(&client, b"data", "sendall")?;
    let datagrams = world.datagram_pair()?;
    give_one(&datagrams.client, b"data")?;
    for (socket, what) in [
        (&listener, "listening"),
        (&client, "sending"),
        (&server, "receiving"),
        (&datagrams.client, "sending datagram"),
        (&datagrams.server, "receiving datagram"),
    ] {
        expect_error(socket, None, what)?;
    }
    expect_eq!(take(&server, 4, "recv")?, b"data", "the data");
    let from = datagrams.client.getsockname().or_fail("getsockname")?;
    expect_datagram(&datagrams.server, b"data", from, "recvfrom")
}

pub(crate) fn while_connecting_there_is_no_error<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (socket, port) = world.attempt()?;
    for _ in 0..2 {
        expect_error(&socket, None, "while connecting")?;
    }
    expect_err!(socket.connect(port.address), Ealready, "connect again");
    Ok(())
}

/// The recipe of every event loop: begin, wait until it is writable, ask `SO_ERROR`.
pub(crate) fn no_error_of_a_writable_socket_means_that_it_is_connected<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (socket, port) = world.attempt()?;
    port.open()?;
    world.wait_for(&socket, WRITABLE, "the end of the attempt")?;
    expect_error(&socket, None, "of the attempt")?;
    expect_eq!(socket.getpeername(), Ok(port.address), "getpeername");
    let told = socket.connect(port.address);
    told.or_fail("the connect that says so")?;
    expect_err!(socket.connect(port.address), Eisconn, "the one after that");
    Ok(())
}

/// What follows is what Linux does: the attempt is over when `connect` has been asked.
pub(crate) fn so_error_tells_once_how_an_attempt_failed_and_connect_ends_it<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (socket, port) = world.attempt()?;
    port.refuse()?;
    let found = world.wait_for(&socket, WRITABLE, "the end of the attempt")?;
    expect_that!(found.contains(ERROR), "an error should wait");

    expect_error(&socket, Some(Errno::Econnrefused), "of the attempt")?;
    expect_error(&socket, None, "after that")?;
    let ready = READABLE | WRITABLE | HANGUP;
    world.expect_ready(&socket, ready, "after that")?;
    expect_end(&socket, "recv after that")?;
    expect_err!(socket.send(b"x", NONE), Epipe, "send after that");
    expect_err!(socket.getpeername(), Enotconn, "getpeername after that");
    expect_err!(socket.listen(1), Einval, "listen after that");

    let ends = socket.connect(port.address);
    expect_err!(ends, Econnaborted, "the connect after that");
    world.expect_ready(&socket, WRITABLE | HANGUP, "at last")?;
    expect_err!(socket.recv(1, NONE), Enotconn, "recv at last");
    port.open()?;
    expect_begun(socket.connect(port.address))?;
    world.wait_for(&socket, WRITABLE, "the end of that attempt")?;
    expect_error(&socket, None, "of that attempt")?;
    expect_eq!(socket.getpeername(), Ok(port.address), "getpeername");
    Ok(())
}

/// Whichever call has told it.
pub(crate) fn an_attempt_whose_failure_a_call_has_told_ends_with_connect<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    for teller in ["recv", "send"] {
        let (socket, port) = world.attempt()?;
        port.refuse()?;
        world.wait_for(&socket, WRITABLE, "the end of the attempt")?;
        let told = match teller {
            "recv" => socket.recv(1, NONE).err(),
            _ => socket.send(b"x", NONE).err(),
        };
        expect_eq!(told, Some(Errno::Econnrefused), "{teller}");
        expect_error(&socket, None, "after that")?;
        expect_end(&socket, "recv after that")?;
        expect_err!(socket.send(b"x", NONE), Epipe, "send after that");
        let ends = socket.connect(world.peer);
        expect_err!(ends, Econnaborted, "connect after {teller}");
        expect_begun(socket.connect(world.peer))?;
    }
    Ok(())
}

pub(crate) fn what_connect_has_told_is_no_error_any_more<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let port = world.refusing_port()?;
    let socket = world.stream()?;
    expect_err!(socket.connect(port.address), Econnrefused, "connect");
    expect_error(&socket, None, "of a blocking socket")?;

    let (socket, port) = world.attempt()?;
    port.refuse()?;
    world.wait_for(&socket, WRITABLE, "the end of the attempt")?;
    expect_err!(socket.connect(port.address), Econnrefused, "connect again");
    expect_error(&socket, None, "of a non-blocking socket")
}

pub(crate) fn a_reset_is_the_error_once_then_the_connection_has_ended<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.peer(&Command::Reset)?;
    world.wait_for(&socket, READABLE, "the reset")?;
    expect_error(&socket, Some(Errno::Econnreset), "of the connection")?;
    expect_error(&socket, None, "after that")?;
    let ready = READABLE | WRITABLE | HANGUP;
    world.expect_ready(&socket, ready, "after that")?;
    expect_end(&socket, "recv after that")?;
    expect_err!(socket.send(b"x", NONE), Epipe, "send after that");
    expect_err!(socket.getpeername(), Enotconn, "getpeername after that");
    expect_err!(socket.connect(world.peer), Eisconn, "connect after that");
    Ok(())
}

pub(crate) fn so_error_leaves_the_data_that_came_before_a_reset<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.peer(&Command::HelloThenReset)?;
    let error = world.until_done(Errno::Eagain, || socket.so_error()?.ok_or(Errno::Eagain))?;
    expect_eq!(error, Ok(Errno::Econnreset), "the error");
    expect_eq!(take(&socket, 5, "recv")?, b"hello", "the data");
    expect_end(&socket, "recv after that")
}

/// The peer has closed and does not want what is sent to it: the data has ended as it should, and the connection has not.
pub(crate) fn a_reset_behind_the_end_of_the_data_is_epipe_once<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    pair.client.close();
    expect_end(&pair.server, "recv")?;
    give(&pair.server, b"x", "sendall")?;
    let error = world.until_done(Errno::Eagain, || {
        pair.server.so_error()?.ok_or(Errno::Eagain)
    })?;
    expect_eq!(error, Ok(Errno::Epipe), "the error");
    expect_error(&pair.server, None, "after that")?;
    expect_end(&pair.server, "recv after that")?;
    expect_err!(pair.server.send(b"x", NONE), Epipe, "send after that");
    Ok(())
}

pub(crate) fn what_recv_or_send_has_told_is_no_error_any_more<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.peer(&Command::Reset)?;
    expect_err!(socket.recv(1, NONE), Econnreset, "recv");
    expect_error(&socket, None, "after recv")?;

    let socket = world.peer(&Command::Reset)?;
    world.wait_for(&socket, READABLE, "the reset")?;
    expect_err!(socket.send(b"x", NONE), Econnreset, "send");
    expect_error(&socket, None, "after send")
}

pub(crate) fn a_datagram_to_nobody_is_the_error_once<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.datagram()?;
    socket.connect(world.nobody()).or_fail("connect")?;
    for _ in 0..2 {
        give_one(&socket, b"is anybody there?")?;
        world.wait_for(&socket, READABLE, "the answer of the system")?;
        expect_error(&socket, Some(Errno::Econnrefused), "of the datagram")?;
        expect_error(&socket, None, "after that")?;
        expect_nothing(&socket, "recv after that")?;
    }
    Ok(())
}

pub(crate) fn so_error_leaves_the_datagrams<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let (other, there) = world.bound_datagram()?;
    let (socket, here) = world.bound_datagram()?;
    socket.connect(there).or_fail("connect")?;
    give_to(&other, b"one", here)?;
    give_to(&other, b"two", here)?;
    other.close();
    give_one(&socket, b"is anybody there?")?;
    let error = world.until_done(Errno::Eagain, || socket.so_error()?.ok_or(Errno::Eagain))?;
    expect_eq!(error, Ok(Errno::Econnrefused), "the error");
    expect_datagram(&socket, b"one", there, "the first datagram")?;
    let second = socket.recvfrom(10, MsgFlags::PEEK).or_fail("peek")?;
    expect_eq!(second.data, b"two", "the second datagram");
    expect_error(&socket, None, "after that")?;
    expect_datagram(&socket, b"two", there, "the second datagram, taken")
}

fn expect_error(socket: &impl Socket, expected: Option<Errno>, what: &str) -> Result<(), Failure> {
    expect_eq!(socket.so_error(), Ok(expected), "SO_ERROR {what}");
    Ok(())
}

/// Fails unless an attempt to connect has begun.
fn expect_begun(connect: Result<(), Errno>) -> Result<(), Failure> {
    expect_err!(connect, Einprogress, "another connect");
    Ok(())
}
