//! Refusals and nothings that repeat, counted.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use super::{AuditSink, Entry, Guest, Record, Verdict};

/// How long repetitions are counted before they are told.
const WINDOW: Duration = Duration::from_secs(60);

/// How many different refusals are told in that time. The rest is counted.
const MAX_KINDS: usize = 256;

/// Stands before a sink and hands a refusal on when it happens first; how often it is repeated is handed on after a minute,
/// or when the sink is [flushed](AuditSink::flush) or dropped.
///
/// A guest can be refused as often as it can call, and each refusal is a record. With this in between, a guest adds at
/// most some 500 refusals a minute to a log.
///
/// It can also do what needs no rule and leads nowhere: bind to the wildcard address at a port that the system picks, and
/// close a UDP socket that was bound so and that nothing went through. These are counted like refusals, some ten a minute
/// at most.
///
/// What a rule allows, or a policy lets through that only reports, is handed on as it is.
///
/// Give each context one of its own (the sink behind can be shared), or guests take each other's room.
pub struct CountRepeats<S: AuditSink> {
    sink: S,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    began: Option<SystemTime>,
    kinds: HashMap<(Guest, Record), Repeated>,
    /// Refusals of too many kinds.
    omitted: Option<Repeated>,
}

/// The last of several entries that are alike, and how many there are since one was handed on.
struct Repeated {
    guest: Guest,
    record: Record,
    sequence: u64,
    time: SystemTime,
    count: u64,
}

impl<S: AuditSink> CountRepeats<S> {
    /// A sink that is spared repetitions.
    pub fn new(sink: S) -> Self {
        Self {
            sink,
            state: Mutex::default(),
        }
    }

    /// Hand on what was counted.
    fn tell(&self, state: &mut State) {
        let kinds = state.kinds.drain().map(|(_, repeated)| repeated);
        let mut repeated: Vec<_> = kinds.chain(state.omitted.take()).collect();
        repeated.retain(|repeated| repeated.count > 0);
        repeated.sort_by_key(|repeated| repeated.sequence);
        for repeated in &repeated {
            self.sink.record(&repeated.entry());
        }
        state.began = None;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: AuditSink> AuditSink for CountRepeats<S> {
    fn record(&self, entry: &Entry<'_>) {
        let is_for_nothing = entry.record.is_for_nothing();
        if entry.record.verdict() != Some(Verdict::Denied) && !is_for_nothing {
            self.sink.record(entry);
            return;
        }

        let mut state = self.state();
        if state.is_over(entry.time) {
            self.tell(&mut state);
        }
        state.began.get_or_insert(entry.time);

        let key = (entry.guest.clone(), entry.record.kind());
        if let Some(repeated) = state.kinds.get_mut(&key) {
            repeated.add(entry);
        } else if state.kinds.len() < MAX_KINDS || is_for_nothing {
            // Of nothings there are but a few kinds.
            state.kinds.insert(key, Repeated::none_yet(entry));
            self.sink.record(entry);
        } else {
            let mut omitted = Repeated::none_yet(entry);
            omitted.record = Record::Omitted;
            match &mut state.omitted {
                Some(omitted) if omitted.guest == *entry.guest => omitted.add(entry),
                other => {
                    omitted.count = entry.count;
                    if let Some(of_another) = other.replace(omitted) {
                        self.sink.record(&of_another.entry());
                    }
                }
            }
        }
    }

    fn flush(&self) {
        self.tell(&mut self.state());
        self.sink.flush();
    }
}

impl<S: AuditSink> Drop for CountRepeats<S> {
    fn drop(&mut self) {
        self.flush();
    }
}

impl State {
    /// A clock that was set back ends the time as well.
    fn is_over(&self, now: SystemTime) -> bool {
        let goes_on = |began| now.duration_since(began).is_ok_and(|time| time < WINDOW);
        self.began.is_some_and(|began| !goes_on(began))
    }
}

impl Repeated {
    fn none_yet(entry: &Entry<'_>) -> Self {
        Self {
            guest: entry.guest.clone(),
            record: entry.record.clone(),
            sequence: entry.sequence,
            time: entry.time,
            count: 0,
        }
    }

    fn add(&mut self, entry: &Entry<'_>) {
        self.sequence = entry.sequence;
        self.time = entry.time;
        self.count += entry.count;
    }

    fn entry(&self) -> Entry<'_> {
        Entry {
            record: &self.record,
            guest: &self.guest,
            sequence: self.sequence,
            time: self.time,
            count: self.count,
        }
    }
}

impl<S: AuditSink> fmt::Debug for CountRepeats<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CountRepeats").finish_non_exhaustive()
    }
}
