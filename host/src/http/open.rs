//! A request that will be on record: when it has been answered or has failed, or when it is given up.

use std::net::SocketAddr;
use std::sync::Arc;

use hyper::{Method, StatusCode};
use wasock_policy::{PinnedName, Protocol, Request};

use super::failure::Failure;
use super::target::Target;
use crate::audit::{self, HttpOutcome, Lookup, Outcome, Record};
use crate::guard::guard::Guard;
use crate::guard::lookup::settle;
use crate::guard::sources::{Source, Sources};
use crate::names::{Asked, Found, LookupFailure};

/// A request from the first decision about it to its record.
pub(super) struct OpenRequest {
    guard: Guard,
    target: Target,
    /// Where the addresses come from, until somebody has asked there.
    route: Option<Route>,
    /// The record as it is when the guest gives up now.
    record: audit::Http,
    is_open: bool,
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

impl OpenRequest {
    /// Decide whether the host may be looked up, if it is a name.
    pub(super) fn begin(guard: &Guard, method: &Method, target: Target, sources: &Sources) -> Self {
        let mut lookup = None;
        let route = match &target.host {
            Asked::Address(_) => Route::Address,
            Asked::Name(name) => {
                let decision = guard.consider_lookup(name);
                let allowed = decision.is_allowed();
                lookup = Some(Lookup {
                    name: name.clone().into(),
                    decision,
                    outcome: if allowed {
                        Outcome::Abandoned
                    } else {
                        Outcome::Refused
                    },
                });
                if allowed {
                    Route::Name(sources.source_of(name))
                } else {
                    Route::Refused
                }
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
        let mut open = Self {
            guard: guard.clone(),
            target,
            route: Some(route),
            record,
            is_open: true,
        };
        if let Some(Route::Refused) = open.route {
            open.close(HttpOutcome::Refused);
        }
        open
    }

    pub(super) fn target(&self) -> &Target {
        &self.target
    }

    /// Where the addresses come from. It is told once.
    pub(super) fn take_route(&mut self) -> Route {
        self.route.take().unwrap_or(Route::Refused)
    }

    /// The resolver has answered: decide about each address.
    pub(super) fn looked_up(
        &mut self,
        sources: &Sources,
        found: Result<Found, LookupFailure>,
    ) -> Option<&Lookup> {
        let begun = self.record.lookup.take()?;
        let lookup = settle(
            &self.guard,
            sources,
            begun.name.asked,
            begun.decision,
            found,
        );
        Some(self.record.lookup.insert(lookup))
    }

    /// Decide about a connection.
    pub(super) fn may_connect(&mut self, remote: SocketAddr, names: Arc<[PinnedName]>) -> bool {
        let request = Request::Connect {
            protocol: Protocol::Tcp,
            remote,
            names,
        };
        let decision = self.guard.consider_connect(&request);
        let allowed = decision.is_allowed();
        self.record.connects.push((request, decision));
        allowed
    }

    /// The server has answered.
    pub(super) fn answered(&mut self, status: StatusCode) {
        self.close(HttpOutcome::Answered(status.as_u16()));
    }

    /// There will be no answer.
    pub(super) fn failed(&mut self, failure: &Failure) {
        self.close(match failure {
            Failure::Denied | Failure::Lookup(LookupFailure::NoResolver) => HttpOutcome::Refused,
            failure => HttpOutcome::Failed(failure.to_string().into()),
        });
    }

    fn close(&mut self, outcome: HttpOutcome) {
        if !self.is_open {
            return;
        }
        self.is_open = false;
        self.record.outcome = outcome;
        self.guard.enter(&Record::Http(self.record.clone()));
    }
}

/// Given up by the guest, or by the end of its store.
impl Drop for OpenRequest {
    fn drop(&mut self) {
        self.close(HttpOutcome::Abandoned);
    }
}
