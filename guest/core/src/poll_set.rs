//! The set of a poller: entries under tokens, answered in turn.

use alloc::vec::Vec;

use crate::Errno;
use crate::readiness::Readiness;

/// The most entries of a set, and of one call of `poll`.
pub const LARGEST: usize = 65_536;

/// What a set keeps.
pub trait Entry {
    /// Whether it can still become ready. What is closed leaves the set.
    fn is_open(&self) -> bool;

    /// What of it is waited for; none where there is nothing to choose, as with a lookup.
    fn wanted(&mut self) -> Option<&mut Readiness>;
}

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

impl<T: Entry> PollSet<T> {
    /// Adds an entry. A token is free again when what it named is closed.
    ///
    /// # Errors
    /// `EEXIST` for a token that is taken, `ENOSPC` when the set is full.
    pub fn add(&mut self, token: u32, entry: T) -> Result<(), Errno> {
        self.forget_closed(token);
        if self.is_full() {
            self.forget_all_closed();
        }
        let Err(place) = self.find(token) else {
            return Err(Errno::Eexist);
        };
        if self.is_full() {
            return Err(Errno::Enospc);
        }
        self.entries.insert(place, (token, entry));
        Ok(())
    }

    /// Changes what the entry with this token is waited for.
    ///
    /// # Errors
    /// `ENOENT`, also where there is nothing to choose.
    pub fn modify(&mut self, token: u32, readiness: Readiness) -> Result<(), Errno> {
        self.forget_closed(token);
        let place = self.find(token).map_err(|_| Errno::Enoent)?;
        let entry = self.entries.get_mut(place).map(|(_, entry)| entry);
        let wanted = entry.and_then(Entry::wanted).ok_or(Errno::Enoent)?;
        *wanted = readiness;
        Ok(())
    }

    /// Takes the entry with this token out.
    ///
    /// # Errors
    /// `ENOENT`.
    pub fn remove(&mut self, token: u32) -> Result<(), Errno> {
        self.forget_closed(token);
        let place = self.find(token).map_err(|_| Errno::Enoent)?;
        self.entries.remove(place);
        Ok(())
    }

    /// Begins a wait that answers at most `max` entries.
    ///
    /// # Errors
    /// `EINVAL` for none.
    pub fn begin_wait(&mut self, max: u32) -> Result<(), Errno> {
        if max == 0 {
            return Err(Errno::Einval);
        }
        self.forget_all_closed();
        Ok(())
    }

    fn forget_all_closed(&mut self) {
        self.entries.retain(|(_, entry)| entry.is_open());
    }

    fn forget_closed(&mut self, token: u32) {
        if let Ok(place) = self.find(token)
            && let Some((_, entry)) = self.entries.get(place)
            && !entry.is_open()
        {
            self.entries.remove(place);
        }
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

    /// An entry that is open or closed, and of which something can be wanted, or nothing.
    #[derive(Debug, PartialEq)]
    struct Thing {
        is_open: bool,
        wanted: Option<Readiness>,
    }

    const OPEN: Thing = Thing {
        is_open: true,
        wanted: Some(Readiness::READABLE),
    };
    const CLOSED: Thing = Thing {
        is_open: false,
        ..OPEN
    };

    impl Entry for Thing {
        fn is_open(&self) -> bool {
            self.is_open
        }

        fn wanted(&mut self) -> Option<&mut Readiness> {
            self.wanted.as_mut()
        }
    }

    fn set(tokens: &[u32]) -> PollSet<Thing> {
        let mut set = PollSet::new();
        for token in tokens {
            set.add(*token, OPEN).unwrap();
        }
        set
    }

    fn order(set: &PollSet<Thing>) -> Vec<u32> {
        set.iter().map(|(token, _)| token).collect()
    }

    #[test]
    fn a_token_names_one_entry() {
        let mut set = set(&[7, 3, u32::MAX, 0]);
        assert_eq!(set.add(3, OPEN), Err(Errno::Eexist));
        assert_eq!(set.remove(3), Ok(()));
        assert_eq!(set.remove(3), Err(Errno::Enoent));
        assert_eq!(set.modify(3, Readiness::WRITABLE), Err(Errno::Enoent));
        assert_eq!(set.add(3, OPEN), Ok(()));
    }

    #[test]
    fn what_is_waited_for_can_be_changed_where_there_is_a_choice() {
        let mut set = set(&[1]);
        let lookup = Thing {
            wanted: None,
            ..OPEN
        };
        set.add(2, lookup).unwrap();
        assert_eq!(set.modify(1, Readiness::WRITABLE), Ok(()));
        assert_eq!(set.modify(2, Readiness::WRITABLE), Err(Errno::Enoent));
        let wanted: Vec<_> = set.iter().map(|(_, thing)| thing.wanted).collect();
        assert_eq!(wanted, [Some(Readiness::WRITABLE), None]);
    }

    #[test]
    fn the_set_is_bounded() {
        let mut set = PollSet::new();
        for token in 0..LARGEST as u32 {
            set.add(token, OPEN).unwrap();
        }
        assert!(set.is_full());
        assert_eq!(set.add(u32::MAX, OPEN), Err(Errno::Enospc));
        set.remove(5).unwrap();
        assert_eq!(set.add(u32::MAX, CLOSED), Ok(()));
        assert_eq!(set.add(5, OPEN), Ok(()), "what is closed gives way");
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
    fn what_is_closed_leaves_and_frees_its_token() {
        let mut set = set(&[1, 3]);
        for token in [2, 4] {
            set.add(token, CLOSED).unwrap();
        }
        assert_eq!(set.modify(2, Readiness::WRITABLE), Err(Errno::Enoent));
        set.add(2, CLOSED).unwrap();
        assert_eq!(set.remove(2), Err(Errno::Enoent));
        set.add(2, CLOSED).unwrap();
        assert_eq!(set.add(2, OPEN), Ok(()));
        assert_eq!(set.begin_wait(0), Err(Errno::Einval));
        assert_eq!(order(&set), [1, 2, 3, 4]);
        assert_eq!(set.begin_wait(1), Ok(()));
        assert_eq!(order(&set), [1, 2, 3]);
        assert!(!set.is_empty());
    }
}
