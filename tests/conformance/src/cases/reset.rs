//! Connections that the peer resets, at each stage.

use core::time::Duration;

use wasock_core::Errno;
use wasock_core::flags::MsgFlags;

use crate::api::{Api, Shutdown, Socket};
use crate::failure::{OrFail, expect_eq, expect_err, expect_that};
use crate::peer::Command;
use crate::transfer::{KIB, NONE, expect_end, expect_same, pattern};
use crate::world::Visit;
use crate::{Failure, World};

pub(crate) fn recv_after_a_reset_is_econnreset_once_then_empty<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.peer(&Command::Reset)?;
    expect_err!(socket.recv(10, NONE), Econnreset, "the first recv");
    expect_end(&socket, "the recv after that")
}

pub(crate) fn recvfrom_after_a_reset_is_econnreset_once_then_empty<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.peer(&Command::Reset)?;
    expect_err!(socket.recvfrom(10, NONE), Econnreset, "the first recvfrom");
    expect_eq!(
        socket.recvfrom(10, NONE).or_fail("recvfrom")?.data,
        b"",
        "the recvfrom after that"
    );
    Ok(())
}

pub(crate) fn when_recv_has_told_of_a_reset_send_is_epipe<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.peer(&Command::Reset)?;
    expect_err!(socket.recv(10, NONE), Econnreset, "recv");
    expect_err!(socket.send(b"x", NONE), Epipe, "send");
    expect_err!(socket.sendall(b"x", NONE), Epipe, "sendall");
    expect_err!(socket.send(b"x", NONE), Epipe, "send again");
    Ok(())
}

pub(crate) fn when_send_meets_a_reset_it_is_econnreset_once_then_epipe<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = reset_unseen(world)?;
    expect_err!(socket.send(b"x", NONE), Econnreset, "the first send");
    expect_err!(socket.send(b"x", NONE), Epipe, "the send after that");
    expect_err!(socket.sendall(b"x", NONE), Epipe, "sendall");
    expect_end(&socket, "recv")
}

pub(crate) fn when_sendall_meets_a_reset_it_is_econnreset_once_then_epipe<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = reset_unseen(world)?;
    expect_err!(
        socket.sendall(&pattern(300 * KIB), NONE),
        Econnreset,
        "the first sendall"
    );
    expect_err!(socket.sendall(b"x", NONE), Epipe, "the sendall after that");
    expect_end(&socket, "recv")
}

pub(crate) fn a_reset_after_shutdown_of_sending_is_econnreset_too<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let visited = visited(world)?;
    visited
        .socket
        .shutdown(Shutdown::Write)
        .or_fail("shutdown")?;
    visited.visit.go()?;
    expect_err!(visited.socket.recv(10, NONE), Econnreset, "recv");
    expect_end(&visited.socket, "recv after that")
}

/// A recv that has begun to wait before the reset comes, or not: both end in the same way.
pub(crate) fn a_reset_ends_a_recv_with_a_timeout_and_one_that_waits_for_all<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let visited = visited(world)?;
    let timeout = Some(Duration::from_secs(50));
    visited.socket.settimeout(timeout).or_fail("settimeout")?;
    visited.visit.go()?;
    let result = visited.socket.recv(10, MsgFlags::WAITALL);
    expect_err!(result, Econnreset, "recv with waitall");
    expect_end(&visited.socket, "recv after that")
}

pub(crate) fn a_nonblocking_recv_meets_a_reset_once<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = reset_unseen(world)?;
    socket
        .settimeout(Some(Duration::ZERO))
        .or_fail("settimeout")?;
    let end = world.until_done(Errno::Eagain, || socket.recv(10, NONE))?;
    expect_err!(end, Econnreset, "recv");
    expect_end(&socket, "recv after that")
}

pub(crate) fn a_nonblocking_send_learns_of_a_reset<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let visited = visited(world)?;
    visited
        .socket
        .settimeout(Some(Duration::ZERO))
        .or_fail("settimeout")?;
    visited
        .socket
        .send(b"in time", NONE)
        .or_fail("send before the reset")?;
    visited.visit.go()?;
    visited.visit.done()?;
    let end = world.until_done(Errno::Eagain, || match visited.socket.send(b"x", NONE) {
        Ok(_) => Err(Errno::Eagain),
        Err(errno) => Ok(errno),
    })?;
    let errno = end.or_fail("send")?;
    expect_that!(
        matches!(errno, Errno::Econnreset | Errno::Epipe),
        "send after the reset: expected ECONNRESET or EPIPE, found {errno}"
    );
    let result = visited.socket.send(b"x", NONE);
    expect_err!(result, Epipe, "send after that");
    expect_end(&visited.socket, "recv")
}

