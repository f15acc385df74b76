//! The clock and the waiting: drives core's operations until they answer.

use core::time::Duration;

use wasock_core::{Errno, Instant, Step, Timeout, Turn, Wait};

use crate::bindings::wasi::clocks::monotonic_clock;
use crate::bindings::wasi::io::poll::{Pollable, poll};

/// A socket that can be waited for.
pub(crate) trait Waitable {
    /// Calls `wait` with the pollable of the event that `interest` names; not at all where there is no
    /// such event.
    fn with_pollable(&self, interest: wasock_core::Interest, wait: impl FnOnce(&Pollable));
}

/// Gives `operation` turns until it answers. It says on what it waits: the socket may have another one
/// below it after each turn.
pub(crate) fn drive<T>(
    timeout: Timeout,
    mut operation: impl FnMut(Turn) -> Step<T>,
    mut block: impl FnMut(Wait),
) -> Result<T, Errno> {
    let mut turn = Turn::begin(now(timeout), timeout);
    loop {
        match operation(turn) {
            Step::Ready(answer) => return answer,
            Step::Wait(wait) => block(wait),
        }
        turn = turn.again(now(timeout));
    }
}

/// Waits for `interest` on `socket`, or until time is up.
pub(crate) fn block_on(socket: &impl Waitable, wait: Wait) {
    socket.with_pollable(wait.interest, |event| match wait.until {
        None => event.block(),
        Some(until) => {
            let timer = monotonic_clock::subscribe_instant(until.0);
            // Which of the two it was shows when the operation takes its next turn.
            let _ = poll(&[event, &timer]);
        }
    });
}

/// The time, which only a bounded wait needs to know.
fn now(timeout: Timeout) -> Instant {
    match timeout {
        Timeout::After(Duration::ZERO) | Timeout::Never | Timeout::NonBlocking => Instant(0),
        Timeout::After(_) => Instant(monotonic_clock::now()),
    }
}
