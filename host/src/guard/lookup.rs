//! A lookup of the guest's, from the question to the addresses that it is told.

use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::vec;

use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::JoinHandle;
use wasmtime_wasi::async_trait;
use wasmtime_wasi::p2::Pollable;
use wasmtime_wasi::p2::bindings::sockets::network::ErrorCode;
use wasock_policy::{Decision, Limit, Name, PinnedName, Request};

use super::guard::Guard;
use super::sources::{Source, Sources};
use crate::audit::{Answer, Lookup, Outcome, Record, Refused};
use crate::names::{self, Found, LookupFailure, MAX_ADDRESSES, MAX_CHAIN};

/// What the guest holds.
pub(crate) struct AddressStream(State);

enum State {
    /// Somebody is asked.
    Asking(Asking, OpenLookup),
    /// There is an answer, which the guest has not come for yet.
    Asked(Result<Found, LookupFailure>, OpenLookup),
    /// The guest is being told.
    Telling(vec::IntoIter<IpAddr>),
    /// There is nothing to tell.
    Failed(ErrorCode),
}

/// A lookup that will be entered in the book: when it has ended, or when it is given up.
pub(crate) struct OpenLookup {
    guard: Guard,
    name: Name,
    decision: Decision,
    is_open: bool,
}

/// A resolver at work, until the guest gives up.
struct Asking {
    task: JoinHandle<Result<Found, LookupFailure>>,
    slot: Slot,
}

/// One of the lookups that may be under way. It is free again when the resolver has answered, and at once when the guest
/// gives up, though the task ends a moment later.
#[derive(Clone)]
struct Slot(Arc<Mutex<Option<OwnedSemaphorePermit>>>);

impl Slot {
    fn free(&self) {
        let permit = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(permit);
    }
}

impl OpenLookup {
    /// Begin a lookup, if the policy lets the guest ask, and if it has one left.
    pub(crate) fn begin(guard: &Guard, name: Name) -> Result<Self, ErrorCode> {
        let decision = guard.consider_lookup(&name);
        let allowed = decision.is_allowed();
        if allowed {
            let request = Request::Resolve { name: name.clone() };
            let taken = guard.take(Limit::Lookups, 1, || Refused::Request(request));
            taken.map_err(ErrorCode::from)?.spend();
        }
        let mut lookup = Self {
            guard: guard.clone(),
            name,
            decision,
            is_open: true,
        };
        if !allowed {
            let name = lookup.name.clone().into();
            lookup.close(name, Outcome::Refused);
            return Err(refusal());
        }
        Ok(lookup)
    }

    pub(crate) fn name(&self) -> &Name {
        &self.name
    }

    /// Decide about each address; returns those that the guest is told, which are pinned from now on.
    fn end(
        mut self,
        found: Result<Found, LookupFailure>,
        sources: &Sources,
    ) -> Result<Vec<IpAddr>, ErrorCode> {
        let lookup = settle(
            &self.guard,
            sources,
            self.name.clone(),
            self.decision.clone(),
            found,
        );
        self.is_open = false;
        let told: Vec<IpAddr> = lookup.told().collect();
        let failure = match &lookup.outcome {
            Outcome::Failed(failure) => Some(*failure),
            Outcome::Refused | Outcome::Abandoned | Outcome::Answered(_) => None,
        };
        self.guard.enter(&Record::Lookup(lookup));

        match failure {
            Some(failure) => Err(code(failure)),
            None if told.is_empty() => Err(refusal()),
            None => Ok(told),
        }
    }

    fn close(&mut self, name: PinnedName, outcome: Outcome) {
        self.is_open = false;
        let decision = self.decision.clone();
        self.guard.enter(&Record::Lookup(Lookup {
            name,
            decision,
            outcome,
        }));
    }
}

/// Decide about each address of an answer. Those that are allowed are pinned from now on.
pub(crate) fn settle(
    guard: &Guard,
    sources: &Sources,
    name: Name,
    decision: Decision,
    found: Result<Found, LookupFailure>,
) -> Lookup {
    let found = found.and_then(|found| {
        if found.addresses.is_empty() {
            return Err(LookupFailure::NotFound);
        }
        // A name of the chain that is not looked at could be a denied one.
        let is_checkable = found.chain.len() <= MAX_CHAIN;
        is_checkable.then_some(found).ok_or(LookupFailure::Failed)
    });
    let found = match found {
        Ok(found) => found,
        Err(failure) => {
            return Lookup {
                name: name.into(),
                decision,
                outcome: Outcome::Failed(failure),
            };
        }
    };

    // Who is told by the policy asks the policy each time: it may change.
    if guard.mapped(&name).is_none() {
        sources.answers.keep(&name, &found);
    }
    let name = PinnedName {
        asked: name,
        chain: found.chain.into(),
    };
    let restricts = guard.denies_by(&name);
    let addresses = found.addresses.into_iter().take(MAX_ADDRESSES);
    let answers = addresses.map(|(address, ttl)| {
        let address = address.to_canonical();
        let decision = guard.consider_answer(&name, address);
        if decision.is_allowed() {
            sources.pins.pin(address, name.clone(), ttl, restricts);
        }
        Answer { address, decision }
    });
    let outcome = Outcome::Answered(answers.collect());
    Lookup {
        name,
        decision,
        outcome,
    }
}

