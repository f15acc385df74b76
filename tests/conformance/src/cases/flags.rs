//! The `MSG_` flags.

use core::time::Duration;

use wasock_core::Errno;
use wasock_core::flags::MsgFlags;

use crate::api::{Api, Shutdown, Socket};
use crate::failure::{OrFail, expect_eq, expect_err, expect_that};
use crate::peer::Command;
use crate::transfer::{KIB, expect_same, give, pattern, take};
use crate::{Failure, World};

const PEEK: MsgFlags = MsgFlags::PEEK;
const WAITALL: MsgFlags = MsgFlags::WAITALL;
const DONTWAIT: MsgFlags = MsgFlags::DONTWAIT;
const NOSIGNAL: MsgFlags = MsgFlags::NOSIGNAL;

/// What no call implements.
const NOWHERE: [MsgFlags; 8] = [
    MsgFlags::OOB,
    MsgFlags::DONTROUTE,
    MsgFlags::CTRUNC,
    MsgFlags::TRUNC,
    MsgFlags::EOR,
    MsgFlags::CONFIRM,
    MsgFlags::ERRQUEUE,
    MsgFlags::MORE,
];

/// The peer sends the second part only when it was told to, and not at once.
pub(crate) fn waitall_waits_for_the_full_amount<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.peer(&Command::Split(2, 2))?;
    expect_same(
        &socket.recv(2, PEEK).or_fail("peek")?,
        &pattern(2),
        "the first part",
    )?;
    give(&socket, b".", "the word to go on")?;
    let found = socket.recv(4, WAITALL).or_fail("recv with waitall")?;
    expect_same(&found, &pattern(4), "both parts")
}

pub(crate) fn waitall_of_recvfrom_waits_for_the_full_amount<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.peer(&Command::Split(2, 2))?;
    expect_same(
        &socket.recv(2, PEEK).or_fail("peek")?,
        &pattern(2),
        "the first part",
    )?;
    give(&socket, b".", "the word to go on")?;
    let found = socket
        .recvfrom(4, WAITALL)
        .or_fail("recvfrom with waitall")?;
    expect_same(&found.data, &pattern(4), "both parts")?;
    expect_eq!(found.sender, None, "the sender");
    Ok(())
}

pub(crate) fn waitall_takes_hundreds_of_kibibytes_at_once<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let length = 700 * KIB;
    let socket = world.peer(&Command::Send(length))?;
    let wanted = u32::try_from(length).unwrap_or(u32::MAX);
    let found = socket.recv(wanted, WAITALL).or_fail("recv with waitall")?;
    expect_same(&found, &pattern(length), "what one recv answers")
}

pub(crate) fn waitall_answers_less_at_the_end<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let socket = world.peer(&Command::Send(3))?;
    let found = socket.recv(100, WAITALL).or_fail("recv with waitall")?;
    expect_same(&found, &pattern(3), "what came before the end")?;
    let found = socket.recv(100, WAITALL).or_fail("recv with waitall")?;
    expect_eq!(found, b"", "recv with waitall at the end");
    Ok(())
}

pub(crate) fn waitall_does_not_wait_where_waiting_is_off<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    give(&pair.client, b"ab", "sendall")?;
    expect_eq!(
        pair.server.recv(2, PEEK).or_fail("peek")?,
        b"ab",
        "what is there"
    );
    let found = pair
        .server
        .recv(4, WAITALL | DONTWAIT)
        .or_fail("recv with waitall and dontwait")?;
    expect_eq!(found, b"ab", "recv with waitall and dontwait");

    give(&pair.client, b"cd", "sendall")?;
    expect_eq!(
        pair.server.recv(2, PEEK).or_fail("peek")?,
        b"cd",
        "what is there"
    );
    pair.server
        .settimeout(Some(Duration::ZERO))
        .or_fail("settimeout")?;
    let found = pair.server.recv(4, WAITALL).or_fail("recv with waitall")?;
    expect_eq!(found, b"cd", "recv with waitall of a non-blocking socket");
    Ok(())
}

pub(crate) fn waitall_with_peek_leaves_the_data<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    give(&pair.client, b"abcd", "sendall")?;
    let found = pair
        .server
        .recv(4, WAITALL | PEEK)
        .or_fail("recv with waitall and peek")?;
    expect_eq!(found, b"abcd", "recv with waitall and peek");
    expect_eq!(
        take(&pair.server, 4, "recv")?,
        b"abcd",
        "what is there afterwards"
    );
    Ok(())
}

pub(crate) fn dontwait_without_data_is_eagain<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let pair = world.pair()?;
    expect_err!(pair.server.recv(1, DONTWAIT), Eagain, "recv");
    expect_err!(pair.server.recvfrom(1, DONTWAIT), Eagain, "recvfrom");
    expect_err!(
        pair.server.recv(1, DONTWAIT | PEEK),
        Eagain,
        "recv with peek"
    );
    expect_eq!(pair.server.gettimeout(), None, "gettimeout afterwards");

    give(&pair.client, b"now", "sendall")?;
    expect_eq!(
        take(&pair.server, 3, "recv")?,
        b"now",
        "what a blocking recv receives"
    );
    Ok(())
}

