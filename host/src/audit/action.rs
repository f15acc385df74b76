//! What guests do, by kind: the words of the audit file, and what metrics are counted by.

use std::fmt;

use wasock_policy::Request;

/// A kind of action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// The guest looks a name up.
    Resolve,
    /// The guest binds to an address.
    Bind,
    /// The guest connects.
    Connect,
    /// The guest listens.
    Listen,
    /// A peer connects.
    Accept,
    /// The guest sends to a peer by UDP, for the first time.
    Send,
    /// A peer that the guest has sent to answers by UDP, for the first time.
    ReceiveReply,
    /// Another peer sends by UDP, for the first time.
    Receive,
    /// The guest answers such a peer, for the first time.
    Reply,
    /// The guest makes a request of `wasi:http`.
    Http,
}

impl Action {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::Resolve,
        Self::Bind,
        Self::Connect,
        Self::Listen,
        Self::Accept,
        Self::Send,
        Self::ReceiveReply,
        Self::Receive,
        Self::Reply,
        Self::Http,
    ];

    /// The kind's word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Resolve => "resolve",
            Self::Bind => "bind",
            Self::Connect => "connect",
            Self::Listen => "listen",
            Self::Accept => "accept",
            Self::Send => "send",
            Self::ReceiveReply => "receive-reply",
            Self::Receive => "receive",
            Self::Reply => "reply",
            Self::Http => "http",
        }
    }

    pub(crate) fn of(request: &Request) -> Self {
        match request {
            // An address of an answer is a part of the lookup.
            Request::Resolve { .. } | Request::Answer { .. } => Self::Resolve,
            Request::Bind { .. } => Self::Bind,
            Request::Connect { .. } => Self::Connect,
            Request::Listen { .. } => Self::Listen,
            Request::Accept { .. } => Self::Accept,
            Request::Send { .. } => Self::Send,
            Request::ReceiveReply { .. } => Self::ReceiveReply,
            Request::Receive { .. } => Self::Receive,
            Request::Reply { .. } => Self::Reply,
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
