//! `recv(2)` and `recvfrom(2)` of connections that end in an orderly way.

use crate::api::{Api, Shutdown, Socket};
use crate::failure::{OrFail, expect_eq, expect_err, expect_that};
use crate::peer::Command;
use crate::transfer::{MIB, NONE, expect_end, expect_same, give, pattern, take, take_all};
use crate::{Failure, World};

pub(crate) fn recv_answers_what_is_there<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let pair = world.pair()?;
    give(&pair.client, b"hello", "sendall")?;
    let found = pair
        .server
        .recv(100, NONE)
        .or_fail("recv of up to 100 bytes")?;
    expect_eq!(found, b"hello", "what was received");
    Ok(())
}

pub(crate) fn recv_answers_no_more_than_was_asked_for<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    give(&pair.client, b"hello world", "sendall")?;
    expect_eq!(
        pair.server.recv(5, NONE).or_fail("recv")?,
        b"hello",
        "the first 5 bytes"
    );
    expect_eq!(
        pair.server.recv(1, NONE).or_fail("recv")?,
        b" ",
        "the next byte"
    );
    expect_eq!(
        pair.server.recv(100, NONE).or_fail("recv")?,
        b"world",
        "the rest"
    );
    Ok(())
}

pub(crate) fn recv_waits_until_something_is_there<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.peer(&Command::Split(2, 2))?;
    let expected = pattern(4);
    expect_eq!(
        socket.recv(4, NONE).or_fail("recv")?,
        expected.get(..2).unwrap_or_default(),
        "the first part"
    );
    give(&socket, b".", "the word to go on")?;
    expect_eq!(
        socket.recv(4, NONE).or_fail("recv")?,
        expected.get(2..).unwrap_or_default(),
        "the second part"
    );
    expect_end(&socket, "recv after that")
}

pub(crate) fn recv_of_nothing_is_empty_in_states_without_network<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.stream()?;
    expect_eq!(
        socket.recv(0, NONE).or_fail("recv of 0 bytes")?,
        b"",
        "a new socket"
    );
    socket.close();
    expect_eq!(
        socket.recv(0, NONE).or_fail("recv of 0 bytes")?,
        b"",
        "a closed socket"
    );
    Ok(())
}

pub(crate) fn recv_of_nothing_is_empty_in_every_state<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let nothing = |socket: &A::Socket| socket.recv(0, NONE).or_fail("recv of 0 bytes");

    expect_eq!(nothing(&world.bound()?)?, b"", "a bound socket");
    let (listener, _) = world.listener()?;
    expect_eq!(nothing(&listener)?, b"", "a listening socket");
    let pair = world.pair()?;
    expect_eq!(
        nothing(&pair.server)?,
        b"",
        "a connected socket with nothing to receive"
    );

    give(&pair.client, b"data", "sendall")?;
    expect_eq!(take(&pair.server, 1, "recv")?, b"d", "the first byte");
    expect_eq!(
        nothing(&pair.server)?,
        b"",
        "a connected socket with something to receive"
    );
    expect_eq!(
        take(&pair.server, 3, "recv")?,
        b"ata",
        "what is there afterwards"
    );

    pair.client.close();
    expect_end(&pair.server, "recv")?;
    expect_eq!(nothing(&pair.server)?, b"", "a connection that has ended");
    Ok(())
}

pub(crate) fn recvfrom_of_nothing_takes_nothing<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    give(&pair.client, b"data", "sendall")?;
    expect_eq!(take(&pair.server, 1, "recv")?, b"d", "the first byte");
    let found = pair
        .server
        .recvfrom(0, NONE)
        .or_fail("recvfrom of 0 bytes")?;
    expect_eq!(found.data, b"", "recvfrom of 0 bytes");
    expect_eq!(
        take(&pair.server, 3, "recv")?,
        b"ata",
        "what is there afterwards"
    );
    Ok(())
}

pub(crate) fn recvfrom_of_a_stream_names_no_sender<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    give(&pair.client, b"hello", "sendall")?;
    let found = pair.server.recvfrom(100, NONE).or_fail("recvfrom")?;
    expect_eq!(found.data, b"hello", "what was received");
    expect_eq!(found.length, 5, "the length");
    expect_eq!(found.sender, None, "the sender");

    pair.client.close();
    let found = pair
        .server
        .recvfrom(100, NONE)
        .or_fail("recvfrom at the end")?;
    expect_eq!(found.data, b"", "what was received at the end");
    expect_eq!(found.length, 0, "the length at the end");
    expect_eq!(found.sender, None, "the sender at the end");
    Ok(())
}

pub(crate) fn after_the_last_data_recv_is_empty_forever<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.peer(&Command::Send(1000))?;
    expect_same(
        &take_all(&socket, "recv")?,
        &pattern(1000),
        "what the peer sent",
    )?;
    for _ in 0..5 {
        expect_end(&socket, "recv at the end")?;
    }
    Ok(())
}

/// The peer has ended only its own half.
pub(crate) fn after_the_end_of_the_data_sending_goes_on<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    pair.client.shutdown(Shutdown::Write).or_fail("shutdown")?;
    expect_end(&pair.server, "recv of the server")?;
    give(&pair.server, b"reply", "sendall of the server")?;
    expect_eq!(
        take(&pair.client, 5, "recv")?,
        b"reply",
        "what the client received"
    );
    Ok(())
}

pub(crate) fn recv_of_an_unconnected_socket_is_enotconn<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.stream()?;
    for length in [1, 100, u32::MAX] {
        expect_err!(
            socket.recv(length, NONE),
            Enotconn,
            "recv of {length} bytes"
        );
        expect_err!(
            socket.recvfrom(length, NONE),
            Enotconn,
            "recvfrom of {length} bytes"
        );
    }
    Ok(())
}

pub(crate) fn recv_of_a_bound_socket_is_enotconn<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    expect_err!(world.bound()?.recv(1, NONE), Enotconn, "recv");
    Ok(())
}

pub(crate) fn recv_of_the_greatest_length_answers_what_is_there<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    give(&pair.client, b"hello", "sendall")?;
    expect_eq!(
        pair.server.recv(u32::MAX, NONE).or_fail("recv")?,
        b"hello",
        "what recv answers"
    );
    give(&pair.client, b"again", "sendall")?;
    let found = pair.server.recvfrom(u32::MAX, NONE).or_fail("recvfrom")?;
    expect_eq!(found.data, b"again", "what recvfrom answers");
    Ok(())
}

pub(crate) fn one_recv_answers_at_most_a_mebibyte<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let length = 3 * MIB + 1;
    let socket = world.peer(&Command::Send(length))?;
    let mut data = alloc::vec::Vec::new();
    loop {
        let piece = socket.recv(u32::MAX, NONE).or_fail("recv")?;
        if piece.is_empty() {
            break;
        }
        expect_that!(
            piece.len() <= MIB,
            "one recv: expected at most {MIB} bytes, found {}",
            piece.len()
        );
        data.extend_from_slice(&piece);
    }
    expect_same(&data, &pattern(length), "what the peer sent")
}

pub(crate) fn a_transfer_of_single_bytes_is_complete<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.peer(&Command::Send(2000))?;
    let mut data = alloc::vec::Vec::new();
    for _ in 0..2000 {
        data.extend(take(&socket, 1, "recv of one byte")?);
    }
    expect_same(&data, &pattern(2000), "what the peer sent")?;
    expect_end(&socket, "recv after that")
}
