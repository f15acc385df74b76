//! Several sinks in the place of one.

use super::{AuditSink, Entry};

/// Each sink gets each record, in this order.
impl AuditSink for Vec<Box<dyn AuditSink>> {
    fn record(&self, entry: &Entry<'_>) {
        for sink in self {
            sink.record(entry);
        }
    }

    fn flush(&self) {
        for sink in self {
            sink.flush();
        }
    }
}

/// The first gets each record first.
impl<A: AuditSink, B: AuditSink> AuditSink for (A, B) {
    fn record(&self, entry: &Entry<'_>) {
        self.0.record(entry);
        self.1.record(entry);
    }

    fn flush(&self) {
        self.0.flush();
        self.1.flush();
    }
}

/// A sink that may not be there.
impl<S: AuditSink> AuditSink for Option<S> {
    fn record(&self, entry: &Entry<'_>) {
        if let Some(sink) = self {
            sink.record(entry);
        }
    }

    fn flush(&self) {
        if let Some(sink) = self {
            sink.flush();
        }
    }
}
