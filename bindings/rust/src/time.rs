//! Lengths of time: those of Rust and those of the WIT.

use core::time::Duration;

/// A timeout as the WIT has it.
pub(crate) fn seconds(timeout: Option<Duration>) -> Option<f64> {
    timeout.map(|time| time.as_secs_f64())
}
