//! `send(2)`.

use wasock_core::Errno;

use crate::api::{Api, Shutdown, Socket};
use crate::failure::{OrFail, expect_eq, expect_err, expect_that};
use crate::peer::Command;
use crate::transfer::{MIB, NONE, expect_end, give, pattern, take, take_count};
use crate::{Failure, World};

pub(crate) fn send_answers_how_much_it_took<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let pair = world.pair()?;
    expect_eq!(
        pair.client.send(b"hello", NONE).or_fail("send")?,
        5,
        "how much was taken"
    );
    expect_eq!(take(&pair.server, 5, "recv")?, b"hello", "what arrived");
    Ok(())
}

pub(crate) fn send_of_nothing_sends_nothing<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let pair = world.pair()?;
    expect_eq!(
        pair.client.send(b"", NONE).or_fail("send")?,
        0,
        "how much was taken"
    );
    give(&pair.client, b"after", "sendall")?;
    expect_eq!(take(&pair.server, 5, "recv")?, b"after", "what arrived");
    Ok(())
}

pub(crate) fn send_of_an_unconnected_socket_is_epipe_or_enotconn<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.stream()?;
    for data in [&b"x"[..], b""] {
        expect_err!(
            socket.send(data, NONE),
            Epipe | Enotconn,
            "send of {} bytes",
            data.len()
        );
        expect_err!(
            socket.sendall(data, NONE),
            Epipe | Enotconn,
            "sendall of {} bytes",
            data.len()
        );
    }
    Ok(())
}

pub(crate) fn send_of_a_bound_socket_is_epipe_or_enotconn<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.bound()?;
    expect_err!(socket.send(b"x", NONE), Epipe | Enotconn, "send");
    expect_err!(socket.sendall(b"x", NONE), Epipe | Enotconn, "sendall");
    Ok(())
}

pub(crate) fn send_after_the_sending_half_was_shut_down_is_epipe<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    for how in [Shutdown::Write, Shutdown::Both] {
        let pair = world.pair()?;
        pair.client.shutdown(how).or_fail("shutdown")?;
        for data in [&b"x"[..], b""] {
            expect_err!(
                pair.client.send(data, NONE),
                Epipe,
                "send of {} bytes after {how:?}",
                data.len()
            );
            expect_err!(
                pair.client.sendall(data, NONE),
                Epipe,
                "sendall of {} bytes after {how:?}",
                data.len()
            );
        }
        expect_end(&pair.server, "recv of the peer")?;
    }
    Ok(())
}

/// The peer's system answers the first data with a reset; how much may be sent until that is known is
/// not said.
pub(crate) fn send_to_a_peer_that_has_closed_ends_in_epipe<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.peer(&Command::Close)?;
    expect_end(&socket, "recv")?;
    expect_eq!(
        socket.send(b"first", NONE).or_fail("the first send")?,
        5,
        "how much was taken"
    );

    let refused = world.until_done(Errno::Eagain, || match socket.send(b"x", NONE) {
        Ok(_) => Err(Errno::Eagain),
        Err(errno) => Ok(errno),
    })?;
    let errno = refused.or_fail("send")?;
    expect_that!(
        matches!(errno, Errno::Epipe | Errno::Econnreset),
        "send after the reset: expected EPIPE or ECONNRESET, found {errno}"
    );
    expect_err!(socket.send(b"x", NONE), Epipe, "send after that");
    Ok(())
}

pub(crate) fn a_blocking_send_of_megabytes_makes_progress<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.peer(&Command::Discard)?;
    let data = pattern(8 * MIB);
    let mut total = 0;
    while let Some(rest) = data.get(total..).filter(|rest| !rest.is_empty()) {
        let sent = socket.send(rest, NONE).or_fail("send")? as usize;
        expect_that!(
            (1..=rest.len()).contains(&sent),
            "send of {} bytes: expected some of them, found {sent}",
            rest.len()
        );
        total += sent;
    }
    socket.shutdown(Shutdown::Write).or_fail("shutdown")?;
    expect_eq!(
        take_count(&socket)?,
        data.len(),
        "how much the peer received"
    );
    Ok(())
}

pub(crate) fn many_small_sends_arrive_in_order<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.peer(&Command::Mirror(1000))?;
    for byte in pattern(1000) {
        expect_eq!(
            socket.send(&[byte], NONE).or_fail("send")?,
            1,
            "how much was taken"
        );
    }
    crate::transfer::expect_same(
        &take(&socket, 1000, "recv")?,
        &pattern(1000),
        "what came back",
    )
}
