//! What is held of the data of TCP sockets.

use wasock_core::flags::MsgFlags;
use wasock_core::stream::{MAX_TRANSFER, Sending};
use wasock_core::{Errno, Instant, Step, Timeout};

use super::calls::{address, flags};
use super::held::{Held, Way, error_of};
use crate::layer::Layer;
use crate::pattern::pattern;

const RECEIVE: &[Errno] = &[Errno::Eopnotsupp, Errno::Enotconn, Errno::Enobufs];
const SEND: &[Errno] = &[Errno::Eopnotsupp, Errno::Epipe];

/// The flags that mean something here.
const RECEIVING: MsgFlags = MsgFlags::PEEK
    .union(MsgFlags::WAITALL)
    .union(MsgFlags::DONTWAIT);
const SENDING: MsgFlags = MsgFlags::DONTWAIT;

/// How much a call moves: little, mostly.
fn length(layer: &Layer<'_>) -> usize {
    match layer.input().byte() {
        few @ 0..=249 => usize::from(few),
        250..=253 => 40_000,
        254 => MAX_TRANSFER,
        255 => MAX_TRANSFER + 1,
    }
}

fn way<'e>(flags: MsgFlags, errors: &'e [Errno]) -> Way<'e> {
    Way {
        may_wait: !flags.contains(MsgFlags::DONTWAIT),
        errors,
    }
}

/// `recv`, `recvfrom` or `recv_into`.
pub(super) fn receive<'a>(held: &mut Held<'a>, layer: &mut Layer<'a>, now: &mut Instant) {
    let call = layer.input().below(3);
    let length = length(layer);
    let flags = flags(layer);
    if length == 0 && call != 1 {
        return receive_nothing(held, layer, flags);
    }
    let answer = held.call(
        layer,
        now,
        way(flags, RECEIVE),
        |socket, _, turn| match call {
            0 => socket.recv(length, flags, turn),
            1 => socket.recvfrom(length, flags, turn).map(|received| {
                assert_eq!(received.sender, None);
                received.data
            }),
            _ => socket.recv_into(length, flags, turn).map(|received| {
                assert_eq!(received.length, received.data.len());
                received.data
            }),
        },
    );
    held.check_flags(flags, RECEIVING, error_of(&answer));
    match answer {
        Some(Ok(data)) => {
            if waits_for_all(held, flags) {
                check_all(held, data.len(), length);
            }
            check_received(held, &data, length, flags);
        }
        // Whatever was read comes before an error, and before waiting.
        Some(Err(error)) if !held.is_closed() && error != Errno::Eopnotsupp => {
            check_nothing_kept(held);
            if error == Errno::Eagain {
                check_no_wait(held);
            }
        }
        Some(Err(_)) => {}
        None => {
            check_no_wait(held);
            if !flags.contains(MsgFlags::WAITALL) {
                check_nothing_kept(held);
            }
        }
    }
}

/// Of length 0, which has an answer in every state and looks at nothing.
fn receive_nothing(held: &mut Held<'_>, layer: &Layer<'_>, flags: MsgFlags) {
    let calls = layer.calls();
    let turn = wasock_core::Turn::begin(Instant(0), Timeout::Never);
    match held.socket.recv(0, flags, turn) {
        Step::Ready(Ok(data)) => {
            assert!(data.is_empty());
            held.check_flags(flags, RECEIVING, None);
        }
        Step::Ready(Err(Errno::Ebadf)) => assert!(held.is_closed()),
        Step::Ready(Err(error)) => held.check_flags(flags, RECEIVING, Some(error)),
        Step::Wait(wait) => panic!("{wait:?}"),
    }
    assert_eq!(layer.calls(), calls);
}

fn waits_for_all(held: &Held<'_>, flags: MsgFlags) -> bool {
    let may_wait = !flags.contains(MsgFlags::DONTWAIT) && held.socket.timeout() == Timeout::Never;
    may_wait && flags.contains(MsgFlags::WAITALL)
}

/// `MSG_WAITALL` answers with less only where there is no more.
fn check_all(held: &Held<'_>, received: usize, length: usize) {
    if let Some(connection) = held.wire().and_then(|wire| wire.connection()) {
        let is_over = connection.read_ended || connection.lacks_memory || held.receiving_is_shut;
        assert!(is_over || received == length.min(MAX_TRANSFER), "not all");
    }
}

