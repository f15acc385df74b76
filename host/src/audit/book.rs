//! Where the records of one context are entered: each gets its number and its time, and goes to the sink.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{AuditSink, Counters, Entry, Guest, Metrics, Record};
use crate::clock::Clock;

/// The book of one context.
pub(crate) struct Book {
    sink: Box<dyn AuditSink>,
    clock: Arc<dyn Clock>,
    guest: Guest,
    next: AtomicU64,
    counters: Counters,
}

impl Book {
    pub(crate) fn new(sink: Box<dyn AuditSink>, clock: Arc<dyn Clock>, guest: Guest) -> Self {
        Self {
            sink,
            clock,
            guest,
            next: AtomicU64::new(0),
            counters: Counters::default(),
        }
    }

    /// Enter what happened just now.
    pub(crate) fn enter(&self, record: &Record) {
        let entry = Entry {
            record,
            guest: &self.guest,
            sequence: self.next.fetch_add(1, Ordering::Relaxed),
            time: self.clock.wall(),
            count: 1,
        };
        self.counters.count(record);
        self.sink.record(&entry);
    }

    /// What was entered so far, in numbers.
    pub(crate) fn metrics(&self) -> Metrics {
        self.counters.read()
    }
}

/// A book of nobody's in particular.
#[cfg(test)]
impl<S: AuditSink> From<S> for Book {
    fn from(sink: S) -> Self {
        let clock = Arc::new(crate::SystemClock);
        Self::new(Box::new(sink), clock, Guest::default())
    }
}
