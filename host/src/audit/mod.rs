//! The record of what was decided, and who gets to read it.

mod collect;
mod lookup;
mod person;

use std::fmt;
use std::net::SocketAddr;

use wasock_policy::{Decision, Request};

pub use collect::Collect;
pub use lookup::{Answer, Lookup, Outcome};
pub use person::Person;

/// What was decided about one action of the guest.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Record {
    /// The policy has decided.
    Decided {
        /// What the guest asked for.
        request: Request,
        /// What it got.
        decision: Decision,
    },
    /// A lookup of a name has come to an end.
    Lookup(Lookup),
}

/// Takes the records of a guest.
///
/// It is called while the guest waits, so it must not block for long. One sink can serve many guests; which
/// one a record is about, a sink knows by being made for it.
pub trait AuditSink: Send + Sync + 'static {
    /// Take one record.
    fn record(&self, record: &Record);
}

/// Forgets every record.
#[derive(Clone, Copy, Debug, Default)]
pub struct Discard;

/// A sink that is shared, so that somebody else can look into it.
impl<S: AuditSink + ?Sized> AuditSink for std::sync::Arc<S> {
    fn record(&self, record: &Record) {
        (**self).record(record);
    }
}

impl AuditSink for Discard {
    fn record(&self, _: &Record) {}
}

impl Record {
    /// Whether the guest was let through.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        match self {
            Self::Decided { decision, .. } => decision.is_allowed(),
            Self::Lookup(lookup) => lookup.is_allowed(),
        }
    }

    /// The record in full: what happened on the first line, and what would change it on the next. Nothing in it
    /// can disturb a terminal.
    #[must_use]
    pub fn explain(&self) -> String {
        match self {
            Self::Decided { request, decision } => decision.explain(request).to_string(),
            Self::Lookup(lookup) => lookup.to_string(),
        }
    }

    /// The record as far as repetitions go: the port of a peer is chance.
    fn kind(&self) -> Self {
        let mut kind = self.clone();
        match &mut kind {
            Self::Decided {
                request: Request::Accept { peer, .. } | Request::Receive { peer, .. },
                ..
            } => *peer = SocketAddr::new(peer.ip(), 0),
            Self::Decided { .. } => {}
            Self::Lookup(lookup) => lookup.normalize(),
        }
        kind
    }
}

/// One line: what happened.
impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.explain();
        f.write_str(text.lines().next().unwrap_or_default())
    }
}