fn check_received(held: &mut Held<'_>, data: &[u8], length: usize, flags: MsgFlags) {
    held.check_all_told();
    let Some(connection) = held.wire().and_then(|wire| wire.connection()) else {
        // As on Linux, after an attempt that has failed.
        assert!(
            data.is_empty() && held.has_failed,
            "received without a connection"
        );
        return;
    };
    assert!(data.len() <= length.min(MAX_TRANSFER));
    assert!(
        data == pattern(held.consumed, data.len()),
        "what is received is not what comes next"
    );
    assert!(held.consumed + data.len() <= connection.read);
    if data.is_empty() && length > 0 {
        assert_eq!(held.consumed, connection.read, "the end before the data");
        let is_over = connection.read_ended || held.receiving_is_shut;
        assert!(is_over, "an end that nobody has made");
        let is_known = held.end_is_told || held.is_unsure || !connection.read_failed;
        assert!(is_known, "an end without its reason");
    }
    if !flags.contains(MsgFlags::PEEK) {
        held.consumed += data.len();
    }
}

fn check_nothing_kept(held: &Held<'_>) {
    if let Some(connection) = held.wire().and_then(|wire| wire.connection()) {
        assert_eq!(held.consumed, connection.read, "data is kept back");
    }
}

/// Whoever has shut the receiving half down does not wait for more.
fn check_no_wait(held: &Held<'_>) {
    assert!(!held.receiving_is_shut, "waits for what nobody wants");
}

/// What was read already is there to be received.
pub(super) fn check_poll(held: &Held<'_>, is_readable: bool) {
    if let Some(connection) = held.wire().and_then(|wire| wire.connection()) {
        let is_left = held.consumed < connection.read;
        assert!(is_readable || !is_left, "there is data");
        assert!(is_readable || !held.receiving_is_shut, "there is an end");
    }
}

/// How many bytes the layer has taken.
fn written(held: &Held<'_>) -> usize {
    let connection = held.wire().and_then(|wire| wire.connection());
    connection.map_or(0, |connection| connection.written)
}

/// `send`, `sendall` or `sendto`.
pub(super) fn send<'a>(held: &mut Held<'a>, layer: &mut Layer<'a>, now: &mut Instant) {
    let call = layer.input().below(3);
    let flags = flags(layer);
    let to = address(layer);
    let before = written(held);
    let data = pattern(before, length(layer));
    let mut sending = Sending::default();
    let answer = held.call(layer, now, way(flags, SEND), |socket, _, turn| match call {
        0 => socket.send(&mut sending, data, flags, turn),
        1 => socket
            .sendall(&mut sending, data, flags, turn)
            .map(|()| data.len()),
        _ => socket.sendto(&mut sending, data, flags, to, turn),
    });
    held.check_flags(flags, SENDING, error_of(&answer));
    let taken = written(held) - before;
    match answer {
        Some(Ok(count)) => {
            held.check_all_told();
            assert_eq!(count, taken);
            assert!(count > 0 || data.is_empty());
            assert!(call == 1 || count <= MAX_TRANSFER);
            let is_whole = count == data.len().min(MAX_TRANSFER);
            let may_wait = !flags.contains(MsgFlags::DONTWAIT);
            if may_wait && held.socket.timeout() == Timeout::Never && is_whole && count > 0 {
                check_flushed(held);
            }
        }
        Some(Err(error)) => {
            assert!(
                taken == 0 || call == 1,
                "{error} although {taken} bytes went"
            );
            if error == Errno::Epipe && held.wire().is_some_and(|wire| wire.connection().is_some())
            {
                let is_known = held.end_is_told || held.is_unsure || held.sending_is_shut;
                assert!(is_known, "an end without its reason");
            }
        }
        None => {}
    }
}

/// A program that ends now must not take what it sent with it.
fn check_flushed(held: &Held<'_>) {
    let Some(connection) = held.wire().and_then(|wire| wire.connection()) else {
        panic!("sent without a connection");
    };
    assert!(!connection.in_flight || connection.failed, "in flight");
}

/// A call that a socket was said to be ready for does not have to wait.
pub(super) fn check_ready<'a>(
    held: &mut Held<'a>,
    layer: &mut Layer<'a>,
    now: &mut Instant,
    is_readable: bool,
    is_writable: bool,
) {
    let flags = MsgFlags::DONTWAIT;
    if is_readable {
        let answer = held.call(layer, now, way(flags, RECEIVE), |socket, _, turn| {
            socket.recv(1, flags, turn)
        });
        assert_ne!(answer, Some(Err(Errno::Eagain)), "said to be readable");
        if let Some(Ok(data)) = answer {
            check_received(held, &data, 1, flags);
        }
    }
    if is_writable {
        let data = pattern(written(held), 1);
        let answer = held.call(layer, now, way(flags, SEND), |socket, _, turn| {
            socket.send(&mut Sending::default(), data, flags, turn)
        });
        assert_ne!(answer, Some(Err(Errno::Eagain)), "said to be writable");
    }
}
