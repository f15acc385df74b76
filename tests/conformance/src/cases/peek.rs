//! `MSG_PEEK`: looking at data without taking it.

use core::time::Duration;

use wasock_core::flags::MsgFlags;

use crate::api::{Api, Shutdown, Socket};
use crate::failure::{OrFail, expect_eq, expect_err};
use crate::peer::Command;
use crate::transfer::{NONE, expect_end, expect_same, give, pattern, take};
use crate::{Failure, World};

const PEEK: MsgFlags = MsgFlags::PEEK;
const DONTWAIT: MsgFlags = MsgFlags::DONTWAIT;

pub(crate) fn peek_leaves_the_data<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let pair = world.pair()?;
    give(&pair.client, b"hello", "sendall")?;
    for length in [5, 2, 100, u32::MAX] {
        let found = pair.server.recv(length, PEEK).or_fail("recv with peek")?;
        let expected = b"hello".get(..length.min(5) as usize).unwrap_or_default();
        expect_eq!(found, expected, "a peek at {length} bytes");
    }
    let found = pair
        .server
        .recvfrom(3, PEEK)
        .or_fail("recvfrom with peek")?;
    expect_eq!(
        (found.data.as_slice(), found.sender),
        (&b"hel"[..], None),
        "recvfrom with peek"
    );
    expect_eq!(
        take(&pair.server, 5, "recv")?,
        b"hello",
        "what is there afterwards"
    );

    give(&pair.client, b"more", "sendall")?;
    expect_eq!(take(&pair.server, 4, "recv")?, b"more", "what comes next");
    Ok(())
}

pub(crate) fn after_a_peek_data_is_received_in_any_pieces<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    give(&pair.client, b"hello world", "sendall")?;
    expect_eq!(
        pair.server.recv(8, PEEK).or_fail("peek")?,
        b"hello wo",
        "a peek"
    );
    expect_eq!(take(&pair.server, 3, "recv")?, b"hel", "the first piece");
    expect_eq!(
        pair.server.recv(4, PEEK).or_fail("peek")?,
        b"lo w",
        "a peek after that"
    );
    expect_eq!(
        take(&pair.server, 8, "recv")?,
        b"lo world",
        "a piece that goes beyond the peek"
    );
    Ok(())
}

/// A peek at one byte is no reason to receive one byte only.
pub(crate) fn recv_after_a_short_peek_answers_all_that_is_there<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    for flags in [NONE, DONTWAIT] {
        let pair = world.pair()?;
        give(&pair.client, b"hello", "sendall")?;
        let found = pair.server.recv(1, PEEK).or_fail("peek")?;
        expect_eq!(found, b"h", "the peek");
        let found = pair.server.recv(10, flags).or_fail("recv")?;
        expect_eq!(found, b"hello", "recv after the peek");
    }
    Ok(())
}

pub(crate) fn peek_waits_for_data<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let socket = world.peer(&Command::Send(10))?;
    let first = socket.recv(1, PEEK).or_fail("recv with peek")?;
    expect_same(&first, &pattern(1), "the peek")?;
    expect_same(
        &take(&socket, 10, "recv")?,
        &pattern(10),
        "what is there afterwards",
    )
}

pub(crate) fn peek_at_the_end_is_empty<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let pair = world.pair()?;
    give(&pair.client, b"x", "sendall")?;
    pair.client.shutdown(Shutdown::Write).or_fail("shutdown")?;
    expect_eq!(
        pair.server.recv(10, PEEK).or_fail("peek")?,
        b"x",
        "a peek before the end"
    );
    expect_eq!(take(&pair.server, 1, "recv")?, b"x", "the last byte");
    expect_eq!(
        pair.server.recv(10, PEEK).or_fail("peek")?,
        b"",
        "a peek at the end"
    );
    expect_end(&pair.server, "recv")
}

pub(crate) fn what_was_peeked_survives_a_reset<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.peer(&Command::HelloThenReset)?;
    expect_eq!(socket.recv(10, PEEK).or_fail("peek")?, b"hello", "the peek");
    expect_eq!(
        socket.recv(10, NONE).or_fail("recv")?,
        b"hello",
        "what is there afterwards"
    );
    expect_err!(socket.recv(10, NONE), Econnreset, "recv after that");
    Ok(())
}

pub(crate) fn peek_of_a_nonblocking_socket_without_data_is_eagain<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    pair.server
        .settimeout(Some(Duration::ZERO))
        .or_fail("settimeout")?;
    expect_err!(pair.server.recv(1, PEEK), Eagain, "recv with peek");
    Ok(())
}
