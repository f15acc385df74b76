//! The network of one guest.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use wasmtime_wasi::WasiCtx;
use wasmtime_wasi::sockets::WasiSocketsCtx;
use wasock_policy::Policy;

use crate::audit::{AuditSink, Book, Discard, Guest, Metrics};
use crate::bounds::MemoryBudget;
use crate::clock::{Clock, SystemClock};
use crate::guard::backstop::Backstop;
use crate::guard::gates::Gates;
use crate::guard::guard::Guard;
use crate::guard::linger::Lingering;
use crate::guard::pins::Pins;
use crate::guard::socket_state::Sockets;
use crate::guard::sources::Sources;
use crate::guard::udp_state::UdpSockets;
use crate::handle::NetHandle;
#[cfg(feature = "http")]
use crate::http::{Http, TlsRoots};
use crate::names::Resolve;
use crate::tenants::{Around, Tenant};

/// How long what a guest has written may wait for its peer after the guest has closed the stream.
const LINGER: Duration = Duration::from_secs(10);

/// What one guest may do on the network: a policy, the sockets that it has under it, and where
/// decisions are recorded.
///
/// A store has one beside its `WasiCtx`; the two share nothing but the resource table. The sockets
/// context inside is this type's own: whatever is set on the `WasiCtx`
/// ([`inherit_network`](wasmtime_wasi::WasiCtxBuilder::inherit_network), say) changes nothing here.
///
/// ```
/// use wasock::{Collect, NetCtx, Policy};
///
/// let audit = Collect::default();
/// let policy = Policy::builder()
///     .allow_outbound("tcp://10.0.0.0/8:443".parse()?)
///     .build();
/// let net = NetCtx::builder().policy(policy).audit(audit.clone()).build();
/// # Ok::<(), wasock::policy::ParseError>(())
/// ```
pub struct NetCtx {
    pub(crate) guard: Guard,
    pub(crate) sockets: Sockets,
    pub(crate) udp: UdpSockets,
    pub(crate) sources: Sources,
    /// Those of the sources.
    pub(crate) pins: Pins,
    #[cfg(feature = "http")]
    pub(crate) http: Http,
    pub(crate) backstop: Backstop,
    pub(crate) lingering: Lingering,
    /// Which pollables are about sockets that may have to wait, or must not.
    pub(crate) gates: Gates,
    /// What was last seen of [`Guard::attention`].
    pub(crate) attended: u64,
    pub(crate) memory: MemoryBudget,
    /// wasmtime-wasi's context: TCP and UDP are on, and every address is for the backstop to answer. Its
    /// resolver is off: there is another.
    pub(crate) private: WasiSocketsCtx,
}

/// Puts a [`NetCtx`] together. What is not given denies everything and records nowhere.
pub struct NetCtxBuilder {
    policy: Arc<Policy>,
    audit: Box<dyn AuditSink>,
    name: Option<Arc<str>>,
    linger: Duration,
    resolver: Option<Arc<dyn Resolve>>,
    #[cfg(feature = "http")]
    tls_roots: TlsRoots,
    clock: Arc<dyn Clock>,
    tenant: Option<Tenant>,
}

impl NetCtx {
    /// Start with a context that denies everything.
    #[must_use]
    pub fn builder() -> NetCtxBuilder {
        NetCtxBuilder::default()
    }

    /// Leads here when the context has gone into a store.
    #[must_use]
    pub fn handle(&self) -> NetHandle {
        NetHandle::new(self.guard.clone())
    }

    /// What the guest has done so far, in numbers.
    #[must_use]
    pub fn metrics(&self) -> Metrics {
        self.guard.metrics()
    }

    /// What the guest has closed and the peers have not taken yet. Keep it, and wait on it before the process
    /// ends, or the last bytes of a program that ends right after it writes are lost with it.
    #[must_use]
    pub fn lingering(&self) -> Lingering {
        self.lingering.clone()
    }
}

