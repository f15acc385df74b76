//! A connection: two halves, each of which ends on its own.

use alloc::vec::Vec;

use crate::Errno;

/// A connection over a socket of the layer below.
///
/// The layer below repeats or forgets errors; BSD answers each once. So the halves are kept here: what has
/// been answered changes the half, and the layer below is not asked again.
#[derive(Debug)]
pub(super) struct Connection<S> {
    pub(super) socket: S,
    pub(super) receiving: Receiving,
    pub(super) sending: SendingHalf,
    /// Received but not consumed: what `MSG_PEEK` looked at, or `MSG_WAITALL` collects.
    pub(super) unread: Vec<u8>,
    /// A read error found while there was data to return first.
    pub(super) read_error: Option<Errno>,
    /// A write error found after some bytes of a call had been taken.
    pub(super) write_error: Option<Errno>,
    /// Whether `connect` has answered that it is connected; BSD does that once.
    pub(super) report: Report,
}

/// The receiving half.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Receiving {
    /// Data may come.
    Open,
    /// Shut down by the program: what is there can be read, and nothing is waited for.
    Shut,
    /// The peer has ended it, or the connection broke and that has been answered.
    Ended,
}

/// The sending half.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SendingHalf {
    /// Data can be sent.
    Open,
    /// Shut down by the program.
    Shut,
    /// The connection is gone and that has been answered.
    Broken,
}

/// Whether the program knows that the connection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Report {
    /// `connect` has said so, or `accept` has.
    Done,
    /// Another call found out; `connect` will say so when asked.
    Later,
}

impl<S> Connection<S> {
    /// A new connection.
    pub(super) fn new(socket: S, report: Report) -> Self {
        Self {
            socket,
            receiving: Receiving::Open,
            sending: SendingHalf::Open,
            unread: Vec::new(),
            read_error: None,
            write_error: None,
            report,
        }
    }

    /// The socket below.
    pub(super) fn socket(&self) -> &S {
        &self.socket
    }

    /// Whether the connection is gone: the system has dropped it, so it has no peer any more.
    pub(super) fn is_gone(&self) -> bool {
        self.sending == SendingHalf::Broken
    }
}
