//! What lies around one guest.

use std::sync::Arc;

use wasock_policy::{Limits, Policy, PolicyBuilder};

use crate::account::{Account, Terms, Tier};

/// The ceilings and budgets of the tenant and of the host; of a guest that belongs to nobody, none.
#[derive(Clone, Debug, Default)]
pub(crate) struct Around {
    pub(super) ceilings: Vec<Arc<Policy>>,
    /// The tenant, then the host.
    pub(super) tiers: Vec<Tier>,
    pub(super) tenant: Option<Arc<str>>,
}

impl Around {
    /// `policy`, within the ceilings.
    pub(crate) fn cap(&self, policy: Arc<Policy>) -> Arc<Policy> {
        if self.ceilings.is_empty() {
            return policy;
        }
        let builder = PolicyBuilder::from(Policy::clone(&policy));
        let ceilings = self.ceilings.iter().cloned();
        Arc::new(ceilings.fold(builder, PolicyBuilder::ceiling).build())
    }

    /// The terms of a guest with this account and these limits.
    pub(crate) fn terms(&self, own: &Arc<Account>, limits: Limits) -> Terms {
        let account = Arc::clone(own);
        let own = Tier { account, limits };
        Terms::new([own].into_iter().chain(self.tiers.iter().cloned()))
    }

    /// The name of the tenant.
    pub(crate) fn tenant(&self) -> Option<Arc<str>> {
        self.tenant.clone()
    }
}
