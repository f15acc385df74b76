//! A request that will be on record: when it has been answered or has failed, or when it is given up.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use hyper::{Method, StatusCode};
use wasock_policy::{Direction, Limit, PinnedName, Protocol, Request};

use super::failure::Failure;
use super::target::Target;
use crate::account::Grant;
use crate::audit::{self, Decided, HttpOutcome, Lookup, Outcome, Record, Refused};
use crate::guard::destination::Destination;
use crate::guard::guard::{Granted, Guard};
use crate::guard::lookup::settle;
use crate::guard::open::{About, Open, OpenSocket};
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
    connection: Option<Connection>,
}

/// Where the addresses of a host come from.
pub(super) enum Route {
    /// The host is an address.
    Address,
    /// The host is a name, which may be looked up.
    Name(Source),
    /// There are none, for this reason.
    None(Failure),
}

/// A connection of the guest's, in the hands of who sends the request. It is closed with this.
pub(super) struct Connection(Arc<Page>);

/// What is to be entered about a request, and the book that it belongs into.
struct Page {
    guard: Guard,
    /// The record as it is when the guest gives up now; nothing once it is entered.
    record: Mutex<Option<audit::Http>>,
    /// The connection, with the socket that it takes up. Its end is entered, too.
    socket: Mutex<Option<(OpenSocket, Grant)>>,
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
        let (route, lookup) = match &target.host {
            Asked::Address(_) => (Route::Address, None),
            Asked::Name(name) => {
                let decision = guard.consider_lookup(name);
                let allowed = decision.is_allowed();
                let lookup = Lookup {
                    name: name.clone().into(),
                    decision,
                    outcome: if allowed {
                        Outcome::Abandoned
                    } else {
                        Outcome::Refused
                    },
                };
                let request = Request::Resolve { name: name.clone() };
                let route = if !allowed {
                    Route::None(Failure::Denied)
                } else {
                    match guard.take(Limit::Lookups, 1, || Refused::Request(request)) {
                        Ok(grant) => {
                            grant.spend();
                            Route::Name(sources.source_of(name, guard))
                        }
                        Err(exceeded) => Route::None(Failure::Limit(exceeded.limit)),
                    }
                };
                (route, Some(lookup))
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
            socket: Mutex::default(),
        });
        self.0.retain(|page| page.strong_count() > 0);
        self.0.push(Arc::downgrade(&page));

        let open = OpenRequest {
            target,
            route: Some(route),
            page,
            connection: None,
        };
        if let Some(Route::None(failure)) = &open.route {
            open.failed(failure);
        }
        open
    }
}

/// The end of the store. The tasks of its requests end a moment later.
impl Drop for OpenRequests {
    fn drop(&mut self) {
        for page in self.0.iter().filter_map(Weak::upgrade) {
            page.close(HttpOutcome::Abandoned);
            page.disconnect();
        }
    }
}

impl OpenRequest {
    pub(super) fn target(&self) -> &Target {
        &self.target
    }

    pub(super) fn guard(&self) -> &Guard {
        &self.page.guard
    }

    /// Where the addresses come from. It is told once.
    pub(super) fn take_route(&mut self) -> Route {
        self.route.take().unwrap_or(Route::None(Failure::Denied))
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

    /// Begin a connection, in the place of the one before: decide about it, and take from the budget what it takes up.
    pub(super) fn begin_connection(
        &mut self,
        to: Destination,
        names: Arc<[PinnedName]>,
    ) -> Result<Arc<Open>, Failure> {
        self.connection = None;
        let granted = self.decide(to, Arc::clone(&names))?;

        let guard = &self.page.guard;
        let refused = || Refused::Request(granted.request().clone());
        let socket = guard.take(Limit::Sockets, 1, || Refused::Socket(Protocol::Tcp));
        let (socket, connection) = (socket?, guard.take(Limit::Connections, 1, refused)?);
        guard.take(Limit::TotalConnections, 1, refused)?.spend();
        let about = About {
            protocol: Protocol::Tcp,
            direction: Direction::Outbound,
            local: None,
            remote: Some(to.remote),
            asked: to.asked,
            names,
        };
        let open = guard.open(about, granted).holding(connection).attempted();
        let shared = Arc::clone(open.shared());
        *self.page.socket() = Some((open, socket));
        self.connection = Some(Connection(Arc::clone(&self.page)));
        Ok(shared)
    }

    /// The connection is there.
    pub(super) fn establish(&self, local: Option<SocketAddr>) {
        if let Some((open, _)) = self.page.socket().as_mut() {
            open.establish(local);
        }
    }

    /// The connection goes on after the request.
    pub(super) fn take_connection(&mut self) -> Option<Connection> {
        self.connection.take()
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

    fn decide(&self, to: Destination, names: Arc<[PinnedName]>) -> Result<Granted, Failure> {
        let request = Request::Connect {
            protocol: Protocol::Tcp,
            remote: to.remote,
            names,
        };
        let (decision, granted) = self.page.guard.consider_connect(&request);
        let mut record = self.page.record();
        // There is no connection for a request that was given up.
        let record = record.as_mut().ok_or(Failure::Denied)?;
        record.connects.push(Decided {
            request,
            decision,
            asked: to.asked,
        });
        granted.ok_or(Failure::Denied)
    }
}

/// Given up by the guest, if it has not ended.
impl Drop for OpenRequest {
    fn drop(&mut self) {
        self.page.close(HttpOutcome::Abandoned);
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.disconnect();
    }
}

impl Page {
    fn record(&self) -> MutexGuard<'_, Option<audit::Http>> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn socket(&self) -> MutexGuard<'_, Option<(OpenSocket, Grant)>> {
        self.socket.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Enter the record, if that has not been done.
    fn close(&self, outcome: HttpOutcome) {
        let record = self.record().take();
        if let Some(mut record) = record {
            record.outcome = outcome;
            self.guard.enter(&Record::Http(record));
        }
    }

    fn disconnect(&self) {
        let socket = self.socket().take();
        drop(socket);
    }
}
