//! What became of connections, for those who ask later.

use std::collections::HashMap;
use std::sync::{Condvar, Mutex, PoisonError};

/// What became of the connections under record.
#[derive(Debug, Default)]
pub(super) struct Records {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    last: u64,
    ended: HashMap<u64, String>,
}

impl Records {
    /// A number for a new record.
    pub(super) fn begin(&self) -> u64 {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.last += 1;
        state.last
    }

    /// Notes what became of a connection.
    pub(super) fn end(&self, number: u64, outcome: String) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.ended.insert(number, outcome);
        self.changed.notify_all();
    }

    /// Waits until a connection has ended, and answers what became of it.
    pub(super) fn recall(&self, number: u64) -> String {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(outcome) = state.ended.remove(&number) {
                return outcome;
            }
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}
