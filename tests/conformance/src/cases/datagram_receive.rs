//! Receiving datagrams.

use alloc::vec::Vec;
use core::time::Duration;

use wasock_core::flags::MsgFlags;
use wasock_core::{Errno, SockAddr};

use crate::api::{Api, Buffer, Socket};
use crate::datagram::{PATIENCE, expect_datagram, expect_nothing, give_one, give_to};
use crate::failure::{OrFail, expect_eq, expect_err, expect_that};
use crate::peer::Command;
use crate::transfer::{NONE, expect_same, pattern};
use crate::{Failure, World};

const PEEK: MsgFlags = MsgFlags::PEEK;
const TRUNC: MsgFlags = MsgFlags::TRUNC;
const SHORT: Option<Duration> = Some(Duration::from_millis(20));

pub(crate) fn recvfrom_answers_data_length_and_sender<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (server, address) = world.bound_datagram()?;
    let (client, name) = world.bound_datagram()?;
    give_to(&client, b"hello", address)?;
    expect_datagram(&server, b"hello", name, "recvfrom")?;
    give_to(&server, b"and back", name)?;
    expect_datagram(&client, b"and back", address, "recvfrom of the answer")
}

pub(crate) fn recv_of_a_datagram_waits_for_it<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    for timeout in [None, PATIENCE] {
        let (socket, address) = world.bound_datagram()?;
        socket.settimeout(timeout).or_fail("settimeout")?;
        let _control = world.peer(&Command::Datagram(address.port()))?;
        let found = socket.recv(100, NONE).or_fail("recv")?;
        expect_eq!(found, b"hello", "recv with the timeout {timeout:?}");
    }
    Ok(())
}

pub(crate) fn one_recv_answers_one_datagram<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let pair = world.datagram_pair()?;
    for data in [&b"one"[..], b"two", b"three"] {
        give_one(&pair.client, data)?;
    }
    let mut found = Vec::new();
    for _ in 0..3 {
        found.push(pair.server.recv(100, NONE).or_fail("recv")?);
    }
    found.sort();
    expect_eq!(found, [&b"one"[..], b"three", b"two"], "the datagrams");
    expect_nothing(&pair.server, "recvfrom after that")
}

/// How a case receives.
type Receive<A> = fn(&World<'_, A>, &<A as Api>::Socket, u32) -> Result<Vec<u8>, Failure>;

/// Each of the calls that receive.
fn calls<A: Api>() -> [(&'static str, Receive<A>); 4] {
    [
        ("recv", |_, socket, length| {
            socket.recv(length, NONE).or_fail("recv")
        }),
        ("recvfrom", |_, socket, length| {
            Ok(socket.recvfrom(length, NONE).or_fail("recvfrom")?.data)
        }),
        ("recv_into", |world, socket, length| {
            let buffer = world.api.buffer(100).or_fail("buffer")?;
            let count = socket.recv_into(&buffer, 0, length, NONE);
            let count = count.or_fail("recv_into")?;
            buffer.read(0, count).or_fail("read of the buffer")
        }),
        ("recvfrom_into", |world, socket, length| {
            let buffer = world.api.buffer(100).or_fail("buffer")?;
            let found = socket.recvfrom_into(&buffer, 0, length, NONE);
            let count = found.or_fail("recvfrom_into")?.count;
            buffer.read(0, count).or_fail("read of the buffer")
        }),
    ]
}

pub(crate) fn what_does_not_fit_of_a_datagram_is_lost<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    for (name, receive) in calls::<A>() {
        let pair = world.datagram_pair()?;
        give_one(&pair.client, b"hello")?;
        let found = receive(world, &pair.server, 2)?;
        expect_eq!(found, b"he", "{name} of 2 bytes");
        give_one(&pair.client, b"next")?;
        let found = receive(world, &pair.server, 100)?;
        expect_eq!(found, b"next", "{name} after that");
    }
    Ok(())
}

pub(crate) fn the_length_of_a_cut_datagram_is_that_of_the_whole<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.datagram_pair()?;
    let buffer = world.api.buffer(100).or_fail("buffer")?;
    for flags in [NONE, TRUNC] {
        give_one(&pair.client, b"hello")?;
        let found = pair.server.recvfrom(2, flags).or_fail("recvfrom")?;
        expect_eq!(found.data, b"he", "recvfrom with {flags:?}");
        expect_eq!(found.length, 5, "the length with {flags:?}");

        give_one(&pair.client, b"hello")?;
        let found = pair.server.recvfrom_into(&buffer, 0, 3, flags);
        let found = found.or_fail("recvfrom_into")?;
        let counts = (found.count, found.length);
        expect_eq!(counts, (3, 5), "recvfrom_into with {flags:?}");
    }
    for (flags, expected) in [(NONE, 1), (TRUNC, 5)] {
        give_one(&pair.client, b"hello")?;
        let found = pair.server.recv_into(&buffer, 0, 1, flags);
        expect_eq!(
            found.or_fail("recv_into")?,
            expected,
            "recv_into, {flags:?}"
        );
    }
    expect_eq!(buffer.read(0, 5).or_fail("read")?, b"hel\0\0", "the buffer");
    Ok(())
}

