//! `settimeout` and `gettimeout`.

use core::time::Duration;

use crate::api::{Api, Socket};
use crate::failure::{OrFail, expect_eq, expect_err};
use crate::peer::Command;
use crate::transfer::{NONE, expect_same, give, pattern, take, take_all};
use crate::{Failure, World};

const SHORT: Option<Duration> = Some(Duration::from_millis(20));

pub(crate) fn gettimeout_answers_what_settimeout_set<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.stream()?;
    let timeouts = [
        Some(Duration::ZERO),
        Some(Duration::from_nanos(1)),
        Some(Duration::from_millis(1500)),
        None,
        Some(Duration::from_secs(86_400 * 365)),
        Some(Duration::from_secs(u32::MAX as u64)),
    ];
    for timeout in timeouts {
        socket.settimeout(timeout).or_fail("settimeout")?;
        expect_eq!(socket.gettimeout(), timeout, "gettimeout");
    }
    Ok(())
}

pub(crate) fn recv_without_data_runs_out_of_time<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    pair.server.settimeout(SHORT).or_fail("settimeout")?;
    expect_err!(pair.server.recv(1, NONE), Etimedout, "recv");
    expect_err!(pair.server.recvfrom(1, NONE), Etimedout, "recvfrom");

    give(&pair.client, b"late", "sendall")?;
    pair.server.settimeout(None).or_fail("settimeout")?;
    expect_eq!(
        take(&pair.server, 4, "recv")?,
        b"late",
        "what comes afterwards"
    );
    Ok(())
}

pub(crate) fn a_call_that_ran_out_of_time_loses_nothing<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.peer(&Command::Split(500, 500))?;
    let mut data = take(&socket, 500, "recv of the first part")?;
    socket.settimeout(SHORT).or_fail("settimeout")?;
    expect_err!(
        socket.recv(500, NONE),
        Etimedout,
        "recv before the second part"
    );

    give(&socket, b".", "the word to go on")?;
    socket.settimeout(None).or_fail("settimeout")?;
    data.extend(take_all(&socket, "recv of the second part")?);
    expect_same(&data, &pattern(1000), "both parts")
}

/// What there is comes first: the bytes must not be lost with the error.
pub(crate) fn waitall_that_runs_out_of_time_answers_what_came<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    give(&pair.client, b"ab", "sendall")?;
    pair.server.settimeout(SHORT).or_fail("settimeout")?;
    let found = pair
        .server
        .recv(4, wasock_core::flags::MsgFlags::WAITALL)
        .or_fail("recv with waitall")?;
    expect_eq!(found, b"ab", "what came in time");
    Ok(())
}

/// A program that asks for data which is there gets it, however short its patience.
pub(crate) fn the_shortest_timeout_takes_what_is_there<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    give(&pair.client, b"ab", "sendall")?;
    expect_eq!(take(&pair.server, 1, "recv")?, b"a", "the first byte");
    pair.server
        .settimeout(Some(Duration::from_nanos(1)))
        .or_fail("settimeout")?;
    expect_eq!(
        pair.server.recv(1, NONE).or_fail("recv")?,
        b"b",
        "the second byte"
    );
    expect_err!(
        pair.server.recv(1, NONE),
        Etimedout,
        "recv with nothing there"
    );
    Ok(())
}

pub(crate) fn the_longest_timeout_waits<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let socket = world.peer(&Command::Split(1, 1))?;
    socket
        .settimeout(Some(Duration::from_nanos(u64::MAX)))
        .or_fail("settimeout")?;
    take(&socket, 1, "recv of the first byte")?;
    give(&socket, b".", "the word to go on")?;
    take(&socket, 1, "recv of the second byte")?;
    Ok(())
}

pub(crate) fn a_timeout_is_that_of_each_call<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let socket = world.peer(&Command::NeverRead)?;
    socket.settimeout(SHORT).or_fail("settimeout")?;
    for _ in 0..3 {
        expect_err!(socket.recv(1, NONE), Etimedout, "recv");
    }
    socket.send(b"there is room", NONE).or_fail("send")?;
    expect_eq!(socket.gettimeout(), SHORT, "gettimeout afterwards");
    Ok(())
}

pub(crate) fn send_without_room_runs_out_of_time<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.peer(&Command::NeverRead)?;
    socket.settimeout(SHORT).or_fail("settimeout")?;
    let data = pattern(1024 * 1024);
    for _ in 0..1000 {
        match socket.send(&data, NONE) {
            Ok(_) => {}
            other => {
                expect_err!(other, Etimedout, "send");
                return Ok(());
            }
        }
    }
    Err(Failure::new(
        "send: expected ETIMEDOUT in the end, found that a thousand calls took data".into(),
    ))
}
