//! `connect(2)` of a socket that does not wait, or not for long.

use core::time::Duration;

use wasock_core::Errno;

use crate::api::{Api, Shutdown, Socket};
use crate::datagram::PATIENCE;
use crate::failure::{OrFail, expect_eq, expect_err, expect_that};
use crate::readiness::{ERROR, WRITABLE};
use crate::transfer::{NONE, give, take};
use crate::{Failure, World};

/// POSIX lets the first call succeed where the connection is there at once; Linux never does, and nobody else here.
pub(crate) fn a_nonblocking_connect_is_einprogress_then_done_once_then_eisconn<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = nonblocking(world)?;
    expect_err!(socket.connect(world.peer), Einprogress, "the first connect");
    world
        .until_done(Errno::Ealready, || socket.connect(world.peer))?
        .or_fail("the connect that ends it")?;
    for _ in 0..2 {
        let result = socket.connect(world.peer);
        expect_err!(result, Eisconn, "the connect after that");
    }

    socket.settimeout(None).or_fail("settimeout")?;
    expect_eq!(
        socket.getpeername().or_fail("getpeername")?,
        world.peer,
        "getpeername"
    );
    give(&socket, b"mirror 2\nhi", "sendall")?;
    expect_eq!(take(&socket, 2, "recv")?, b"hi", "what came back");
    Ok(())
}

/// Nobody has to ask `connect` how it ended: sending works as soon as the connection is there.
pub(crate) fn a_nonblocking_connect_ends_without_being_asked<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = nonblocking(world)?;
    expect_err!(socket.connect(world.peer), Einprogress, "connect");
    let line = b"mirror 2\nhi";
    let sent = world
        .until_done(Errno::Eagain, || socket.send(line, NONE))?
        .or_fail("send")?;
    expect_eq!(sent as usize, line.len(), "how much was sent");
    socket.settimeout(None).or_fail("settimeout")?;
    expect_eq!(take(&socket, 2, "recv")?, b"hi", "what came back");
    Ok(())
}

pub(crate) fn a_nonblocking_connect_that_is_refused_says_so_and_can_be_repeated<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let port = world.refusing_port()?;
    let socket = nonblocking(world)?;
    expect_err!(
        socket.connect(port.address),
        Einprogress,
        "the first connect"
    );
    let end = world.until_done(Errno::Ealready, || socket.connect(port.address))?;
    expect_err!(end, Econnrefused, "how it ended");

    port.open()?;
    let end = world.until_done(Errno::Ealready, || match socket.connect(port.address) {
        Err(Errno::Einprogress) => Err(Errno::Ealready),
        answer => answer,
    })?;
    end.or_fail("connect when somebody listens")
}

/// Whichever call comes first says how the attempt failed. Until then, to the program, it goes on.
pub(crate) fn how_an_attempt_failed_is_told_once_and_before_that_nothing_begins<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    for teller in ["connect", "recv", "send"] {
        let (socket, port) = world.attempt()?;
        port.refuse()?;
        let found = world.wait_for(&socket, WRITABLE, "the end of the attempt")?;
        expect_that!(found.contains(ERROR), "expected an error to wait");

        expect_err!(socket.getpeername(), Enotconn, "getpeername");
        expect_err!(socket.accept(), Einval, "accept");
        expect_err!(socket.listen(1), Einval, "listen");
        let told = match teller {
            "connect" => socket.connect(port.address).err(),
            "recv" => socket.recv(1, NONE).err(),
            _ => socket.send(b"x", NONE).err(),
        };
        expect_eq!(told, Some(Errno::Econnrefused), "{teller}");
        let again = socket.send(b"x", NONE);
        expect_err!(again, Epipe | Enotconn, "send after {teller}");
    }
    Ok(())
}

pub(crate) fn connect_while_connecting_is_ealready<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let port = world.stalling_port()?;
    let socket = nonblocking(world)?;
    expect_err!(
        socket.connect(port.address),
        Einprogress,
        "the first connect"
    );
    for _ in 0..3 {
        expect_err!(
            socket.connect(port.address),
            Ealready,
            "the connect after that"
        );
    }
    Ok(())
}

