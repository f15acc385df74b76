//! Which pollables are about a socket that has to wait longer than the system does, or must not.
//!
//! wasmtime-wasi makes the pollables of TCP sockets and of datagram streams, and knows nothing of deadlines and rates. Here
//! it is kept which socket each belongs to; [`poll`](super::poll) asks how they stand.
//!
//! | pollable of                                  | ready                                     |
//! |----------------------------------------------|-------------------------------------------|
//! | a socket that connects                       | when the system says so, and at its deadline at the latest |
//! | a socket that listens                        | when there is a connection, and not before the rate lets it be taken |
//! | a stream of datagrams                        | when the system says so, and not before the rate lets one pass |
//! | any of them, when the socket has ended       | at once                                   |

use std::collections::HashMap;
use std::time::Duration;

use wasock_policy::Limit;

use super::socket_state::Phase;
use crate::NetCtx;

/// What each pollable of the kind is about, by its index in the resource table.
#[derive(Default)]
pub(crate) struct Gates(HashMap<u32, Gated>);

/// What a pollable is about, by its index in the resource table.
#[derive(Clone, Copy)]
pub(crate) enum Gated {
    /// A TCP socket that connects or listens.
    Socket(u32),
    /// A stream that datagrams come from.
    Incoming(u32),
    /// A stream that datagrams are sent to.
    Outgoing(u32),
}

/// How a pollable stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gate {
    /// The system says when it is ready.
    Open,
    /// The system says so, and it is ready after this time in any case.
    OpenFor(Duration),
    /// It is not ready for so long, whatever the system says.
    ClosedFor(Duration),
    /// It is ready.
    Ready,
}

impl Gates {
    pub(crate) fn insert(&mut self, pollable: u32, gated: Gated) {
        self.0.insert(pollable, gated);
    }

    pub(crate) fn remove(&mut self, pollable: u32) {
        self.0.remove(&pollable);
    }
}

impl NetCtx {
    /// How a pollable stands now.
    pub(crate) fn gate(&self, pollable: u32) -> Gate {
        if self.gates.0.is_empty() {
            return Gate::Open;
        }
        match self.gates.0.get(&pollable) {
            None => Gate::Open,
            Some(Gated::Socket(socket)) => self.gate_of_socket(*socket),
            Some(Gated::Incoming(stream)) => self.gate_of_datagrams(*stream, Limit::RateIn),
            Some(Gated::Outgoing(stream)) => self.gate_of_datagrams(*stream, Limit::RateOut),
        }
    }

    pub(crate) fn gate_of_socket(&self, socket: u32) -> Gate {
        let Some(socket) = self.sockets.get(socket) else {
            return Gate::Open;
        };
        if socket.ended().is_some() {
            return Gate::Ready;
        }
        match &socket.phase {
            Phase::Connecting(attempt) => match attempt.deadline {
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(self.guard.now());
                    if left.is_zero() {
                        Gate::Ready
                    } else {
                        Gate::OpenFor(left)
                    }
                }
                None => Gate::Open,
            },
            Phase::Listening(..) => self.gate_of_rate(Limit::AcceptRate),
            _ => Gate::Open,
        }
    }

    fn gate_of_datagrams(&self, stream: u32, rate: Limit) -> Gate {
        let socket = self.udp.get_by_stream(stream);
        if socket.is_some_and(|socket| socket.ended().is_some()) {
            return Gate::Ready;
        }
        self.gate_of_rate(rate)
    }

    fn gate_of_rate(&self, rate: Limit) -> Gate {
        let terms = self.guard.in_force().terms;
        if !terms.set(rate) {
            return Gate::Open;
        }
        match terms.ready(rate, self.guard.now()) {
            Ok(_) => Gate::Open,
            Err(wait) => Gate::ClosedFor(wait),
        }
    }
}
