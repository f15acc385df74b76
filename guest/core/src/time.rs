//! Time as an argument.

pub use core::time::Duration;

use crate::Errno;

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

    /// From seconds, in the form of the interface.
    ///
    /// Less than a nanosecond counts as one, so that a bounded wait never turns into none; what a clock cannot
    /// count to is for ever.
    ///
    /// # Errors
    /// `EINVAL` for a negative number and for NaN.
    pub fn from_seconds(timeout: Option<f64>) -> Result<Self, Errno> {
        let Some(seconds) = timeout else {
            return Ok(Self::Never);
        };
        if seconds.is_nan() || seconds < 0.0 {
            return Err(Errno::Einval);
        }
        match Duration::try_from_secs_f64(seconds) {
            Ok(Duration::ZERO) if seconds > 0.0 => Ok(Self::After(Duration::from_nanos(1))),
            Ok(length) => Ok(Self::from_option(Some(length))),
            Err(_) => Ok(Self::Never),
        }
    }

    /// The reverse of [`from_seconds`](Self::from_seconds).
    #[must_use]
    pub fn to_seconds(self) -> Option<f64> {
        self.to_option().map(|length| length.as_secs_f64())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_exact_where_it_matters() {
        for (seconds, expected) in [
            (None, Ok(Timeout::Never)),
            (Some(0.0), Ok(Timeout::NonBlocking)),
            (Some(-0.0), Ok(Timeout::NonBlocking)),
            (Some(1e-12), Ok(Timeout::After(Duration::from_nanos(1)))),
            (
                Some(f64::MIN_POSITIVE),
                Ok(Timeout::After(Duration::from_nanos(1))),
            ),
            (Some(0.25), Ok(Timeout::After(Duration::from_millis(250)))),
            (Some(5.0), Ok(Timeout::After(Duration::from_secs(5)))),
            (Some(1e300), Ok(Timeout::Never)),
            (Some(f64::INFINITY), Ok(Timeout::Never)),
            (Some(-1.0), Err(Errno::Einval)),
            (Some(f64::NEG_INFINITY), Err(Errno::Einval)),
            (Some(f64::NAN), Err(Errno::Einval)),
        ] {
            assert_eq!(Timeout::from_seconds(seconds), expected, "{seconds:?}");
        }
        for seconds in [None, Some(0.0), Some(0.25), Some(86_400.0)] {
            let timeout = Timeout::from_seconds(seconds).unwrap();
            assert_eq!(timeout.to_seconds(), seconds);
        }
    }
}
