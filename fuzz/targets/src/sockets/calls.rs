//! The calls that a program makes.

use wasock_core::addr::{Family, SockAddr};
use wasock_core::create::SocketType;
use wasock_core::flags::MsgFlags;
use wasock_core::readiness::Readiness;
use wasock_core::socket::Below;
use wasock_core::stream::How;
use wasock_core::{Duration, Errno, Instant, Interest, Step, Timeout};

use super::held::{Held, Way};
use super::{MOST, Program, options, stream, udp};
use crate::layer::Layer;

/// Errors of their own, beside `EBADF` and those of waiting.
mod own {
    use wasock_core::Errno::{self, *};

    pub(super) const BIND: &[Errno] = &[Eafnosupport, Einval];
    pub(super) const LISTEN: &[Errno] = &[Einval, Eopnotsupp];
    pub(super) const ACCEPT: &[Errno] = &[Einval, Eopnotsupp, Econnaborted];
    pub(super) const CONNECT: &[Errno] = &[
        Eafnosupport,
        Eisconn,
        Econnrefused,
        Econnaborted,
        Enetunreach,
        Eacces,
    ];
    pub(super) const DISCONNECT: &[Errno] = &[Eopnotsupp];
    pub(super) const NAME: &[Errno] = &[Enotconn];
    pub(super) const NONE: &[Errno] = &[];
}

/// A call that cannot wait.
pub(super) const fn at_once(errors: &[Errno]) -> Way<'_> {
    Way {
        may_wait: false,
        errors,
    }
}

/// A call that waits as long as the timeout of the socket says.
const fn waiting(errors: &[Errno]) -> Way<'_> {
    Way {
        may_wait: true,
        errors,
    }
}

impl<'a> Program<'a> {
    /// Any call on a socket.
    pub(super) fn call(&mut self, place: usize) {
        let choice = self.layer.input().byte();
        match choice % 20 {
            0 => self.close(place),
            1 => self.accept(place),
            2 => self.lingering.release(),
            3..=5 => self.receive(place),
            6..=8 => self.send(place),
            9..=11 => options::call(&mut self.sockets[place], &mut self.layer, &mut self.now),
            choice => self.other(place, choice),
        }
        // Errors of what lingers are nobody's.
        self.layer.take_errors();
    }

    fn receive(&mut self, place: usize) {
        let held = &mut self.sockets[place];
        match self.r#type {
            SocketType::Stream => stream::receive(held, &mut self.layer, &mut self.now),
            _ => udp::receive(held, &mut self.layer, &mut self.now),
        }
    }

    fn send(&mut self, place: usize) {
        let held = &mut self.sockets[place];
        match self.r#type {
            SocketType::Stream => stream::send(held, &mut self.layer, &mut self.now),
            _ => udp::send(held, &mut self.layer, &mut self.now),
        }
    }

    fn accept(&mut self, place: usize) {
        if self.sockets.len() == MOST {
            return;
        }
        let (layer, now) = (&mut self.layer, &mut self.now);
        let accepted =
            self.sockets[place].call(layer, now, waiting(own::ACCEPT), |socket, _, turn| {
                socket.accept(turn)
            });
        if let Some(Ok((socket, _))) = accepted {
            let mut held = Held::new(socket);
            held.is_connected = true;
            held.chosen = self.sockets[place].chosen.clone();
            assert_eq!(held.socket.timeout(), Timeout::Never);
            self.sockets.push(held);
        }
    }

    fn other(&mut self, place: usize, choice: u8) {
        let (layer, now) = (&mut self.layer, &mut self.now);
        let held = &mut self.sockets[place];
        match choice {
            12 => {
                let address = address(layer);
                held.call(layer, now, at_once(own::BIND), |socket, layer, _| {
                    Step::Ready(socket.bind(layer, address))
                });
            }
            13 => {
                let backlog = layer.input().pick(&[5, 0, -1, i32::MIN, i32::MAX]);
                held.call(layer, now, at_once(own::LISTEN), |socket, layer, _| {
                    Step::Ready(socket.listen(layer, backlog))
                });
            }
            14 | 15 => self.connect(place),
            16 => {
                let how = layer.input().pick(&[How::Read, How::Write, How::Both]);
                let listens = held.socket.is_listening() == Ok(true);
                let answer = held.call(layer, now, at_once(own::NAME), |socket, _, _| {
                    Step::Ready(socket.shutdown(how))
                });
                if let (Some(Ok(())), false) = (answer, listens) {
                    held.receiving_is_shut |= how != How::Write;
                    held.sending_is_shut |= how != How::Read;
                }
            }
            17 => {
                let timeout = layer.input().pick(&[
                    Timeout::Never,
                    Timeout::NonBlocking,
                    Timeout::After(Duration::from_nanos(2)),
                    Timeout::After(Duration::MAX),
                ]);
                let answer = held.call(layer, now, at_once(own::NONE), |socket, _, _| {
                    Step::Ready(socket.set_timeout(timeout))
                });
                if let Some(Ok(())) = answer {
                    assert_eq!(held.socket.timeout(), timeout);
                }
            }
            18 => names(held, layer, now),
            _ => self.poll(place),
        }
    }

    fn connect(&mut self, place: usize) {
        let (layer, now) = (&mut self.layer, &mut self.now);
        let held = &mut self.sockets[place];
        let peer = address(layer);
        let answer = held.call(layer, now, waiting(own::CONNECT), |socket, layer, turn| {
            socket.connect(layer, peer, turn)
        });
        if answer != Some(Err(Errno::Eafnosupport)) {
            held.has_failed = false;
        }
        if peer.port() == 0 && answer == Some(Err(Errno::Einprogress)) {
            held.is_to_tell(Errno::Econnrefused);
        }
        if self.r#type == SocketType::Stream && matches!(answer, Some(Ok(()))) {
            assert!(!held.is_connected, "connected twice");
            held.is_connected = true;
            held.check_all_told();
        }
    }

    /// What `poll` says has to be so.
    fn poll(&mut self, place: usize) {
        let (layer, now) = (&mut self.layer, &mut self.now);
        let held = &mut self.sockets[place];
        let answer = held.call(layer, now, at_once(own::NONE), |socket, _, _| {
            Step::Ready(socket.poll())
        });
        let Some(Ok(poll)) = answer else { return };
        let wanted = Readiness::from_bits(layer.input().byte());
        let mut is_readable = poll.ready.contains(Readiness::READABLE);
        if self.r#type == SocketType::Stream {
            stream::check_poll(held, is_readable);
        }
        for interest in poll.interests(wanted) {
            assert!(can_come(held, interest), "{interest:?} does not come");
            if layer.input().flag() {
                let found = held.socket.happened(interest);
                held.heard(layer);
                let is_probed = interest == Interest::Read && held.wire().is_some();
                is_readable |= is_probed && found.contains(Readiness::READABLE);
            }
        }
        let is_writable = poll.ready.contains(Readiness::WRITABLE);
        if self.r#type == SocketType::Stream {
            stream::check_ready(held, layer, now, is_readable, is_writable);
        } else if is_readable {
            udp::check_readable(held, layer, now);
        }
    }
}

