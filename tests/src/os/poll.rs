//! `poll(2)`.

use std::cell::Ref;
use std::os::fd::{AsFd, OwnedFd};
use std::rc::Rc;
use std::time::Duration;

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll as os_poll};
use wasock_conformance::api::Ready;
use wasock_core::Errno;
use wasock_core::readiness::Readiness;

use super::errno::from_os;
use super::names::OsLookup;
use super::socket::{Descriptor, OsSocket};

/// As in the interface under test.
const LARGEST: usize = 65_536;

/// An event source that is ready: a counter that is not zero.
#[derive(Debug)]
pub struct OsSource(pub(crate) Rc<OwnedFd>);

impl OsSource {
    pub(crate) fn new() -> Self {
        let fd = eventfd(1, EventfdFlags::CLOEXEC).expect("an event descriptor can be had");
        Self(Rc::new(fd))
    }
}

/// `poll(2)`. A socket is asked about once, however often it stands in the list: the system limits the number of
/// entries by that of descriptors. A lookup has its answer from the start.
pub(super) fn poll(
    sockets: &[(&OsSocket, Readiness)],
    lookups: &[&OsLookup],
    sources: &[&OsSource],
    timeout: Option<Duration>,
) -> Result<Ready, Errno> {
    let entries = sockets.len() + lookups.len() + sources.len();
    if entries > LARGEST {
        return Err(Errno::Einval);
    }
    if entries == 0 && timeout.is_none() {
        return Err(Errno::Edeadlk);
    }
    let mut asked: Vec<(&Descriptor, Readiness)> = Vec::new();
    for (socket, wanted) in sockets {
        let descriptor = socket.descriptor();
        let known = asked
            .iter()
            .position(|(it, _)| std::ptr::eq(*it, descriptor));
        match known.and_then(|place| asked.get_mut(place)) {
            Some((_, sum)) => *sum |= *wanted,
            None => asked.push((descriptor, *wanted)),
        }
    }
    for lookup in lookups {
        lookup.check_open()?;
    }
    let open = asked.iter().map(|(descriptor, _)| {
        Ref::filter_map(descriptor.borrow(), Option::as_ref).map_err(|_| Errno::Ebadf)
    });
    let open = open.collect::<Result<Vec<_>, _>>()?;

    let wanted = asked.iter().map(|(_, wanted)| events(*wanted));
    let mut list: Vec<PollFd<'_>> = open
        .iter()
        .zip(wanted)
        .map(|(fd, wanted)| PollFd::from_borrowed_fd(fd.as_fd(), wanted))
        .chain(sources.iter().map(|it| PollFd::new(&*it.0, PollFlags::IN)))
        .collect();
    let timeout = if lookups.is_empty() {
        timeout.and_then(|timeout| Timespec::try_from(timeout).ok())
    } else {
        Some(Timespec::default())
    };
    os_poll(&mut list, timeout.as_ref()).map_err(from_os)?;

    let happened = |place: usize| list.get(place).map_or(PollFlags::empty(), PollFd::revents);
    let mut ready = Ready::default();
    for (place, (socket, wanted)) in (0..).zip(sockets) {
        let descriptor = socket.descriptor();
        let index = asked
            .iter()
            .position(|(it, _)| std::ptr::eq(*it, descriptor));
        let told = readiness(happened(index.unwrap_or(usize::MAX))).told(*wanted);
        if !told.is_none() {
            ready.sockets.push((place, told));
        }
    }
    ready.lookups = (0..).take(lookups.len()).collect();
    for (place, index) in (0..).zip(asked.len()..list.len()) {
        if !happened(index).is_empty() {
            ready.sources.push(place);
        }
    }
    Ok(ready)
}

fn events(wanted: Readiness) -> PollFlags {
    let mut events = PollFlags::empty();
    events.set(PollFlags::IN, wanted.contains(Readiness::READABLE));
    events.set(PollFlags::OUT, wanted.contains(Readiness::WRITABLE));
    events
}

fn readiness(events: PollFlags) -> Readiness {
    let table = [
        (PollFlags::IN, Readiness::READABLE),
        (PollFlags::OUT, Readiness::WRITABLE),
        (PollFlags::ERR, Readiness::ERROR),
        (PollFlags::HUP, Readiness::HANGUP),
    ];
    table
        .into_iter()
        .filter(|(event, _)| events.contains(*event))
        .fold(Readiness::NONE, |sum, (_, member)| sum | member)
}
