//! Records, counted, for programs that watch many guests.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{Action, Closed, Record, Traffic, Verdict};

/// What one guest has done so far, in numbers that only grow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Metrics {
    /// What it was allowed.
    pub allowed: Counts,
    /// What it was denied by its policy.
    pub denied: Counts,
    /// What it was allowed because the policy only reports.
    pub reported: Counts,
    /// How often a limit was reached.
    pub exhausted: u64,
    /// How many sockets were closed.
    pub closed: u64,
    /// What came in through the sockets that are closed.
    pub received: Traffic,
    /// What went out through the sockets that are closed.
    pub sent: Traffic,
}

/// How often, by kind of action. Of datagrams the first of each socket and peer counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Counts {
    /// Lookups of names.
    pub resolve: u64,
    /// Binds.
    pub bind: u64,
    /// Connects.
    pub connect: u64,
    /// Listens.
    pub listen: u64,
    /// Connections of peers.
    pub accept: u64,
    /// Peers that were sent to by UDP.
    pub send: u64,
    /// Such peers that have answered.
    pub receive_reply: u64,
    /// Peers that have sent by UDP.
    pub receive: u64,
    /// Such peers that were answered.
    pub reply: u64,
    /// Requests of `wasi:http`.
    pub http: u64,
}

impl Counts {
    /// All kinds together.
    #[must_use]
    pub fn total(&self) -> u64 {
        Action::ALL.into_iter().map(|action| self.of(action)).sum()
    }

    /// The number of one kind.
    #[must_use]
    pub fn of(&self, action: Action) -> u64 {
        let mut counts = *self;
        *counts.of_mut(action)
    }

    fn of_mut(&mut self, action: Action) -> &mut u64 {
        match action {
            Action::Resolve => &mut self.resolve,
            Action::Bind => &mut self.bind,
            Action::Connect => &mut self.connect,
            Action::Listen => &mut self.listen,
            Action::Accept => &mut self.accept,
            Action::Send => &mut self.send,
            Action::ReceiveReply => &mut self.receive_reply,
            Action::Receive => &mut self.receive,
            Action::Reply => &mut self.reply,
            Action::Http => &mut self.http,
        }
    }
}

/// Where a book keeps its numbers.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    allowed: ByAction,
    denied: ByAction,
    reported: ByAction,
    exhausted: AtomicU64,
    closed: AtomicU64,
    received: Flow,
    sent: Flow,
}

#[derive(Debug, Default)]
struct ByAction([AtomicU64; Action::ALL.len()]);

#[derive(Debug, Default)]
struct Flow {
    bytes: AtomicU64,
    datagrams: AtomicU64,
    refused: AtomicU64,
}

impl Counters {
    pub(crate) fn count(&self, record: &Record) {
        let action = match record {
            Record::Decided(decided) => Action::of(&decided.request),
            Record::Lookup(_) => Action::Resolve,
            Record::Http(_) => Action::Http,
            Record::Closed(closed) => return self.count_closed(closed),
            Record::Exhausted(_) => return add(&self.exhausted, 1),
            Record::PolicyChanged(_) | Record::Omitted => return,
        };
        match record.verdict() {
            Some(Verdict::Allowed) => self.allowed.count(action),
            Some(Verdict::Denied) => self.denied.count(action),
            Some(Verdict::Reported) => self.reported.count(action),
            None => {}
        }
    }

    fn count_closed(&self, closed: &Closed) {
        add(&self.closed, 1);
        self.received.count(closed.received);
        self.sent.count(closed.sent);
    }

    pub(crate) fn read(&self) -> Metrics {
        Metrics {
            allowed: self.allowed.read(),
            denied: self.denied.read(),
            reported: self.reported.read(),
            exhausted: self.exhausted.load(Ordering::Relaxed),
            closed: self.closed.load(Ordering::Relaxed),
            received: self.received.read(),
            sent: self.sent.read(),
        }
    }
}

impl ByAction {
    fn count(&self, action: Action) {
        if let Some(counter) = self.0.get(action as usize) {
            add(counter, 1);
        }
    }

    fn read(&self) -> Counts {
        let mut counts = Counts::default();
        for (action, counter) in Action::ALL.into_iter().zip(&self.0) {
            *counts.of_mut(action) = counter.load(Ordering::Relaxed);
        }
        counts
    }
}

impl Flow {
    fn count(&self, traffic: Traffic) {
        add(&self.bytes, traffic.bytes);
        add(&self.datagrams, traffic.datagrams);
        add(&self.refused, traffic.refused);
    }

    fn read(&self) -> Traffic {
        Traffic {
            bytes: self.bytes.load(Ordering::Relaxed),
            datagrams: self.datagrams.load(Ordering::Relaxed),
            refused: self.refused.load(Ordering::Relaxed),
        }
    }
}

fn add(counter: &AtomicU64, amount: u64) {
    counter.fetch_add(amount, Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use wasock_policy::{Mode, Policy, Protocol};

    use super::*;
    use crate::audit::Discard;
    use crate::guard::guard::Guard;

    #[test]
    fn each_kind_has_the_place_that_it_is_counted_at() {
        for (index, action) in Action::ALL.into_iter().enumerate() {
            assert_eq!(action as usize, index);
            let mut counts = Counts::default();
            *counts.of_mut(action) = 7;
            assert_eq!((counts.of(action), counts.total()), (7, 7), "{action}");
        }
    }

    #[test]
    fn numbers_tell_what_was_allowed_denied_and_only_reported() {
        let rule = || "tcp://127.0.0.1:80".parse().unwrap();
        let count = |mode| {
            let policy = Policy::builder().allow_outbound(rule()).mode(mode).build();
            let guard = Guard::alone(policy, Discard);
            for remote in ["127.0.0.1:80", "127.0.0.1:80", "93.184.216.34:80"] {
                let remote: SocketAddr = remote.parse().unwrap();
                _ = guard.connect(Protocol::Tcp, remote.into(), [].into());
            }
            _ = guard.bind(Protocol::Udp, "0.0.0.0:0".parse().unwrap());
            let metrics = guard.metrics();
            assert_eq!(metrics.allowed.bind, 1);
            let counted = [metrics.allowed, metrics.denied, metrics.reported];
            counted.map(|counts| counts.connect)
        };
        assert_eq!(count(Mode::Enforce), [2, 1, 0]);
        assert_eq!(count(Mode::Report), [2, 0, 1]);
    }
}
