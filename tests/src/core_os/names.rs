//! Names, by core. The resolver below knows those of the conformance cases and no others.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::net::IpAddr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::rc::Rc;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, timerfd_create, timerfd_settime,
};
use wasock_conformance::api::{AddrInfo, Lookup, Question};
use wasock_core::Interest;
use wasock_core::backend::Progress;
use wasock_core::names::{self, Answers, Eai};

use super::wait::{has_happened, now, poll_until};
use crate::translate::{entry, query};

/// A translation of core over the resolver of the cases.
pub(super) type Translation = names::Translation<Resolving>;

/// A lookup as the program holds it.
#[derive(Debug)]
pub struct CoreLookup {
    pub(super) shared: Rc<RefCell<Translation>>,
}

impl CoreLookup {
    pub(super) fn start(question: &Question<'_>) -> Result<Self, Eai> {
        let shared = Rc::new(RefCell::new(start(question)?));
        Ok(Self { shared })
    }
}

impl Lookup for CoreLookup {
    fn finish(&self) -> Result<Vec<AddrInfo>, Eai> {
        answer(self.shared.borrow_mut().finish())
    }

    fn cancel(&self) {
        self.shared.borrow_mut().cancel();
    }

    fn close(&self) {
        self.shared.borrow_mut().close();
    }
}

/// `getaddrinfo`, waiting this long.
pub(super) fn getaddrinfo(
    question: &Question<'_>,
    timeout: Option<Duration>,
) -> Result<Vec<AddrInfo>, Eai> {
    let mut translation = start(question)?;
    let until = timeout.map(|timeout| now().after(timeout));
    loop {
        match translation.finish() {
            Err(Eai::Inprogress) => {}
            answered => return answer(answered),
        }
        if until.is_some_and(|until| now() >= until) {
            return Err(Eai::Again);
        }
        if let Some(resolving) = translation.below() {
            let mut list = [PollFd::from_borrowed_fd(resolving.as_fd(), PollFlags::IN)];
            poll_until(&mut list, until).map_err(|_| Eai::System)?;
        }
    }
}

/// What the resolver knows of a name.
#[derive(Debug)]
pub(super) struct Resolving {
    /// Readable once there is an answer.
    timer: OwnedFd,
    addresses: VecDeque<IpAddr>,
}

impl AsFd for Resolving {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.timer.as_fd()
    }
}

impl Answers for Resolving {
    fn next(&mut self) -> Result<Progress<Option<IpAddr>>, Eai> {
        if has_happened(&self.timer, Interest::Read).map_err(|_| Eai::System)? {
            Ok(Progress::Done(self.addresses.pop_front()))
        } else {
            Ok(Progress::Pending)
        }
    }
}

impl Resolving {
    /// The names are those that the host's resolver of the tests knows.
    fn start(name: &str) -> Result<Self, Eai> {
        let (delay, addresses): (_, &[&str]) = match name.trim_end_matches('.') {
            "both.test" => (SHORT, &["2001:4860:4860::8888", "8.8.8.8", "8.8.4.4"]),
            "four.test" => (SHORT, &["8.8.8.8"]),
            "later.test" => (Duration::from_millis(20), &["8.8.8.8"]),
            "never.test" => (Duration::ZERO, &[]),
            "slow-server.test" | "broken-server.test" => return Err(Eai::Again),
            _ => return Err(Eai::Noname),
        };
        Ok(Self {
            timer: timer(delay).map_err(|_| Eai::System)?,
            addresses: addresses.iter().flat_map(|text| text.parse()).collect(),
        })
    }
}

/// Hardly any time.
const SHORT: Duration = Duration::from_nanos(1);

/// A descriptor that is readable after `delay`; a delay of zero never ends.
fn timer(delay: Duration) -> rustix::io::Result<OwnedFd> {
    let timer = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::CLOEXEC)?;
    let setting = Itimerspec {
        it_interval: Timespec::default(),
        it_value: delay.try_into().unwrap_or_default(),
    };
    timerfd_settime(&timer, TimerfdTimerFlags::empty(), &setting)?;
    Ok(timer)
}

fn start(question: &Question<'_>) -> Result<Translation, Eai> {
    Translation::start(&query(question), |lookup| {
        Resolving::start(&lookup.name().to_ascii_lowercase())
    })
}

fn answer(answer: Result<Vec<names::AddrInfo>, Eai>) -> Result<Vec<AddrInfo>, Eai> {
    answer.map(|list| list.into_iter().map(entry).collect())
}