pub(crate) fn data_that_came_before_a_reset_is_received_first<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.peer(&Command::HelloThenReset)?;
    expect_eq!(
        socket.recv(10, NONE).or_fail("recv")?,
        b"hello",
        "what came before"
    );
    expect_err!(socket.recv(10, NONE), Econnreset, "recv after that");
    expect_end(&socket, "recv at the end")
}

pub(crate) fn a_peer_that_closes_with_data_unread_resets<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.peer(&Command::CloseUnread)?;
    socket.sendall(&pattern(1000), NONE).or_fail("sendall")?;
    expect_err!(socket.recv(10, NONE), Econnreset, "recv");
    expect_end(&socket, "recv after that")
}

pub(crate) fn shutdown_after_a_reset_is_enotconn<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    for how in Shutdown::ALL {
        let socket = world.peer(&Command::Reset)?;
        expect_err!(socket.recv(10, NONE), Econnreset, "recv");
        expect_err!(socket.shutdown(how), Enotconn, "shutdown {how:?}");
    }
    Ok(())
}

pub(crate) fn shutdown_of_sending_that_meets_a_reset_is_enotconn<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    for how in [Shutdown::Write, Shutdown::Both] {
        let socket = reset_unseen(world)?;
        expect_err!(socket.shutdown(how), Enotconn, "shutdown {how:?}");
    }
    Ok(())
}

pub(crate) fn shutdown_of_receiving_that_meets_a_reset_is_enotconn<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = reset_unseen(world)?;
    expect_err!(socket.shutdown(Shutdown::Read), Enotconn, "shutdown");
    Ok(())
}

pub(crate) fn a_socket_that_was_reset_is_closed_and_dropped_like_any_other<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let told = world.peer(&Command::Reset)?;
    expect_err!(told.recv(10, NONE), Econnreset, "recv");
    told.close();
    expect_err!(told.recv(10, NONE), Ebadf, "recv after close");
    let untold = reset_unseen(world)?;
    untold.close();
    expect_err!(untold.send(b"x", NONE), Ebadf, "send after close");
    drop(reset_unseen(world)?);
    world.connected(world.peer)?;
    Ok(())
}

pub(crate) fn a_transfer_that_the_peer_resets_is_an_error<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.peer(&Command::ResetAfter(100 * KIB))?;
    let result = socket.sendall(&pattern(16 * KIB * KIB), NONE);
    expect_err!(result, Econnreset | Epipe, "sendall of 16 MiB");
    expect_err!(socket.send(b"x", NONE), Epipe, "send after that");
    Ok(())
}

pub(crate) fn a_reset_of_one_connection_leaves_the_others_alone<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let other = world.peer(&Command::Mirror(1000))?;
    let socket = world.peer(&Command::Reset)?;
    expect_err!(
        socket.recv(10, NONE),
        Econnreset,
        "recv of the connection that was reset"
    );
    other
        .sendall(&pattern(1000), NONE)
        .or_fail("sendall of the other")?;
    let back = crate::transfer::take_all(&other, "recv of the other")?;
    expect_same(&back, &pattern(1000), "what came back")
}

/// An accepted connection that the peer resets when it is told to.
struct Visited<S> {
    socket: S,
    visit: Visit<S>,
}

fn visited<A: Api>(world: &World<'_, A>) -> Result<Visited<A::Socket>, Failure> {
    let (listener, address) = world.listener()?;
    let visit = world.visit(address, Command::Reset)?;
    let peer = visit.connected()?;
    let (socket, from) = listener.accept().or_fail("accept")?;
    expect_eq!(from, peer, "who was accepted");
    Ok(Visited { socket, visit })
}

/// An accepted connection that the peer has reset, and nobody has been told yet.
fn reset_unseen<A: Api>(world: &World<'_, A>) -> Result<A::Socket, Failure> {
    let Visited { socket, visit } = visited(world)?;
    visit.go()?;
    visit.done()?;
    Ok(socket)
}
