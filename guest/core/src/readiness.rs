//! What a socket is ready for.

use alloc::vec::{self, Vec};

use crate::flag_set::flag_set;
use crate::{Errno, Interest, Timeout};

flag_set! {
    /// A set of things that a socket can be ready for: the events of `poll(2)`.
    Readiness: u8;
    /// `POLLIN`.
    READABLE = 0,
    /// `POLLOUT`.
    WRITABLE = 1,
    /// `POLLERR`: answered also if not asked for.
    ERROR = 2,
    /// `POLLHUP`: answered also if not asked for.
    HANGUP = 3,
}

impl Readiness {
    /// What of the set somebody who asked for `wanted` is told.
    #[must_use]
    pub const fn told(self, wanted: Self) -> Self {
        Self(self.0 & (wanted.0 | Self::ERROR.0 | Self::HANGUP.0))
    }
}

/// What is known of the readiness of a socket, and what only the layer below knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Poll {
    /// Ready by the state of the socket.
    pub ready: Readiness,
    /// The event below that would make it readable.
    pub read: Option<Interest>,
    /// The event below that would make it writable.
    pub write: Option<Interest>,
}

impl Poll {
    /// Ready for these, whatever happens below.
    pub(crate) const fn ready(ready: Readiness) -> Self {
        Self {
            ready,
            read: None,
            write: None,
        }
    }

    /// The events to ask the layer below about, given what is wanted.
    pub fn interests(self, wanted: Readiness) -> impl Iterator<Item = Interest> {
        let read = self.read.filter(|_| wanted.contains(Readiness::READABLE));
        // An attempt to connect ends for everybody: its failure is told to those who asked for nothing.
        let connect = |interest: &Interest| *interest == Interest::Connect;
        let write = self
            .write
            .filter(|interest| wanted.contains(Readiness::WRITABLE) || connect(interest));
        [read, write.filter(|write| read != Some(*write))]
            .into_iter()
            .flatten()
    }
}

/// What is ready of a list of things, each by its place in it.
#[derive(Debug, Default)]
pub struct Found(Vec<(usize, Readiness)>);

impl Found {
    /// Adds to what is known of a place.
    pub fn note(&mut self, place: usize, readiness: Readiness) {
        if readiness.is_none() {
            return;
        }
        let position = self.0.partition_point(|(known, _)| *known < place);
        match self.0.get_mut(position) {
            Some((known, sum)) if *known == place => *sum |= readiness,
            _ => self.0.insert(position, (place, readiness)),
        }
    }

    /// Whether nothing is ready.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The places that something is ready at, in order, and what.
impl IntoIterator for Found {
    type Item = (usize, Readiness);
    type IntoIter = vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// Whether a wait can end: something is ready, or the layer below was asked about something, or time is up one
/// day. An unbound UDP socket, which nothing can reach, is nothing to wait for.
///
/// # Errors
/// `EDEADLK`.
pub fn check_wait(ready: bool, asked: bool, timeout: Timeout) -> Result<(), Errno> {
    if ready || asked || timeout != Timeout::Never {
        Ok(())
    } else {
        Err(Errno::Edeadlk)
    }
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::*;

    #[test]
    fn what_is_found_is_summed_by_place() {
        let mut found = Found::default();
        found.note(7, Readiness::NONE);
        assert!(found.is_empty());
        for (place, readiness) in [
            (3, Readiness::READABLE),
            (1, Readiness::HANGUP),
            (3, Readiness::WRITABLE),
        ] {
            found.note(place, readiness);
        }
        assert!(!found.is_empty());
        let both = Readiness::READABLE | Readiness::WRITABLE;
        let found: Vec<_> = found.into_iter().collect();
        assert_eq!(found, [(1, Readiness::HANGUP), (3, both)]);
    }

    #[test]
    fn only_a_wait_that_nothing_can_end_is_refused() {
        let second = Timeout::After(Duration::from_secs(1));
        for (ready, asked, timeout, expected) in [
            (false, false, Timeout::Never, Err(Errno::Edeadlk)),
            (true, false, Timeout::Never, Ok(())),
            (false, true, Timeout::Never, Ok(())),
            (false, false, second, Ok(())),
            (false, false, Timeout::NonBlocking, Ok(())),
        ] {
            assert_eq!(check_wait(ready, asked, timeout), expected);
        }
    }
}
