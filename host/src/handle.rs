//! A guest's network, from outside.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use wasock_policy::{Limits, Policy};

use crate::account::Usage;
use crate::audit::Metrics;
use crate::bounds::metered;
use crate::guard::guard::Guard;

/// Leads to a [`NetCtx`](crate::NetCtx) that has gone into a store: to change what the guest may do, to take it all away,
/// and to see what it uses. Works from any thread, while the guest runs.
///
/// ```
/// use wasock::{NetCtx, Policy};
///
/// let net = NetCtx::builder().build();
/// let handle = net.handle();
/// // `net` goes into the state of a store. Later, somewhere else:
/// let policy = Policy::builder().allow_outbound("tcp://10.0.0.0/8:443".parse()?);
/// handle.set_policy(policy.build());
/// assert_eq!(handle.usage().connections, 0);
/// # Ok::<(), wasock::policy::ParseError>(())
/// ```
#[derive(Clone)]
pub struct NetHandle(Guard);

impl NetHandle {
    pub(crate) fn new(guard: Guard) -> Self {
        Self(guard)
    }

    /// Go by another policy: from the next call on, and for what is open.
    ///
    /// Connections, listeners and UDP sockets that the policy does not allow any more are closed, unless it says
    /// `on-revoke = "keep"`; a guest that waits for one of them wakes and is told `access-denied`. Its limits count from
    /// now on, with what is used already.
    ///
    /// The guest is out of a closed connection at once. The peer learns of it when the guest next calls or waits, or at the
    /// next tick of a guest that is [bound](crate::bound).
    pub fn set_policy(&self, policy: impl Into<Arc<Policy>>) {
        self.0.set_policy(policy.into());
    }

    /// Take the network from the guest, for good: everything is closed, and everything refused from now on.
    pub fn revoke(&self) {
        self.0.revoke();
    }

    /// Whether the network was taken from the guest.
    #[must_use]
    pub fn is_revoked(&self) -> bool {
        self.0.in_force().revoked
    }

    /// The policy that the guest goes by, with the ceilings around it.
    #[must_use]
    pub fn policy(&self) -> Arc<Policy> {
        self.0.in_force().policy
    }

    /// The limits that count for the guest: of each the smallest, of its policy, its tenant and the host.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.0.in_force().terms.limits()
    }

    /// What the guest has used.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.0.account().usage()
    }

    /// What the guest has done so far, in numbers.
    #[must_use]
    pub fn metrics(&self) -> Metrics {
        self.0.metrics()
    }

    /// Measure how long the guest computes. `call` is what runs it: [`call_async`], say.
    ///
    /// It counts the time that a thread spends on the guest, not the time that the guest waits. A guest that is
    /// [bound](crate::bound) and not measured is counted by ticks, each one in which it runs at all as a whole one.
    ///
    /// [`call_async`]: wasmtime::component::Func::call_async
    pub fn metered<F: Future>(&self, call: F) -> impl Future<Output = F::Output> {
        metered(self.0.clone(), call)
    }
}

impl fmt::Debug for NetHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NetHandle").finish_non_exhaustive()
    }
}
