//! The calls that a program makes.

use wasock_core::addr::{Family, SockAddr};
use wasock_core::create::SocketType;
use wasock_core::flags::MsgFlags;
use wasock_core::readiness::{Poll, Readiness};
use wasock_core::socket::Below;
use wasock_core::stream::How;
use wasock_core::{Duration, Errno, Instant, Interest, Step, Timeout};

use super::held::{Held, Way};
use super::{MOST, Program, options, stream, udp};
use crate::layer::{Connection, Layer, given, peer};

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
        let before = layer.calls();
        let accepted =
            self.sockets[place].call(layer, now, waiting(own::ACCEPT), |socket, _, turn| {
                socket.accept(turn)
            });
        if let Some(Err(Errno::Econnaborted)) = accepted {
            assert!(layer.calls() - before > 100, "told of one among others");
        }
        if let Some(Ok((socket, from))) = accepted {
            let kind = self.sockets[place].kind;
            assert_eq!(from, peer(kind.family()));
            let mut held = Held::new(socket, kind);
            held.is_connected = true;
            held.chosen = self.sockets[place].chosen.clone();
            assert_eq!(held.socket.timeout(), Timeout::Never);
            options::check_chosen(&mut held, layer, now);
            self.sockets.push(held);
        }
    }

    fn other(&mut self, place: usize, choice: u8) {
        let (layer, now) = (&mut self.layer, &mut self.now);
        let held = &mut self.sockets[place];
        match choice {
            12 => {
                let address = address(layer);
                let answer = held.call(layer, now, at_once(own::BIND), |socket, layer, _| {
                    Step::Ready(socket.bind(layer, address))
                });
                if let Some(Ok(())) = answer {
                    held.bound = Some(given(&address));
                }
            }
            13 => {
                let backlog = layer.input().pick(&[5, 0, -1, i32::MIN, i32::MAX]);
                let answer = held.call(layer, now, at_once(own::LISTEN), |socket, layer, _| {
                    Step::Ready(socket.listen(layer, backlog))
                });
                held.listens |= answer == Some(Ok(()));
            }
            14 | 15 => self.connect(place),
            16 => {
                let how = layer.input().pick(&[How::Read, How::Write, How::Both]);
                let listens = held.socket.is_listening() == Ok(true);
                let local = held.wire().and_then(|wire| wire.local());
                let answer = held.call(layer, now, at_once(own::NAME), |socket, _, _| {
                    Step::Ready(socket.shutdown(how))
                });
                // Those of a UDP socket without a peer are shut down all the same, and a listening socket has none.
                let is_done = match self.r#type {
                    SocketType::Stream => answer == Some(Ok(())) && !listens,
                    _ => matches!(answer, Some(Ok(()) | Err(Errno::Enotconn))),
                };
                if listens && answer == Some(Ok(())) && how != How::Write {
                    // The socket below is gone, and what address it had is kept.
                    held.bound = held.bound.or(local);
                    held.listens = false;
                }
                if is_done {
                    held.receiving_is_shut |= how != How::Write;
                    held.sending_is_shut |= how != How::Read;
                    held.check_shut();
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
            options::check_chosen(held, layer, now);
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
        check_poll(held, poll, wanted);
        if poll.ready.contains(Readiness::ERROR) && layer.input().flag() {
            assert!(options::error(held, layer, now), "there is no error");
            return;
        }
        let mut is_readable = poll.ready.contains(Readiness::READABLE);
        if self.r#type == SocketType::Stream {
            stream::check_poll(held, is_readable);
        } else {
            udp::check_poll(held, is_readable);
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
            let local = held.bound.or(match held.socket.below() {
                Some(Below::Stream(wire)) => wire.local(),
                Some(Below::Datagram(mail)) => mail.local(),
                None => None,
            });
            let local = local.unwrap_or(held.kind.family().wildcard());
            assert!(held.is_closed() || answer == Some(Ok(local)));
        }
        1 => {
            let answer = held.call(layer, now, at_once(own::NAME), |socket, _, _| {
                Step::Ready(socket.getpeername())
            });
            if let Some(answer) = answer.filter(|_| !held.is_closed()) {
                check_peer(held, answer.ok());
            }
        }
        _ => {
            held.call(layer, now, at_once(own::DISCONNECT), |socket, _, _| {
                Step::Ready(socket.disconnect())
            });
        }
    }
}

/// Who is at the other end, as long as there is one.
fn check_peer(held: &Held<'_>, answer: Option<SockAddr>) {
    match (held.socket.below(), answer) {
        (Some(Below::Datagram(mail)), answer) => {
            // One with port 0 counts as none.
            assert_eq!(answer, mail.peer().filter(|peer| peer.port() != 0));
        }
        (_, Some(answer)) => {
            assert_eq!(answer, peer(held.kind.family()));
            assert!(!held.end_is_told || held.is_unsure, "a peer after the end");
        }
        (Some(Below::Stream(wire)), None) => {
            let connection = wire.connection();
            let has_peer = |at: &Connection| !at.failed && !at.is_gone.get();
            assert!(!connection.is_some_and(has_peer), "there is a peer");
        }
        (None, None) => {}
    }
}

/// Whoever waits for something waits for something, and both ends are one.
fn check_poll(held: &Held<'_>, poll: Poll, wanted: Readiness) {
    let can_be_told = wanted.contains(Readiness::READABLE)
        || (wanted.contains(Readiness::WRITABLE) && !held.listens);
    let is_reached = match held.socket.below() {
        Some(Below::Datagram(mail)) => mail.is_bound(),
        _ => true,
    };
    let is_told = !poll.ready.told(wanted).is_none();
    if can_be_told && is_reached && !is_told {
        assert!(poll.interests(wanted).next().is_some(), "waits for nothing");
    }
    let has_error = poll.ready.contains(Readiness::ERROR);
    assert!(has_error || !held.has_untold(), "an error is kept back");
    if held.receiving_is_shut && held.sending_is_shut {
        assert!(poll.ready.contains(Readiness::HANGUP), "both are shut");
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
        MsgFlags::DONTROUTE,
        MsgFlags::CTRUNC,
        MsgFlags::EOR,
        MsgFlags::CONFIRM,
        MsgFlags::ERRQUEUE,
        MsgFlags::MORE,
        MsgFlags::PEEK | MsgFlags::TRUNC | MsgFlags::NOSIGNAL,
    ]
    .get(choice.wrapping_sub(128) / 8)
    .copied()
    .unwrap_or(MsgFlags::NONE)
}
