//! `epoll(7)` in its default mode, with tokens that name one entry each.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::os::fd::OwnedFd;
use std::rc::{Rc, Weak};
use std::time::Duration;

use rustix::buffer::spare_capacity;
use rustix::event::Timespec;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use wasock_conformance::api::{AddrInfo, Poller};
use wasock_core::Errno;
use wasock_core::readiness::Readiness;

use super::Os;
use super::errno::from_os;
use super::names::OsLookup;
use super::poll::OsSource;
use super::socket::{Descriptor, OsSocket};

/// A set of things to wait for.
#[derive(Debug)]
pub struct OsPoller {
    epoll: OwnedFd,
    entries: RefCell<BTreeMap<u32, Entry>>,
}

/// What a token stands for. The system takes out what is closed, and so does [`OsPoller::wait`].
#[derive(Debug)]
enum Entry {
    Socket(Weak<Descriptor>),
    Source(Weak<OwnedFd>),
    /// It has its answer from the start.
    Lookup(Weak<RefCell<Option<Vec<AddrInfo>>>>),
}

impl OsPoller {
    pub(super) fn new() -> Result<Self, Errno> {
        Ok(Self {
            epoll: epoll::create(CreateFlags::CLOEXEC).map_err(from_os)?,
            entries: RefCell::default(),
        })
    }

    fn insert(
        &self,
        token: u32,
        entry: Entry,
        add: impl FnOnce(EventData) -> Result<(), Errno>,
    ) -> Result<(), Errno> {
        let mut entries = self.entries.borrow_mut();
        if entries.get(&token).is_some_and(Entry::is_open) {
            return Err(Errno::Eexist);
        }
        add(EventData::new_u64(token.into()))?;
        entries.insert(token, entry);
        Ok(())
    }
}

impl Poller<Os> for OsPoller {
    fn add(&self, socket: &OsSocket, readiness: Readiness, token: u32) -> Result<(), Errno> {
        let fd = socket.descriptor().borrow();
        let fd = fd.as_ref().ok_or(Errno::Ebadf)?;
        self.insert(token, Entry::Socket(socket.watch()), |data| {
            epoll::add(&self.epoll, fd, data, events(readiness)).map_err(from_os)
        })
    }

    fn add_lookup(&self, lookup: &OsLookup, token: u32) -> Result<(), Errno> {
        lookup.check_open()?;
        self.insert(token, Entry::Lookup(lookup.watch()), |_| Ok(()))
    }

    fn add_source(&self, source: &OsSource, token: u32) -> Result<(), Errno> {
        self.insert(token, Entry::Source(Rc::downgrade(&source.0)), |data| {
            epoll::add(&self.epoll, &*source.0, data, EventFlags::IN).map_err(from_os)
        })
    }

    fn modify(&self, token: u32, readiness: Readiness) -> Result<(), Errno> {
        let entries = self.entries.borrow();
        let Some(Entry::Socket(fd)) = entries.get(&token) else {
            return Err(Errno::Enoent);
        };
        let fd = fd.upgrade().ok_or(Errno::Enoent)?;
        let fd = fd.borrow();
        let fd = fd.as_ref().ok_or(Errno::Enoent)?;
        let data = EventData::new_u64(token.into());
        epoll::modify(&self.epoll, fd, data, events(readiness)).map_err(from_os)
    }

    fn remove(&self, token: u32) -> Result<(), Errno> {
        let entry = self.entries.borrow_mut().remove(&token);
        match entry.filter(Entry::is_open).ok_or(Errno::Enoent)? {
            Entry::Socket(fd) => {
                let fd = fd.upgrade().ok_or(Errno::Enoent)?;
                let fd = fd.borrow();
                let fd = fd.as_ref().ok_or(Errno::Enoent)?;
                epoll::delete(&self.epoll, fd).map_err(from_os)
            }
            Entry::Source(source) => {
                let source = source.upgrade().ok_or(Errno::Enoent)?;
                epoll::delete(&self.epoll, &*source).map_err(from_os)
            }
            Entry::Lookup(_) => Ok(()),
        }
    }

    fn wait(&self, max: u32, timeout: Option<Duration>) -> Result<Vec<(u32, Readiness)>, Errno> {
        if max == 0 {
            return Err(Errno::Einval);
        }
        let mut entries = self.entries.borrow_mut();
        entries.retain(|_, entry| entry.is_open());
        if entries.is_empty() && timeout.is_none() {
            return Err(Errno::Edeadlk);
        }
        let answered = entries
            .iter()
            .filter(|(_, entry)| matches!(entry, Entry::Lookup(_)));
        let mut ready: Vec<_> = answered
            .map(|(token, _)| (*token, Readiness::READABLE))
            .take(max as usize)
            .collect();

        let timeout = if ready.is_empty() {
            timeout.and_then(|timeout| Timespec::try_from(timeout).ok())
        } else {
            Some(Timespec::default())
        };
        let mut list = Vec::with_capacity(max.min(1024) as usize);
        epoll::wait(&self.epoll, spare_capacity(&mut list), timeout.as_ref()).map_err(from_os)?;
        ready.extend(list.into_iter().map(|event| {
            // The structure is packed.
            let (data, flags) = (event.data, event.flags);
            (data.u64() as u32, readiness(flags))
        }));
        ready.truncate(max as usize);
        Ok(ready)
    }

    fn close(&self) {
        let tokens: Vec<u32> = self.entries.borrow().keys().copied().collect();
        for token in tokens {
            // What is closed has left already.
            let _ = self.remove(token);
        }
    }
}

impl Entry {
    fn is_open(&self) -> bool {
        match self {
            Self::Socket(fd) => fd.upgrade().is_some_and(|fd| fd.borrow().is_some()),
            Self::Source(source) => source.strong_count() > 0,
            Self::Lookup(it) => it.upgrade().is_some_and(|it| it.borrow().is_some()),
        }
    }
}

fn events(wanted: Readiness) -> EventFlags {
    let mut events = EventFlags::empty();
    events.set(EventFlags::IN, wanted.contains(Readiness::READABLE));
    events.set(EventFlags::OUT, wanted.contains(Readiness::WRITABLE));
    events
}

fn readiness(events: EventFlags) -> Readiness {
    let table = [
        (EventFlags::IN, Readiness::READABLE),
        (EventFlags::OUT, Readiness::WRITABLE),
        (EventFlags::ERR, Readiness::ERROR),
        (EventFlags::HUP, Readiness::HANGUP),
    ];
    table
        .into_iter()
        .filter(|(event, _)| events.contains(*event))
        .fold(Readiness::NONE, |sum, (_, member)| sum | member)
}
