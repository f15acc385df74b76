//! Sockets that are open, as those see them who do not own them: their streams, and a change of the policy.
//!
//! A connection, a listener or a bound UDP socket is open because of a decision. The request is kept, so that another policy
//! can decide on it again; and what goes through is counted, so that its end can be recorded. It ends when the guest
//! closes it, or at once: its streams refuse from then on, and the next call of the guest that comes by closes it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use wasock_policy::{Direction, Limit, PinnedName, Protocol, Request};

use super::destination::Destination;
use super::guard::{Granted, Guard};
use super::in_force::InForce;
use super::link::Way;
use crate::account::Grant;
use crate::audit::{Cause, Closed, Record, Refused, Traffic};

/// An open socket, in the hands of its owner. When it is dropped, the socket is closed and entered in the book.
pub(crate) struct OpenSocket {
    open: Arc<Open>,
    number: u64,
    /// What it takes up.
    grant: Option<Grant>,
    /// Whether its end is worth a record: that of an attempt is not.
    is_recorded: bool,
}

/// An open socket. It lives as long as somebody looks at it.
pub(crate) struct Open {
    guard: Guard,
    about: Mutex<About>,
    opened: Instant,
    /// When it was established, in nanoseconds from then: an attempt becomes a connection.
    established: AtomicU64,
    /// When the last byte went through, in the same way; kept where somebody asks for it.
    moved: AtomicU64,
    received: Flow,
    sent: Flow,
    /// Why it ended, if the guest did not end it.
    ended: OnceLock<Cause>,
    /// What the guest had no more of, the last time it asked.
    refused_by: Mutex<Option<Limit>>,
}

/// Which socket it is.
#[derive(Clone, Debug)]
pub(crate) struct About {
    pub(crate) protocol: Protocol,
    pub(crate) direction: Direction,
    pub(crate) local: Option<SocketAddr>,
    pub(crate) remote: Option<SocketAddr>,
    /// What the guest asked for, where that is mapped to `remote`.
    pub(crate) asked: Option<SocketAddr>,
    pub(crate) names: Arc<[PinnedName]>,
}

/// What goes one way.
#[derive(Default)]
pub(crate) struct Flow {
    bytes: AtomicU64,
    datagrams: AtomicU64,
    refused: AtomicU64,
}

/// All that one guest has open.
#[derive(Default)]
pub(crate) struct OpenSockets {
    sockets: BTreeMap<u64, Entry>,
    next: u64,
}

struct Entry {
    open: Arc<Open>,
    /// What the policy has allowed it for.
    requests: Vec<Request>,
}

impl Guard {
    /// Open a socket that `granted` allows.
    pub(crate) fn open(&self, about: About, granted: Granted) -> OpenSocket {
        let open = Arc::new(Open {
            guard: self.clone(),
            about: Mutex::new(about),
            opened: self.now(),
            established: AtomicU64::new(0),
            moved: AtomicU64::new(0),
            received: Flow::default(),
            sent: Flow::default(),
            ended: OnceLock::new(),
            refused_by: Mutex::new(None),
        });
        let number = {
            let mut sockets = self.open_sockets();
            let number = sockets.next;
            sockets.next += 1;
            let entry = Entry {
                open: Arc::clone(&open),
                requests: Vec::new(),
            };
            sockets.sockets.insert(number, entry);
            number
        };
        let socket = OpenSocket {
            open,
            number,
            grant: None,
            is_recorded: true,
        };
        socket.needs(granted);
        socket
    }
}

impl OpenSockets {
    /// Decide on all of them by the policy that is now in force. Returns how many it ends, and how many it does not allow and
    /// keeps.
    pub(super) fn decide_again(&mut self, current: &InForce) -> (u64, u64) {
        let (mut closed, mut kept) = (0, 0);
        for entry in self.sockets.values() {
            if entry.open.ended().is_some() || entry.is_allowed(current) {
                continue;
            }
            match current.ends_by() {
                Some(cause) => {
                    entry.open.end(cause);
                    closed += 1;
                }
                None => kept += 1,
            }
        }
        (closed, kept)
    }
}

impl Entry {
    fn is_allowed(&self, current: &InForce) -> bool {
        let is_allowed = |request| current.policy.decide(request).is_allowed();
        !current.revoked && self.requests.iter().all(is_allowed)
    }
}

impl OpenSocket {
    /// Holds what it takes up, until it is closed.
    pub(crate) fn holding(mut self, grant: Grant) -> Self {
        self.grant = Some(grant);
        self
    }

    /// An attempt: of no interest when it ends, unless it is established before.
    pub(crate) fn attempted(mut self) -> Self {
        self.is_recorded = false;
        self
    }

    /// The attempt has become a connection.
    pub(crate) fn establish(&mut self, local: Option<SocketAddr>) {
        let open = &self.open;
        open.about().local = local;
        let now = open.nanos(open.guard.now());
        open.established.store(now, Ordering::Relaxed);
        open.moved.store(now, Ordering::Relaxed);
        self.is_recorded = true;
    }

    /// It is open because of this too. A policy that came in between decides on it at once.
    pub(crate) fn needs(
        &self,
        Granted {
            request,
            generation,
        }: Granted,
    ) {
        let guard = &self.open.guard;
        let mut sockets = guard.open_sockets();
        let Some(entry) = sockets.sockets.get_mut(&self.number) else {
            return;
        };
        let current = guard.in_force();
        entry.requests.push(request);
        if current.generation != generation
            && !entry.is_allowed(&current)
            && let Some(cause) = current.ends_by()
        {
            self.open.end(cause);
        }
    }

