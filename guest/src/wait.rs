//! The clock and the waiting: drives core's operations until they answer.

use core::sync::atomic::{AtomicU32, Ordering};
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
            Step::Ready(answer) => {
                if let Err(Errno::Eagain | Errno::Einprogress | Errno::Ealready) = answer {
                    not_yet();
                }
                return answer;
            }
            Step::Wait(wait) => block(wait),
        }
        turn = turn.again(now_if(timeout));
    }
}

/// How often in a row a program is told to come back later before the host gets a moment.
const PATIENCE: u32 = 64;

/// How often it has been told so since it last waited.
static SPINNING: AtomicU32 = AtomicU32::new(0);

/// To be called when a call that does not wait has nothing to answer.
///
/// A program that asks again and again never returns to its host, and some hosts look after the sockets only while it does (wasmtime
/// on tokio, which makes a socket look busy when too much was done in one go). So now and then there is a short wait.
pub(crate) fn not_yet() {
    if SPINNING.fetch_add(1, Ordering::Relaxed) >= PATIENCE {
        SPINNING.store(0, Ordering::Relaxed);
        monotonic_clock::subscribe_duration(1).block();
    }
}

/// Waits for `event`, or until time is up. Without either it waits for ever, as BSD does.
pub(crate) fn block_on(event: Option<&Pollable>, until: Option<Instant>) {
    SPINNING.store(0, Ordering::Relaxed);
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
