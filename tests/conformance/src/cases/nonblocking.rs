//! Sockets with a timeout of zero.

use alloc::vec::Vec;
use core::time::Duration;

use wasock_core::Errno;

use crate::api::{Api, Shutdown, Socket};
use crate::failure::{OrFail, expect_eq, expect_err, expect_that};
use crate::peer::Command;
use crate::transfer::{KIB, MIB, NONE, expect_same, give, pattern, take};
use crate::{Failure, World};

const NOT_AT_ALL: Option<Duration> = Some(Duration::ZERO);

pub(crate) fn a_nonblocking_recv_without_data_is_eagain<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    pair.server.settimeout(NOT_AT_ALL).or_fail("settimeout")?;
    for _ in 0..3 {
        expect_err!(pair.server.recv(10, NONE), Eagain, "recv");
        expect_err!(pair.server.recvfrom(10, NONE), Eagain, "recvfrom");
    }
    Ok(())
}

pub(crate) fn a_nonblocking_recv_takes_what_is_there<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.peer(&Command::Send(100))?;
    socket.settimeout(NOT_AT_ALL).or_fail("settimeout")?;
    let mut data = Vec::new();
    loop {
        let piece = world
            .until_done(Errno::Eagain, || socket.recv(30, NONE))?
            .or_fail("recv")?;
        if piece.is_empty() {
            break;
        }
        data.extend(piece);
    }
    expect_same(&data, &pattern(100), "what the peer sent")
}

pub(crate) fn a_socket_can_be_switched_between_waiting_and_not<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    for _ in 0..3 {
        pair.server.settimeout(NOT_AT_ALL).or_fail("settimeout")?;
        expect_err!(pair.server.recv(1, NONE), Eagain, "recv");
        pair.server.settimeout(None).or_fail("settimeout")?;
        give(&pair.client, b"x", "sendall")?;
        expect_eq!(take(&pair.server, 1, "recv")?, b"x", "what comes");
    }
    Ok(())
}

pub(crate) fn a_nonblocking_send_takes_some_and_then_is_eagain<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.peer(&Command::NeverRead)?;
    socket.settimeout(NOT_AT_ALL).or_fail("settimeout")?;
    let data = pattern(64 * KIB);
    let mut total = 0;
    let errno = loop {
        match socket.send(&data, NONE) {
            Ok(sent) => total += sent as usize,
            Err(errno) => break errno,
        }
        expect_that!(
            total < KIB * MIB,
            "send: expected EAGAIN in the end, found a gibibyte sent"
        );
    };
    expect_eq!(errno, Errno::Eagain, "send");
    expect_that!(total > 0, "before EAGAIN some bytes should have been sent");
    Ok(())
}

/// More than fits between the two ends at once: both must take turns.
pub(crate) fn two_ends_in_one_program_transfer_megabytes_in_turns<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    pair.client.settimeout(NOT_AT_ALL).or_fail("settimeout")?;
    let data = pattern(9 * MIB);
    let mut sent = 0;
    let mut received = Vec::new();
    while received.len() < data.len() {
        while let Some(rest) = data.get(sent..).filter(|rest| !rest.is_empty()) {
            match pair.client.send(rest, NONE) {
                Ok(count) => sent += count as usize,
                Err(errno) => {
                    expect_eq!(errno, Errno::Eagain, "send after {sent} bytes");
                    break;
                }
            }
        }
        let piece = pair.server.recv(512 * 1024, NONE).or_fail("recv")?;
        expect_that!(
            !piece.is_empty(),
            "recv: expected data, found the end after {} bytes",
            received.len()
        );
        received.extend(piece);
    }
    expect_same(&received, &data, "what arrived")
}

pub(crate) fn what_a_nonblocking_send_took_arrives_before_the_end<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    pair.client.settimeout(NOT_AT_ALL).or_fail("settimeout")?;
    let data = pattern(64 * KIB);
    let sent = pair.client.send(&data, NONE).or_fail("send")? as usize;
    pair.client.shutdown(Shutdown::Write).or_fail("shutdown")?;
    let arrived = crate::transfer::take_all(&pair.server, "recv")?;
    expect_same(
        &arrived,
        data.get(..sent).unwrap_or_default(),
        "what arrived",
    )
}
