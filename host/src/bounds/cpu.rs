//! How long a guest computes.
//!
//! Measured is the time that a thread spends on the guest: from the moment at which it takes the guest up to the moment at which
//! the guest waits for something. An epoch ends now and then in between, so that the guest need not wait for anything to
//! be stopped.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use wasmtime::Result;
use wasock_policy::{Amount, Limit};

use super::Ticker;
use crate::account::Exceeded;
use crate::audit::{Level, Refused};
use crate::guard::guard::Guard;

/// A guest was stopped, for it has computed as long as it may. The error of the call that ran it; what is left of the
/// store is of no more use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CpuTimeExceeded(Exceeded);

/// Since when a thread is at work for a guest, or since when it was last counted.
#[derive(Debug, Default)]
pub(crate) struct Meter(Mutex<Option<Instant>>);

/// `call`, with the time that it takes counted.
pub(crate) async fn metered<F: Future>(guard: Guard, call: F) -> F::Output {
    let mut call = pin!(call);
    poll_fn(|context| {
        let turn = Turn::begin(&guard);
        let polled = call.as_mut().poll(context);
        drop(turn);
        polled
    })
    .await
}

/// A thread at work for a guest. It ends when this is dropped, also by a panic.
struct Turn<'a>(&'a Guard);

impl<'a> Turn<'a> {
    fn begin(guard: &'a Guard) -> Self {
        *guard.meter().since() = Some(guard.now());
        Self(guard)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.count_time();
        *self.0.meter().since() = None;
    }
}

impl Guard {
    /// The guest computes, and an epoch has ended. An error stops it.
    pub(super) fn tick(&self) -> Result<()> {
        if !self.count_time() {
            let tick = u64::try_from(Ticker::INTERVAL.as_nanos()).unwrap_or(u64::MAX);
            self.in_force().terms.add(Limit::CpuTime, tick);
        }
        match self.in_force().terms.used_up(Limit::CpuTime) {
            Some(exceeded) => {
                self.exhausted(&exceeded, || Refused::Running);
                Err(CpuTimeExceeded(exceeded).into())
            }
            None => Ok(()),
        }
    }

    /// Count up to now. Returns whether the guest is measured.
    fn count_time(&self) -> bool {
        let mut since = self.meter().since();
        let Some(last) = *since else {
            return false;
        };
        let now = self.now();
        let passed = now.saturating_duration_since(last).as_nanos();
        let passed = u64::try_from(passed).unwrap_or(u64::MAX);
        self.in_force().terms.add(Limit::CpuTime, passed);
        *since = Some(now);
        true
    }
}

impl Meter {
    fn since(&self) -> MutexGuard<'_, Option<Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CpuTimeExceeded {
    /// How long it was allowed to compute.
    #[must_use]
    pub fn amount(&self) -> Amount {
        self.0.amount
    }

    /// Whose limit it is.
    #[must_use]
    pub fn level(&self) -> &Level {
        &self.0.level
    }
}

impl fmt::Display for CpuTimeExceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the guest has used up its time to compute: {}", self.0)
    }
}

impl std::error::Error for CpuTimeExceeded {}
