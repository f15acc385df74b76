//! The one place that asks the policy, and writes down what it says: one record a decision.

use std::net::SocketAddr;
use std::sync::Arc;

use wasmtime_wasi::p2::bindings::sockets::network::ErrorCode;
use wasock_policy::{Listener, Policy, Protocol, Request};

use crate::audit::{AuditSink, Record, Unsupported};

/// The policy of a guest and the book that its decisions are entered in.
pub(crate) struct Guard {
    policy: Arc<Policy>,
    audit: Box<dyn AuditSink>,
}

/// What a guest is told when it may not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Denied;

impl Guard {
    pub(crate) fn new(policy: Arc<Policy>, audit: Box<dyn AuditSink>) -> Self {
        Self { policy, audit }
    }

    pub(crate) fn bind(&self, local: SocketAddr) -> Result<(), Denied> {
        let protocol = Protocol::Tcp;
        self.decide(Request::Bind { protocol, local })
    }

    pub(crate) fn connect(&self, remote: SocketAddr) -> Result<(), Denied> {
        let protocol = Protocol::Tcp;
        self.decide(Request::Connect { protocol, remote })
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

    /// No datagrams, whatever the policy.
    pub(crate) fn refuse_udp(&self) -> Denied {
        self.enter(Record::Unsupported(Unsupported::Udp));
        Denied
    }

    /// No lookups, whatever the policy.
    pub(crate) fn refuse_lookup(&self, name: &str) -> Denied {
        self.enter(Record::Unsupported(Unsupported::lookup(name)));
        Denied
    }

    fn decide(&self, request: Request) -> Result<(), Denied> {
        let decision = self.policy.decide(&request);
        let allowed = decision.is_allowed();
        self.enter(Record::Decided { request, decision });

        if allowed { Ok(()) } else { Err(Denied) }
    }

    fn enter(&self, record: Record) {
        tracing::debug!(%record, "network");
        self.audit.record(&record);
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
        let guard = Guard::new(Arc::new(policy), Box::new(audit.clone()));

        let address = |text: &str| text.parse::<SocketAddr>().unwrap();
        assert_eq!(guard.connect(address("127.0.0.1:80")), Ok(()));
        assert_eq!(guard.connect(address("127.0.0.1:81")), Err(Denied));
        assert_eq!(guard.bind(address("127.0.0.1:80")), Err(Denied));
        assert_eq!(guard.bind(address("0.0.0.0:0")), Ok(()));
        _ = guard.refuse_udp();
        _ = guard.refuse_lookup("example.com");

        let allowed: Vec<bool> = audit.records().iter().map(Record::is_allowed).collect();
        assert_eq!(allowed, [true, false, false, true, false, false]);
    }
}
