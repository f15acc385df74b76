//! The policy that a guest goes by, and another one in its place.
//!
//! A change is one step: a decision is by the policy before or by the one after, and open sockets are decided on again
//! before anybody can open another. What the new policy does not allow is ended, or kept if it says so; who waits is woken.

use std::sync::Arc;

use tokio::sync::futures::Notified;
use wasock_policy::{OnRevoke, Policy};

use super::guard::Guard;
use crate::account::Terms;
use crate::audit::{Cause, PolicyChanged, Record};

/// A policy with what it lets the guest use, and its number in the order of policies.
#[derive(Clone)]
pub(crate) struct InForce {
    pub(crate) policy: Arc<Policy>,
    pub(crate) terms: Arc<Terms>,
    pub(crate) generation: u64,
    /// Whether everything was taken from the guest. No policy comes after that.
    pub(crate) revoked: bool,
}

impl InForce {
    /// What ends a socket that the policy does not allow, unless it is kept.
    pub(super) fn ends_by(&self) -> Option<Cause> {
        if self.revoked {
            return Some(Cause::Revoked);
        }
        match self.policy.on_revoke() {
            OnRevoke::Close => Some(Cause::Policy),
            OnRevoke::Keep => None,
        }
    }
}

impl Guard {
    /// Go by another policy from now on, within the ceilings around the guest.
    pub(crate) fn set_policy(&self, policy: Arc<Policy>) {
        let policy = self.0.around.cap(policy);
        let limits = policy.limits();
        self.change(|current| InForce {
            terms: Arc::new(self.0.around.terms(&self.0.own, limits)),
            policy,
            generation: current.generation + 1,
            revoked: false,
        });
    }

    /// Take everything from the guest, for good.
    pub(crate) fn revoke(&self) {
        self.change(|current| InForce {
            policy: Arc::default(),
            terms: Arc::clone(&current.terms),
            generation: current.generation + 1,
            revoked: true,
        });
    }

    /// Completes at the next change of the policy after this call.
    pub(crate) fn changed(&self) -> Notified<'_> {
        self.0.changed.notified()
    }

    /// Completes when everything is taken from the guest.
    pub(crate) async fn until_revoked(&self) {
        loop {
            let changed = self.changed();
            if self.in_force().revoked {
                return;
            }
            changed.await;
        }
    }

    fn change(&self, next: impl FnOnce(&InForce) -> InForce) {
        // As long as this is held, no socket is opened.
        let mut open = self.open_sockets();
        let Some(current) = self.replace(next) else {
            return;
        };
        let (closed, kept) = open.decide_again(&current);
        drop(open);

        self.enter(&Record::PolicyChanged(PolicyChanged {
            generation: current.generation,
            revoked: current.revoked,
            closed,
            kept,
        }));
        self.0.changed.notify_waiters();
    }
}
