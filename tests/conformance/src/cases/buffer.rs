//! Buffers, and receiving into them.

use alloc::vec::Vec;

use wasock_core::flags::MsgFlags;

use crate::api::{Api, Buffer, Shutdown, Socket};
use crate::datagram::{give_one, give_to};
use crate::failure::{OrFail, expect_eq, expect_err, expect_that};
use crate::transfer::{NONE, give, take};
use crate::{Failure, World};

const MIB: u32 = 1024 * 1024;
/// The most bytes of one buffer.
const LARGEST: u32 = 16 * MIB;

pub(crate) fn a_new_buffer_is_all_zero<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    for size in [1, 10, 65_536, LARGEST] {
        let buffer = world.api.buffer(size).or_fail("buffer")?;
        expect_eq!(buffer.size(), size, "the size");
        let content = buffer.read(0, size).or_fail("read")?;
        expect_eq!(content.len(), size as usize, "the length of the content");
        expect_that!(content.iter().all(|byte| *byte == 0), "expected zeros");
    }
    Ok(())
}

pub(crate) fn a_buffer_of_no_size_is_einval_and_one_too_large_enobufs<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    expect_err!(world.api.buffer(0).map(drop), Einval, "a buffer of no size");
    for size in [LARGEST + 1, 1 << 31, u32::MAX] {
        let result = world.api.buffer(size).map(drop);
        expect_err!(result, Enobufs, "a buffer of {size} bytes");
    }
    Ok(())
}

pub(crate) fn all_buffers_together_have_a_limit<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let mut buffers = (0..4)
        .map(|_| world.api.buffer(LARGEST).or_fail("buffer"))
        .collect::<Result<Vec<_>, _>>()?;
    for size in [1, LARGEST] {
        let result = world.api.buffer(size).map(drop);
        expect_err!(result, Enobufs, "a buffer of {size} bytes more");
    }
    drop(buffers.pop());
    drop(
        world
            .api
            .buffer(LARGEST)
            .or_fail("a buffer when one was dropped")?,
    );
    buffers.push(world.api.buffer(LARGEST - 1).or_fail("a buffer again")?);
    buffers.push(world.api.buffer(1).or_fail("the last byte")?);
    let result = world.api.buffer(1).map(drop);
    expect_err!(result, Enobufs, "one byte more");
    Ok(())
}

pub(crate) fn a_closed_buffer_is_ebadf_and_gives_its_memory_back<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.datagram()?;
    let mut closed = Vec::new();
    for _ in 0..10 {
        let buffer = world.api.buffer(LARGEST).or_fail("buffer")?;
        buffer.close();
        buffer.close();
        expect_eq!(buffer.size(), 0, "the size");
        expect_err!(buffer.read(0, 1), Ebadf, "read");
        expect_err!(buffer.write(0, b"x"), Ebadf, "write");
        let result = socket.recv_into(&buffer, 0, 1, NONE);
        expect_err!(result, Ebadf, "recv_into");
        let result = socket.recvfrom_into(&buffer, 0, 1, NONE);
        expect_err!(result, Ebadf, "recvfrom_into");
        closed.push(buffer);
    }
    Ok(())
}

pub(crate) fn reading_a_buffer_ends_at_its_end<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let buffer = world.api.buffer(5).or_fail("buffer")?;
    buffer.write(0, b"hello").or_fail("write")?;
    let parts = [
        (0, 5, &b"hello"[..]),
        (0, u32::MAX, b"hello"),
        (1, 3, b"ell"),
        (4, 2, b"o"),
        (5, 0, b""),
        (5, u32::MAX, b""),
        (2, 0, b""),
    ];
    for (offset, length, expected) in parts {
        let found = buffer.read(offset, length).or_fail("read")?;
        expect_eq!(found, expected, "{length} bytes from {offset} on");
    }
    for offset in [6, u32::MAX] {
        expect_err!(buffer.read(offset, 0), Einval, "read from {offset} on");
        expect_err!(buffer.read(offset, 1), Einval, "read from {offset} on");
    }
    Ok(())
}

pub(crate) fn writing_a_buffer_must_fit<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let buffer = world.api.buffer(5).or_fail("buffer")?;
    for (offset, data) in [(0, &b"abcde"[..]), (3, b"DE"), (5, b""), (1, b"B")] {
        buffer.write(offset, data).or_fail("write")?;
    }
    for (offset, data) in [(0, &b"123456"[..]), (4, b"12"), (6, b""), (u32::MAX, b"1")] {
        expect_err!(buffer.write(offset, data), Einval, "write at {offset}");
    }
    let content = buffer.read(0, 5).or_fail("read")?;
    expect_eq!(content, b"aBcDE", "the content");
    Ok(())
}

pub(crate) fn receiving_into_a_buffer_leaves_the_rest_alone<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    let buffer = world.api.buffer(8).or_fail("buffer")?;
    buffer.write(0, b"--------").or_fail("write")?;
    give(&pair.client, b"abcdefghijkl", "sendall")?;
    world.wait_for(&pair.server, crate::readiness::READABLE, "data is there")?;
    let steps = [
        (2, 3, 3, &b"--abc---"[..]),
        (7, 100, 1, b"--abc--d"),
        (6, u32::MAX, 2, b"--abc-ef"),
        (0, 1, 1, b"g-abc-ef"),
        (8, 5, 0, b"g-abc-ef"),
        (3, 0, 0, b"g-abc-ef"),
    ];
    for (offset, length, count, expected) in steps {
        let found = pair.server.recv_into(&buffer, offset, length, NONE);
        let what = alloc::format!("recv_into at {offset} of {length} bytes");
        expect_eq!(found.or_fail(&what)?, count, "{what}");
        expect_eq!(buffer.read(0, 8).or_fail("read")?, expected, "{what}");
    }
    let found = pair.server.recvfrom_into(&buffer, 1, 1, NONE);
    let found = found.or_fail("recvfrom_into")?;
    expect_eq!(
        (found.count, found.length, found.sender),
        (1, 1, None),
        "recvfrom_into"
    );
    expect_eq!(buffer.read(0, 3).or_fail("read")?, b"gha", "recvfrom_into");
    expect_eq!(take(&pair.server, 4, "recv")?, b"ijkl", "what is left");
    Ok(())
}

