//! Answers that are still good: who looks a name up again within its time to live asks nobody.
//!
//! Kept for one guest alone. An answer that guests shared would tell one of them what another has asked for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use wasock_policy::Name;

use crate::clock::Clock;
use crate::names::Found;

/// How long an answer is kept at most, whatever it says.
const MAX_TTL: Duration = Duration::from_secs(300);

/// How many answers are kept. With one more, it is not.
const MAX_ANSWERS: usize = 256;

/// The answers that one guest's lookups have had. A clone refers to the same.
#[derive(Clone)]
pub(crate) struct Answers {
    kept: Arc<Mutex<HashMap<Name, Kept>>>,
    clock: Arc<dyn Clock>,
}

struct Kept {
    found: Found,
    since: Instant,
    good_for: Duration,
}

impl Answers {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            kept: Arc::default(),
            clock,
        }
    }

    /// The answer for `name`, if it is still good, with what is left of each time to live.
    pub(crate) fn get(&self, name: &Name) -> Option<Found> {
        let all = self.kept();
        let kept = all.get(name)?;
        let age = self.age(kept);
        if age >= kept.good_for {
            return None;
        }
        let mut found = kept.found.clone();
        for (_, ttl) in &mut found.addresses {
            *ttl = ttl.saturating_sub(age);
        }
        Some(found)
    }

    /// Keep the answer for `name`, as long as all of it is good.
    pub(crate) fn keep(&self, name: &Name, found: &Found) {
        let ttl = found.addresses.iter().map(|(_, ttl)| *ttl).min();
        let good_for = ttl.unwrap_or_default().min(MAX_TTL);
        let mut all = self.kept();
        if good_for.is_zero() || !self.make_room(&mut all, name) {
            return;
        }
        let kept = Kept {
            found: found.clone(),
            since: self.clock.now(),
            good_for,
        };
        all.insert(name.clone(), kept);
    }

    /// Whether there is room for the answer, once those are gone that are not good any more.
    fn make_room(&self, all: &mut HashMap<Name, Kept>, name: &Name) -> bool {
        if all.len() >= MAX_ANSWERS {
            all.retain(|_, kept| self.age(kept) < kept.good_for);
        }
        all.len() < MAX_ANSWERS || all.contains_key(name)
    }

    fn age(&self, kept: &Kept) -> Duration {
        self.clock.now().saturating_duration_since(kept.since)
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<Name, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
