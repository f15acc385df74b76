//! A memory that is bounded: what was not used for a while is gone, and so is the oldest where there is too much.
//!
//! What a value holds on to counts as well: a guest decides how long the names of a peer are.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::{Duration, Instant};

/// How long a peer is remembered after the last datagram. NATs and firewalls between guest and peer forget after about as
/// long, or earlier.
pub(super) const LIFETIME: Duration = Duration::from_secs(300);

/// How many peers are remembered.
pub(super) const CAPACITY: usize = 1024;

/// How many octets they may hold on to together.
pub(super) const MAX_OCTETS: usize = 1 << 20;

pub(super) struct Recent<K, V> {
    entries: HashMap<K, Entry<V>>,
    octets: usize,
}

struct Entry<V> {
    value: V,
    /// What it holds on to.
    octets: usize,
    used: Instant,
}

impl<K: Copy + Eq + Hash, V> Recent<K, V> {
    /// Look up, which is a use.
    pub(super) fn get(&mut self, key: K, now: Instant) -> Option<&mut V> {
        let expired = |entry: &Entry<V>| now.duration_since(entry.used) >= LIFETIME;
        if self.entries.get(&key).is_some_and(expired) {
            self.remove(key);
        }
        let entry = self.entries.get_mut(&key)?;
        entry.used = now;
        Some(&mut entry.value)
    }

    /// Remember a value that holds on to so many `octets`.
    pub(super) fn insert(&mut self, key: K, value: V, octets: usize, now: Instant) {
        self.remove(key);
        while self.entries.len() >= CAPACITY || self.octets + octets > MAX_OCTETS {
            let oldest = self.entries.iter().min_by_key(|(_, entry)| entry.used);
            let Some((&oldest, _)) = oldest else {
                break;
            };
            self.remove(oldest);
        }
        self.octets += octets;
        let used = now;
        let entry = Entry {
            value,
            octets,
            used,
        };
        self.entries.insert(key, entry);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(super) fn remove(&mut self, key: K) {
        if let Some(entry) = self.entries.remove(&key) {
            self.octets -= entry.octets;
        }
    }
}

impl<K, V> Default for Recent<K, V> {
    fn default() -> Self {
        Self {
            entries: HashMap::new(),
            octets: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_stays_and_the_rest_goes() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut recent = Recent::default();
        recent.insert("used", 1, 0, start);
        recent.insert("unused", 2, 0, start);
        assert_eq!(recent.get("used", at(299)), Some(&mut 1));
        assert_eq!(recent.get("unused", at(300)), None);
        assert_eq!(recent.get("used", at(598)), Some(&mut 1));
    }

    #[test]
    fn there_is_an_end_to_it_and_the_oldest_goes_first() {
        let start = Instant::now();
        let mut recent = Recent::default();
        let mut now = start;
        for number in 0..2 * CAPACITY {
            now += Duration::from_millis(1);
            recent.insert(number, (), 0, now);
        }
        assert_eq!(recent.entries.len(), CAPACITY);
        assert!(recent.get(CAPACITY - 1, now).is_none());
        assert!(recent.get(CAPACITY, now).is_some());
    }

    #[test]
    fn what_holds_on_to_much_leaves_room_for_little() {
        let start = Instant::now();
        let at = |number: u64| start + Duration::from_millis(number);
        let mut recent = Recent::default();
        for number in 0..100 {
            recent.insert(number, (), MAX_OCTETS / 10, at(number));
            // In its own place it counts once.
            recent.insert(number, (), MAX_OCTETS / 10, at(number));
        }
        assert_eq!(recent.entries.len(), 10);
        assert!(recent.get(90, at(100)).is_some() && recent.get(89, at(100)).is_none());

        recent.remove(90);
        recent.insert(100, (), MAX_OCTETS / 10, at(101));
        assert_eq!(recent.entries.len(), 10);
        assert_eq!(recent.octets, MAX_OCTETS / 10 * 10);
    }
}
