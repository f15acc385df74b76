//! Time, as the rest of the crate asks for it.

use std::time::{Instant, SystemTime};

/// What tells the time. Whatever expires here (an answer of a resolver, the memory of a peer) expires by this clock.
pub trait Clock: Send + Sync + 'static {
    /// The time now. It never goes back.
    fn now(&self) -> Instant;

    /// The time of day, for records. It may go back.
    fn wall(&self) -> SystemTime;
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn wall(&self) -> SystemTime {
        SystemTime::now()
    }
}
