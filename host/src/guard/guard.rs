//! The one place that asks the policy, and writes down what it says: one record a decision, and one a lookup, which is
//! several.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, Weak};
use std::time::Instant;

use tokio::sync::Notify;
use wasmtime_wasi::p2::bindings::sockets::network::ErrorCode;
use wasock_policy::{
    Decision, Limit, Listener, Mapping, Name, PinnedName, Policy, Protocol, Request,
};

use super::destination::Destination;
use super::in_force::InForce;
use super::open::OpenSockets;
use super::spend::Told;
use crate::account::{Account, Exceeded, Grant};
use crate::audit::{Book, Decided, Level, Metrics, Record, Refused};
use crate::bounds::Meter;
use crate::clock::Clock;
use crate::tenants::Around;

/// The policy of a guest and the book that its decisions are entered in. A clone refers to the same.
#[derive(Clone)]
pub(crate) struct Guard(pub(super) Arc<Shared>);

/// A guard that may be gone.
#[derive(Clone)]
pub(crate) struct WeakGuard(Weak<Shared>);

pub(super) struct Shared {
    in_force: RwLock<InForce>,
    /// That of the policy in force, for those who only want to know whether it has changed.
    generation: AtomicU64,
    /// Whether that policy leads anything elsewhere, for the many that do not.
    maps: AtomicBool,
    /// Goes up when there is something to do for whoever comes by with the store in hand.
    attention: AtomicU64,
    open: Mutex<OpenSockets>,
    pub(super) changed: Notify,
    pub(super) told: Told,
    pub(super) own: Arc<Account>,
    pub(super) around: Around,
    meter: Meter,
    book: Book,
    clock: Arc<dyn Clock>,
}

/// A request that the policy has allowed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Granted {
    pub(super) request: Request,
    /// The number of the policy.
    pub(super) generation: u64,
}

/// What a guest is told when it may not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Denied;

/// Why something does not happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    Denied,
    Exceeded(Exceeded),
}

impl Guard {
    pub(crate) fn new(
        policy: Arc<Policy>,
        around: Around,
        book: Book,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let own = Arc::new(Account::new(Level::Store));
        let policy = around.cap(policy);
        let maps = AtomicBool::new(maps_sockets(&policy));
        let in_force = InForce {
            terms: Arc::new(around.terms(&own, policy.limits())),
            policy,
            generation: 0,
            revoked: false,
        };
        Self(Arc::new(Shared {
            in_force: RwLock::new(in_force),
            generation: AtomicU64::new(0),
            maps,
            attention: AtomicU64::new(0),
            open: Mutex::default(),
            changed: Notify::new(),
            told: Told::default(),
            own,
            around,
            meter: Meter::default(),
            book,
            clock,
        }))
    }

    pub(crate) fn downgrade(&self) -> WeakGuard {
        WeakGuard(Arc::downgrade(&self.0))
    }

    /// A number that changes with the policy. A decision may be used again as long as it is the same.
    pub(crate) fn generation(&self) -> u64 {
        self.0.generation.load(Ordering::Acquire)
    }

    /// A number that changes when open sockets have ended, and somebody should close them.
    pub(crate) fn attention(&self) -> u64 {
        self.0.attention.load(Ordering::Acquire)
    }

    pub(crate) fn now(&self) -> Instant {
        self.0.clock.now()
    }