pub(crate) fn receiving_into_a_buffer_knows_the_flags<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    let buffer = world.api.buffer(10).or_fail("buffer")?;
    give(&pair.client, b"abcd", "sendall")?;
    for flags in [MsgFlags::PEEK | MsgFlags::WAITALL, MsgFlags::WAITALL] {
        let found = pair.server.recv_into(&buffer, 0, 4, flags);
        expect_eq!(found.or_fail("recv_into")?, 4, "recv_into with {flags:?}");
        expect_eq!(
            buffer.read(0, 4).or_fail("read")?,
            b"abcd",
            "with {flags:?}"
        );
    }
    let flags = MsgFlags::DONTWAIT;
    let result = pair.server.recv_into(&buffer, 0, 4, flags);
    expect_err!(result, Eagain, "recv_into without data");
    let result = pair.server.recvfrom_into(&buffer, 0, 4, flags);
    expect_err!(result, Eagain, "recvfrom_into without data");
    for flags in [MsgFlags::TRUNC, MsgFlags::OOB] {
        let result = pair.server.recv_into(&buffer, 0, 4, flags);
        expect_err!(result, Eopnotsupp, "recv_into with {flags:?}");
    }

    pair.client.shutdown(Shutdown::Write).or_fail("shutdown")?;
    for _ in 0..2 {
        let found = pair.server.recv_into(&buffer, 0, 4, NONE);
        expect_eq!(found.or_fail("recv_into")?, 0, "recv_into at the end");
    }
    let found = pair.server.recvfrom_into(&buffer, 0, 4, NONE);
    let found = found.or_fail("recvfrom_into at the end")?;
    expect_eq!(
        (found.count, found.sender),
        (0, None),
        "recvfrom_into at the end"
    );
    expect_eq!(buffer.read(0, 4).or_fail("read")?, b"abcd", "the buffer");
    Ok(())
}

pub(crate) fn receiving_behind_the_end_of_a_buffer_is_einval<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let buffer = world.api.buffer(10).or_fail("buffer")?;
    for socket in [world.stream()?, world.datagram()?] {
        for offset in [11, u32::MAX] {
            let result = socket.recv_into(&buffer, offset, 1, NONE);
            expect_err!(result, Einval, "recv_into at {offset}");
            let result = socket.recvfrom_into(&buffer, offset, 1, NONE);
            expect_err!(result, Einval, "recvfrom_into at {offset}");
        }
    }
    let result = world.stream()?.recv_into(&buffer, 0, 1, NONE);
    expect_err!(
        result,
        Enotconn,
        "recv_into of a stream that is not connected"
    );
    Ok(())
}

pub(crate) fn a_closed_socket_is_found_before_a_bad_offset<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let buffer = world.api.buffer(10).or_fail("buffer")?;
    for socket in [world.stream()?, world.datagram()?] {
        socket.close();
        let result = socket.recv_into(&buffer, 11, 1, NONE);
        expect_err!(result, Ebadf, "recv_into");
        let result = socket.recvfrom_into(&buffer, 11, 1, NONE);
        expect_err!(result, Ebadf, "recvfrom_into");
    }
    Ok(())
}

pub(crate) fn a_buffer_serves_many_sockets_and_outlives_them<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let buffer = world.api.buffer(12).or_fail("buffer")?;
    let pair = world.pair()?;
    give(&pair.client, b"stream", "sendall")?;
    let count = pair.server.recv_into(&buffer, 0, 6, MsgFlags::WAITALL);
    expect_eq!(count.or_fail("recv_into")?, 6, "recv_into of a stream");
    drop(pair);
    let (socket, address) = world.bound_datagram()?;
    give_to(&world.datagram()?, b"dgram", address)?;
    let count = socket.recv_into(&buffer, 6, 100, NONE);
    expect_eq!(count.or_fail("recv_into")?, 5, "recv_into of a datagram");
    drop(socket);
    let content = buffer.read(0, 12).or_fail("read")?;
    expect_eq!(content, b"streamdgram\0", "the buffer");
    Ok(())
}

pub(crate) fn a_datagram_is_cut_where_the_buffer_ends<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.datagram_pair()?;
    let from = pair.client.getsockname().or_fail("getsockname")?;
    let buffer = world.api.buffer(4).or_fail("buffer")?;
    give_one(&pair.client, b"hello")?;
    let found = pair.server.recvfrom_into(&buffer, 2, 100, NONE);
    let found = found.or_fail("recvfrom_into")?;
    let expected = (2, 5, Some(from));
    expect_eq!(
        (found.count, found.length, found.sender),
        expected,
        "recvfrom_into"
    );
    expect_eq!(buffer.read(0, 4).or_fail("read")?, b"\0\0he", "the buffer");
    crate::datagram::expect_nothing(&pair.server, "recvfrom after that")
}
