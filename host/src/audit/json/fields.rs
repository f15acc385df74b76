//! The fields of a line. What a record does not have, its line does not have either.
//!
//! Each field is described for people in `docs/audit.md` and for programs in `docs/audit.schema.json`; a test holds the
//! three together.

use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

/// A line: what every record has, and the fields of its own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// The version of the format.
    pub v: u32,
    /// When it happened: RFC 3339, UTC, microseconds.
    pub time: String,
    /// Number of the record in its context, from 0.
    pub seq: u64,
    /// How often it happened, if more than once: what is counted, [`CountRepeats`](crate::audit::CountRepeats) says.
    #[serde(default = "once", skip_serializing_if = "is_once")]
    pub count: u64,
    /// How many records, of whichever guests of the sink, could not be written before this one.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub lost: u64,
    /// The name of the guest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guest: Option<String>,
    /// The name of its tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// What happened.
    pub event: String,
    /// The particulars.
    #[serde(flatten)]
    pub fields: Fields,
}

/// Declares [`Fields`]: each is optional, and absent where a record has none of it.
macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident: $type:ty,)*) => {
        /// What a record has depending on its kind. The parts of a record that consists of several have the same.
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        #[serde(default)]
        pub struct Fields {
            $($(#[$doc])* #[serde(skip_serializing_if = "Option::is_none")] pub $name: Option<$type>,)*
        }
    };
}

fields! {
    /// `allowed`, `denied` or `reported`.
    verdict: String,
    /// Who has begun: `outbound` or `inbound`.
    direction: String,
    /// `tcp` or `udp`.
    protocol: String,
    /// The local address.
    local: SocketAddr,
    /// The remote address: what was decided on.
    remote: SocketAddr,
    /// What the guest asked for, where that is mapped to `remote`.
    asked: SocketAddr,
    /// The address of the listener, where `local` is one of several that it listens at.
    listener: SocketAddr,
    /// Whether the system has picked the port of the listener.
    ephemeral: bool,
    /// The lookups that told the guest the remote address.
    names: Vec<PinnedFields>,
    /// The name that was looked up.
    name: String,
    /// The names that it is an alias of.
    aliases: Vec<String>,
    /// An address of an answer.
    address: IpAddr,
    /// How a lookup or a request went.
    outcome: String,
    /// Why it failed.
    error: String,
    /// The addresses that a lookup has found, and what was decided about each.
    answers: Vec<Fields>,
    /// Why it was decided so.
    reason: String,
    /// Whether that is so by a ceiling of the policy.
    ceiling: bool,
    /// The line of the policy that decided.
    rule: String,
    /// Where that line stands.
    origin: String,
    /// What is special about the destination.
    special: String,
    /// A line that would allow what was refused.
    suggestion: String,
    /// What came from peers.
    received: TrafficFields,
    /// What the guest sent.
    sent: TrafficFields,
    /// How long it was open, in seconds.
    duration: f64,
    /// What ended it.
    cause: String,
    /// The limit.
    limit: String,
    /// How much there was.
    amount: String,
    /// Whose limit it is: `store`, `tenant` or `host`.
    level: String,
    /// What did not happen for it.
    what: String,
    /// How much memory was asked for.
    bytes: u64,
    /// The number of the policy.
    generation: u64,
    /// Whether everything was taken from the guest.
    revoked: bool,
    /// How many sockets were closed for it.
    closed: u64,
    /// How many sockets were kept against it.
    kept: u64,
    /// The method of a request.
    method: String,
    /// How a request travels: `http` or `https`.
    scheme: String,
    /// The host of a request, and the port.
    authority: String,
    /// The status of an answer.
    status: u16,
    /// The lookup that belongs to a request.
    lookup: Box<Fields>,
    /// The connections that belong to a request.
    connects: Vec<Fields>,
    /// How many entries of the lists above were left out, for there were too many.
    omitted: usize,
}

/// A lookup by which the guest knows an address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinnedFields {
    /// The name that the guest asked for.
    pub name: String,
    /// The names that it is an alias of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
}

/// What went one way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrafficFields {
    /// Octets.
    pub bytes: u64,
    /// Datagrams; a connection has none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub datagrams: u64,
    /// Datagrams that the policy has refused.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub refused: u64,
}

fn once() -> u64 {
    1
}

fn is_once(count: &u64) -> bool {
    *count == 1
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}
