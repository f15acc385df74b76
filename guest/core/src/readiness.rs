//! What a socket is ready for.

use crate::Interest;
use crate::flag_set::flag_set;

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