    /// A UDP socket is for another peer from now on, or for all.
    pub(crate) fn set_peer(&self, peer: Option<(Destination, Granted)>, names: Arc<[PinnedName]>) {
        let (peer, granted) = peer.unzip();
        {
            let mut about = self.open.about();
            about.remote = peer.map(|peer| peer.remote);
            about.asked = peer.and_then(|peer| peer.asked);
            about.names = names;
        }
        {
            let mut sockets = self.open.guard.open_sockets();
            if let Some(entry) = sockets.sockets.get_mut(&self.number) {
                let is_for_a_peer = |request: &Request| matches!(request, Request::Connect { .. });
                entry.requests.retain(|request| !is_for_a_peer(request));
            }
        }
        if let Some(granted) = granted {
            self.needs(granted);
        }
    }

    pub(crate) fn shared(&self) -> &Arc<Open> {
        &self.open
    }
}

impl Open {
    pub(crate) fn guard(&self) -> &Guard {
        &self.guard
    }

    /// Why it has ended, if it has.
    pub(crate) fn ended(&self) -> Option<Cause> {
        self.ended.get().copied()
    }

    /// End it, unless it has ended.
    pub(crate) fn end(&self, cause: Cause) {
        if self.ended.set(cause).is_ok() {
            self.guard.ask_for_attention();
        }
    }

    pub(crate) fn about(&self) -> MutexGuard<'_, About> {
        self.about.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a limit refuses here: a transfer, or the rest of its life.
    pub(crate) fn refused(&self) -> Refused {
        let about = self.about();
        Refused::Connection {
            protocol: about.protocol,
            direction: about.direction,
            local: about.local,
            remote: about.remote,
        }
    }

    /// The guest has no more of `limit`, and was told.
    pub(crate) fn set_refused_by(&self, limit: Option<Limit>) {
        *self.refused_by() = limit;
    }

    pub(crate) fn flow(&self, way: Way) -> &Flow {
        match way {
            Way::In => &self.received,
            Way::Out => &self.sent,
        }
    }

    /// A byte has gone through.
    pub(crate) fn touch(&self, now: Instant) {
        self.moved.store(self.nanos(now), Ordering::Relaxed);
    }

    /// When the last byte went through, or the connection was established.
    pub(crate) fn moved(&self) -> Instant {
        self.opened + Duration::from_nanos(self.moved.load(Ordering::Relaxed))
    }

    pub(crate) fn since(&self) -> Instant {
        self.opened + Duration::from_nanos(self.established.load(Ordering::Relaxed))
    }

    fn nanos(&self, time: Instant) -> u64 {
        let nanos = time.saturating_duration_since(self.opened).as_nanos();
        u64::try_from(nanos).unwrap_or(u64::MAX)
    }

    fn refused_by(&self) -> MutexGuard<'_, Option<Limit>> {
        let refused_by = self.refused_by.lock();
        refused_by.unwrap_or_else(PoisonError::into_inner)
    }

    fn closed(&self) -> Closed {
        let about = self.about().clone();
        let refused_by = self.refused_by().map(Cause::Limit);
        Closed {
            protocol: about.protocol,
            direction: about.direction,
            local: about.local,
            remote: about.remote,
            asked: about.asked,
            names: about.names,
            received: self.received.traffic(),
            sent: self.sent.traffic(),
            duration: self.guard.now().saturating_duration_since(self.since()),
            cause: self.ended().or(refused_by).unwrap_or(Cause::Guest),
        }
    }
}

/// One task at a time counts a flow, so that it need not be an atomic addition.
impl Flow {
    pub(crate) fn add_bytes(&self, bytes: u64) {
        add(&self.bytes, bytes);
    }

    pub(crate) fn add_datagram(&self, bytes: u64) {
        add(&self.bytes, bytes);
        add(&self.datagrams, 1);
    }

    pub(crate) fn add_refused(&self) {
        add(&self.refused, 1);
    }

    fn traffic(&self) -> Traffic {
        Traffic {
            bytes: self.bytes.load(Ordering::Relaxed),
            datagrams: self.datagrams.load(Ordering::Relaxed),
            refused: self.refused.load(Ordering::Relaxed),
        }
    }
}

fn add(counter: &AtomicU64, amount: u64) {
    let sum = counter.load(Ordering::Relaxed).wrapping_add(amount);
    counter.store(sum, Ordering::Relaxed);
}

/// Closed by the guest, or by the end of its store.
impl Drop for OpenSocket {
    fn drop(&mut self) {
        let guard = &self.open.guard;
        guard.open_sockets().sockets.remove(&self.number);
        if self.is_recorded {
            guard.enter(&Record::Closed(self.open.closed()));
        }
    }
}

#[cfg(test)]
mod tests {
    use wasock_policy::{OnRevoke, Policy};

    use super::*;
    use crate::audit::Discard;

    #[test]
    fn what_was_allowed_by_the_policy_before_is_decided_on_again_when_it_opens() {
        let remote = SocketAddr::from(([127, 0, 0, 1], 80));
        let allowing = || Policy::builder().allow_outbound("tcp://127.0.0.1:80".parse().unwrap());
        for (next, ended) in [
            (Policy::builder(), Some(Cause::Policy)),
            (Policy::builder().on_revoke(OnRevoke::Keep), None),
            (allowing(), None),
        ] {
            let guard = Guard::alone(allowing().build(), Discard);
            let granted = guard
                .connect(Protocol::Tcp, remote.into(), [].into())
                .unwrap();
            guard.set_policy(next.build().into());
            let about = About {
                protocol: Protocol::Tcp,
                direction: Direction::Outbound,
                local: None,
                remote: Some(remote),
                asked: None,
                names: [].into(),
            };
            let socket = guard.open(about, granted);
            assert_eq!(socket.shared().ended(), ended);
        }
    }
}