    pub(crate) fn in_force(&self) -> InForce {
        let in_force = self.0.in_force.read();
        in_force.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What the guest has used.
    pub(crate) fn account(&self) -> &Account {
        &self.0.own
    }

    /// How long it computes.
    pub(crate) fn meter(&self) -> &Meter {
        &self.0.meter
    }

    pub(crate) fn bind(&self, protocol: Protocol, local: SocketAddr) -> Result<Granted, Denied> {
        self.decide(Request::Bind { protocol, local })
    }

    pub(crate) fn connect(
        &self,
        protocol: Protocol,
        to: Destination,
        names: Arc<[PinnedName]>,
    ) -> Result<Granted, Denied> {
        let request = Request::Connect {
            protocol,
            remote: to.remote,
            names,
        };
        self.decide_on(request, to.asked)
    }

    /// Decide about a connection that the guest wants to make, which takes up a part of its budget.
    pub(crate) fn connect_within_limits(
        &self,
        to: Destination,
        names: Arc<[PinnedName]>,
    ) -> Result<(Granted, Grant), Refusal> {
        let request = Request::Connect {
            protocol: Protocol::Tcp,
            remote: to.remote,
            names,
        };
        let InForce {
            policy, generation, ..
        } = self.in_force();
        let decision = policy.decide(&request);
        // What is denied uses up nothing.
        let grant = if decision.is_allowed() {
            let refused = || Refused::Request(request.clone());
            let connection = self.take(Limit::Connections, 1, refused)?;
            self.take(Limit::TotalConnections, 1, refused)?.spend();
            Some(connection)
        } else {
            None
        };
        self.enter(&decided(request.clone(), decision, to.asked));

        let grant = grant.ok_or(Refusal::Denied)?;
        let granted = Granted {
            request,
            generation,
        };
        Ok((granted, grant))
    }

    pub(crate) fn listen(&self, listener: Listener) -> Result<Granted, Denied> {
        self.decide(Request::Listen { listener })
    }

    pub(crate) fn accept(
        &self,
        listener: Listener,
        local: SocketAddr,
        peer: SocketAddr,
    ) -> Result<Granted, Denied> {
        self.decide(Request::Accept {
            listener,
            local,
            peer,
        })
    }

    pub(crate) fn send(&self, to: Destination, names: Arc<[PinnedName]>) -> Result<(), Denied> {
        let remote = to.remote;
        let request = Request::Send { remote, names };
        self.decide_on(request, to.asked).map(drop)
    }

    pub(crate) fn reply(
        &self,
        listener: Listener,
        peer: SocketAddr,
        names: Arc<[PinnedName]>,
    ) -> Result<(), Denied> {
        let request = Request::Reply {
            listener,
            peer,
            names,
        };
        self.decide(request).map(drop)
    }

    pub(crate) fn receive(&self, listener: Listener, peer: SocketAddr) -> Result<(), Denied> {
        self.decide(Request::Receive { listener, peer }).map(drop)
    }

    pub(crate) fn receive_reply(
        &self,
        listener: Listener,
        from: Destination,
        names: Arc<[PinnedName]>,
    ) -> Result<(), Denied> {
        let request = Request::ReceiveReply {
            listener,
            peer: from.remote,
            names,
        };
        self.decide_on(request, from.asked).map(drop)
    }

    /// Whether a name may be looked up. It is the lookup that enters it, when it has come to an end.
    pub(crate) fn consider_lookup(&self, name: &Name) -> Decision {
        let name = name.clone();
        self.in_force().policy.decide(&Request::Resolve { name })
    }

    /// Whether the guest is told an address. The lookup enters this too.
    pub(crate) fn consider_answer(&self, name: &PinnedName, address: std::net::IpAddr) -> Decision {
        let name = name.clone();
        self.in_force()
            .policy
            .decide(&Request::Answer { name, address })
    }

    /// Whether a rule denies something to who knows it by this name.
    pub(super) fn denies_by(&self, name: &PinnedName) -> bool {
        let policy = self.in_force().policy;
        name.names().any(|name| policy.denies_by(name))
    }

    /// Where the policy leads what is sent to `remote`, if elsewhere.
    pub(super) fn target(&self, protocol: Protocol, remote: SocketAddr) -> Option<SocketAddr> {
        if !self.0.maps.load(Ordering::Acquire) {
            return None;
        }
        self.in_force().policy.map(protocol, remote)
    }

    /// Whether a request of `wasi:http` may make a connection. The request enters it.
    #[cfg(feature = "http")]
    pub(crate) fn consider_connect(&self, request: &Request) -> (Decision, Option<Granted>) {
        let InForce {
            policy, generation, ..
        } = self.in_force();
        let decision = policy.decide(request);
        let granted = decision.is_allowed().then(|| Granted {
            request: request.clone(),
            generation,
        });
        (decision, granted)
    }

    fn decide(&self, request: Request) -> Result<Granted, Denied> {
        self.decide_on(request, None)
    }

    /// Decide about what the guest has `asked` for, where that is mapped.
    fn decide_on(&self, request: Request, asked: Option<SocketAddr>) -> Result<Granted, Denied> {
        let InForce {
            policy, generation, ..
        } = self.in_force();
        let decision = policy.decide(&request);
        let allowed = decision.is_allowed();
        self.enter(&decided(request.clone(), decision, asked));

        let granted = Granted {
            request,
            generation,
        };
        allowed.then_some(granted).ok_or(Denied)
    }

    pub(crate) fn enter(&self, record: &Record) {
        self.0.book.enter(record);
    }

    /// What was entered so far, in numbers.
    pub(crate) fn metrics(&self) -> Metrics {
        self.0.book.metrics()
    }

    pub(super) fn open_sockets(&self) -> MutexGuard<'_, OpenSockets> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something has ended that has to be closed.
    pub(super) fn ask_for_attention(&self) {
        self.0.attention.fetch_add(1, Ordering::Release);
    }

    /// Put another policy in force. Returns it, unless everything is revoked already.
    pub(super) fn replace(&self, next: impl FnOnce(&InForce) -> InForce) -> Option<InForce> {
        let in_force = self.0.in_force.write();
        let mut in_force = in_force.unwrap_or_else(PoisonError::into_inner);
        if in_force.revoked {
            return None;
        }
        *in_force = next(&in_force);
        self.0
            .generation
            .store(in_force.generation, Ordering::Release);
        let maps = maps_sockets(&in_force.policy);
        self.0.maps.store(maps, Ordering::Release);
        self.0.told.forget_all();
        Some(in_force.clone())
    }
}

#[cfg(feature = "http")]
impl Granted {
    pub(crate) fn request(&self) -> &Request {
        &self.request
    }
}

impl WeakGuard {
    /// The guard, if there is still somebody who uses it.
    pub(crate) fn upgrade(&self) -> Option<Guard> {
        self.0.upgrade().map(Guard)
    }
}

fn decided(request: Request, decision: Decision, asked: Option<SocketAddr>) -> Record {
    Record::Decided(Decided {
        request,
        decision,
        asked,
    })
}

fn maps_sockets(policy: &Policy) -> bool {
    let is_socket = |mapping: &Mapping| matches!(mapping, Mapping::Socket(_));
    policy.mappings().iter().any(is_socket)
}

/// `EACCES`, for everything but lookups.
impl From<Denied> for ErrorCode {
    fn from(_: Denied) -> Self {
        Self::AccessDenied
    }
}

impl From<Denied> for Refusal {
    fn from(_: Denied) -> Self {
        Self::Denied
    }
}

impl From<Exceeded> for Refusal {
    fn from(exceeded: Exceeded) -> Self {
        Self::Exceeded(exceeded)
    }
}

impl From<Refusal> for ErrorCode {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Denied => Denied.into(),
            Refusal::Exceeded(exceeded) => exceeded.into(),
        }
    }
}

