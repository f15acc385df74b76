//! Records as events of `tracing`.

use super::{AuditSink, Entry, Verdict};

/// Hands each record to `tracing`, for programs that have a subscriber: target `wasock::audit`, a warning if something was
/// refused or would have been, information otherwise.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tracing;

/// A level is a constant of the place where an event is made, so that there is a place for each.
macro_rules! event {
    ($level:ident, $entry:expr) => {
        tracing::event!(
            target: "wasock::audit",
            tracing::Level::$level,
            guest = $entry.guest.name.as_deref(),
            tenant = $entry.guest.tenant.as_deref(),
            seq = $entry.sequence,
            count = $entry.count,
            verdict = $entry.record.verdict().map(tracing::field::display),
            "{}",
            $entry.record
        )
    };
}

impl AuditSink for Tracing {
    fn record(&self, entry: &Entry<'_>) {
        match entry.record.verdict() {
            Some(Verdict::Denied | Verdict::Reported) => event!(WARN, entry),
            Some(Verdict::Allowed) | None => event!(INFO, entry),
        }
    }
}
