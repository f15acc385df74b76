//! A socket, and what a program that holds it can know of it.

use wasock_core::create::Kind;
use wasock_core::flags::MsgFlags;
use wasock_core::socket::{Below, Socket};
use wasock_core::sockopt::SockOpt;
use wasock_core::stream::Closing;
use wasock_core::{Errno, Instant, Interest, SockAddr, Step, Timeout, Turn, Wait};

use crate::layer::{Cause, Layer, Wire};

/// How many turns a call gets before the program loses patience.
const TURNS: usize = 8;

/// A socket, with what was seen of it.
pub(super) struct Held<'a> {
    pub(super) socket: Socket<Layer<'a>>,
    pub(super) kind: Kind,
    /// The address that `bind` has given it.
    pub(super) bound: Option<SockAddr>,
    pub(super) listens: bool,
    is_closed: bool,
    /// The errors of the layer that no call has answered.
    untold: Vec<(Cause, Errno)>,
    /// How many bytes were received.
    pub(super) consumed: usize,
    /// The options that were set.
    pub(super) chosen: Vec<(SockOpt, i32)>,
    /// Whether another call than `connect` has told how an attempt to connect failed.
    pub(super) has_failed: bool,
    /// Whether the program knows that there is a connection.
    pub(super) is_connected: bool,
    /// Whether it knows how the connection has ended.
    pub(super) end_is_told: bool,
    /// Whether an error could have been either that of the layer or one of the call.
    pub(super) is_unsure: bool,
    pub(super) receiving_is_shut: bool,
    pub(super) sending_is_shut: bool,
}

/// How a call is made.
#[derive(Clone, Copy)]
pub(super) struct Way<'e> {
    /// Whether it may wait, as far as its flags go.
    pub(super) may_wait: bool,
    /// The errors of the call itself, beside those of waiting and `EBADF`.
    pub(super) errors: &'e [Errno],
}

impl<'a> Held<'a> {
    pub(super) fn new(socket: Socket<Layer<'a>>, kind: Kind) -> Self {
        Self {
            socket,
            kind,
            bound: None,
            listens: false,
            is_closed: false,
            untold: Vec::new(),
            consumed: 0,
            chosen: Vec::new(),
            has_failed: false,
            is_connected: false,
            end_is_told: false,
            is_unsure: false,
            receiving_is_shut: false,
            sending_is_shut: false,
        }
    }

