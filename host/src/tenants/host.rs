//! All tenants, in one budget.

use std::fmt;
use std::sync::Arc;

use wasock_policy::{Limits, Policy};

use super::members::Members;
use super::tenant::TenantBuilder;
use crate::account::{Account, Tier, Usage};
use crate::audit::Level;

/// A process, or a part of one, that runs guests of several tenants.
///
/// What a tenant may reach lies within the ceiling of the host, and what all tenants use counts against the limits of the
/// host. A clone is the same host.
///
/// ```
/// use wasock::policy::{Limits, Policy};
/// use wasock::Host;
///
/// let host = Host::builder()
///     .ceiling(Policy::builder().allow_outbound("tcp://any:443".parse()?).build())
///     .limits(Limits { sockets: Some(1_000), ..Limits::default() })
///     .build();
///
/// let acme = host
///     .tenant("acme")
///     .limits(Limits { sockets: Some(100), ..Limits::default() })
///     .build();
/// let net = acme
///     .net_ctx()
///     .policy(Policy::builder().allow_outbound("tcp://api.example.com:443".parse()?).build())
///     .build();
/// assert_eq!(net.handle().limits().sockets, Some(100));
/// assert_eq!(host.usage().sockets, 0);
/// # Ok::<(), wasock::policy::ParseError>(())
/// ```
#[derive(Clone)]
pub struct Host(pub(super) Arc<Shared>);

pub(super) struct Shared {
    pub(super) ceiling: Option<Arc<Policy>>,
    pub(super) tier: Tier,
    pub(super) guests: Members,
}

/// Puts a [`Host`] together. What is not given limits nothing.
#[derive(Clone, Debug, Default)]
pub struct HostBuilder {
    ceiling: Option<Arc<Policy>>,
    limits: Limits,
}

impl Host {
    /// Start with a host that limits nothing.
    #[must_use]
    pub fn builder() -> HostBuilder {
        HostBuilder::default()
    }

    /// A tenant of this name, for records and messages. Each call makes another one, also by the same name.
    #[must_use]
    pub fn tenant(&self, name: impl Into<Arc<str>>) -> TenantBuilder {
        TenantBuilder::new(self.clone(), name.into())
    }

    /// What all tenants have used.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.0.tier.account.usage()
    }

    /// The limits that all tenants share.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.0.tier.limits
    }

    /// Take the network from all guests of all tenants, those to come included, as
    /// [`NetHandle::revoke`](crate::NetHandle::revoke) does from one.
    pub fn revoke(&self) {
        self.0.guests.revoke();
    }
}

impl HostBuilder {
    /// What no guest gets beyond, whatever its own policy says. The ceiling's limits hold for each guest by itself.
    #[must_use]
    pub fn ceiling(mut self, ceiling: impl Into<Arc<Policy>>) -> Self {
        self.ceiling = Some(ceiling.into());
        self
    }

    /// What all tenants may use together. Times hold for each connection, as everywhere.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The host.
    #[must_use]
    pub fn build(self) -> Host {
        let account = Arc::new(Account::new(Level::Host));
        let limits = self.limits;
        Host(Arc::new(Shared {
            ceiling: self.ceiling,
            tier: Tier { account, limits },
            guests: Members::default(),
        }))
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host").finish_non_exhaustive()
    }
}
