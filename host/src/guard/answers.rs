//! Answers that are still good: who looks a name up again within its time to live asks nobody.
//!
//! Kept for one guest alone. An answer that guests shared would tell one of them what another has asked for.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use wasock_policy::Name;

use crate::clock::Clock;
use crate::names::Found;

/// How long an answer is kept at most, whatever it says.
const MAX_TTL: Duration = Duration::from_secs(300);

/// How many answers are kept. With one more, it is not.
const MAX_ANSWERS: usize = 256;

/// The answers that one guest's lookups have had.
pub(crate) struct Answers {
    kept: HashMap<Name, Kept>,
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
            kept: HashMap::new(),
            clock,
        }
    }

    /// The answer for `name`, if it is still good, with what is left of each time to live.
    pub(crate) fn get(&self, name: &Name) -> Option<Found> {
        let kept = self.kept.get(name)?;
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
    pub(crate) fn keep(&mut self, name: &Name, found: &Found) {
        let ttl = found.addresses.iter().map(|(_, ttl)| *ttl).min();
        let good_for = ttl.unwrap_or_default().min(MAX_TTL);
        if good_for.is_zero() || !self.has_room_for(name) {
            return;
        }
        let kept = Kept {
            found: found.clone(),
            since: self.clock.now(),
            good_for,
        };
        self.kept.insert(name.clone(), kept);
    }

    fn has_room_for(&mut self, name: &Name) -> bool {
        if self.kept.len() >= MAX_ANSWERS {
            let now = self.clock.now();
            let is_good = |kept: &Kept| now.saturating_duration_since(kept.since) < kept.good_for;
            self.kept.retain(|_, kept| is_good(kept));
        }
        self.kept.len() < MAX_ANSWERS || self.kept.contains_key(name)
    }

    fn age(&self, kept: &Kept) -> Duration {
        self.clock.now().saturating_duration_since(kept.since)
    }
}
