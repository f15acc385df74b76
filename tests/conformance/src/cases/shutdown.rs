//! `shutdown(2)`.

use wasock_core::Errno;

use crate::api::{Api, Shutdown, Socket};
use crate::failure::{OrFail, expect_eq, expect_err, expect_that};
use crate::peer::Command;
use crate::transfer::{
    KIB, NONE, expect_end, expect_same, give, pattern, take, take_all, take_count,
};
use crate::{Failure, World};

pub(crate) fn shutdown_of_an_unconnected_socket_is_enotconn<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.stream()?;
    for how in Shutdown::ALL {
        expect_err!(socket.shutdown(how), Enotconn, "shutdown {how:?}");
    }
    Ok(())
}

pub(crate) fn shutdown_of_a_bound_socket_is_enotconn<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.bound()?;
    for how in Shutdown::ALL {
        expect_err!(socket.shutdown(how), Enotconn, "shutdown {how:?}");
    }
    Ok(())
}

pub(crate) fn after_shutdown_of_sending_the_peer_sees_the_end_and_still_answers<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.peer(&Command::Discard)?;
    give(&socket, &pattern(1000), "sendall")?;
    socket.shutdown(Shutdown::Write).or_fail("shutdown")?;
    expect_eq!(take_count(&socket)?, 1000, "how much the peer received");
    expect_end(&socket, "recv after that")
}

pub(crate) fn shutdown_of_sending_comes_after_the_data<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    give(&pair.client, &pattern(100 * KIB), "sendall")?;
    pair.client.shutdown(Shutdown::Write).or_fail("shutdown")?;
    expect_same(
        &take_all(&pair.server, "recv")?,
        &pattern(100 * KIB),
        "what arrived",
    )
}

pub(crate) fn shutdown_of_sending_can_be_repeated<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    for _ in 0..3 {
        pair.client.shutdown(Shutdown::Write).or_fail("shutdown")?;
    }
    expect_end(&pair.server, "recv of the peer")?;
    give(&pair.server, b"reply", "sendall of the peer")?;
    expect_eq!(
        take(&pair.client, 5, "recv")?,
        b"reply",
        "what still arrives"
    );
    Ok(())
}

pub(crate) fn after_shutdown_of_receiving_recv_does_not_wait<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    pair.client.shutdown(Shutdown::Read).or_fail("shutdown")?;
    expect_end(&pair.client, "recv")?;
    pair.client
        .shutdown(Shutdown::Read)
        .or_fail("shutdown again")
}

pub(crate) fn after_shutdown_of_receiving_sending_goes_on<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    pair.client.shutdown(Shutdown::Read).or_fail("shutdown")?;
    give(&pair.client, &pattern(10 * KIB), "sendall")?;
    pair.client
        .shutdown(Shutdown::Write)
        .or_fail("shutdown of sending")?;
    expect_same(
        &take_all(&pair.server, "recv")?,
        &pattern(10 * KIB),
        "what the peer received",
    )
}

pub(crate) fn data_queued_before_shutdown_of_receiving_is_still_received<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    give(&pair.server, b"queued", "sendall of the peer")?;
    expect_eq!(take(&pair.client, 1, "recv")?, b"q", "the first byte");
    pair.client.shutdown(Shutdown::Read).or_fail("shutdown")?;
    expect_eq!(take(&pair.client, 5, "recv")?, b"ueued", "what was queued");
    expect_end(&pair.client, "recv after that")
}

/// Linux still receives it; other systems throw it away.
pub(crate) fn data_that_comes_after_shutdown_of_receiving_stops_nobody<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    pair.client.shutdown(Shutdown::Read).or_fail("shutdown")?;
    give(&pair.server, b"late", "sendall of the peer")?;
    let found = pair.client.recv(10, NONE).or_fail("recv")?;
    expect_that!(
        b"late".starts_with(&found),
        "recv: expected `late` or nothing, found {found:?}"
    );
    give(&pair.client, b"fine", "sendall")?;
    expect_eq!(
        take(&pair.server, 4, "recv of the peer")?,
        b"fine",
        "what the peer received"
    );
    Ok(())
}

pub(crate) fn after_shutdown_of_both_halves_nothing_goes_either_way<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    pair.client.shutdown(Shutdown::Both).or_fail("shutdown")?;
    expect_end(&pair.client, "recv")?;
    expect_err!(pair.client.send(b"x", NONE), Epipe, "send");
    expect_end(&pair.server, "recv of the peer")?;
    pair.client
        .shutdown(Shutdown::Both)
        .or_fail("shutdown again")
}

pub(crate) fn one_half_after_the_other_is_both<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    pair.client
        .shutdown(Shutdown::Read)
        .or_fail("shutdown of receiving")?;
    pair.client
        .shutdown(Shutdown::Write)
        .or_fail("shutdown of sending")?;
    expect_end(&pair.client, "recv")?;
    expect_err!(pair.client.send(b"x", NONE), Epipe, "send");
    expect_end(&pair.server, "recv of the peer")
}

/// On Linux nothing is left to shut down; WASI does not mind.
pub(crate) fn shutdown_when_both_sides_have_ended_is_enotconn_or_nothing<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = ended_by_both(world)?;
    for how in Shutdown::ALL {
        if let Err(errno) = pair.client.shutdown(how) {
            expect_eq!(errno, Errno::Enotconn, "shutdown {how:?}");
        }
    }
    Ok(())
}

pub(crate) fn when_both_sides_have_ended_there_is_no_peer<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = ended_by_both(world)?;
    expect_err!(pair.client.getpeername(), Enotconn, "getpeername");
    Ok(())
}

/// Each side has shut down both halves and seen the end; nothing of the connection is left.
fn ended_by_both<A: Api>(world: &World<'_, A>) -> Result<crate::world::Pair<A::Socket>, Failure> {
    let pair = world.pair()?;
    pair.server
        .shutdown(Shutdown::Write)
        .or_fail("shutdown of the peer")?;
    expect_end(&pair.client, "recv")?;
    pair.client.shutdown(Shutdown::Both).or_fail("shutdown")?;
    expect_end(&pair.server, "recv of the peer")?;
    Ok(pair)
}