impl NetCtxBuilder {
    /// A guest of this tenant.
    pub(crate) fn of(tenant: Tenant) -> Self {
        Self {
            tenant: Some(tenant),
            ..Self::default()
        }
    }

    /// What the guest may do. A policy is shared: many contexts can have the same one.
    #[must_use]
    pub fn policy(mut self, policy: impl Into<Arc<Policy>>) -> Self {
        self.policy = policy.into();
        self
    }

    /// Where each decision is recorded.
    #[must_use]
    pub fn audit(mut self, sink: impl AuditSink) -> Self {
        self.audit = Box::new(sink);
        self
    }

    /// What the guest is called in records.
    #[must_use]
    pub fn name(mut self, name: impl Into<Arc<str>>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// How long what the guest has written may wait for its peer after the guest has closed the
    /// stream: 10 seconds, unless it is set. It needs a runtime with timers.
    #[must_use]
    pub fn linger(mut self, time: Duration) -> Self {
        self.linger = time;
        self
    }

    /// Who is asked for the addresses of names. Without, names have none, except for `localhost` and those below it.
    ///
    /// One resolver can serve many contexts. At most 16 lookups of a context are under way at a time; one more fails for the
    /// time being.
    #[must_use]
    pub fn resolver(mut self, resolver: Arc<dyn Resolve>) -> Self {
        self.resolver = Some(resolver);
        self
    }

    /// Whom requests by `https` trust: the servers with a certificate of one of these authorities. Without, they trust nobody
    /// and fail with `TLS-certificate-error`.
    #[cfg(feature = "http")]
    #[must_use]
    pub fn tls_roots(mut self, roots: TlsRoots) -> Self {
        self.tls_roots = roots;
        self
    }

    /// The clock that answers of the resolver and the memory of peers expire by, and that dates records, if not that of
    /// the machine.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// The context.
    #[must_use]
    pub fn build(self) -> NetCtx {
        let backstop = Backstop::default();
        let tenant = self.tenant.as_ref();
        let around = tenant.map_or_else(Around::default, Tenant::around);
        let guest = Guest {
            name: self.name,
            tenant: around.tenant(),
        };
        let book = Book::new(self.audit, Arc::clone(&self.clock), guest);
        let guard = Guard::new(self.policy, around, book, Arc::clone(&self.clock));
        if let Some(tenant) = &self.tenant {
            tenant.join(&guard);
        }
        let sources = Sources::new(self.resolver, Arc::clone(&self.clock));
        NetCtx {
            #[cfg(feature = "http")]
            http: Http::new(guard.clone(), sources.clone(), self.tls_roots, self.clock),
            sockets: Sockets::default(),
            udp: UdpSockets::default(),
            pins: sources.pins.clone(),
            sources,
            private: private_sockets(backstop.clone()),
            backstop,
            lingering: Lingering::new(self.linger),
            gates: Gates::default(),
            attended: guard.attention(),
            memory: MemoryBudget::new(guard.clone()),
            guard,
        }
    }
}

impl Default for NetCtxBuilder {
    fn default() -> Self {
        Self {
            policy: Arc::new(Policy::builder().build()),
            audit: Box::new(Discard),
            name: None,
            linger: LINGER,
            resolver: None,
            #[cfg(feature = "http")]
            tls_roots: TlsRoots::none(),
            clock: Arc::new(SystemClock),
            tenant: None,
        }
    }
}

/// A sockets context can be made only as a part of a `WasiCtx`; the rest of that is thrown away.
fn private_sockets(backstop: Backstop) -> WasiSocketsCtx {
    WasiCtx::builder()
        .allow_tcp(true)
        .allow_udp(true)
        .allow_ip_name_lookup(false)
        .socket_addr_check(move |address, use_| {
            let answer = backstop.permits(address, use_);
            Box::pin(std::future::ready(answer))
        })
        .build()
        .sockets()
        .clone()
}

impl fmt::Debug for NetCtx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NetCtx").finish_non_exhaustive()
    }
}

impl fmt::Debug for NetCtxBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NetCtxBuilder").finish_non_exhaustive()
    }
}
