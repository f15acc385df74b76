//! What lies around one guest.

use std::sync::{Arc, Mutex, PoisonError};

use wasock_policy::{Limits, Policy, PolicyBuilder};

use crate::account::{Account, Terms, Tier};

/// The ceilings and budgets of the tenant and of the host; of a guest that belongs to nobody, none.
#[derive(Clone, Debug, Default)]
pub(crate) struct Around {
    pub(super) ceilings: Vec<Arc<Policy>>,
    /// The tenant, then the host.
    pub(super) tiers: Vec<Tier>,
    pub(super) tenant: Option<Arc<str>>,
    pub(super) last_capped: LastCapped,
}

/// The last policy that was given, and the same within the ceilings: guests of a tenant that come one after another have
/// the same policy most often, and one with many rules takes its time to copy.
pub(super) type LastCapped = Arc<Mutex<Option<[Arc<Policy>; 2]>>>;

impl Around {
    /// `policy`, within the ceilings.
    pub(crate) fn cap(&self, policy: Arc<Policy>) -> Arc<Policy> {
        if self.ceilings.is_empty() {
            return policy;
        }
        let last = self.last_capped.lock();
        let mut last = last.unwrap_or_else(PoisonError::into_inner);
        if let Some([given, capped]) = &*last
            && Arc::ptr_eq(given, &policy)
        {
            return Arc::clone(capped);
        }
        let builder = PolicyBuilder::from(Policy::clone(&policy));
        let ceilings = self.ceilings.iter().cloned();
        let capped = Arc::new(ceilings.fold(builder, PolicyBuilder::ceiling).build());
        *last = Some([policy, Arc::clone(&capped)]);
        capped
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guests_with_the_same_policy_have_the_same_one_within_the_ceilings() {
        let ceiling = Arc::new(Policy::default());
        let around = Around {
            ceilings: vec![Arc::clone(&ceiling)],
            ..Around::default()
        };
        let policies = [0, 1].map(|_| Arc::new(Policy::default()));
        let cap = |policy: usize| around.cap(Arc::clone(&policies[policy]));
        let first = cap(0);
        assert_eq!(first.ceilings(), [ceiling]);
        assert!(Arc::ptr_eq(&first, &cap(0)));
        assert!(!Arc::ptr_eq(&first, &cap(1)));
        assert!(Arc::ptr_eq(
            &Around::default().cap(policies[0].clone()),
            &policies[0]
        ));
    }
}
