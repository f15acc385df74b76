//! `sendall`.

use alloc::vec::Vec;
use core::time::Duration;

use wasock_core::Errno;

use crate::api::{Api, Shutdown, Socket};
use crate::failure::{OrFail, expect_eq, expect_err};
use crate::peer::Command;
use crate::transfer::{MIB, NONE, expect_same, give, pattern, take, take_all, take_count};
use crate::world::Pair;
use crate::{Failure, World};

pub(crate) fn sendall_of_one_byte_arrives<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let echo = world.peer(&Command::Echo)?;
    echo.sendall(b"x", NONE).or_fail("sendall")?;
    expect_eq!(take(&echo, 1, "recv")?, b"x", "what came back");
    echo.shutdown(Shutdown::Write).or_fail("shutdown")?;
    expect_eq!(take_all(&echo, "recv")?, b"", "what else came");

    expect_eq!(
        discarded(world, &Command::Discard, 1)?,
        1,
        "how much the peer received"
    );
    Ok(())
}

pub(crate) fn sendall_of_nothing_sends_nothing<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    pair.client.sendall(b"", NONE).or_fail("sendall")?;
    give(&pair.client, b"after", "sendall")?;
    expect_eq!(take(&pair.server, 5, "recv")?, b"after", "what arrived");
    Ok(())
}

pub(crate) fn sendall_of_megabytes_arrives<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    expect_eq!(
        discarded(world, &Command::Discard, 3 * MIB)?,
        3 * MIB,
        "how much the peer received"
    );
    Ok(())
}

pub(crate) fn sendall_of_megabytes_arrives_unchanged<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let length = 3 * MIB + 7;
    let socket = world.peer(&Command::Mirror(length))?;
    socket.sendall(&pattern(length), NONE).or_fail("sendall")?;
    expect_same(
        &take_all(&socket, "recv")?,
        &pattern(length),
        "what came back",
    )
}

pub(crate) fn sendall_waits_for_a_slow_reader<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let length = 8 * MIB;
    expect_eq!(
        discarded(world, &Command::SlowDiscard, length)?,
        length,
        "how much the peer received"
    );
    Ok(())
}

pub(crate) fn sendall_within_its_time_is_complete<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.peer(&Command::Discard)?;
    socket
        .settimeout(Some(Duration::from_secs(50)))
        .or_fail("settimeout")?;
    socket.sendall(&pattern(3 * MIB), NONE).or_fail("sendall")?;
    socket.shutdown(Shutdown::Write).or_fail("shutdown")?;
    expect_eq!(take_count(&socket)?, 3 * MIB, "how much the peer received");
    Ok(())
}

pub(crate) fn sendall_to_a_peer_that_never_reads_runs_out_of_time<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.peer(&Command::NeverRead)?;
    socket
        .settimeout(Some(Duration::from_millis(100)))
        .or_fail("settimeout")?;
    expect_err!(
        socket.sendall(&pattern(16 * MIB), NONE),
        Etimedout,
        "sendall of 16 MiB"
    );
    Ok(())
}

/// Every now and then there is room for a little more; that does not start the time anew.
pub(crate) fn the_time_of_sendall_is_that_of_the_whole_call<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.peer(&Command::Drip)?;
    socket
        .settimeout(Some(Duration::from_millis(500)))
        .or_fail("settimeout")?;
    expect_err!(
        socket.sendall(&pattern(16 * MIB), NONE),
        Etimedout,
        "sendall of 16 MiB"
    );
    Ok(())
}

pub(crate) fn a_nonblocking_sendall_is_complete_or_eagain<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.peer(&Command::NeverRead)?;
    socket
        .settimeout(Some(Duration::ZERO))
        .or_fail("settimeout")?;
    socket
        .sendall(b"there is room for this", NONE)
        .or_fail("sendall of a little")?;
    expect_err!(
        socket.sendall(&pattern(16 * MIB), NONE),
        Eagain,
        "sendall of 16 MiB"
    );
    Ok(())
}

/// How much was sent is unknown, but not what: the start of the data, once and in order.
pub(crate) fn what_a_sendall_sent_that_ran_out_of_time_is_the_start<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    let timeout = Some(Duration::from_millis(100));
    pair.client.settimeout(timeout).or_fail("settimeout")?;
    let result = pair.client.sendall(&pattern(16 * MIB), NONE);
    expect_err!(result, Etimedout, "sendall of 16 MiB");
    expect_start_then_tail(pair)
}

pub(crate) fn what_a_nonblocking_sendall_sent_before_eagain_is_the_start<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    let timeout = Some(Duration::ZERO);
    pair.client.settimeout(timeout).or_fail("settimeout")?;
    let result = pair.client.sendall(&pattern(16 * MIB), NONE);
    expect_err!(result, Eagain, "sendall of 16 MiB");
    expect_start_then_tail(pair)
}

/// Sends one more thing, and expects it right behind some start of the pattern.
fn expect_start_then_tail<S: Socket>(pair: Pair<S>) -> Result<(), Failure> {
    let tail = b"this comes last";
    let Pair { client, server } = pair;
    client
        .settimeout(Some(Duration::ZERO))
        .or_fail("settimeout")?;
    let mut arrived = Vec::new();
    let mut rest = &tail[..];
    while !rest.is_empty() {
        match client.send(rest, NONE) {
            Ok(sent) => rest = rest.get(sent as usize..).unwrap_or_default(),
            // What is in the way is on its way: there is something to receive.
            Err(errno) => {
                expect_eq!(errno, Errno::Eagain, "send of one more thing");
                let piece = server.recv(u32::MAX, NONE);
                arrived.extend(piece.or_fail("recv of what is in the way")?);
            }
        }
    }
    drop(client);
    arrived.extend(take_all(&server, "recv of the rest")?);

    let start = arrived.len().saturating_sub(tail.len());
    expect_same(
        arrived.get(start..).unwrap_or_default(),
        tail,
        "what arrived last",
    )?;
    expect_same(
        arrived.get(..start).unwrap_or_default(),
        &pattern(start),
        "what arrived before",
    )
}

fn discarded<A: Api>(world: &World<'_, A>, how: &Command, length: usize) -> Result<usize, Failure> {
    let socket = world.peer(how)?;
    socket.sendall(&pattern(length), NONE).or_fail("sendall")?;
    socket.shutdown(Shutdown::Write).or_fail("shutdown")?;
    take_count(&socket)
}
