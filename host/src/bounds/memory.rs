//! How much memory a guest has.

use wasmtime::{ResourceLimiter, Result};
use wasock_policy::Limit;

use crate::audit::Refused;
use crate::guard::guard::Guard;

/// What an element of a table takes up in the host.
const ELEMENT: usize = size_of::<usize>();

/// The linear memories and tables of a store, against the limit `memory`. They never shrink; with the store they are given
/// back. What is allowed here and what the system then does not have stays counted: wasmtime tells of that failure in the
/// same words as of others, which nothing was counted for.
pub(crate) struct MemoryBudget {
    guard: Guard,
    /// All of them together, in bytes.
    bytes: u64,
}

impl MemoryBudget {
    pub(crate) fn new(guard: Guard) -> Self {
        let bytes = 0;
        Self { guard, bytes }
    }

    /// Whether one of them may be as large as `to`.
    fn grow(&mut self, from: usize, to: usize) -> bool {
        let more = to.saturating_sub(from) as u64;
        let refused = || Refused::Memory(to as u64);
        let Ok(grant) = self.guard.take(Limit::Memory, more, refused) else {
            return false;
        };
        grant.spend();
        self.bytes += more;
        true
    }
}

impl ResourceLimiter for MemoryBudget {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        Ok(self.grow(current, desired))
    }

    fn table_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        let bytes = |elements: usize| elements.saturating_mul(ELEMENT);
        Ok(self.grow(bytes(current), bytes(desired)))
    }
}

impl Drop for MemoryBudget {
    fn drop(&mut self) {
        let terms = self.guard.in_force().terms;
        terms.give_back(Limit::Memory, self.bytes);
    }
}
