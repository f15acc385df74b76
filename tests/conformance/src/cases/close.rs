//! `close(2)`, and dropping without it.

use core::time::Duration;

use wasock_core::Errno;

use crate::api::{Api, Shutdown, Socket};
use crate::failure::{OrFail, expect_eq, expect_err};
use crate::peer::Command;
use crate::transfer::{KIB, NONE, expect_end, expect_same, give, pattern, take, take_all};
use crate::{Failure, World};

pub(crate) fn every_call_on_a_closed_socket_is_ebadf<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.stream()?;
    socket.close();
    expect_closed(world, &socket)
}

pub(crate) fn every_call_on_a_closed_connection_is_ebadf<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    give(&pair.server, b"unread", "sendall of the peer")?;
    pair.client.close();
    expect_closed(world, &pair.client)
}

pub(crate) fn every_call_on_a_closed_listener_is_ebadf<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (listener, _) = world.listener()?;
    listener.close();
    expect_closed(world, &listener)
}

pub(crate) fn close_twice_does_nothing<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let socket = world.stream()?;
    socket.close();
    socket.close();
    world.stream()?;
    Ok(())
}

pub(crate) fn a_closed_socket_still_knows_its_timeout<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.stream()?;
    let timeout = Some(Duration::from_millis(1500));
    socket.settimeout(timeout).or_fail("settimeout")?;
    socket.close();
    expect_eq!(socket.gettimeout(), timeout, "gettimeout");
    Ok(())
}

pub(crate) fn after_close_the_peer_gets_the_data_then_the_end<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    give(&pair.client, &pattern(100 * KIB), "sendall")?;
    pair.client.close();
    expect_same(
        &take_all(&pair.server, "recv")?,
        &pattern(100 * KIB),
        "what arrived",
    )?;
    expect_end(&pair.server, "recv after that")
}

pub(crate) fn after_a_drop_the_peer_gets_the_data_then_the_end<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    give(&pair.client, &pattern(100 * KIB), "sendall")?;
    drop(pair.client);
    expect_same(
        &take_all(&pair.server, "recv")?,
        &pattern(100 * KIB),
        "what arrived",
    )?;
    expect_end(&pair.server, "recv after that")
}

pub(crate) fn close_delivers_what_a_nonblocking_socket_has_sent<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let record = world.record()?;
    let sent = fill(&record.socket)?;
    expect_eq!(
        record.closed()?,
        alloc::format!("{sent} eof"),
        "what the peer saw"
    );
    Ok(())
}

pub(crate) fn a_drop_delivers_what_a_nonblocking_socket_has_sent<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let record = world.record()?;
    let sent = fill(&record.socket)?;
    expect_eq!(
        record.dropped()?,
        alloc::format!("{sent} eof"),
        "what the peer saw"
    );
    Ok(())
}

pub(crate) fn close_does_not_wait_for_a_peer_that_never_reads<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let closed = world.peer(&Command::NeverRead)?;
    fill(&closed)?;
    closed.close();
    expect_err!(closed.send(b"x", NONE), Ebadf, "send after close");

    let dropped = world.peer(&Command::NeverRead)?;
    fill(&dropped)?;
    drop(dropped);

    let other = world.peer(&Command::Mirror(2))?;
    give(&other, b"ok", "sendall of another connection")?;
    expect_eq!(
        take(&other, 2, "recv of another connection")?,
        b"ok",
        "what came back"
    );
    Ok(())
}

pub(crate) fn close_of_a_listener_keeps_what_it_accepted<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (listener, address) = world.listener()?;
    let client = world.connected(address)?;
    let (server, _) = listener.accept().or_fail("accept")?;
    listener.close();

    give(&client, b"question", "sendall of the client")?;
    expect_eq!(
        take(&server, 8, "recv of the server")?,
        b"question",
        "what the server received"
    );
    give(&server, b"answer", "sendall of the server")?;
    expect_eq!(
        take(&client, 6, "recv of the client")?,
        b"answer",
        "what the client received"
    );
    expect_eq!(
        server.getsockname().or_fail("getsockname")?,
        address,
        "getsockname of the server"
    );
    Ok(())
}

pub(crate) fn after_close_of_a_listener_connections_are_refused<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (listener, address) = world.listener()?;
    listener.close();
    expect_err!(world.stream()?.connect(address), Econnrefused, "connect");
    Ok(())
}

/// Nobody will ever accept it: the client must not wait for ever.
pub(crate) fn close_of_a_listener_ends_the_connections_that_wait<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (listener, address) = world.listener()?;
    let client = world.connected(address)?;
    listener.close();
    match client.recv(10, NONE) {
        Ok(data) => expect_eq!(data, b"", "recv of the client"),
        Err(errno) => expect_eq!(errno, Errno::Econnreset, "recv of the client"),
    }
    Ok(())
}

