//! Something that a guest has for a while: a socket, a connection, memory.

use std::sync::Arc;

use wasock_policy::Limit;

use super::{Exceeded, Terms};

/// A part of a budget. It is given back, at every level, when this is dropped.
#[derive(Debug)]
pub(crate) struct Grant {
    /// Those it was taken by. The limits may have changed since, the accounts have not.
    terms: Arc<Terms>,
    limit: Limit,
    amount: u64,
}

impl Grant {
    /// Take `amount`, or nothing.
    pub(crate) fn take(terms: Arc<Terms>, limit: Limit, amount: u64) -> Result<Self, Exceeded> {
        terms.take(limit, amount)?;
        Ok(Self {
            terms,
            limit,
            amount,
        })
    }

    /// Count it for good: it is not given back.
    pub(crate) fn spend(mut self) {
        self.amount = 0;
    }
}

impl Drop for Grant {
    fn drop(&mut self) {
        self.terms.give_back(self.limit, self.amount);
    }
}
