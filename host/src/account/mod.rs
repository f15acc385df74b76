//! What guests use, and how much of it there is.
//!
//! Budgets nest: what a guest uses counts for its store, for the tenant that the store belongs to, and for the host. Each of
//! the three is a level with an [`Account`] of what is used and with limits of its own; the tightest counts.
//!
//! | concept                                             | file       |
//! |-----------------------------------------------------|------------|
//! | what one level has used                             | here       |
//! | the levels of one guest, and the limits of each     | `terms`    |
//! | something that is given back when it is not used any more | `grant` |
//! | a rate: what passes now, and when the rest does     | `bucket`   |
//! | which limit is used up, and whose                   | `exceeded` |
//! | what an embedder is shown                           | `usage`    |
//!
//! Counting is a relaxed addition a level. Nothing here locks but the buckets, which only a rate makes work.

mod bucket;
mod exceeded;
mod grant;
mod terms;
#[cfg(test)]
mod tests;
mod usage;

use std::sync::atomic::{AtomicU64, Ordering};

use wasock_policy::Limit;

use self::bucket::Bucket;
use crate::audit::Level;

pub(crate) use exceeded::Exceeded;
pub(crate) use grant::Grant;
pub(crate) use terms::{Terms, Tier};
pub use usage::Usage;

/// What one level has used: a number for each limit that is one.
#[derive(Debug)]
pub(crate) struct Account {
    level: Level,
    used: [AtomicU64; Limit::ALL.len()],
    accepts: Bucket,
    incoming: Bucket,
    outgoing: Bucket,
}

impl Account {
    pub(crate) fn new(level: Level) -> Self {
        Self {
            level,
            used: Default::default(),
            accepts: Bucket::default(),
            incoming: Bucket::default(),
            outgoing: Bucket::default(),
        }
    }

    /// How much of `limit` is used: things and bytes as they are, times in nanoseconds.
    pub(crate) fn used(&self, limit: Limit) -> u64 {
        self.counter(limit).load(Ordering::Relaxed)
    }

    pub(crate) fn usage(&self) -> Usage {
        Usage::of(self)
    }

    fn counter(&self, limit: Limit) -> &AtomicU64 {
        &self.used[limit as usize]
    }

    /// Count, whatever there was.
    fn add(&self, limit: Limit, amount: u64) {
        self.counter(limit).fetch_add(amount, Ordering::Relaxed);
    }

    fn give_back(&self, limit: Limit, amount: u64) {
        self.counter(limit).fetch_sub(amount, Ordering::Relaxed);
    }

    /// Count `amount`, if there is as much below `most`.
    fn add_below(&self, limit: Limit, amount: u64, most: u64) -> bool {
        let add = |used: u64| used.checked_add(amount).filter(|used| *used <= most);
        self.counter(limit)
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, add)
            .is_ok()
    }

    /// Count as much of `wanted` as there is below `most`; returns how much that is.
    fn add_up_to(&self, limit: Limit, wanted: u64, most: u64) -> u64 {
        let mut taken = 0;
        let add = |used: u64| {
            taken = wanted.min(most.saturating_sub(used));
            (taken > 0).then_some(used + taken)
        };
        // An error is that nothing is left, and so that nothing is taken.
        _ = self
            .counter(limit)
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
        taken
    }

    /// Where the rate `limit` is kept; the others are no rates.
    fn bucket(&self, limit: Limit) -> Option<&Bucket> {
        match limit {
            Limit::AcceptRate => Some(&self.accepts),
            Limit::RateIn => Some(&self.incoming),
            Limit::RateOut => Some(&self.outgoing),
            _ => None,
        }
    }
}
