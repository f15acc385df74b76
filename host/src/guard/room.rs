//! Room for one more connection that a peer makes.

use std::sync::Arc;

use wasock_policy::Limit;

use super::guard::Guard;
use crate::account::{Exceeded, Grant, Terms};

/// What an accepted connection takes up. If none is accepted, it is given back.
pub(crate) struct Room {
    socket: Grant,
    connection: Grant,
    ever: Grant,
}

impl Room {
    pub(crate) fn take(terms: Arc<Terms>) -> Result<Self, Exceeded> {
        let take = |limit| Grant::take(Arc::clone(&terms), limit, 1);
        Ok(Self {
            socket: take(Limit::Sockets)?,
            connection: take(Limit::Connections)?,
            ever: take(Limit::TotalConnections)?,
        })
    }

    /// A connection is accepted. Returns what it holds: one of the sockets, and one of the connections.
    pub(crate) fn occupy(self, guard: &Guard) -> (Grant, Grant) {
        self.ever.spend();
        for limit in [Limit::Sockets, Limit::Connections] {
            guard.replenished(limit);
        }
        let terms = guard.in_force().terms;
        if terms.set(Limit::AcceptRate) {
            terms.pass(Limit::AcceptRate, 1, guard.now());
        }
        (self.socket, self.connection)
    }
}
