//! A poller: core's set of entries, looked at by `poll(2)`.

use std::cell::RefCell;
use std::os::fd::{AsFd, OwnedFd};
use std::rc::{Rc, Weak};
use std::time::Duration;

use wasock_conformance::api::Poller;
use wasock_core::poll_set::{self, PollSet};
use wasock_core::readiness::Readiness;
use wasock_core::socket::Socket;
use wasock_core::{Errno, Timeout};

use super::CoreOs;
use super::backend::Native;
use super::names::{CoreLookup, Translation};
use super::poll::{Source, wait};
use super::socket::{CoreSocket, Shared};
use crate::os::OsSource;

/// A set of things to wait for.
#[derive(Debug, Default)]
pub struct CorePoller {
    set: RefCell<PollSet<Entry>>,
}

/// What a token stands for. A poller keeps nothing alive.
#[derive(Debug)]
enum Entry {
    Socket(Weak<RefCell<Socket<Native>>>, Readiness),
    Lookup(Weak<RefCell<Translation>>),
    Source(Weak<OwnedFd>),
}

/// An entry that is there, for the time of a wait.
enum Present {
    Socket(Shared, Readiness),
    Lookup(Rc<RefCell<Translation>>),
    Source(Rc<OwnedFd>),
}

impl Poller<CoreOs> for CorePoller {
    fn add(&self, socket: &CoreSocket, readiness: Readiness, token: u32) -> Result<(), Errno> {
        socket.shared.borrow().poll()?;
        let entry = Entry::Socket(Rc::downgrade(&socket.shared), readiness);
        self.set.borrow_mut().add(token, entry)
    }

    fn add_lookup(&self, lookup: &CoreLookup, token: u32) -> Result<(), Errno> {
        lookup.shared.borrow_mut().is_answered()?;
        let entry = Entry::Lookup(Rc::downgrade(&lookup.shared));
        self.set.borrow_mut().add(token, entry)
    }

    fn add_source(&self, source: &OsSource, token: u32) -> Result<(), Errno> {
        let entry = Entry::Source(Rc::downgrade(&source.0));
        self.set.borrow_mut().add(token, entry)
    }

    fn modify(&self, token: u32, readiness: Readiness) -> Result<(), Errno> {
        self.set.borrow_mut().modify(token, readiness)
    }

    fn remove(&self, token: u32) -> Result<(), Errno> {
        self.set.borrow_mut().remove(token)
    }

    fn wait(&self, max: u32, timeout: Option<Duration>) -> Result<Vec<(u32, Readiness)>, Errno> {
        self.set.borrow_mut().begin_wait(max)?;
        let ready = self.ready(max as usize, Timeout::from_option(timeout))?;
        let last = ready.last().map(|(token, _)| *token);
        self.set.borrow_mut().answered(last);
        Ok(ready)
    }

    fn close(&self) {
        self.set.replace(PollSet::new());
    }
}

impl CorePoller {
    fn ready(&self, max: usize, timeout: Timeout) -> Result<Vec<(u32, Readiness)>, Errno> {
        let set = self.set.borrow();
        let present: Vec<(u32, Present)> = set
            .iter()
            .filter_map(|(token, entry)| Some((token, entry.present()?)))
            .collect();
        let sources: Vec<Source<'_>> = present.iter().map(|(_, entry)| entry.source()).collect();
        let ready = wait(&sources, timeout)?.into_iter().take(max);
        let named =
            ready.filter_map(|(place, it)| present.get(place).map(|(token, _)| (*token, it)));
        Ok(named.collect())
    }
}

impl poll_set::Entry for Entry {
    fn is_open(&self) -> bool {
        match self {
            Self::Socket(it, _) => it.upgrade().is_some_and(|it| it.borrow().poll().is_ok()),
            Self::Lookup(it) => it.upgrade().is_some_and(|it| !it.borrow().is_closed()),
            Self::Source(it) => it.strong_count() > 0,
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
            Self::Source(source) => Source::Other(source.as_fd()),
        }
    }
}
