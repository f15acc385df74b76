//! Waiting for a descriptor.

use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use wasock_core::Errno;

use super::errno::from_os;

/// How long one call may still wait.
#[derive(Debug, Clone, Copy)]
pub(super) enum Patience {
    /// As long as it takes.
    Endless,
    /// Not at all.
    None,
    /// Until then.
    Until(Instant),
}

impl Patience {
    /// That of a call which begins now on a socket with this timeout.
    pub(super) fn begin(timeout: Option<Duration>) -> Self {
        match timeout {
            None => Self::Endless,
            Some(Duration::ZERO) => Self::None,
            Some(length) => Instant::now()
                .checked_add(length)
                .map_or(Self::Endless, Self::Until),
        }
    }

    /// Waits for the event.
    pub(super) fn wait(self, fd: BorrowedFd<'_>, event: PollFlags) -> Result<(), Errno> {
        let rest = match self {
            Self::None => return Err(Errno::Eagain),
            Self::Endless => None,
            Self::Until(end) => Some(end.saturating_duration_since(Instant::now())),
        };
        if rest.is_some_and(|rest| rest.is_zero()) {
            // A descriptor can be ready for ever without there being an answer.
            return Err(Errno::Etimedout);
        }
        // Longer than any program runs: the end of time in another form.
        let rest = rest.and_then(|rest| Timespec::try_from(rest).ok());
        match poll(&mut [PollFd::from_borrowed_fd(fd, event)], rest.as_ref()).map_err(from_os) {
            Ok(0) => Err(Errno::Etimedout),
            Ok(_) | Err(Errno::Eintr) => Ok(()),
            Err(errno) => Err(errno),
        }
    }
}
