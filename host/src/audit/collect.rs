//! Records kept in memory.

use std::sync::{Arc, Mutex, PoisonError};

use super::{AuditSink, Entry, Record};

/// Keeps every record, for tests and for programs that look at them afterwards. A clone refers to the same
/// records. It grows with each decision, so it is not for guests that run for long.
#[derive(Clone, Debug, Default)]
pub struct Collect(Arc<Mutex<Vec<Record>>>);

impl Collect {
    /// What was recorded so far, the oldest first.
    #[must_use]
    pub fn records(&self) -> Vec<Record> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl AuditSink for Collect {
    fn record(&self, entry: &Entry<'_>) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(entry.record.clone());
    }
}