pub(crate) fn recv_of_no_bytes_leaves_the_datagram<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.datagram_pair()?;
    let buffer = world.api.buffer(10).or_fail("buffer")?;
    give_one(&pair.client, b"hello")?;
    expect_eq!(pair.server.recv(0, NONE).or_fail("recv")?, b"", "recv");
    for (offset, length) in [(0, 0), (5, 0), (10, 7)] {
        let found = pair.server.recv_into(&buffer, offset, length, NONE);
        expect_eq!(found.or_fail("recv_into")?, 0, "recv_into at {offset}");
    }
    let found = pair.server.recv(100, NONE).or_fail("recv")?;
    expect_eq!(found, b"hello", "what is there afterwards");
    expect_eq!(pair.server.recv(0, NONE).or_fail("recv")?, b"", "recv");
    Ok(())
}

pub(crate) fn recvfrom_of_no_bytes_takes_the_datagram<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (server, address) = world.bound_datagram()?;
    let (client, name) = world.bound_datagram()?;
    let buffer = world.api.buffer(10).or_fail("buffer")?;
    give_to(&client, b"hello", address)?;
    let found = server.recvfrom(0, NONE).or_fail("recvfrom of 0 bytes")?;
    expect_eq!(found.data, b"", "recvfrom of 0 bytes");
    expect_eq!((found.length, found.sender), (5, Some(name)), "recvfrom");

    give_to(&client, b"again", address)?;
    let found = server.recvfrom_into(&buffer, 10, 7, NONE);
    let found = found.or_fail("recvfrom_into at the end of the buffer")?;
    expect_eq!((found.count, found.length), (0, 5), "recvfrom_into");
    expect_eq!(found.sender, Some(name), "the sender");
    expect_nothing(&server, "recvfrom after that")
}

pub(crate) fn an_empty_datagram_is_no_end<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let pair = world.datagram_pair()?;
    let from = pair.client.getsockname().or_fail("getsockname")?;
    for data in [&b""[..], b"more"] {
        give_one(&pair.client, data)?;
        let found = pair.server.recv(100, NONE).or_fail("recv")?;
        expect_eq!(found, data, "recv");
    }
    for data in [&b""[..], b"more", b""] {
        give_one(&pair.client, data)?;
        expect_datagram(&pair.server, data, from, "recvfrom")?;
    }
    pair.client
        .sendall(b"", NONE)
        .or_fail("sendall of nothing")?;
    expect_datagram(&pair.server, b"", from, "recvfrom after sendall")?;
    expect_nothing(&pair.server, "recvfrom after that")
}

/// Nothing can come, but that is no error; it waits as long as it is told to.
pub(crate) fn recv_of_an_unbound_datagram_socket_waits<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.datagram()?;
    let buffer = world.api.buffer(10).or_fail("buffer")?;
    for (timeout, expected) in [
        (SHORT, Errno::Etimedout),
        (Some(Duration::ZERO), Errno::Eagain),
    ] {
        socket.settimeout(timeout).or_fail("settimeout")?;
        let found = [
            socket.recv(10, NONE).err(),
            socket.recvfrom(0, NONE).err(),
            socket.recv_into(&buffer, 0, 10, NONE).err(),
            socket.recvfrom_into(&buffer, 0, 10, NONE).err(),
        ];
        expect_eq!(found, [Some(expected); 4], "with the timeout {timeout:?}");
    }
    let name = socket.getsockname().or_fail("getsockname")?;
    expect_eq!(name, world.family.wildcard(), "getsockname afterwards");
    Ok(())
}

pub(crate) fn recv_without_a_datagram_runs_out_of_time_or_is_eagain<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (socket, address) = world.bound_datagram()?;
    socket.settimeout(SHORT).or_fail("settimeout")?;
    expect_err!(socket.recv(10, NONE), Etimedout, "recv");
    expect_err!(socket.recvfrom(10, PEEK), Etimedout, "recvfrom with peek");
    expect_err!(socket.recv(10, MsgFlags::DONTWAIT), Eagain, "with dontwait");
    let timeout = Some(Duration::ZERO);
    socket.settimeout(timeout).or_fail("settimeout")?;
    expect_err!(socket.recv(10, NONE), Eagain, "recv without waiting");

    socket.settimeout(PATIENCE).or_fail("settimeout")?;
    give_to(&world.datagram()?, b"late", address)?;
    expect_eq!(socket.recv(10, NONE).or_fail("recv")?, b"late", "recv");
    Ok(())
}

