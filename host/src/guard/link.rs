//! What a stream asks before a byte passes: whether its connection is still open, and how much may pass.
//!
//! A connection without limits costs a few loads and additions a transfer here; the clock is read only for those that have
//! a rate or a time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use wasmtime_wasi::p2::StreamError;
use wasock_policy::Limit;

use super::guard::Guard;
use super::open::Open;
use super::spend::end_code;
use crate::account::{Exceeded, Terms};
use crate::audit::Cause;

/// Which way bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    In,
    Out,
}

impl Way {
    /// The limit of bytes that go this way.
    pub(crate) fn bytes(self) -> Limit {
        match self {
            Self::In => Limit::BytesIn,
            Self::Out => Limit::BytesOut,
        }
    }

    /// The limit of how fast they do.
    pub(crate) fn rate(self) -> Limit {
        match self {
            Self::In => Limit::RateIn,
            Self::Out => Limit::RateOut,
        }
    }
}

/// The connection of a stream, with the terms that it goes by.
pub(crate) struct Link {
    open: Arc<Open>,
    way: Way,
    terms: Arc<Terms>,
    /// The policy that the terms belong to.
    generation: u64,
}

/// What a stream waits for, besides the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    /// Nothing.
    None,
    /// The connection has ended: nothing is waited for.
    Over,
    /// A rate lets nothing pass for so long.
    Rate(Duration),
    /// The connection ends after so long.
    End(Duration),
}

impl Link {
    pub(crate) fn new(open: Arc<Open>, way: Way) -> Self {
        let current = open.guard().in_force();
        Self {
            open,
            way,
            terms: current.terms,
            generation: current.generation,
        }
    }

    pub(crate) fn guard(&self) -> &Guard {
        self.open.guard()
    }

    pub(crate) fn is_over(&self) -> bool {
        self.open.ended().is_some()
    }

    /// Whether the connection is still open; or else what the guest sees of its end.
    pub(crate) fn check(&self) -> Result<(), StreamError> {
        let Some(cause) = self.open.ended() else {
            return Ok(());
        };
        let exceeded = match cause {
            Cause::Limit(limit) => self.terms.time_over(limit),
            Cause::Guest | Cause::Revoked | Cause::Policy => None,
        };
        Err(error(cause, exceeded.as_ref()))
    }

    /// How much of `wanted` may pass now. Nothing, if a rate says to wait.
    ///
    /// Where the guest has used up its bytes, one more may pass: what shows that there is more is that byte, or else the stream may
    /// have come to its end just in time.
    pub(crate) fn room(&mut self, wanted: usize) -> Result<usize, StreamError> {
        self.refresh();
        if self.terms.need_a_clock() {
            self.look_at_the_clock();
        }
        self.check()?;

        let (bytes, rate) = (self.way.bytes(), self.way.rate());
        let mut room = wanted;
        if self.terms.set(bytes) {
            let left = usize::try_from(self.terms.left(bytes)).unwrap_or(usize::MAX);
            room = room.min(left.max(1));
        }
        if self.terms.set(rate) {
            let ready = self.terms.ready(rate, self.guard().now()).unwrap_or(0);
            room = room.min(usize::try_from(ready).unwrap_or(usize::MAX));
        }
        Ok(room)
    }

    /// As [`room`](Self::room), for bytes that leave this host: where there is none left, none may pass.
    #[cfg(feature = "http")]
    pub(crate) fn room_to_send(&mut self, wanted: usize) -> Result<usize, StreamError> {
        let room = self.room(wanted)?;
        if wanted > 0 && self.terms.left(self.way.bytes()) == 0 {
            return Err(self.used_up());
        }
        Ok(room)
    }

    /// Count bytes that pass. Returns how many of them do; none is an error.
    pub(crate) fn pass(&mut self, bytes: usize) -> Result<usize, StreamError> {
        let passed = self.terms.take_up_to(self.way.bytes(), bytes as u64);
        if passed == 0 && bytes > 0 {
            return Err(self.used_up());
        }
        self.passed(passed);
        // No more than `bytes`.
        Ok(passed as usize)
    }

