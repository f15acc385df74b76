//! The guests of a tenant or of a host.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::guard::guard::{Guard, WeakGuard};

/// Those there are, so that everything can be taken from all of them.
#[derive(Default)]
pub(super) struct Members(Mutex<State>);

#[derive(Default)]
struct State {
    guests: Vec<WeakGuard>,
    revoked: bool,
}

impl Members {
    /// One more. It comes too late if everything is revoked.
    pub(super) fn join(&self, guard: &Guard) {
        let mut state = self.state();
        if state.revoked {
            drop(state);
            guard.revoke();
            return;
        }
        // Those that are gone are looked for just when there would have to be more room.
        if state.guests.len() == state.guests.capacity() {
            state.guests.retain(|guest| guest.upgrade().is_some());
        }
        state.guests.push(guard.downgrade());
    }

    /// Take everything from those there are and those to come.
    pub(super) fn revoke(&self) {
        let guests = {
            let mut state = self.state();
            state.revoked = true;
            std::mem::take(&mut state.guests)
        };
        for guest in guests.iter().filter_map(WeakGuard::upgrade) {
            guest.revoke();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
