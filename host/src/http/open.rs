//! A request that will be on record: when it has been answered or has failed, or when it is given up.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use hyper::{Method, StatusCode};
use wasock_policy::{Decision, PinnedName, Protocol, Request};

use super::failure::Failure;
use super::target::Target;
use crate::audit::{self, HttpOutcome, Lookup, Outcome, Record};
use crate::guard::guard::Guard;
use crate::guard::lookup::settle;
use crate::guard::sources::{Source, Sources};
use crate::names::{Asked, Found, LookupFailure};

/// The requests of one guest that are under way. With this they are given up, and on record as such.
#[derive(Default)]
pub(super) struct OpenRequests(Vec<Weak<Page>>);

/// A request from the first decision about it to its record.
pub(super) struct OpenRequest {
    target: Target,
    /// Where the addresses come from, until somebody has asked there.
    route: Option<Route>,
    page: Arc<Page>,
}

/// Where the addresses of a host come from.
pub(super) enum Route {
    /// The host is an address.
    Address,
    /// The host is a name, which may be looked up.
    Name(Source),
    /// The host is a name, which may not.
    Refused,
}

/// The record in the making, and the book that it belongs into.
struct Page {
    guard: Guard,
    /// As it is when the guest gives up now; nothing once it is entered.
    record: Mutex<Option<audit::Http>>,
}

impl OpenRequests {
    /// Decide whether the host may be looked up, if it is a name.
    pub(super) fn begin(
        &mut self,
        guard: &Guard,
        sources: &Sources,
        method: &Method,
        target: Target,
    ) -> OpenRequest {
        let mut lookup = None;
        let route = match &target.host {
            Asked::Address(_) => Route::Address,
            Asked::Name(name) => {
                let decision = guard.consider_lookup(name);
                let (route, outcome) = if decision.is_allowed() {
                    (Route::Name(sources.source_of(name)), Outcome::Abandoned)
                } else {
                    (Route::Refused, Outcome::Refused)
                };
                let name = name.clone().into();
                lookup = Some(Lookup {
                    name,
                    decision,
                    outcome,
                });
                route
            }
        };
        let record = audit::Http {
            method: method.as_str().into(),
            scheme: target.scheme,
            authority: target.to_string().into(),
            lookup,
            connects: Vec::new(),
            outcome: HttpOutcome::Abandoned,
        };
        let page = Arc::new(Page {
            guard: guard.clone(),
            record: Mutex::new(Some(record)),
        });
        if let Route::Refused = route {
            page.close(HttpOutcome::Refused);
        }

        self.0.retain(|page| page.strong_count() > 0);
        self.0.push(Arc::downgrade(&page));
        OpenRequest {
            target,
            route: Some(route),
            page,
        }
    }
}

/// The end of the store. The tasks of its requests end a moment later.
impl Drop for OpenRequests {
    fn drop(&mut self) {
        for page in self.0.iter().filter_map(Weak::upgrade) {
            page.close(HttpOutcome::Abandoned);
        }
    }
}

impl OpenRequest {
    pub(super) fn target(&self) -> &Target {
        &self.target
    }

    /// Where the addresses come from. It is told once.
    pub(super) fn take_route(&mut self) -> Route {
        self.route.take().unwrap_or(Route::Refused)
    }

    /// The resolver has answered: decide about each address.
    pub(super) fn looked_up(
        &self,
        sources: &Sources,
        found: Result<Found, LookupFailure>,
    ) -> Option<Lookup> {
        let mut record = self.page.record();
        let begun = record.as_mut()?.lookup.take()?;
        let name = begun.name.asked;
        let lookup = settle(&self.page.guard, sources, name, begun.decision, found);
        record.as_mut()?.lookup = Some(lookup.clone());
        Some(lookup)
    }

    /// Decide about a connection. There is none for a request that was given up.
    pub(super) fn may_connect(&self, remote: SocketAddr, names: Arc<[PinnedName]>) -> bool {
        let request = Request::Connect {
            protocol: Protocol::Tcp,
            remote,
            names,
        };
        let mut record = self.page.record();
        let Some(record) = record.as_mut() else {
            return false;
        };
        let decision: Decision = self.page.guard.consider_connect(&request);
        let allowed = decision.is_allowed();
        record.connects.push((request, decision));
        allowed
    }

    /// The server has answered.
    pub(super) fn answered(&self, status: StatusCode) {
        self.page.close(HttpOutcome::Answered(status.as_u16()));
    }

    /// There will be no answer.
    pub(super) fn failed(&self, failure: &Failure) {
        self.page.close(match failure {
            Failure::Denied | Failure::Lookup(LookupFailure::NoResolver) => HttpOutcome::Refused,
            failure => HttpOutcome::Failed(failure.to_string().into()),
        });
    }
}

/// Given up by the guest.
impl Drop for OpenRequest {
    fn drop(&mut self) {
        self.page.close(HttpOutcome::Abandoned);
    }
}

impl Page {
    fn record(&self) -> MutexGuard<'_, Option<audit::Http>> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Enter the record, if that has not been done.
    fn close(&self, outcome: HttpOutcome) {
        let record = self.record().take();
        if let Some(mut record) = record {
            record.outcome = outcome;
            self.guard.enter(&Record::Http(record));
        }
    }
}