/// Names, and the call that streams do not have.
fn names<'a>(held: &mut Held<'a>, layer: &mut Layer<'a>, now: &mut Instant) {
    let choice = layer.input().below(3);
    match choice {
        0 => {
            let answer = held.call(layer, now, at_once(own::NONE), |socket, _, _| {
                Step::Ready(socket.getsockname())
            });
            assert!(held.is_closed() || matches!(answer, Some(Ok(_))));
        }
        1 => {
            held.call(layer, now, at_once(own::NAME), |socket, _, _| {
                Step::Ready(socket.getpeername())
            });
        }
        _ => {
            held.call(layer, now, at_once(own::DISCONNECT), |socket, _, _| {
                Step::Ready(socket.disconnect())
            });
        }
    }
}

fn can_come(held: &Held<'_>, interest: Interest) -> bool {
    match held.socket.below() {
        Some(Below::Stream(wire)) => wire.can_come(interest),
        Some(Below::Datagram(mail)) => mail.is_bound(),
        None => false,
    }
}

/// Addresses of both families: plain ones, and those that mean something of their own.
pub(super) fn address(layer: &Layer<'_>) -> SockAddr {
    let family = layer.input().pick(&[Family::Inet, Family::Inet6]);
    let (v4, v6) = [
        ("127.0.0.1:80", "[::1]:80"),
        ("127.0.0.1:81", "[::1]:81"),
        ("127.0.0.1:0", "[::1]:0"),
        ("0.0.0.0:80", "[::]:80"),
        ("0.0.0.0:0", "[::]:0"),
        ("224.0.0.1:80", "[ff02::1]:80"),
        ("255.255.255.255:80", "[::ffff:127.0.0.1]:80"),
    ][layer.input().below(7)];
    let text = if family == Family::Inet { v4 } else { v6 };
    text.parse().expect("it is an address")
}

/// Flags with and without meaning; mostly none.
pub(super) fn flags(layer: &Layer<'_>) -> MsgFlags {
    let choice = usize::from(layer.input().byte());
    [
        MsgFlags::PEEK,
        MsgFlags::WAITALL,
        MsgFlags::DONTWAIT,
        MsgFlags::PEEK | MsgFlags::WAITALL,
        MsgFlags::PEEK | MsgFlags::DONTWAIT,
        MsgFlags::WAITALL | MsgFlags::DONTWAIT,
        MsgFlags::TRUNC,
        MsgFlags::OOB,
        MsgFlags::NOSIGNAL,
    ]
    .get(choice.wrapping_sub(128) / 8)
    .copied()
    .unwrap_or(MsgFlags::NONE)
}
