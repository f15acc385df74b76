//! Waiting for many things at once.

use std::cell::{Ref, RefCell};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags};
use wasock_conformance::api::Ready;
use wasock_core::readiness::{Found, Readiness, check_wait};
use wasock_core::socket::Socket;
use wasock_core::{Errno, Instant, Interest, Timeout, poll_set};

use super::backend::Native;
use super::names::{CoreLookup, Translation};
use super::socket::CoreSocket;
use super::wait::{descriptor, event, now, poll_until};
use crate::os::OsSource;

/// `poll(2)`.
pub(super) fn poll(
    sockets: &[(&CoreSocket, Readiness)],
    lookups: &[&CoreLookup],
    others: &[&OsSource],
    timeout: Option<Duration>,
) -> Result<Ready, Errno> {
    let mut sources = Vec::new();
    for (socket, wanted) in sockets {
        sources.push(Source::Socket(&socket.shared, *wanted));
    }
    for lookup in lookups {
        sources.push(Source::Lookup(&lookup.shared));
    }
    for other in others {
        sources.push(Source::Other(other.0.as_fd()));
    }
    if sources.len() > poll_set::LARGEST {
        return Err(Errno::Einval);
    }
    let mut ready = Ready::default();
    for (place, readiness) in wait(&sources, Timeout::from_option(timeout))? {
        let index = |before: usize| u32::try_from(place - before).unwrap_or(u32::MAX);
        match sources.get(place) {
            Some(Source::Socket(..)) => ready.sockets.push((index(0), readiness)),
            Some(Source::Lookup(_)) => ready.lookups.push(index(sockets.len())),
            _ => ready.sources.push(index(sockets.len() + lookups.len())),
        }
    }
    Ok(ready)
}

/// Something to wait for.
pub(super) enum Source<'a> {
    Socket(&'a RefCell<Socket<Native>>, Readiness),
    Lookup(&'a RefCell<Translation>),
    Other(BorrowedFd<'a>),
}

/// Waits until some of `sources` are ready, or until time is up. Answers their places with what they are ready
/// for.
pub(super) fn wait(sources: &[Source<'_>], timeout: Timeout) -> Result<Found, Errno> {
    let end = match timeout {
        Timeout::Never => None,
        Timeout::NonBlocking => Some(Instant(0)),
        Timeout::After(length) => Some(now().after(length)),
    };
    loop {
        let ready = look(sources, timeout, end)?;
        if !ready.is_empty() || end.is_some_and(|end| now() >= end) {
            return Ok(ready);
        }
        // Something happened that made nothing ready.
    }
}

/// Looks at every source once, waiting for the first event where none is ready.
fn look(sources: &[Source<'_>], timeout: Timeout, end: Option<Instant>) -> Result<Found, Errno> {
    let mut round = Round::default();
    for (place, source) in sources.iter().enumerate() {
        round.ask(place, source)?;
    }
    check_wait(!round.ready.is_empty(), !round.asked.is_empty(), timeout)?;
    let (mut ready, happened) = round.finish(end)?;
    for (place, interest) in happened {
        if let Some(source) = sources.get(place) {
            ready.note(place, source.happened(interest));
        }
    }
    Ok(ready)
}

/// One look at the sources: what is ready by itself, and the events to ask the system about.
#[derive(Default)]
struct Round<'a> {
    ready: Found,
    asked: Vec<(usize, Interest, Event<'a>)>,
}

/// What to ask about: a descriptor, which stays borrowed while the system is asked.
enum Event<'a> {
    Socket(Ref<'a, Socket<Native>>, PollFlags),
    Lookup(Ref<'a, Translation>),
    Other(BorrowedFd<'a>),
}

impl<'a> Round<'a> {
    fn ask(&mut self, place: usize, source: &Source<'a>) -> Result<(), Errno> {
        match *source {
            Source::Socket(socket, wanted) => {
                let poll = socket.borrow().poll()?;
                self.ready.note(place, poll.ready.told(wanted));
                for interest in poll.interests(wanted) {
                    if let Some(event) = event(interest) {
                        let event = Event::Socket(socket.borrow(), event);
                        self.asked.push((place, interest, event));
                    }
                }
            }
            Source::Lookup(lookup) => {
                // It is borrowed where it stands in the list twice, and waited for already.
                let answered = match lookup.try_borrow_mut() {
                    Ok(mut lookup) => lookup.is_answered()?,
                    Err(_) => false,
                };
                if answered {
                    self.ready.note(place, Readiness::READABLE);
                } else {
                    let event = Event::Lookup(lookup.borrow());
                    self.asked.push((place, Interest::Read, event));
                }
            }
            Source::Other(fd) => {
                self.asked.push((place, Interest::Read, Event::Other(fd)));
            }
        }
        Ok(())
    }

    /// Asks the system which events have happened: waiting for the first one, unless something is ready already.
    fn finish(self, end: Option<Instant>) -> Result<Looked, Errno> {
        let end = if self.ready.is_empty() {
            end
        } else {
            Some(Instant(0))
        };
        let (mut places, mut list) = (Vec::new(), Vec::new());
        for (place, interest, event) in &self.asked {
            if let Some(entry) = event.entry() {
                places.push((*place, *interest));
                list.push(entry);
            }
        }
        poll_until(&mut list, end)?;
        let happened = places.into_iter().zip(&list);
        let happened = happened.filter(|(_, entry)| !entry.revents().is_empty());
        let happened = happened.map(|(place, _)| place).collect();
        Ok((self.ready, happened))
    }
}

/// What is ready by itself, and what has happened.
type Looked = (Found, Vec<(usize, Interest)>);

impl Event<'_> {
    fn entry(&self) -> Option<PollFd<'_>> {
        Some(match self {
            Self::Socket(socket, event) => PollFd::from_borrowed_fd(descriptor(socket)?, *event),
            Self::Lookup(lookup) => {
                PollFd::from_borrowed_fd(lookup.below()?.as_fd(), PollFlags::IN)
            }
            Self::Other(fd) => PollFd::from_borrowed_fd(*fd, PollFlags::IN),
        })
    }
}

impl Source<'_> {
    fn happened(&self, interest: Interest) -> Readiness {
        match self {
            Self::Socket(socket, wanted) => socket.borrow_mut().happened(interest).told(*wanted),
            Self::Lookup(lookup) => match lookup.borrow_mut().is_answered() {
                Ok(true) => Readiness::READABLE,
                Ok(false) | Err(_) => Readiness::NONE,
            },
            Self::Other(_) => Readiness::READABLE,
        }
    }
}