pub(crate) fn sockets_are_dropped_in_any_order<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    for order in [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ] {
        let (listener, address) = world.listener()?;
        let client = world.connected(address)?;
        let (server, _) = listener.accept().or_fail("accept")?;
        give(&client, b"unread", "sendall")?;

        let mut sockets = [Some(listener), Some(client), Some(server)];
        for index in order {
            if let Some(socket) = sockets.get_mut(index) {
                drop(socket.take());
            }
        }
    }
    world.pair()?;
    Ok(())
}

pub(crate) fn sockets_are_dropped_in_any_state<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    drop(world.stream()?);
    drop(world.bound()?);

    let (listener, address) = world.listener()?;
    let waiting = world.connected(address)?;
    drop(listener);
    drop(waiting);

    let refused = world.stream()?;
    expect_err!(
        refused.connect(world.refusing_port()?.address),
        Econnrefused,
        "connect"
    );
    drop(refused);

    let half = world.peer(&Command::Echo)?;
    half.shutdown(Shutdown::Write).or_fail("shutdown")?;
    drop(half);

    let reset = world.peer(&Command::Reset)?;
    expect_err!(reset.recv(1, NONE), Econnreset, "recv");
    drop(reset);

    let peeked = world.peer(&Command::Send(10))?;
    peeked
        .recv(5, wasock_core::flags::MsgFlags::PEEK)
        .or_fail("peek")?;
    drop(peeked);

    world.pair()?;
    Ok(())
}

pub(crate) fn a_thousand_connections_one_after_the_other_leave_nothing_behind<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (listener, address) = world.listener()?;
    for _ in 0..1000 {
        let client = world.connected(address)?;
        let (server, _) = listener.accept().or_fail("accept")?;
        drop(client);
        expect_end(&server, "recv")?;
    }
    Ok(())
}

/// Sends on a non-blocking socket until nothing more is taken; answers how much was.
fn fill(socket: &impl Socket) -> Result<usize, Failure> {
    socket
        .settimeout(Some(Duration::ZERO))
        .or_fail("settimeout")?;
    let data = pattern(64 * KIB);
    let mut total = 0;
    while total < 16 * KIB * KIB {
        match socket.send(&data, NONE) {
            Ok(sent) => total += sent as usize,
            Err(errno) => {
                expect_eq!(errno, Errno::Eagain, "send of a non-blocking socket");
                break;
            }
        }
    }
    Ok(total)
}

/// Fails unless every call on the socket, which is of either type, is `EBADF`.
pub(crate) fn expect_closed<A: Api>(
    world: &World<'_, A>,
    socket: &A::Socket,
) -> Result<(), Failure> {
    let buffer = world.api.buffer(10).or_fail("buffer")?;
    expect_err!(socket.bind(world.loopback(0)), Ebadf, "bind");
    expect_err!(socket.listen(1), Ebadf, "listen");
    expect_err!(socket.accept(), Ebadf, "accept");
    expect_err!(socket.connect(world.loopback(9)), Ebadf, "connect");
    expect_err!(socket.recv(1, NONE), Ebadf, "recv");
    expect_err!(socket.recvfrom(1, NONE), Ebadf, "recvfrom");
    expect_err!(socket.recvfrom(0, NONE), Ebadf, "recvfrom of 0 bytes");
    let result = socket.recv_into(&buffer, 0, 10, NONE);
    expect_err!(result, Ebadf, "recv_into");
    let result = socket.recvfrom_into(&buffer, 0, 10, NONE);
    expect_err!(result, Ebadf, "recvfrom_into");
    expect_err!(socket.send(b"x", NONE), Ebadf, "send");
    expect_err!(socket.send(b"", NONE), Ebadf, "send of nothing");
    expect_err!(socket.sendall(b"x", NONE), Ebadf, "sendall");
    let result = socket.sendto(b"x", NONE, world.loopback(9));
    expect_err!(result, Ebadf, "sendto");
    expect_err!(socket.disconnect(), Ebadf, "disconnect");
    for how in Shutdown::ALL {
        expect_err!(socket.shutdown(how), Ebadf, "shutdown {how:?}");
    }
    expect_err!(socket.getsockname(), Ebadf, "getsockname");
    expect_err!(socket.getpeername(), Ebadf, "getpeername");
    expect_err!(socket.settimeout(None), Ebadf, "settimeout");
    Ok(())
}