#[cfg(test)]
impl Guard {
    /// That of a guest that belongs to nobody.
    pub(crate) fn alone(policy: Policy, sink: impl crate::AuditSink) -> Self {
        let clock = Arc::new(crate::SystemClock);
        Self::new(policy.into(), Around::default(), sink.into(), clock)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Collect;

    #[test]
    fn each_decision_leaves_one_record_whatever_it_is() {
        let audit = Collect::default();
        let policy = Policy::builder()
            .allow_outbound("tcp://127.0.0.1:80".parse().unwrap())
            .build();
        let guard = Guard::alone(policy, audit.clone());

        let address = |text: &str| text.parse::<SocketAddr>().unwrap();
        let connect = |text| guard.connect(Protocol::Tcp, address(text).into(), [].into());
        let bind = |text| guard.bind(Protocol::Udp, address(text));
        assert!(connect("127.0.0.1:80").is_ok());
        assert_eq!(connect("127.0.0.1:81"), Err(Denied));
        assert_eq!(bind("127.0.0.1:80"), Err(Denied));
        assert!(bind("0.0.0.0:0").is_ok());
        assert_eq!(
            guard.send(address("127.0.0.1:80").into(), [].into()),
            Err(Denied)
        );

        let allowed: Vec<bool> = audit.records().iter().map(Record::is_allowed).collect();
        assert_eq!(allowed, [true, false, false, true, false]);
    }
}
