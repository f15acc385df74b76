//! Waiting for many things at once.

use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::{Ref, RefCell};

use wasock_core::readiness::{Found, Readiness, check_wait};
use wasock_core::{Errno, Instant, Interest, Timeout, poll_set, socket};

use crate::Provider;
use crate::backend::Wasi;
use crate::bindings::exports::wasock::net::pollables;
use crate::bindings::exports::wasock::net::sockets::{
    self as wit, EventSourceBorrow, GuestEventSource, LookupBorrow, Readiness as WitReadiness,
    Ready, SocketBorrow,
};
use crate::bindings::wasi::io::poll::{self as io, Pollable};
use crate::convert::{readiness_from_wit, readiness_to_wit};
use crate::memory;
use crate::resolver::{self, Lookup, Translation};
use crate::sockets::{Socket, pollable};
use crate::wait::{alarm, not_yet, now};

/// More than an entry of a list takes while it is looked at.
const ENTRY: usize = 64;

/// An event source as the program holds it; a poller knows the pollable too.
pub(crate) struct EventSource {
    pub(crate) pollable: Rc<Pollable>,
}

impl GuestEventSource for EventSource {}

impl pollables::Guest for Provider {
    fn from_pollable(pollable: Pollable) -> wit::EventSource {
        let pollable = Rc::new(pollable);
        wit::EventSource::new(EventSource { pollable })
    }
}

/// The exported function `poll`.
pub(crate) fn poll(
    sockets: &[(SocketBorrow<'_>, WitReadiness)],
    lookups: &[LookupBorrow<'_>],
    others: &[EventSourceBorrow<'_>],
    timeout: Timeout,
) -> Result<Ready, Errno> {
    memory::check((sockets.len() + lookups.len() + others.len()).saturating_mul(ENTRY))?;
    let mut sources = Vec::new();
    for (socket, wanted) in sockets {
        let socket = &*socket.get::<Socket>().shared;
        sources.push(Source::Socket(socket, readiness_from_wit(*wanted)));
    }
    for lookup in lookups {
        sources.push(Source::Lookup(&lookup.get::<Lookup>().shared));
    }
    for other in others {
        sources.push(Source::Pollable(&other.get::<EventSource>().pollable));
    }
    if sources.len() > poll_set::LARGEST {
        return Err(Errno::Einval);
    }
    let mut ready = Ready {
        sockets: Vec::new(),
        lookups: Vec::new(),
        sources: Vec::new(),
    };
    for (place, readiness) in wait(&sources, timeout)? {
        let index = |before: usize| u32::try_from(place - before).unwrap_or(u32::MAX);
        match sources.get(place) {
            Some(Source::Socket(..)) => ready.sockets.push((index(0), readiness_to_wit(readiness))),
            Some(Source::Lookup(_)) => ready.lookups.push(index(sockets.len())),
            _ => ready.sources.push(index(sockets.len() + lookups.len())),
        }
    }
    Ok(ready)
}

/// Something to wait for.
pub(crate) enum Source<'a> {
    Socket(&'a RefCell<socket::Socket<Wasi>>, Readiness),
    Lookup(&'a RefCell<Translation>),
    Pollable(&'a Pollable),
}

/// Waits until some of `sources` are ready, or until time is up. Answers their places with what they are
/// ready for.
pub(crate) fn wait(sources: &[Source<'_>], timeout: Timeout) -> Result<Found, Errno> {
    let end = match timeout {
        Timeout::Never => None,
        Timeout::NonBlocking => Some(Instant(0)),
        Timeout::After(length) => Some(now().after(length)),
    };
    loop {
        let ready = look(sources, timeout, end)?;
        let time_is_up = end.is_some_and(|end| now() >= end);
        if ready.is_empty() && time_is_up {
            not_yet();
        }
        if !ready.is_empty() || time_is_up {
            return Ok(ready);
        }
        // Something happened that made nothing ready; an attempt to connect says so before it has ended.
    }
}

/// Looks at every source once, waiting for the first event where none is ready.
fn look(sources: &[Source<'_>], timeout: Timeout, end: Option<Instant>) -> Result<Found, Errno> {
    let mut round = Round::default();
    for (place, source) in sources.iter().enumerate() {
        round.ask(place, source)?;
    }
    check_wait(!round.ready.is_empty(), !round.events.is_empty(), timeout)?;
    let happened = round.events(end);
    let mut ready = round.ready;
    for (place, interest) in happened {
        if let Some(source) = sources.get(place) {
            ready.note(place, source.happened(interest));
        }
    }
    Ok(ready)
}

/// One look at the sources: what is ready by itself, and the events to ask the host about.
#[derive(Default)]
struct Round<'a> {
    ready: Found,
    asked: Vec<(usize, Interest)>,
    events: Vec<Event<'a>>,
}

/// A pollable of a source, which stays borrowed while the host is asked.
enum Event<'a> {
    Socket(Ref<'a, Pollable>),
    Own(&'a Pollable),
}

impl<'a> Round<'a> {
    fn ask(&mut self, place: usize, source: &Source<'a>) -> Result<(), Errno> {
        match *source {
            Source::Socket(socket, wanted) => {
                let poll = socket.borrow().poll()?;
                self.ready.note(place, poll.ready.told(wanted));
                for interest in poll.interests(wanted) {
                    let event =
                        Ref::filter_map(socket.borrow(), |socket| pollable(socket, interest));
                    if let Ok(event) = event {
                        self.push(place, interest, Event::Socket(event));
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
                } else if let Ok(event) = Ref::filter_map(lookup.borrow(), resolver::pollable) {
                    self.push(place, Interest::Read, Event::Socket(event));
                }
            }
            Source::Pollable(pollable) => self.push(place, Interest::Read, Event::Own(pollable)),
        }
        Ok(())
    }

    fn push(&mut self, place: usize, interest: Interest, event: Event<'a>) {
        self.asked.push((place, interest));
        self.events.push(event);
    }

    /// Asks the host which events have happened: waiting for the first one, unless something is ready
    /// already.
    fn events(&mut self, end: Option<Instant>) -> Vec<(usize, Interest)> {
        let end = if self.ready.is_empty() {
            end
        } else {
            Some(Instant(0))
        };
        let timer = end.map(alarm);
        let mut list: Vec<&Pollable> = self
            .events
            .iter()
            .map(|event| match event {
                Event::Socket(event) => &**event,
                Event::Own(event) => event,
            })
            .collect();
        list.extend(timer.as_ref());
        // An empty list traps.
        if list.is_empty() {
            return Vec::new();
        }
        let happened = io::poll(&list);
        drop(list);
        self.events.clear();
        happened
            .into_iter()
            .filter_map(|index| self.asked.get(index as usize).copied())
            .collect()
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
            Self::Pollable(_) => Readiness::READABLE,
        }
    }
}
