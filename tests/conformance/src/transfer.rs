//! Moving bytes in cases: the steps that many of them share.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use wasock_core::flags::MsgFlags;

use crate::Failure;
use crate::api::Socket;
use crate::failure::{OrFail, expect_that};
use crate::peer::pattern_byte;

/// No flag: what nearly every call is given.
pub(crate) const NONE: MsgFlags = MsgFlags::NONE;

/// A kibibyte.
pub(crate) const KIB: usize = 1024;
/// A mebibyte.
pub(crate) const MIB: usize = 1024 * KIB;

/// The first `length` bytes of the pattern.
pub(crate) fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(pattern_byte).collect()
}

/// Fails with the first difference, not with megabytes of both.
pub(crate) fn expect_same(found: &[u8], expected: &[u8], what: &str) -> Result<(), Failure> {
    let same = found
        .iter()
        .zip(expected)
        .take_while(|(a, b)| a == b)
        .count();
    expect_that!(
        same == found.len().min(expected.len()),
        "{what}: expected the bytes that were sent, found a difference at byte {same} of {}",
        expected.len()
    );
    expect_that!(
        found.len() == expected.len(),
        "{what}: expected {} bytes, found {}",
        expected.len(),
        found.len()
    );
    Ok(())
}

/// Sends everything.
pub(crate) fn give(socket: &impl Socket, data: &[u8], what: &str) -> Result<(), Failure> {
    socket.sendall(data, NONE).or_fail(what)
}

/// Receives exactly `length` bytes.
pub(crate) fn take(socket: &impl Socket, length: usize, what: &str) -> Result<Vec<u8>, Failure> {
    let mut data = Vec::with_capacity(length);
    while data.len() < length {
        let wanted = u32::try_from(length - data.len()).unwrap_or(u32::MAX);
        let piece = socket.recv(wanted, NONE).or_fail(what)?;
        expect_that!(
            !piece.is_empty(),
            "{what}: expected {length} bytes, found the end after {}",
            data.len()
        );
        data.extend_from_slice(&piece);
    }
    Ok(data)
}

/// Receives until the end of the data.
pub(crate) fn take_all(socket: &impl Socket, what: &str) -> Result<Vec<u8>, Failure> {
    let mut data = Vec::new();
    loop {
        let piece = socket.recv(64 * 1024, NONE).or_fail(what)?;
        if piece.is_empty() {
            return Ok(data);
        }
        data.extend_from_slice(&piece);
    }
}

/// Receives one line, without its end.
pub(crate) fn take_line(socket: &impl Socket, what: &str) -> Result<String, Failure> {
    let mut line = Vec::new();
    loop {
        let byte = take(socket, 1, what)?;
        if byte == b"\n" {
            return String::from_utf8(line)
                .map_err(|_| Failure::new(format!("{what}: expected text")));
        }
        line.extend_from_slice(&byte);
    }
}

/// Receives the answer of [`Command::Discard`](crate::peer::Command::Discard).
pub(crate) fn take_count(socket: &impl Socket) -> Result<usize, Failure> {
    let bytes = take(socket, 8, "the count of the peer")?;
    let count = bytes
        .iter()
        .fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
    usize::try_from(count)
        .map_err(|_| Failure::new(format!("the count of the peer: found {count}")))
}

/// Fails unless the data has ended: twice, because the end is lasting.
pub(crate) fn expect_end(socket: &impl Socket, what: &str) -> Result<(), Failure> {
    for _ in 0..2 {
        let data = socket.recv(10, NONE).or_fail(what)?;
        expect_that!(
            data.is_empty(),
            "{what}: expected the end of the data, found {} bytes",
            data.len()
        );
    }
    Ok(())
}