/// Given up by the guest, or by the end of its store.
impl Drop for OpenLookup {
    fn drop(&mut self) {
        if self.is_open {
            let name = self.name.clone().into();
            self.close(name, Outcome::Abandoned);
        }
    }
}

impl AddressStream {
    /// An address that the guest knows already.
    pub(crate) fn known(address: IpAddr) -> Self {
        Self(State::Telling(vec![address].into_iter()))
    }

    /// Ask whom there is to ask.
    pub(crate) fn of(source: Source, lookup: OpenLookup) -> Self {
        match source {
            Source::Known(answer) => Self::at_once(answer, lookup),
            Source::Asked(question, permit) => Self::ask(question, permit, lookup),
        }
    }

    /// An answer that needs nobody to be asked.
    fn at_once(answer: Result<Found, LookupFailure>, lookup: OpenLookup) -> Self {
        Self(State::Asked(answer, lookup))
    }

    /// Ask. `permit` is one of the lookups that may be under way.
    fn ask(question: names::Lookup, permit: OwnedSemaphorePermit, lookup: OpenLookup) -> Self {
        let Ok(runtime) = Handle::try_current() else {
            return Self::at_once(Err(LookupFailure::Failed), lookup);
        };
        let slot = Slot(Arc::new(Mutex::new(Some(permit))));
        let taken = slot.clone();
        let task = runtime.spawn(async move {
            let answer = question.await;
            taken.free();
            answer
        });
        Self(State::Asking(Asking { task, slot }, lookup))
    }

    /// The next address, without waiting for it.
    pub(crate) fn next(&mut self, sources: &Sources) -> Result<Option<IpAddr>, ErrorCode> {
        if let State::Asking(asking, _) = &mut self.0
            && let Poll::Ready(answer) =
                Pin::new(asking).poll(&mut Context::from_waker(Waker::noop()))
        {
            self.answered(answer);
        }
        match &mut self.0 {
            State::Asking(..) => return Err(ErrorCode::WouldBlock),
            State::Failed(code) => return Err(*code),
            State::Telling(addresses) => return Ok(addresses.next()),
            State::Asked(..) => {}
        }

        let state = std::mem::replace(&mut self.0, State::Failed(ErrorCode::Unknown));
        if let State::Asked(answer, lookup) = state {
            self.0 = match lookup.end(answer, sources) {
                Ok(addresses) => State::Telling(addresses.into_iter()),
                Err(code) => State::Failed(code),
            };
        }
        match &mut self.0 {
            State::Telling(addresses) => Ok(addresses.next()),
            State::Failed(code) => Err(*code),
            State::Asking(..) | State::Asked(..) => Err(ErrorCode::WouldBlock),
        }
    }

    fn answered(&mut self, answer: Result<Found, LookupFailure>) {
        let state = std::mem::replace(&mut self.0, State::Failed(ErrorCode::Unknown));
        self.0 = match state {
            State::Asking(_, lookup) => State::Asked(answer, lookup),
            other => other,
        };
    }
}

#[async_trait]
impl Pollable for AddressStream {
    async fn ready(&mut self) {
        if let State::Asking(asking, _) = &mut self.0 {
            let answer = asking.await;
            self.answered(answer);
        }
    }
}

impl Future for Asking {
    type Output = Result<Found, LookupFailure>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // A resolver that panics is no answer either.
        let ended = Pin::new(&mut self.task).poll(context);
        ended.map(|ended| ended.unwrap_or(Err(LookupFailure::Failed)))
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        self.task.abort();
        self.slot.free();
    }
}

/// A resolver has no "access denied" in the BSD interface: this is its EAI_FAIL.
pub(crate) fn refusal() -> ErrorCode {
    ErrorCode::PermanentResolverFailure
}

fn code(failure: LookupFailure) -> ErrorCode {
    match failure {
        LookupFailure::NoResolver => refusal(),
        LookupFailure::NotFound => ErrorCode::NameUnresolvable,
        LookupFailure::Timeout | LookupFailure::Busy | LookupFailure::Failed => {
            ErrorCode::TemporaryResolverFailure
        }
    }
}

/// The answer for `localhost` and the names below it, which never leave the machine (RFC 6761, 6.3).
pub(crate) fn loopback(name: &Name) -> Option<Found> {
    use std::net::{Ipv4Addr, Ipv6Addr};

    name.is_this_machine().then(|| {
        let addresses = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
        let forever = std::time::Duration::MAX;
        Found {
            addresses: addresses.map(|address: IpAddr| (address, forever)).into(),
            chain: Vec::new(),
        }
    })
}
