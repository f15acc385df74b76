//! The clock, and waiting by `poll(2)`: drives core's operations until they answer.

use std::os::fd::{AsFd, BorrowedFd};
use std::sync::OnceLock;
use std::time::{Duration, Instant as Moment};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use wasock_core::socket::{Below, Socket};
use wasock_core::{Errno, Instant, Interest, Step, Timeout, Turn, Wait};

use super::backend::Native;
use crate::os::errno::from_os;

/// Gives `operation` turns until it answers, and in between lets `block` do the waiting.
pub(super) fn drive<T>(
    timeout: Timeout,
    mut operation: impl FnMut(Turn) -> Step<T>,
    mut block: impl FnMut(Wait) -> Result<(), Errno>,
) -> Result<T, Errno> {
    let mut turn = Turn::begin(now(), timeout);
    loop {
        match operation(turn) {
            Step::Ready(answer) => return answer,
            Step::Wait(wait) => block(wait)?,
        }
        turn = turn.again(now());
    }
}

/// Waits for what `socket` waits for. Where that is nothing, only time ends it.
pub(super) fn block_on(socket: &Socket<Native>, wait: Wait) -> Result<(), Errno> {
    let mut list: Vec<PollFd<'_>> = descriptor(socket)
        .zip(event(wait.interest))
        .map(|(fd, event)| PollFd::from_borrowed_fd(fd, event))
        .into_iter()
        .collect();
    poll_until(&mut list, wait.until)
}

/// `poll(2)` until then, or without end.
pub(super) fn poll_until(list: &mut [PollFd<'_>], until: Option<Instant>) -> Result<(), Errno> {
    let rest = until.map(|until| Duration::from_nanos(until.0.saturating_sub(now().0)));
    // Longer than any program runs is without end too.
    let rest = rest.and_then(|rest| Timespec::try_from(rest).ok());
    match poll(list, rest.as_ref()).map_err(from_os) {
        Ok(_) | Err(Errno::Eintr) => Ok(()),
        Err(errno) => Err(errno),
    }
}

/// Whether what `interest` names has happened.
pub(super) fn has_happened(fd: impl AsFd, interest: Interest) -> Result<bool, Errno> {
    let Some(event) = event(interest) else {
        return Ok(false);
    };
    let mut list = [PollFd::from_borrowed_fd(fd.as_fd(), event)];
    let ready = poll(&mut list, Some(&Timespec::default())).map_err(from_os)?;
    Ok(ready > 0)
}

/// The event of `poll(2)` for an event of core's; none where there is none.
pub(super) fn event(interest: Interest) -> Option<PollFlags> {
    match interest {
        Interest::Read | Interest::Accept => Some(PollFlags::IN),
        Interest::Write | Interest::Connect => Some(PollFlags::OUT),
        Interest::Never => None,
    }
}

/// The descriptor below `socket`; none while there is none.
pub(super) fn descriptor(socket: &Socket<Native>) -> Option<BorrowedFd<'_>> {
    socket.below().map(|below| match below {
        Below::Stream(stream) => stream.as_fd(),
        Below::Datagram(datagram) => datagram.as_fd(),
    })
}

/// The time, since somebody first asked.
pub(super) fn now() -> Instant {
    static START: OnceLock<Moment> = OnceLock::new();
    let since = START.get_or_init(Moment::now).elapsed();
    Instant(u64::try_from(since.as_nanos()).unwrap_or(u64::MAX))
}
