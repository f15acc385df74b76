//! Time as an argument.

pub use core::time::Duration;

/// A moment on the monotonic clock of whoever drives: nanoseconds since any fixed start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub u64);

impl Instant {
    /// The moment `length` later; the end of time where that is out of range.
    #[must_use]
    pub fn after(self, length: Duration) -> Self {
        let nanos = u64::try_from(length.as_nanos()).unwrap_or(u64::MAX);
        Self(self.0.saturating_add(nanos))
    }
}

/// How long the calls of a socket may wait: what `settimeout` sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Timeout {
    /// Until done. The default.
    #[default]
    Never,
    /// Not at all: the socket is non-blocking.
    NonBlocking,
    /// At most this long per call; never zero.
    After(Duration),
}

impl Timeout {
    /// From the form of the interface: `None` blocks, zero does not.
    #[must_use]
    pub fn from_option(timeout: Option<Duration>) -> Self {
        match timeout {
            None => Self::Never,
            Some(Duration::ZERO) => Self::NonBlocking,
            Some(length) => Self::After(length),
        }
    }

    /// The reverse of [`from_option`](Self::from_option).
    #[must_use]
    pub fn to_option(self) -> Option<Duration> {
        match self {
            Self::Never => None,
            Self::NonBlocking => Some(Duration::ZERO),
            Self::After(length) => Some(length),
        }
    }
}
