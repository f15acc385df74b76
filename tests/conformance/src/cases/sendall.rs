//! `sendall`.

use core::time::Duration;

use crate::api::{Api, Shutdown, Socket};
use crate::failure::{OrFail, expect_eq, expect_err};
use crate::peer::Command;
use crate::transfer::{MIB, NONE, expect_same, give, pattern, take, take_all, take_count};
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

fn discarded<A: Api>(world: &World<'_, A>, how: &Command, length: usize) -> Result<usize, Failure> {
    let socket = world.peer(how)?;
    socket.sendall(&pattern(length), NONE).or_fail("sendall")?;
    socket.shutdown(Shutdown::Write).or_fail("shutdown")?;
    take_count(&socket)
}
