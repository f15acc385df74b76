//! The exported resource `poller`.

use alloc::rc::{Rc, Weak};
use alloc::vec::Vec;
use core::cell::RefCell;

use wasock_core::poll_set::{self, PollSet};
use wasock_core::readiness::Readiness;
use wasock_core::{Errno, socket};

use crate::backend::Wasi;
use crate::bindings::exports::wasock::net::sockets::{
    self as wit, Errno as WitErrno, Event, EventSourceBorrow, GuestPoller, LookupBorrow, Seconds,
    SocketBorrow,
};
use crate::bindings::wasi::io::poll::Pollable;
use crate::convert::{errno_to_wit, readiness_from_wit, readiness_to_wit, timeout_from_wit};
use crate::memory;
use crate::poll::{EventSource, Source, wait};
use crate::resolver::{Lookup, Translation};
use crate::sockets::{Shared, Socket};

/// A poller as the program holds it.
pub(crate) struct Poller {
    set: RefCell<PollSet<Entry>>,
}

/// What a token stands for. A poller keeps nothing alive.
enum Entry {
    Socket(Weak<RefCell<socket::Socket<Wasi>>>, Readiness),
    Lookup(Weak<RefCell<Translation>>),
    Source(Weak<Pollable>),
}

/// An entry that is there, for the time of a wait.
enum Present {
    Socket(Shared, Readiness),
    Lookup(Rc<RefCell<Translation>>),
    Source(Rc<Pollable>),
}

impl GuestPoller for Poller {
    fn create() -> Result<wit::Poller, WitErrno> {
        Ok(wit::Poller::new(Self {
            set: RefCell::new(PollSet::new()),
        }))
    }

    fn add(
        &self,
        socket: SocketBorrow<'_>,
        readiness: wit::Readiness,
        token: u32,
    ) -> Result<(), WitErrno> {
        let socket = &socket.get::<Socket>().shared;
        socket.borrow().poll().map_err(errno_to_wit)?;
        self.insert(
            token,
            Entry::Socket(Rc::downgrade(socket), readiness_from_wit(readiness)),
        )
    }

    fn add_lookup(&self, lookup: LookupBorrow<'_>, token: u32) -> Result<(), WitErrno> {
        let lookup = &lookup.get::<Lookup>().shared;
        lookup.borrow_mut().is_answered().map_err(errno_to_wit)?;
        self.insert(token, Entry::Lookup(Rc::downgrade(lookup)))
    }

    fn add_source(&self, source: EventSourceBorrow<'_>, token: u32) -> Result<(), WitErrno> {
        let pollable = &source.get::<EventSource>().pollable;
        self.insert(token, Entry::Source(Rc::downgrade(pollable)))
    }

    fn modify(&self, token: u32, readiness: wit::Readiness) -> Result<(), WitErrno> {
        let mut set = self.set.borrow_mut();
        set.modify(token, readiness_from_wit(readiness))
            .map_err(errno_to_wit)
    }

    fn remove(&self, token: u32) -> Result<(), WitErrno> {
        self.set.borrow_mut().remove(token).map_err(errno_to_wit)
    }

    fn wait(&self, max: u32, timeout: Option<Seconds>) -> Result<Vec<Event>, WitErrno> {
        let begun = self.set.borrow_mut().begin_wait(max);
        let events = begun
            .and_then(|()| self.ready(max as usize, timeout))
            .map_err(errno_to_wit)?;
        self.set
            .borrow_mut()
            .answered(events.last().map(|event| event.token));
        Ok(events)
    }

    fn close(&self) {
        self.set.replace(PollSet::new());
    }
}

impl Poller {
    fn insert(&self, token: u32, entry: Entry) -> Result<(), WitErrno> {
        memory::check(0)
            .and_then(|()| self.set.borrow_mut().add(token, entry))
            .map_err(errno_to_wit)
    }

    fn ready(&self, max: usize, timeout: Option<Seconds>) -> Result<Vec<Event>, Errno> {
        let set = self.set.borrow();
        let present: Vec<(u32, Present)> = set
            .iter()
            .filter_map(|(token, entry)| Some((token, entry.present()?)))
            .collect();
        let sources: Vec<Source<'_>> = present.iter().map(|(_, entry)| entry.source()).collect();
        let ready = wait(&sources, timeout_from_wit(timeout)?)?;
        let events = ready
            .into_iter()
            .take(max)
            .filter_map(|(place, readiness)| {
                let (token, _) = present.get(place)?;
                Some(Event {
                    token: *token,
                    readiness: readiness_to_wit(readiness),
                })
            });
        Ok(events.collect())
    }
}

impl poll_set::Entry for Entry {
    fn is_open(&self) -> bool {
        match self {
            Self::Socket(socket, _) => socket
                .upgrade()
                .is_some_and(|socket| socket.borrow().poll().is_ok()),
            Self::Lookup(lookup) => lookup
                .upgrade()
                .is_some_and(|lookup| !lookup.borrow().is_closed()),
            Self::Source(source) => source.strong_count() > 0,
        }
    }

    fn wanted(&mut self) -> Option<&mut Readiness> {
        match self {
            Self::Socket(_, wanted) => Some(wanted),
            Self::Lookup(_) | Self::Source(_) => None,
        }
    }
}

impl Entry {
    fn present(&self) -> Option<Present> {
        Some(match self {
            Self::Socket(socket, wanted) => Present::Socket(socket.upgrade()?, *wanted),
            Self::Lookup(lookup) => Present::Lookup(lookup.upgrade()?),
            Self::Source(source) => Present::Source(source.upgrade()?),
        })
    }
}

impl Present {
    fn source(&self) -> Source<'_> {
        match self {
            Self::Socket(socket, wanted) => Source::Socket(socket, *wanted),
            Self::Lookup(lookup) => Source::Lookup(lookup),
            Self::Source(source) => Source::Pollable(source),
        }
    }
}
