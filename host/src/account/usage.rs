//! What is used, for an embedder to look at.

use std::time::Duration;

use wasock_policy::Limit;

use super::Account;

/// What a guest, a tenant or a host has used so far. The parts are read one after another, so that a guest that runs may
/// have got on in between.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Usage {
    /// Sockets that are open.
    pub sockets: u64,
    /// Connections that are open, and attempts to make one.
    pub connections: u64,
    /// Connections from first to last, and attempts to make one.
    pub total_connections: u64,
    /// Bytes received, from first to last.
    pub bytes_in: u64,
    /// Bytes sent, from first to last.
    pub bytes_out: u64,
    /// Lookups of names, from first to last.
    pub lookups: u64,
    /// Bytes of memory, of guests that are [bound](crate::bound).
    pub memory: u64,
    /// How long guests have computed, of those that are [bound](crate::bound).
    pub cpu_time: Duration,
}

impl Usage {
    pub(super) fn of(account: &Account) -> Self {
        Self {
            sockets: account.used(Limit::Sockets),
            connections: account.used(Limit::Connections),
            total_connections: account.used(Limit::TotalConnections),
            bytes_in: account.used(Limit::BytesIn),
            bytes_out: account.used(Limit::BytesOut),
            lookups: account.used(Limit::Lookups),
            memory: account.used(Limit::Memory),
            cpu_time: Duration::from_nanos(account.used(Limit::CpuTime)),
        }
    }
}
