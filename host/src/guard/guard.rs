//! The one place that asks the policy, and writes down what it says: one record a decision, and one a lookup, which is
//! several.

use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};

use wasmtime_wasi::p2::bindings::sockets::network::ErrorCode;
use wasock_policy::{Decision, Listener, Name, PinnedName, Policy, Protocol, Request};

use crate::audit::{Book, Decided, Record};

/// The policy of a guest and the book that its decisions are entered in. A clone refers to the same.
#[derive(Clone)]
pub(crate) struct Guard(Arc<Shared>);

struct Shared {
    current: RwLock<Current>,
    book: Book,
}

/// A policy, and its number in the order of policies.
#[derive(Clone)]
struct Current {
    policy: Arc<Policy>,
    generation: u64,
}

/// What a guest is told when it may not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Denied;

impl Guard {
    pub(crate) fn new(policy: Arc<Policy>, book: Book) -> Self {
        let generation = 0;
        let current = RwLock::new(Current { policy, generation });
        Self(Arc::new(Shared { current, book }))
    }

    /// A number that changes with the policy. A decision may be used again as long as it is the same.
    pub(crate) fn generation(&self) -> u64 {
        self.current().generation
    }

    /// Go by another policy from now on.
    #[cfg(test)]
    pub(crate) fn replace(&self, policy: Arc<Policy>) {
        let mut current = self.0.current.write().unwrap();
        current.policy = policy;
        current.generation += 1;
    }

    pub(crate) fn bind(&self, protocol: Protocol, local: SocketAddr) -> Result<(), Denied> {
        self.decide(Request::Bind { protocol, local })
    }

    pub(crate) fn connect(
        &self,
        protocol: Protocol,
        remote: SocketAddr,
        names: Arc<[PinnedName]>,
    ) -> Result<(), Denied> {
        self.decide(Request::Connect {
            protocol,
            remote,
            names,
        })
    }

    pub(crate) fn listen(&self, listener: Listener) -> Result<(), Denied> {
        self.decide(Request::Listen { listener })
    }

    pub(crate) fn accept(
        &self,
        listener: Listener,
        local: SocketAddr,
        peer: SocketAddr,
    ) -> Result<(), Denied> {
        self.decide(Request::Accept {
            listener,
            local,
            peer,
        })
    }

    pub(crate) fn send(&self, remote: SocketAddr, names: Arc<[PinnedName]>) -> Result<(), Denied> {
        self.decide(Request::Send { remote, names })
    }

    pub(crate) fn reply(
        &self,
        listener: Listener,
        peer: SocketAddr,
        names: Arc<[PinnedName]>,
    ) -> Result<(), Denied> {
        self.decide(Request::Reply {
            listener,
            peer,
            names,
        })
    }

    pub(crate) fn receive(&self, listener: Listener, peer: SocketAddr) -> Result<(), Denied> {
        self.decide(Request::Receive { listener, peer })
    }

    pub(crate) fn receive_reply(
        &self,
        listener: Listener,
        peer: SocketAddr,
        names: Arc<[PinnedName]>,
    ) -> Result<(), Denied> {
        self.decide(Request::ReceiveReply {
            listener,
            peer,
            names,
        })
    }

    /// Whether a name may be looked up. It is the lookup that enters it, when it has come to an end.
    pub(crate) fn consider_lookup(&self, name: &Name) -> Decision {
        let name = name.clone();
        self.current().policy.decide(&Request::Resolve { name })
    }

    /// Whether the guest is told an address. The lookup enters this too.
    pub(crate) fn consider_answer(&self, name: &PinnedName, address: std::net::IpAddr) -> Decision {
        let name = name.clone();
        self.current()
            .policy
            .decide(&Request::Answer { name, address })
    }

    /// Whether a request of `wasi:http` may make a connection. The request enters it.
    #[cfg(feature = "http")]
    pub(crate) fn consider_connect(&self, request: &Request) -> Decision {
        self.current().policy.decide(request)
    }

    fn decide(&self, request: Request) -> Result<(), Denied> {
        let decision = self.current().policy.decide(&request);
        let allowed = decision.is_allowed();
        self.enter(&Record::Decided(Decided {
            request,
            decision,
            asked: None,
        }));

        if allowed { Ok(()) } else { Err(Denied) }
    }

    pub(crate) fn enter(&self, record: &Record) {
        tracing::debug!(%record, "network");
        self.0.book.enter(record);
    }

    fn current(&self) -> Current {
        let current = self.0.current.read();
        current.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// `EACCES`, for everything but lookups.
impl From<Denied> for ErrorCode {
    fn from(_: Denied) -> Self {
        Self::AccessDenied
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
        let guard = Guard::new(Arc::new(policy), audit.clone().into());

        let address = |text: &str| text.parse::<SocketAddr>().unwrap();
        let connect = |text| guard.connect(Protocol::Tcp, address(text), Arc::default());
        let bind = |text| guard.bind(Protocol::Udp, address(text));
        assert_eq!(connect("127.0.0.1:80"), Ok(()));
        assert_eq!(connect("127.0.0.1:81"), Err(Denied));
        assert_eq!(bind("127.0.0.1:80"), Err(Denied));
        assert_eq!(bind("0.0.0.0:0"), Ok(()));
        assert_eq!(
            guard.send(address("127.0.0.1:80"), Arc::default()),
            Err(Denied)
        );

        let allowed: Vec<bool> = audit.records().iter().map(Record::is_allowed).collect();
        assert_eq!(allowed, [true, false, false, true, false]);
    }
}
