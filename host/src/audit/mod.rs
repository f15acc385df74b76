//! The record of what was decided, and who gets to read it.

mod collect;
mod person;

use std::fmt;
use std::net::SocketAddr;

use wasock_policy::{Decision, Request};

pub use collect::Collect;
pub use person::Person;

/// One decision about one action of the guest.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Record {
    /// The policy has decided.
    Decided {
        /// What the guest asked for.
        request: Request,
        /// What it got.
        decision: Decision,
    },
    /// The guest asked for what no policy can grant yet. It is refused.
    Unsupported(Unsupported),
}

/// What no policy can grant yet.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Unsupported {
    /// A UDP socket.
    Udp,
    /// The addresses of a name.
    Lookup(Name),
}

/// A name as the guest wrote it, made safe to print: escaped, and cut where it is too long for a name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name(String);

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
            Self::Unsupported(_) => false,
        }
    }

    /// The record in full: what happened on the first line, and what would change it on the next. Nothing in it
    /// can disturb a terminal.
    #[must_use]
    pub fn explain(&self) -> String {
        match self {
            Self::Decided { request, decision } => decision.explain(request).to_string(),
            Self::Unsupported(Unsupported::Udp) => {
                "denied: udp socket (wasock has no policy for UDP yet)".to_owned()
            }
            Self::Unsupported(Unsupported::Lookup(name)) => format!(
                "denied: lookup {name} (wasock has no policy for names yet)\n  \
                 give the program an address instead"
            ),
        }
    }

    /// The record as far as repetitions go: the port of a peer is chance.
    fn kind(&self) -> Self {
        let mut kind = self.clone();
        if let Self::Decided {
            request: Request::Accept { peer, .. },
            ..
        } = &mut kind
        {
            *peer = SocketAddr::new(peer.ip(), 0);
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

impl Unsupported {
    /// A lookup of `name`.
    #[must_use]
    pub fn lookup(name: &str) -> Self {
        Self::Lookup(Name::new(name))
    }
}

impl Name {
    /// RFC 1035, 2.3.4: "names: 255 octets or less".
    const LONGEST: usize = 255;

    fn new(text: &str) -> Self {
        let mut name: String = text
            .chars()
            .take(Self::LONGEST)
            .flat_map(char::escape_default)
            .collect();
        if text.chars().nth(Self::LONGEST).is_some() {
            name.push_str("...");
        }
        Self(name)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_disturb_a_terminal_or_fill_a_disk() {
        let record = Record::Unsupported(Unsupported::lookup("a\x1b[2J\n\u{202e}b"));
        assert_eq!(
            record.to_string(),
            r#"denied: lookup "a\u{1b}[2J\n\u{202e}b" (wasock has no policy for names yet)"#
        );

        let long = "x".repeat(100_000);
        let record = Record::Unsupported(Unsupported::lookup(&long));
        assert!(record.to_string().len() < 1_000);
    }
}