pub(crate) fn a_connecting_socket_does_nothing_else<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let port = world.stalling_port()?;
    let socket = nonblocking(world)?;
    expect_err!(socket.connect(port.address), Einprogress, "connect");

    expect_err!(socket.recv(1, NONE), Eagain | Enotconn, "recv");
    expect_err!(socket.send(b"x", NONE), Eagain | Enotconn | Epipe, "send");
    expect_err!(socket.getpeername(), Enotconn, "getpeername");
    expect_err!(socket.bind(world.loopback(0)), Einval, "bind");
    expect_err!(socket.listen(1), Einval, "listen");
    expect_err!(socket.accept(), Einval, "accept");
    expect_err!(socket.connect(port.address), Ealready, "connect afterwards");
    Ok(())
}

/// Linux gives the attempt up; POSIX lets it go on.
pub(crate) fn shutdown_of_a_connecting_socket_does_not_wait<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let port = world.stalling_port()?;
    let socket = nonblocking(world)?;
    expect_err!(socket.connect(port.address), Einprogress, "connect");
    if let Err(errno) = socket.shutdown(Shutdown::Both) {
        expect_eq!(errno, Errno::Enotconn, "shutdown");
    }
    Ok(())
}

pub(crate) fn shutdown_knows_that_a_connection_stands_and_so_does_the_program_then<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (_listener, address) = world.listener()?;
    let socket = nonblocking(world)?;
    expect_err!(socket.connect(address), Einprogress, "connect");
    let ready = world.poll_one(&socket, WRITABLE, PATIENCE)?;
    expect_eq!(ready, WRITABLE, "poll of a socket that is connected");
    socket.shutdown(Shutdown::Write).or_fail("shutdown")?;
    expect_err!(socket.connect(address), Eisconn, "connect after shutdown");
    Ok(())
}

pub(crate) fn a_connecting_socket_can_be_dropped<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let port = world.stalling_port()?;
    let closed = nonblocking(world)?;
    expect_err!(closed.connect(port.address), Einprogress, "connect");
    closed.close();
    expect_err!(closed.connect(port.address), Ebadf, "connect after close");

    let dropped = nonblocking(world)?;
    let reached = dropped.connect(port.address);
    expect_err!(reached, Einprogress, "connect of the next");
    drop(dropped);
    world.connected(world.peer)?;
    Ok(())
}

pub(crate) fn connect_without_answer_runs_out_of_time<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let port = world.stalling_port()?;
    let socket = world.stream()?;
    socket
        .settimeout(Some(Duration::from_millis(50)))
        .or_fail("settimeout")?;
    expect_err!(socket.connect(port.address), Etimedout, "connect");
    expect_err!(socket.getpeername(), Enotconn, "getpeername");
    Ok(())
}

pub(crate) fn a_connect_that_ran_out_of_time_goes_on<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let port = world.stalling_port()?;
    let socket = world.stream()?;
    socket
        .settimeout(Some(Duration::from_millis(50)))
        .or_fail("settimeout")?;
    expect_err!(socket.connect(port.address), Etimedout, "connect");

    socket
        .settimeout(Some(Duration::ZERO))
        .or_fail("settimeout")?;
    expect_err!(
        socket.connect(port.address),
        Ealready,
        "connect while nobody answers"
    );
    port.open()?;
    world
        .until_done(Errno::Ealready, || socket.connect(port.address))?
        .or_fail("connect when somebody answers")?;
    expect_err!(
        socket.connect(port.address),
        Eisconn,
        "the connect after that"
    );
    Ok(())
}

pub(crate) fn a_connect_that_is_refused_within_its_time_is_econnrefused<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let port = world.refusing_port()?;
    let socket = world.stream()?;
    socket
        .settimeout(Some(Duration::from_secs(50)))
        .or_fail("settimeout")?;
    expect_err!(socket.connect(port.address), Econnrefused, "connect");
    Ok(())
}

/// Linux answers the first question about an attempt that had to wait as it answers a non-blocking one: with
/// success.
pub(crate) fn a_connect_that_succeeds_within_its_time_is_done<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.stream()?;
    socket
        .settimeout(Some(Duration::from_secs(50)))
        .or_fail("settimeout")?;
    socket.connect(world.peer).or_fail("connect")?;
    if let Err(errno) = socket.connect(world.peer) {
        expect_eq!(errno, Errno::Eisconn, "connect again");
    }
    expect_err!(socket.connect(world.peer), Eisconn, "connect after that");
    expect_that!(
        socket.gettimeout() == Some(Duration::from_secs(50)),
        "the timeout should be as it was set"
    );
    Ok(())
}

fn nonblocking<A: Api>(world: &World<'_, A>) -> Result<A::Socket, Failure> {
    let socket = world.stream()?;
    socket
        .settimeout(Some(Duration::ZERO))
        .or_fail("settimeout")?;
    Ok(socket)
}
