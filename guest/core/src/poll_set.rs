//! The set of a poller: entries under tokens, answered in turn.

use alloc::vec::Vec;

use crate::Errno;

/// The most entries of a set, and of one call of `poll`.
pub const LARGEST: usize = 65_536;

/// Entries under tokens.
#[derive(Debug)]
pub struct PollSet<T> {
    /// Sorted by token.
    entries: Vec<(u32, T)>,
    /// The token after which the next answer begins: entries that did not fit into the last one come first.
    last: Option<u32>,
}

impl<T> PollSet<T> {
    /// An empty set.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            entries: Vec::new(),
            last: None,
        }
    }

    /// Adds an entry.
    ///
    /// # Errors
    /// `EEXIST` for a token that is taken, `ENOSPC` when the set is full.
    pub fn add(&mut self, token: u32, entry: T) -> Result<(), Errno> {
        let Err(place) = self.find(token) else {
            return Err(Errno::Eexist);
        };
        if self.is_full() {
            return Err(Errno::Enospc);
        }
        self.entries.insert(place, (token, entry));
        Ok(())
    }

    /// The entry with this token.
    ///
    /// # Errors
    /// `ENOENT`.
    pub fn get_mut(&mut self, token: u32) -> Result<&mut T, Errno> {
        let place = self.find(token).map_err(|_| Errno::Enoent)?;
        self.entries
            .get_mut(place)
            .map(|(_, entry)| entry)
            .ok_or(Errno::Enoent)
    }

    /// Takes the entry with this token out.
    ///
    /// # Errors
    /// `ENOENT`.
    pub fn remove(&mut self, token: u32) -> Result<T, Errno> {
        let place = self.find(token).map_err(|_| Errno::Enoent)?;
        Ok(self.entries.remove(place).1)
    }

    /// Takes out every entry that does not satisfy `keep`.
    pub fn retain(&mut self, keep: impl Fn(&T) -> bool) {
        self.entries.retain(|(_, entry)| keep(entry));
    }

    /// Whether there is no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether no entry can be added.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.entries.len() >= LARGEST
    }

    /// The entries, those first that come after the last one that was answered.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        let start = match self.last {
            None => 0,
            Some(last) => self.entries.partition_point(|(token, _)| *token <= last),
        };
        let (before, after) = self.entries.split_at(start.min(self.entries.len()));
        after
            .iter()
            .chain(before)
            .map(|(token, entry)| (*token, entry))
    }

    /// Says which entry was the last one of an answer.
    pub fn answered(&mut self, token: Option<u32>) {
        self.last = token.or(self.last);
    }

    fn find(&self, token: u32) -> Result<usize, usize> {
        self.entries
            .binary_search_by_key(&token, |(token, _)| *token)
    }
}

impl<T> Default for PollSet<T> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(tokens: &[u32]) -> PollSet<u32> {
        let mut set = PollSet::new();
        for token in tokens {
            set.add(*token, *token).unwrap();
        }
        set
    }

    fn order(set: &PollSet<u32>) -> Vec<u32> {
        set.iter().map(|(token, _)| token).collect()
    }

    #[test]
    fn a_token_names_one_entry() {
        let mut set = set(&[7, 3, u32::MAX, 0]);
        assert_eq!(set.add(3, 0), Err(Errno::Eexist));
        assert_eq!(set.get_mut(7), Ok(&mut 7));
        assert_eq!(set.remove(3), Ok(3));
        assert_eq!(set.remove(3), Err(Errno::Enoent));
        assert_eq!(set.get_mut(3), Err(Errno::Enoent));
        assert_eq!(set.add(3, 1), Ok(()));
    }

    #[test]
    fn the_set_is_bounded() {
        let mut set = PollSet::new();
        for token in 0..LARGEST as u32 {
            set.add(token, ()).unwrap();
        }
        assert!(set.is_full());
        assert_eq!(set.add(u32::MAX, ()), Err(Errno::Enospc));
        set.remove(5).unwrap();
        assert_eq!(set.add(u32::MAX, ()), Ok(()));
    }

    #[test]
    fn those_that_were_not_answered_come_first() {
        let mut set = set(&[1, 2, 3, 4]);
        assert_eq!(order(&set), [1, 2, 3, 4]);
        set.answered(Some(2));
        assert_eq!(order(&set), [3, 4, 1, 2]);
        set.answered(None);
        assert_eq!(order(&set), [3, 4, 1, 2]);
        set.remove(2).unwrap();
        assert_eq!(order(&set), [3, 4, 1]);
        set.answered(Some(4));
        assert_eq!(order(&set), [1, 3, 4]);
    }

    #[test]
    fn what_is_closed_leaves() {
        let mut set = set(&[1, 2, 3]);
        set.retain(|entry| *entry != 2);
        assert_eq!(order(&set), [1, 3]);
        assert!(!set.is_empty());
    }
}
