//! What a socket is ready for.

use core::ops::{BitOr, BitOrAssign};

use crate::Interest;

/// A set of things that a socket can be ready for: the events of `poll(2)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Readiness(u8);

impl Readiness {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// `POLLIN`.
    pub const READABLE: Self = Self(1);
    /// `POLLOUT`.
    pub const WRITABLE: Self = Self(2);
    /// `POLLERR`: answered also if not asked for.
    pub const ERROR: Self = Self(4);
    /// `POLLHUP`: answered also if not asked for.
    pub const HANGUP: Self = Self(8);

    /// The set with exactly these bits; bits that name nothing are dropped.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits & 0xf)
    }

    /// The bits of the set.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Whether every member of `other` is in the set.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether nothing is in the set.
    #[must_use]
    pub const fn is_none(self) -> bool {
        self.0 == 0
    }

    /// What of the set somebody who asked for `wanted` is told.
    #[must_use]
    pub const fn told(self, wanted: Self) -> Self {
        Self(self.0 & (wanted.0 | Self::ERROR.0 | Self::HANGUP.0))
    }
}

impl BitOr for Readiness {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Readiness {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
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
