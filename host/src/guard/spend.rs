//! What a guest uses, and what it is told when there is no more.
//!
//! | used up                                        | the guest sees                              |
//! |------------------------------------------------|---------------------------------------------|
//! | sockets, connections, total-connections        | new-socket-limit (`EMFILE`)                 |
//! | bytes-in, bytes-out                            | out-of-memory (`ENOBUFS`)                   |
//! | connect-time, idle-time, lifetime              | timeout (`ETIMEDOUT`)                       |
//! | lookups                                        | temporary-resolver-failure (`EAI_AGAIN`)    |
//! | accept-rate, rate-in, rate-out                 | nothing: it waits                           |
//! | memory                                         | its own failure to allocate                 |
//! | cpu-time                                       | nothing any more: it is stopped             |
//!
//! It is entered once for each limit and level, and again when there was some of it in between. Times begin anew with each
//! connection, so each that is over is entered.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use wasmtime_wasi::p2::bindings::sockets::network::ErrorCode;
use wasock_policy::Limit;

use super::guard::Guard;
use crate::account::{Exceeded, Grant};
use crate::audit::{Cause, Exhausted, Level, Record, Refused};

/// Which limits of which levels are known to be used up: a bit each.
#[derive(Default)]
pub(super) struct Told(AtomicU64);

impl Guard {
    /// Take a part of a budget for a while. What does not happen without it is entered.
    pub(crate) fn take(
        &self,
        limit: Limit,
        amount: u64,
        refused: impl FnOnce() -> Refused,
    ) -> Result<Grant, Exceeded> {
        let terms = self.in_force().terms;
        match Grant::take(terms, limit, amount) {
            Ok(grant) => {
                self.0.told.forget(limit);
                Ok(grant)
            }
            Err(exceeded) => {
                self.exhausted(&exceeded, refused);
                Err(exceeded)
            }
        }
    }

    /// Enter that something is used up, unless it is known.
    pub(crate) fn exhausted(&self, exceeded: &Exceeded, refused: impl FnOnce() -> Refused) {
        if self.0.told.is_news(exceeded) {
            let Exceeded {
                limit,
                amount,
                level,
            } = exceeded.clone();
            self.enter(&Record::Exhausted(Exhausted {
                limit,
                amount,
                level,
                refused: refused(),
            }));
        }
    }

    /// There was something of `limit` again.
    pub(crate) fn replenished(&self, limit: Limit) {
        self.0.told.forget(limit);
    }

    /// When a connect that begins now is given up.
    pub(crate) fn connect_deadline(&self) -> Option<Instant> {
        let time = self.in_force().terms.time(Limit::ConnectTime)?;
        // A deadline beyond all time is none.
        self.now().checked_add(time)
    }
}

impl Told {
    fn is_news(&self, exceeded: &Exceeded) -> bool {
        if let Limit::ConnectTime | Limit::IdleTime | Limit::Lifetime = exceeded.limit {
            return true;
        }
        let level = match exceeded.level {
            Level::Store => 0,
            Level::Tenant(_) => 1,
            Level::Host => 2,
        };
        let bit = bits(exceeded.limit) & MASK << (level * WIDTH);
        self.0.fetch_or(bit, Ordering::Relaxed) & bit == 0
    }

    fn forget(&self, limit: Limit) {
        if self.0.load(Ordering::Relaxed) & bits(limit) != 0 {
            self.0.fetch_and(!bits(limit), Ordering::Relaxed);
        }
    }

    /// After a change of the limits.
    pub(super) fn forget_all(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

/// So many bits has a level.
const WIDTH: u32 = Limit::ALL.len() as u32;
const MASK: u64 = (1 << WIDTH) - 1;

/// Those of `limit`, of every level.
fn bits(limit: Limit) -> u64 {
    let bit = 1 << limit as u32;
    bit | bit << WIDTH | bit << (2 * WIDTH)
}

impl From<Exceeded> for ErrorCode {
    fn from(exceeded: Exceeded) -> Self {
        code(exceeded.limit)
    }
}

/// What the guest sees of a socket that has ended without it.
pub(crate) fn end_code(cause: Cause) -> ErrorCode {
    match cause {
        Cause::Limit(limit) => code(limit),
        Cause::Revoked | Cause::Policy => ErrorCode::AccessDenied,
        // It does not see it any more.
        Cause::Guest => ErrorCode::InvalidState,
    }
}

/// What the guest sees of a limit. Rates make it wait; memory and time to compute are no errors of the network.
pub(crate) fn code(limit: Limit) -> ErrorCode {
    match limit {
        Limit::Sockets | Limit::Connections | Limit::TotalConnections => ErrorCode::NewSocketLimit,
        Limit::BytesIn | Limit::BytesOut | Limit::Memory => ErrorCode::OutOfMemory,
        Limit::ConnectTime | Limit::IdleTime | Limit::Lifetime => ErrorCode::Timeout,
        Limit::Lookups => ErrorCode::TemporaryResolverFailure,
        Limit::AcceptRate | Limit::RateIn | Limit::RateOut => ErrorCode::WouldBlock,
        Limit::CpuTime => ErrorCode::Unknown,
    }
}
