//! All guests of one tenant, in one budget.

use std::fmt;
use std::sync::Arc;

use wasock_policy::{Limits, Policy};

use super::around::{Around, LastCapped};
use super::host::Host;
use super::members::Members;
use crate::account::{Account, Tier, Usage};
use crate::audit::Level;
use crate::ctx::NetCtxBuilder;
use crate::guard::guard::Guard;

/// Whom guests belong to. Their policies lie within the tenant's ceiling and the host's, and what they use counts
/// against the limits of both. A clone is the same tenant; see [`Host`] for an example.
#[derive(Clone)]
pub struct Tenant(Arc<Shared>);

struct Shared {
    name: Arc<str>,
    host: Host,
    ceiling: Option<Arc<Policy>>,
    tier: Tier,
    guests: Members,
    last_capped: LastCapped,
}

/// Puts a [`Tenant`] together. What is not given limits nothing.
#[derive(Clone, Debug)]
pub struct TenantBuilder {
    host: Host,
    name: Arc<str>,
    ceiling: Option<Arc<Policy>>,
    limits: Limits,
}

impl Tenant {
    /// Start with the network of a guest of this tenant.
    #[must_use]
    pub fn net_ctx(&self) -> NetCtxBuilder {
        NetCtxBuilder::of(self.clone())
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// What its guests have used.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.0.tier.account.usage()
    }

    /// The limits that its guests share.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.0.tier.limits
    }

    /// Take the network from all guests of this tenant, those to come included, as
    /// [`NetHandle::revoke`](crate::NetHandle::revoke) does from one.
    pub fn revoke(&self) {
        self.0.guests.revoke();
    }

    /// What lies around each of its guests.
    pub(crate) fn around(&self) -> Around {
        let (tenant, host) = (&self.0, &self.0.host.0);
        let ceilings = [&tenant.ceiling, &host.ceiling];
        Around {
            ceilings: ceilings.into_iter().flatten().cloned().collect(),
            tiers: vec![tenant.tier.clone(), host.tier.clone()],
            tenant: Some(Arc::clone(&tenant.name)),
            last_capped: Arc::clone(&tenant.last_capped),
        }
    }

    /// There is one more guest.
    pub(crate) fn join(&self, guard: &Guard) {
        self.0.guests.join(guard);
        self.0.host.0.guests.join(guard);
    }
}

impl TenantBuilder {
    pub(super) fn new(host: Host, name: Arc<str>) -> Self {
        Self {
            host,
            name,
            ceiling: None,
            limits: Limits::default(),
        }
    }

    /// What no guest of the tenant gets beyond, whatever its own policy says. The ceiling's limits hold for each guest by
    /// itself.
    #[must_use]
    pub fn ceiling(mut self, ceiling: impl Into<Arc<Policy>>) -> Self {
        self.ceiling = Some(ceiling.into());
        self
    }

    /// What the guests of the tenant may use together. Times hold for each connection, as everywhere.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The tenant.
    #[must_use]
    pub fn build(self) -> Tenant {
        let account = Arc::new(Account::new(Level::Tenant(Arc::clone(&self.name))));
        let limits = self.limits;
        Tenant(Arc::new(Shared {
            name: self.name,
            host: self.host,
            ceiling: self.ceiling,
            tier: Tier { account, limits },
            guests: Members::default(),
            last_capped: LastCapped::default(),
        }))
    }
}

impl fmt::Debug for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.0.name;
        f.debug_struct("Tenant")
            .field("name", name)
            .finish_non_exhaustive()
    }
}
