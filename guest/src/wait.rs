//! The clock and the waiting: drives core's operations until they answer.

use core::time::Duration;

use wasock_core::{Errno, Instant, Interest, Step, Timeout, Turn, Wait};

use crate::bindings::wasi::clocks::monotonic_clock;
use crate::bindings::wasi::io::poll::{Pollable, poll};

/// A socket that can be waited for.
pub(crate) trait Waitable {
    /// The pollable of the event that `interest` names; none where there is no such event.
    fn pollable(&self, interest: Interest) -> Option<&Pollable>;
}

/// Gives `operation` turns until it answers, and in between lets `block` do the waiting.
pub(crate) fn drive<T>(
    timeout: Timeout,
    mut operation: impl FnMut(Turn) -> Step<T>,
    mut block: impl FnMut(Wait),
) -> Result<T, Errno> {
    let mut turn = Turn::begin(now_if(timeout), timeout);
    loop {
        match operation(turn) {
            Step::Ready(answer) => return answer,
            Step::Wait(wait) => block(wait),
        }
        turn = turn.again(now_if(timeout));
    }
}

/// Waits for `event`, or until time is up. Without either it waits for ever, as BSD does.
pub(crate) fn block_on(event: Option<&Pollable>, until: Option<Instant>) {
    match (event, until) {
        (Some(event), None) => event.block(),
        (Some(event), Some(until)) => {
            // Which of the two it was shows when the operation takes its next turn.
            let _ = poll(&[event, &alarm(until)]);
        }
        (None, Some(until)) => alarm(until).block(),
        (None, None) => monotonic_clock::subscribe_duration(u64::MAX).block(),
    }
}

/// A pollable that is ready from `at` on.
pub(crate) fn alarm(at: Instant) -> Pollable {
    monotonic_clock::subscribe_instant(at.0)
}

/// The time.
pub(crate) fn now() -> Instant {
    Instant(monotonic_clock::now())
}

/// The time, which only a bounded wait needs to know.
fn now_if(timeout: Timeout) -> Instant {
    match timeout {
        Timeout::After(Duration::ZERO) | Timeout::Never | Timeout::NonBlocking => Instant(0),
        Timeout::After(_) => now(),
    }
}
