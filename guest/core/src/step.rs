//! How an operation says that it must wait.

use crate::{Errno, Instant, Timeout};

/// What an operation answers when it is given a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Step<T> {
    /// Done: the answer of the call.
    Ready(Result<T, Errno>),
    /// Not yet: give it another turn when this has happened.
    Wait(Wait),
}

impl<T> Step<T> {
    /// The same step with another answer.
    pub fn map<U>(self, answer: impl FnOnce(T) -> U) -> Step<U> {
        match self {
            Self::Ready(outcome) => Step::Ready(outcome.map(answer)),
            Self::Wait(wait) => Step::Wait(wait),
        }
    }
}

/// What an operation waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// The event of the socket below.
    pub interest: Interest,
    /// When to give up: take a turn then even if nothing has happened.
    pub until: Option<Instant>,
}

/// An event of the socket below that lets a waiting operation go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Interest {
    /// Data, the end of data, or an error can be read.
    Read,
    /// There is room to write, or what was written has been taken by the system, or failed.
    Write,
    /// The connection attempt has ended.
    Connect,
    /// A connection waits to be accepted.
    Accept,
    /// Nothing: only time ends this wait. What an unbound UDP socket can receive.
    Never,
}

/// A turn of an operation: the time now, and until when it may wait.
///
/// One call of the program is one [`begin`](Turn::begin) and as many [`again`](Turn::again) as it takes, so that
/// the timeout covers the whole call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    now: Instant,
    limit: Limit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Limit {
    Never,
    Immediate,
    At(Instant),
}

impl Turn {
    /// The first turn of a call on a socket with `timeout`.
    #[must_use]
    pub fn begin(now: Instant, timeout: Timeout) -> Self {
        let limit = match timeout {
            Timeout::Never => Limit::Never,
            Timeout::NonBlocking => Limit::Immediate,
            Timeout::After(length) => Limit::At(now.after(length)),
        };
        Self { now, limit }
    }

    /// The next turn of the same call.
    #[must_use]
    pub fn again(self, now: Instant) -> Self {
        Self { now, ..self }
    }

    /// The same turn for a call that must not wait (`MSG_DONTWAIT`).
    #[must_use]
    pub(crate) fn without_waiting(self) -> Self {
        Self {
            limit: Limit::Immediate,
            ..self
        }
    }

    /// Whether the call may wait at all.
    #[must_use]
    pub(crate) fn may_wait(self) -> bool {
        self.limit != Limit::Immediate
    }

    /// The operation can do nothing more now: wait for `interest`, or answer that waiting is over.
    ///
    /// `nonblocking` is what a call that must not wait answers: `EAGAIN`, for `connect` `EINPROGRESS`.
    pub(crate) fn wait_or<T>(self, interest: Interest, nonblocking: Errno) -> Step<T> {
        match self.limit {
            Limit::Immediate => Step::Ready(Err(nonblocking)),
            Limit::At(end) if self.now >= end => Step::Ready(Err(Errno::Etimedout)),
            Limit::At(end) => Step::Wait(Wait {
                interest,
                until: Some(end),
            }),
            Limit::Never => Step::Wait(Wait {
                interest,
                until: None,
            }),
        }
    }
}