    pub(super) fn close(&mut self) -> Option<Closing<Wire<'a>>> {
        let closing = self.socket.close();
        assert!(self.socket.close().is_none(), "closed twice");
        self.is_closed = true;
        self.untold.clear();
        closing
    }

    pub(super) fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// The program is told an error that is none of a call; `EPIPE` is also what a connection comes to that is gone behind
    /// the end of the data.
    pub(super) fn told(&mut self, error: Errno) {
        self.tell(error, error == Errno::Epipe, 0);
    }

    /// The call has found out by itself what another is to tell.
    pub(super) fn is_to_tell(&mut self, error: Errno) {
        self.untold.push((Cause::Call, error));
    }

    /// Takes in what the layer has answered with, where no call of the program could tell.
    pub(super) fn heard(&mut self, layer: &Layer<'a>) {
        self.untold.extend(layer.take_errors());
    }

    /// The TCP socket below.
    pub(super) fn wire(&self) -> Option<&Wire<'a>> {
        match self.socket.below() {
            Some(Below::Stream(wire)) => Some(wire),
            _ => None,
        }
    }

    /// Whether it has an address of its own, by `bind` or without.
    pub(super) fn has_address(&self) -> bool {
        let below = match self.socket.below() {
            Some(Below::Stream(wire)) => wire.local().is_some() || wire.connection().is_some(),
            Some(Below::Datagram(mail)) => mail.is_bound(),
            None => false,
        };
        below || self.bound.is_some()
    }

    /// Nothing went wrong that the program was not told before it was told that all is well.
    pub(super) fn check_all_told(&self) {
        let untold = self.untold.iter().find(|(cause, _)| *cause == Cause::Call);
        assert!(untold.is_none() || self.is_unsure, "{untold:?} is not told");
    }

    /// The end of the sending half has gone on to the peer.
    pub(super) fn check_shut(&self) {
        if let Some(connection) = self.wire().and_then(|wire| wire.connection()) {
            assert!(
                connection.write_shut || !self.sending_is_shut,
                "shut down, and nobody is told"
            );
        }
    }

    /// A flag that does nothing here is refused, and no other.
    pub(super) fn check_flags(&self, flags: MsgFlags, known: MsgFlags, error: Option<Errno>) {
        let known = known | MsgFlags::NOSIGNAL;
        if !self.is_closed {
            let is_refused = error == Some(Errno::Eopnotsupp);
            assert_eq!(is_refused, !known.contains(flags), "{flags:?}");
        }
    }

    /// Whether there is an error for certain that no call has answered.
    pub(super) fn has_untold(&self) -> bool {
        !self.untold.is_empty() && !self.end_is_told && !self.is_unsure
    }

    /// Makes a call, with as many turns as the input grants. `None` where the program gave up.
    pub(super) fn call<T>(
        &mut self,
        layer: &mut Layer<'a>,
        now: &mut Instant,
        way: Way<'_>,
        mut call: impl FnMut(&mut Socket<Layer<'a>>, &mut Layer<'a>, Turn) -> Step<T>,
    ) -> Option<Result<T, Errno>> {
        let timeout = match self.socket.timeout() {
            timeout if way.may_wait => timeout,
            _ => Timeout::NonBlocking,
        };
        let calls = layer.calls();
        let end = match timeout {
            Timeout::After(length) => Some(now.after(length)),
            Timeout::Never | Timeout::NonBlocking => None,
        };
        let before = self.untold.len();
        let mut turn = Turn::begin(*now, self.socket.timeout());
        for _ in 0..TURNS {
            let step = call(&mut self.socket, layer, turn);
            self.untold.extend(layer.take_errors());
            let wait = match step {
                Step::Ready(answer) if self.is_closed => {
                    assert_eq!(answer.as_ref().err(), Some(&Errno::Ebadf));
                    assert_eq!(layer.calls(), calls, "a closed socket asks for nothing");
                    return Some(answer);
                }
                Step::Ready(answer) => {
                    if let Err(error) = answer {
                        let is_late = end.is_some_and(|end| *now >= end);
                        self.tell(error, self.is_own(error, way, timeout, is_late), before);
                    }
                    if let Kind::Datagram(_) = self.kind {
                        // Of several errors that datagrams have met, the first is kept.
                        self.untold.truncate(1);
                    }
                    return Some(answer);
                }
                Step::Wait(wait) => wait,
            };
            assert_ne!(timeout, Timeout::NonBlocking, "a call waits that must not");
            assert_eq!(wait.until, end);
            assert!(end.is_none_or(|end| *now < end), "a call waits too long");
            self.check_interest(wait.interest);
            match next(layer, wait, *now) {
                Some(later) => *now = later,
                None => break,
            }
            turn = turn.again(*now);
        }
        None
    }

    /// What was waited for must be what the layer waits for.
    fn check_interest(&self, interest: Interest) {
        let comes = match self.socket.below() {
            Some(Below::Stream(wire)) => wire.waits_for(interest) && wire.can_come(interest),
            Some(Below::Datagram(mail)) if interest == Interest::Never => !mail.is_bound(),
            Some(Below::Datagram(mail)) => mail.waits_for(interest),
            None => false,
        };
        assert!(comes, "waits for {interest:?}, which does not come");
    }

    /// Whether a call can answer this by itself.
    fn is_own(&self, error: Errno, way: Way<'_>, timeout: Timeout, is_late: bool) -> bool {
        match error {
            Errno::Eagain | Errno::Einprogress | Errno::Ealready => {
                assert_eq!(
                    timeout,
                    Timeout::NonBlocking,
                    "{error} of a call that may wait"
                );
                true
            }
            Errno::Etimedout if is_late => true,
            _ => way.errors.contains(&error),
        }
    }

    /// The program is told an error: one of the layer, in this call or before it, or one of the call's own.
    fn tell(&mut self, error: Errno, is_own: bool, before: usize) {
        let in_this_call = self
            .untold
            .iter()
            .skip(before)
            .rposition(|(_, other)| *other == error);
        let earlier = self.untold.iter().position(|(_, other)| *other == error);
        let place = match (in_this_call, earlier) {
            (Some(place), _) => before + place,
            (None, Some(_)) if is_own => {
                self.is_unsure = true;
                return;
            }
            (None, Some(place)) => place,
            (None, None) => {
                assert!(is_own, "{error} is nobody's");
                return;
            }
        };
        let (cause, _) = self.untold.remove(place);
        self.has_failed |= self.wire().is_none_or(|wire| wire.connection().is_none());
        if cause == Cause::Connection {
            assert!(
                !self.end_is_told || self.is_unsure,
                "{error}: the end of a connection is told twice"
            );
            self.end_is_told = true;
            self.untold.retain(|(cause, _)| *cause != Cause::Connection);
        }
    }
}

/// The error of an answer, if there is an answer and it is one.
pub(super) fn error_of<T>(answer: &Option<Result<T, Errno>>) -> Option<Errno> {
    answer
        .as_ref()
        .and_then(|answer| answer.as_ref().err().copied())
}

/// When the next turn is; none if there is none.
fn next(layer: &Layer<'_>, wait: Wait, now: Instant) -> Option<Instant> {
    match (layer.input().below(4), wait.until) {
        (0, _) => None,
        // After the end of time every call would be late.
        (1, Some(until)) if until < Instant(u64::MAX) => Some(until),
        _ => Some(Instant(now.0.saturating_add(1))),
    }
}