pub(crate) fn peek_leaves_the_datagram<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let pair = world.datagram_pair()?;
    let from = pair.client.getsockname().or_fail("getsockname")?;
    let buffer = world.api.buffer(10).or_fail("buffer")?;
    give_one(&pair.client, b"hello")?;
    for (length, expected) in [(100, &b"hello"[..]), (2, b"he"), (0, b"")] {
        let found = pair.server.recvfrom(length, PEEK).or_fail("recvfrom")?;
        expect_eq!(found.data, expected, "a peek at {length} bytes");
        expect_eq!(found.length, 5, "the length at {length} bytes");
        expect_eq!(found.sender, Some(from), "the sender at {length} bytes");
    }
    let found = pair.server.recv_into(&buffer, 0, 3, PEEK | TRUNC);
    expect_eq!(
        found.or_fail("recv_into")?,
        5,
        "recv_into with peek and trunc"
    );
    let found = pair.server.recv(2, PEEK).or_fail("recv with peek")?;
    expect_eq!(found, b"he", "recv with peek");
    expect_datagram(&pair.server, b"hello", from, "what is there afterwards")?;

    give_one(&pair.client, b"")?;
    expect_eq!(
        pair.server.recv(9, PEEK).or_fail("peek")?,
        b"",
        "an empty one"
    );
    expect_datagram(&pair.server, b"", from, "the empty one")?;
    expect_nothing(&pair.server, "recvfrom after that")
}

pub(crate) fn waitall_means_nothing_to_datagrams<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.datagram_pair()?;
    give_one(&pair.client, b"ab")?;
    give_one(&pair.client, b"cd")?;
    for expected in [b"ab", b"cd"] {
        let found = pair.server.recv(4, MsgFlags::WAITALL).or_fail("recv")?;
        expect_eq!(found, expected, "recv with waitall");
    }
    Ok(())
}

pub(crate) fn a_socket_with_a_peer_does_not_hear_strangers<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (peer, peer_address) = world.bound_datagram()?;
    let (stranger, _) = world.bound_datagram()?;
    let (socket, address) = world.bound_datagram()?;
    socket.connect(peer_address).or_fail("connect")?;
    for _ in 0..3 {
        give_to(&stranger, b"stranger", address)?;
        give_to(&peer, b"peer", address)?;
        expect_datagram(&socket, b"peer", peer_address, "recvfrom")?;
    }
    expect_nothing(&socket, "recvfrom after that")
}

pub(crate) fn recvfrom_keeps_senders_apart<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let (server, address) = world.bound_datagram()?;
    let mut senders = Vec::new();
    for number in 0..20_u8 {
        let (client, name) = world.bound_datagram()?;
        give_to(&client, &[number; 3], address)?;
        senders.push((name, client));
    }
    for _ in 0..senders.len() {
        let found = server.recvfrom(100, NONE).or_fail("recvfrom")?;
        let &[number, ..] = found.data.as_slice() else {
            return Err(Failure::new("recvfrom: found an empty datagram".into()));
        };
        let expected: Option<SockAddr> = senders.get(usize::from(number)).map(|(name, _)| *name);
        expect_eq!(found.sender, expected, "the sender of number {number}");
    }
    expect_nothing(&server, "recvfrom after that")
}

pub(crate) fn the_largest_datagram_arrives<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let pair = world.datagram_pair()?;
    for length in [1472, 9000, 32 * 1024, world.largest()] {
        let data = pattern(length);
        give_one(&pair.client, &data)?;
        let found = pair.server.recvfrom(u32::MAX, NONE).or_fail("recvfrom")?;
        expect_same(&found.data, &data, "what arrived")?;
        expect_eq!(found.length, length, "the length");
    }
    Ok(())
}

pub(crate) fn a_thousand_datagrams_are_kept_apart<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.datagram_pair()?;
    for number in 0..1000_u16 {
        let data = pattern(usize::from(number) % 100 + 1);
        give_one(&pair.client, &data)?;
        let found = pair.server.recv(1000, NONE).or_fail("recv")?;
        expect_same(&found, &data, "what arrived")?;
    }
    Ok(())
}

pub(crate) fn flags_that_datagrams_do_not_have_are_eopnotsupp<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.datagram()?;
    let buffer = world.api.buffer(10).or_fail("buffer")?;
    let nowhere = [
        MsgFlags::OOB,
        MsgFlags::DONTROUTE,
        MsgFlags::CTRUNC,
        MsgFlags::EOR,
        MsgFlags::CONFIRM,
        MsgFlags::ERRQUEUE,
        MsgFlags::MORE,
    ];
    let nobody = world.nobody();
    for flag in nowhere {
        let found = [
            socket.recv(1, flag).err(),
            socket.recv(0, flag).err(),
            socket.recvfrom(1, flag).err(),
            socket.recv_into(&buffer, 0, 1, flag).err(),
            socket.recvfrom_into(&buffer, 0, 1, flag).err(),
            socket.send(b"x", flag).err(),
            socket.sendall(b"x", flag).err(),
            socket.sendto(b"x", flag, nobody).err(),
        ];
        let all = [Some(Errno::Eopnotsupp); 8];
        expect_eq!(found, all, "the calls with {flag:?}");
    }
    expect_err!(socket.recv(1, TRUNC), Eopnotsupp, "recv with trunc");
    for flag in [PEEK, MsgFlags::WAITALL, TRUNC] {
        let result = socket.sendto(b"x", flag, nobody);
        expect_err!(result, Eopnotsupp, "sendto with {flag:?}");
    }
    let name = socket.getsockname().or_fail("getsockname")?;
    expect_that!(name.port() == 0, "what is refused must not bind the socket");
    Ok(())
}
