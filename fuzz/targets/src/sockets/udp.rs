//! What is held of the datagrams of UDP sockets.

use wasock_core::addr::Family;
use wasock_core::flags::MsgFlags;
use wasock_core::socket::Below;
use wasock_core::stream::Sending;
use wasock_core::{Errno, Instant, Received, SockAddr, Step, Timeout, Turn};

use super::calls::{address, flags};
use super::held::{Held, Way, error_of};
use crate::layer::{Layer, Mail};
use crate::pattern::pattern;

const RECEIVE: &[Errno] = &[Errno::Eopnotsupp];
const SEND: &[Errno] = &[
    Errno::Eopnotsupp,
    Errno::Edestaddrreq,
    Errno::Eafnosupport,
    Errno::Einval,
    Errno::Eacces,
    Errno::Enetunreach,
    Errno::Eisconn,
    Errno::Emsgsize,
    Errno::Epipe,
];

/// The flags that mean something here.
const RECEIVING: MsgFlags = MsgFlags::PEEK
    .union(MsgFlags::WAITALL)
    .union(MsgFlags::DONTWAIT);
const SENDING: MsgFlags = MsgFlags::DONTWAIT;

/// The longest datagram.
const fn longest(family: Family) -> usize {
    match family {
        Family::Inet => 65_507,
        Family::Inet6 => 65_527,
    }
}

fn mail<'h, 'a>(held: &'h Held<'a>) -> &'h Mail<'a> {
    match held.socket.below() {
        Some(Below::Datagram(mail)) => mail,
        other => panic!("{other:?}"),
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
    let length = layer.input().pick(&[2000, 20, 1, 0]);
    let flags = flags(layer);
    if length == 0 && call != 1 {
        return receive_nothing(held, layer, flags);
    }
    // The length of the whole has no place in the answer of `recv`.
    let mut whole = true;
    let answer = held.call(
        layer,
        now,
        way(flags, RECEIVE),
        |socket, _, turn| match call {
            0 => {
                whole = false;
                socket.recv(length, flags, turn).map(|data| Received {
                    length: data.len(),
                    data,
                    sender: None,
                })
            }
            1 => socket.recvfrom(length, flags, turn),
            _ => socket.recv_into(length, flags, turn),
        },
    );
    // The length of a cut datagram has no place in the answer of `recv`.
    let known = if call == 0 {
        RECEIVING
    } else {
        RECEIVING | MsgFlags::TRUNC
    };
    held.check_flags(flags, known, error_of(&answer));
    match answer {
        Some(Ok(received)) => check_received(held, &received, length, flags, whole),
        None | Some(Err(Errno::Eagain)) => {
            assert!(!held.receiving_is_shut, "waits for what nobody wants");
            assert!(mail(held).next(false).is_none(), "a datagram is kept back");
        }
        Some(Err(_)) => {}
    }
}

/// Of length 0, which has an answer in every state and takes nothing.
fn receive_nothing(held: &mut Held<'_>, layer: &Layer<'_>, flags: MsgFlags) {
    let calls = layer.calls();
    let turn = Turn::begin(Instant(0), Timeout::Never);
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

/// Datagrams come in the order in which the layer had them, each whole or cut.
fn check_received(
    held: &Held<'_>,
    received: &Received,
    length: usize,
    flags: MsgFlags,
    whole: bool,
) {
    held.check_all_told();
    let Some(message) = mail(held).next(!flags.contains(MsgFlags::PEEK)) else {
        assert!(held.receiving_is_shut, "a datagram that nobody has sent");
        let nothing = Received {
            data: Vec::new(),
            length: 0,
            sender: None,
        };
        assert_eq!(*received, nothing);
        return;
    };
    assert!(
        received.data == message.data[..length.min(message.data.len())],
        "what is received is not what comes next"
    );
    if whole {
        assert_eq!(received.length, message.data.len());
        assert_eq!(received.sender, Some(message.sender));
    }
}

/// `send`, `sendall` or `sendto`.
pub(super) fn send<'a>(held: &mut Held<'a>, layer: &mut Layer<'a>, now: &mut Instant) {
    let call = layer.input().below(4);
    let flags = flags(layer);
    let to = address(layer);
    let length = layer
        .input()
        .pick(&[1, 0, 1400, 65_507, 65_508, 65_527, 65_528]);
    let data = pattern(length, length);
    let mut sending = Sending::default();
    let before = layer.calls();
    let answer = held.call(layer, now, way(flags, SEND), |socket, _, turn| match call {
        0 => socket.send(&mut sending, data, flags, turn),
        1 => socket
            .sendall(&mut sending, data, flags, turn)
            .map(|()| data.len()),
        _ => socket.sendto(&mut sending, data, flags, to, turn),
    });
    held.check_flags(flags, SENDING, error_of(&answer));
    let is_too_long = length > longest(held.kind.family());
    match error_of(&answer) {
        Some(Errno::Emsgsize) => assert!(is_too_long),
        None if answer.is_some() => assert!(!is_too_long),
        _ => {}
    }
    if let Some(Ok(count)) = answer {
        held.check_all_told();
        assert_eq!(count, data.len());
        assert_ne!(layer.calls(), before);
        assert!(!held.sending_is_shut);
        let (sent, reached) = mail(held).sent().expect("it was sent");
        assert!(sent == data);
        if call > 1 {
            assert_eq!(reached, meant(to));
        } else {
            assert_eq!(Some(reached), mail(held).peer());
        }
    }
}

/// The wildcard address means this machine: of the addresses that a socket can be bound to here, the loopback address.
fn meant(to: SockAddr) -> SockAddr {
    match to {
        to if !to.ip().is_unspecified() => to,
        SockAddr::V4(_) => SockAddr::from(([127, 0, 0, 1], to.port())),
        SockAddr::V6(_) => SockAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], to.port())),
    }
}

/// What was received already is there to be answered with.
pub(super) fn check_poll(held: &Held<'_>, is_readable: bool) {
    assert!(
        is_readable || mail(held).next(false).is_none(),
        "there is data"
    );
    assert!(is_readable || !held.receiving_is_shut, "there is an end");
}

/// A receive that the socket was said to be ready for does not have to wait.
pub(super) fn check_readable<'a>(held: &mut Held<'a>, layer: &mut Layer<'a>, now: &mut Instant) {
    let flags = MsgFlags::DONTWAIT;
    let answer = held.call(layer, now, way(flags, RECEIVE), |socket, _, turn| {
        socket.recvfrom(2000, flags, turn)
    });
    assert_ne!(answer, Some(Err(Errno::Eagain)), "said to be readable");
    if let Some(Ok(received)) = answer {
        check_received(held, &received, 2000, flags, true);
    }
}