pub(crate) fn dontwait_takes_what_is_there<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let pair = world.pair()?;
    give(&pair.client, b"here", "sendall")?;
    expect_eq!(
        pair.server.recv(4, PEEK).or_fail("peek")?,
        b"here",
        "what is there"
    );
    expect_eq!(
        pair.server.recv(10, DONTWAIT).or_fail("recv")?,
        b"here",
        "recv with dontwait"
    );

    pair.client.shutdown(Shutdown::Write).or_fail("shutdown")?;
    expect_eq!(pair.server.recv(1, PEEK).or_fail("peek")?, b"", "the end");
    expect_eq!(
        pair.server.recv(10, DONTWAIT).or_fail("recv")?,
        b"",
        "recv with dontwait at the end"
    );
    Ok(())
}

pub(crate) fn dontwait_without_room_is_eagain<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let socket = world.peer(&Command::NeverRead)?;
    let data = pattern(64 * KIB);
    let mut total = 0;
    let errno = loop {
        match socket.send(&data, DONTWAIT) {
            Ok(sent) => total += sent as usize,
            Err(errno) => break errno,
        }
        expect_that!(
            total < KIB * KIB * KIB,
            "send with dontwait: expected EAGAIN in the end, found a gibibyte sent"
        );
    };
    expect_eq!(errno, Errno::Eagain, "send with dontwait");
    expect_that!(total > 0, "before EAGAIN some bytes should have been sent");
    expect_eq!(socket.gettimeout(), None, "gettimeout afterwards");
    Ok(())
}

pub(crate) fn dontwait_of_sendall_without_room_is_eagain<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.peer(&Command::NeverRead)?;
    expect_err!(
        socket.sendall(&pattern(16 * KIB * KIB), DONTWAIT),
        Eagain,
        "sendall with dontwait"
    );
    Ok(())
}

pub(crate) fn nosignal_is_accepted_everywhere<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let pair = world.pair()?;
    expect_eq!(
        pair.client.send(b"ab", NOSIGNAL).or_fail("send")?,
        2,
        "send"
    );
    pair.client.sendall(b"cd", NOSIGNAL).or_fail("sendall")?;
    expect_eq!(take(&pair.server, 2, "recv")?, b"ab", "what was sent");
    expect_eq!(pair.server.recv(1, NOSIGNAL).or_fail("recv")?, b"c", "recv");
    expect_eq!(
        pair.server.recvfrom(1, NOSIGNAL).or_fail("recvfrom")?.data,
        b"d",
        "recvfrom"
    );

    pair.client.shutdown(Shutdown::Write).or_fail("shutdown")?;
    expect_err!(
        pair.client.send(b"x", NOSIGNAL),
        Epipe,
        "send after shutdown"
    );
    Ok(())
}

pub(crate) fn a_flag_that_is_not_implemented_is_eopnotsupp<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    give(&pair.client, b"data", "sendall")?;
    for flag in NOWHERE {
        expect_flag_refused(&pair.server, flag)?;
        expect_err!(
            pair.server.recv(4, flag | PEEK),
            Eopnotsupp,
            "recv with peek and {flag:?}"
        );
    }
    expect_eq!(
        take(&pair.server, 4, "recv")?,
        b"data",
        "what is there afterwards"
    );
    Ok(())
}

pub(crate) fn flags_of_receiving_are_eopnotsupp_when_sending<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    for flag in [PEEK, WAITALL] {
        expect_err!(
            pair.client.send(b"x", flag),
            Eopnotsupp,
            "send with {flag:?}"
        );
        expect_err!(
            pair.client.sendall(b"x", flag),
            Eopnotsupp,
            "sendall with {flag:?}"
        );
    }
    give(&pair.client, b"y", "sendall")?;
    expect_eq!(take(&pair.server, 1, "recv")?, b"y", "what arrived");
    Ok(())
}

/// Arguments are looked at before the state of the socket.
pub(crate) fn a_bad_flag_is_found_before_a_bad_state<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.stream()?;
    for flag in NOWHERE {
        expect_flag_refused(&socket, flag)?;
    }
    Ok(())
}

fn expect_flag_refused(socket: &impl Socket, flag: MsgFlags) -> Result<(), Failure> {
    expect_err!(socket.recv(4, flag), Eopnotsupp, "recv with {flag:?}");
    expect_err!(
        socket.recvfrom(4, flag),
        Eopnotsupp,
        "recvfrom with {flag:?}"
    );
    expect_err!(socket.send(b"x", flag), Eopnotsupp, "send with {flag:?}");
    expect_err!(
        socket.sendall(b"x", flag),
        Eopnotsupp,
        "sendall with {flag:?}"
    );
    Ok(())
}