    /// Count bytes that pass all or none.
    pub(crate) fn pass_all(&mut self, bytes: usize) -> Result<(), StreamError> {
        self.check()?;
        match self.terms.take(self.way.bytes(), bytes as u64) {
            Ok(()) => {
                self.passed(bytes as u64);
                Ok(())
            }
            Err(exceeded) => Err(self.exceeded(exceeded)),
        }
    }

    /// What there is to wait for now.
    pub(crate) fn wait(&mut self) -> Wait {
        self.refresh();
        if !self.terms.need_a_clock() {
            return if self.is_over() {
                Wait::Over
            } else {
                Wait::None
            };
        }
        let ends = self.look_at_the_clock();
        if self.is_over() {
            return Wait::Over;
        }
        let ready = self.terms.ready(self.way.rate(), self.guard().now());
        match (ready, ends) {
            (Err(wait), Some(ends)) => Wait::Rate(wait.min(ends)),
            (Err(wait), None) => Wait::Rate(wait),
            (Ok(_), Some(ends)) => Wait::End(ends),
            (Ok(_), None) => Wait::None,
        }
    }

    fn passed(&self, bytes: u64) {
        self.open.flow(self.way).add_bytes(bytes);
        if self.terms.need_a_clock() {
            let now = self.guard().now();
            self.terms.pass(self.way.rate(), bytes, now);
            self.open.touch(now);
        }
    }

    /// Go by the terms that are in force.
    fn refresh(&mut self) {
        if self.guard().generation() == self.generation {
            return;
        }
        let current = self.guard().in_force();
        if !self.terms.need_a_clock() && current.terms.need_a_clock() {
            // Nobody has kept the time until now.
            self.open.touch(self.guard().now());
        }
        self.terms = current.terms;
        self.generation = current.generation;
        self.open.set_refused_by(None);
    }

    /// End the connection if its time is over. Returns how much time it has left.
    fn look_at_the_clock(&self) -> Option<Duration> {
        let now = self.guard().now();
        let idle = (self.open.moved(), Limit::IdleTime);
        let whole = (self.open.since(), Limit::Lifetime);
        let left = [idle, whole].map(|(from, limit)| self.time_left(from, limit, now));
        left.into_iter().flatten().min()
    }

    fn time_left(&self, from: Instant, limit: Limit, now: Instant) -> Option<Duration> {
        let time = self.terms.time(limit)?;
        let left = time.saturating_sub(now.saturating_duration_since(from));
        if left.is_zero()
            && !self.is_over()
            && let Some(exceeded) = self.terms.time_over(limit)
        {
            self.open.end(Cause::Limit(limit));
            self.guard().exhausted(&exceeded, || self.open.refused());
        }
        Some(left)
    }

    fn used_up(&self) -> StreamError {
        let limit = self.way.bytes();
        match self.terms.used_up(limit) {
            Some(exceeded) => self.exceeded(exceeded),
            // Another guest has given back what it could not use: for the guest, it is the same.
            None => error(Cause::Limit(limit), None),
        }
    }

    fn exceeded(&self, exceeded: Exceeded) -> StreamError {
        self.guard().exhausted(&exceeded, || self.open.refused());
        self.open.set_refused_by(Some(exceeded.limit));
        error(Cause::Limit(exceeded.limit), Some(&exceeded))
    }
}

/// What the guest sees of the end of a connection. Programs look for the name of the code in it: WASI has no other way.
fn error(cause: Cause, exceeded: Option<&Exceeded>) -> StreamError {
    let why = match cause {
        Cause::Guest => return StreamError::Closed,
        Cause::Limit(limit) => match exceeded {
            Some(exceeded) => exceeded.for_guest(),
            None => format!("the limit {limit} is reached"),
        },
        Cause::Revoked => "the network was revoked".to_owned(),
        Cause::Policy => "the policy does not allow the connection any more".to_owned(),
    };
    StreamError::LastOperationFailed(wasmtime::Error::new(end_code(cause)).context(why))
}
