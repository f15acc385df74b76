//! A memory that is bounded: what was not used for a while is gone, and so is the oldest where there is too much.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::{Duration, Instant};

/// How long a peer is remembered after the last datagram. NATs and firewalls between guest and peer forget after about as
/// long, or earlier.
pub(super) const LIFETIME: Duration = Duration::from_secs(300);

/// How many peers are remembered.
pub(super) const CAPACITY: usize = 1024;

pub(super) struct Recent<K, V>(HashMap<K, Entry<V>>);

struct Entry<V> {
    value: V,
    used: Instant,
}

impl<K: Copy + Eq + Hash, V> Recent<K, V> {
    /// Look up, which is a use.
    pub(super) fn get(&mut self, key: K, now: Instant) -> Option<&mut V> {
        let expired = |entry: &Entry<V>| now.duration_since(entry.used) >= LIFETIME;
        if self.0.get(&key).is_some_and(expired) {
            self.0.remove(&key);
        }
        let entry = self.0.get_mut(&key)?;
        entry.used = now;
        Some(&mut entry.value)
    }

    pub(super) fn insert(&mut self, key: K, value: V, now: Instant) {
        if self.0.len() >= CAPACITY && !self.0.contains_key(&key) {
            let oldest = self.0.iter().min_by_key(|(_, entry)| entry.used);
            if let Some(key) = oldest.map(|(key, _)| *key) {
                self.0.remove(&key);
            }
        }
        self.0.insert(key, Entry { value, used: now });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn remove(&mut self, key: K) {
        self.0.remove(&key);
    }
}

impl<K, V> Default for Recent<K, V> {
    fn default() -> Self {
        Self(HashMap::new())
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
        recent.insert("used", 1, start);
        recent.insert("unused", 2, start);
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
            recent.insert(number, (), now);
        }
        assert_eq!(recent.0.len(), CAPACITY);
        assert!(recent.get(CAPACITY - 1, now).is_none());
        assert!(recent.get(CAPACITY, now).is_some());
    }
}
