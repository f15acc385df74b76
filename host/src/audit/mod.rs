//! The record of what was decided and what came of it, and who gets to read it.
//!
//! One action of the guest leaves one record; so does each socket that is closed, each limit that is reached and each
//! change of the policy. Bytes leave none: reading and writing costs nothing here.
//!
//! | concept                                         | file                       |
//! |-------------------------------------------------|----------------------------|
//! | a record, of any kind                           | here                       |
//! | a decision about a call                         | `decided`                  |
//! | a lookup, which is several decisions            | `lookup`                   |
//! | a request that is not a socket's                | `http`                     |
//! | how a socket ended, and what went through it    | `closed`                   |
//! | a limit that was reached                        | `exhausted`                |
//! | a policy in the place of another                | `policy_changed`           |
//! | which guest, when, and the how manieth          | `entry`, `book`            |
//! | records, counted                                | `action`, `metrics`        |
//! | records as text                                 | [`json`]                   |
//! | who takes them                                  | `collect`, `person`, `json_lines`, `trace` |
//! | what stands before a sink                       | `fan_out`, `count_repeats` |

mod action;
mod book;
mod closed;
mod collect;
mod count_repeats;
mod decided;
mod entry;
mod exhausted;
mod fan_out;
mod http;
pub mod json;
mod json_lines;
mod lookup;
mod metrics;
mod person;
mod policy_changed;
mod trace;

use std::fmt;
use std::net::SocketAddr;

use wasock_policy::{Reason, Request};

pub use action::Action;
pub(crate) use book::Book;
pub use closed::{Cause, Closed, Traffic};
pub use collect::Collect;
pub use count_repeats::CountRepeats;
pub use decided::Decided;
pub use entry::{Entry, Guest};
pub use exhausted::{Exhausted, Level, Refused};
pub use http::{Http, HttpOutcome, HttpScheme};
pub use json_lines::JsonLines;
pub use lookup::{Answer, Lookup, Outcome};
pub(crate) use metrics::Counters;
pub use metrics::{Counts, Metrics};
pub use person::Person;
pub use policy_changed::PolicyChanged;
pub use trace::Tracing;

/// What happened to one guest.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Record {
    /// The policy has decided about a call.
    Decided(Decided),
    /// A lookup of a name has come to an end.
    Lookup(Lookup),
    /// A request of `wasi:http` has come to an end.
    Http(Http),
    /// A socket was closed.
    Closed(Closed),
    /// A limit was reached.
    Exhausted(Exhausted),
    /// The guest goes by another policy from now on.
    PolicyChanged(PolicyChanged),
    /// In the place of refusals that are not listed one by one, for there were too many different ones in a short time.
    /// [`Entry::count`] says how many.
    Omitted,
}

/// How an action of a guest went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It was let through.
    Allowed,
    /// It was refused.
    Denied,
    /// It was let through, and would have been refused if the policy's mode were not to report only.
    Reported,
}

/// Takes the records of a guest.
///
/// It is called while the guest waits, so it must not block for long. One sink can serve many guests: the entry says
/// which one a record is about.
pub trait AuditSink: Send + Sync + 'static {
    /// Take one record.
    fn record(&self, entry: &Entry<'_>);

    /// Let go of what is held back: whoever owns the process calls this before it ends.
    fn flush(&self) {}
}

/// Forgets every record.
#[derive(Clone, Copy, Debug, Default)]
pub struct Discard;

/// A sink that is shared, so that somebody else can look into it.
impl<S: AuditSink + ?Sized> AuditSink for std::sync::Arc<S> {
    fn record(&self, entry: &Entry<'_>) {
        (**self).record(entry);
    }

    fn flush(&self) {
        (**self).flush();
    }
}

impl AuditSink for Discard {
    fn record(&self, _: &Entry<'_>) {}
}

impl Record {
    /// How the action went. What is no action of the guest's, the end of a socket say, has no verdict.
    #[must_use]
    pub fn verdict(&self) -> Option<Verdict> {
        match self {
            Self::Decided(decided) => Some(decided.verdict()),
            Self::Lookup(lookup) => Some(lookup.verdict()),
            Self::Http(http) => Some(http.verdict()),
            Self::Exhausted(_) | Self::Omitted => Some(Verdict::Denied),
            Self::Closed(_) | Self::PolicyChanged(_) => None,
        }
    }

    /// Whether nothing was refused.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.verdict() != Some(Verdict::Denied)
    }

    /// The record in full: what happened on the first line, and what would change it on the next. Nothing in it
    /// can disturb a terminal.
    #[must_use]
    pub fn explain(&self) -> String {
        match self {
            Self::Decided(decided) => decided.to_string(),
            Self::Lookup(lookup) => lookup.to_string(),
            Self::Http(http) => http.to_string(),
            Self::Closed(closed) => closed.to_string(),
            Self::Exhausted(exhausted) => exhausted.to_string(),
            Self::PolicyChanged(changed) => changed.to_string(),
            Self::Omitted => "denied: more, not shown".to_owned(),
        }
    }

    /// Whether it tells of something that is let through without a rule and leads nowhere: a guest can do it as often as it
    /// can call, as it can be refused.
    fn is_for_nothing(&self) -> bool {
        match self {
            Self::Decided(decided) => matches!(decided.decision.reason(), Reason::WildcardBind),
            Self::Closed(closed) => closed.is_for_nothing(),
            _ => false,
        }
    }

    /// The record as far as repetitions go: the port of a peer is chance.
    fn kind(&self) -> Self {
        let mut kind = self.clone();
        match &mut kind {
            Self::Decided(Decided { request, .. }) => forget_chance(request),
            Self::Lookup(lookup) => lookup.normalize(),
            Self::Exhausted(exhausted) => exhausted.normalize(),
            Self::Http(http) => http.normalize(),
            Self::Closed(closed) if closed.is_for_nothing() => closed.normalize(),
            Self::Closed(_) | Self::PolicyChanged(_) | Self::Omitted => {}
        }
        kind
    }
}

fn forget_chance(request: &mut Request) {
    if let Request::Accept { peer, .. } | Request::Receive { peer, .. } = request {
        *peer = SocketAddr::new(peer.ip(), 0);
    }
    // The flow label and the scope of IPv6 are what the guest likes.
    if let Request::Bind { local, .. } = request {
        *local = SocketAddr::new(local.ip(), local.port());
    }
}

/// One line: what happened.
impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.explain();
        f.write_str(text.lines().next().unwrap_or_default())
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Allowed => "allowed",
            Self::Denied => "denied",
            Self::Reported => "reported",
        })
    }
}
