//! The record of another policy.

use std::fmt;

/// From here on, decisions are by another policy.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PolicyChanged {
    /// The number of the policy among those of its context; the first is 0, and leaves no record.
    pub generation: u64,
    /// Whether it takes everything from the guest, for good.
    pub revoked: bool,
    /// How many sockets were closed, for it does not allow them.
    pub closed: u64,
    /// How many sockets it does not allow and leaves open (`on-revoke = "keep"`).
    pub kept: u64,
}

impl fmt::Display for PolicyChanged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.revoked {
            f.write_str("policy: everything is revoked")?;
        } else {
            write!(f, "policy: changed, number {} from now on", self.generation)?;
        }
        match (self.closed, self.kept) {
            (0, 0) => Ok(()),
            (closed, 0) => write!(f, " (closed {closed} sockets)"),
            (0, kept) => write!(f, " (kept {kept} sockets that it does not allow)"),
            (closed, kept) => write!(f, " (closed {closed} sockets, kept {kept})"),
        }
    }
}
