//! A record with what identifies it among others.

use std::sync::Arc;
use std::time::SystemTime;

use super::Record;

/// A record as a sink gets it.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// What happened.
    pub record: &'a Record,
    /// Whom it happened to.
    pub guest: &'a Guest,
    /// The number of the record among those of its context, from 0. A gap is a record that was lost, or counted with
    /// another.
    pub sequence: u64,
    /// When it happened, by the clock of the context.
    pub time: SystemTime,
    /// How often it happened; above 1 where a sink in between has counted repetitions.
    pub count: u64,
}

/// Whom records are about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Guest {
    /// The name that the embedder has given to the context.
    pub name: Option<Arc<str>>,
    /// The name of the tenant, for a context that has one.
    pub tenant: Option<Arc<str>>,
}
