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
    page: Arc<Page>,
    connection: Option<Connection>,
}

/// The way to a host.
pub(super) enum Route {
    /// The host is an address, and the connection is begun.
    Address(Begun),
    /// The host is a name, which may be looked up there.
    Name(Source),
    /// There is none: the request has failed.
    None(Failure),
}

/// A connection that is allowed, and to be made.
pub(super) struct Begun {
    /// Where it leads, which the policy may have chosen.
    pub(super) remote: SocketAddr,
    pub(super) open: Arc<Open>,
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
    /// Decide whether the host may be looked up, if it is a name, and else whether it may be connected to.
    pub(super) fn begin(
        &mut self,
        guard: &Guard,
        sources: &Sources,
        method: &Method,
        target: Target,
    ) -> (OpenRequest, Route) {
        let lookup = match &target.host {
            Asked::Address(_) => None,
            Asked::Name(name) => Some(Lookup {
                name: name.clone().into(),
                decision: guard.consider_lookup(name),
                outcome: Outcome::Abandoned,
            }),
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

        let mut open = OpenRequest {
            target,
            page,
            connection: None,
        };
        let route = open.route(sources).unwrap_or_else(Route::None);
        if let Route::None(failure) = &route {
            open.failed(failure);
        }
        (open, route)
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

    /// The way, as far as it can be told at once.
    fn route(&mut self, sources: &Sources) -> Result<Route, Failure> {
        let name = match &self.target.host {
            Asked::Address(address) => {
                // A guest may look up first and put the address into its URL.
                let names = sources.pins.names(*address);
                let remote = SocketAddr::new(*address, self.target.port);
                return Ok(Route::Address(
                    self.begin_connection(remote, names, sources)?,
                ));
            }
            Asked::Name(name) => name.clone(),
        };
        if let Some(lookup) = self
            .page
            .record()
            .as_mut()
            .and_then(|it| it.lookup.as_mut())
            && !lookup.decision.is_allowed()
        {
            lookup.outcome = Outcome::Refused;
            return Err(Failure::Denied);
        }
        let guard = &self.page.guard;
        let request = || Request::Resolve { name: name.clone() };
        let taken = guard.take(Limit::Lookups, 1, || Refused::Request(request()));
        // A resolver may ask at once.
        taken?.spend();
        Ok(Route::Name(sources.source_of(&name, guard)))
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
        asked: SocketAddr,
        mut names: Arc<[PinnedName]>,
        sources: &Sources,
    ) -> Result<Begun, Failure> {
        self.connection = None;
        let guard = &self.page.guard;
        let Destination { remote, asked } = guard.lead(Protocol::Tcp, asked);
        if asked.is_some() {
            // A name of the one address is no name of the other.
            names = sources.pins.names(remote.ip());
        }
        let granted = self.ask(Destination { remote, asked }, Arc::clone(&names))?;

        let refused = || Refused::Request(granted.request().clone());
        let socket = guard.take(Limit::Sockets, 1, || Refused::Socket(Protocol::Tcp));
        let (socket, connection) = (socket?, guard.take(Limit::Connections, 1, refused)?);
        guard.take(Limit::TotalConnections, 1, refused)?.spend();
        let about = About {
            protocol: Protocol::Tcp,
            direction: Direction::Outbound,
            local: None,
            remote: Some(remote),
            asked,
            names,
        };
        let socket_open = guard.open(about, granted).holding(connection).attempted();
        let open = Arc::clone(socket_open.shared());
        *self.page.socket() = Some((socket_open, socket));
        self.connection = Some(Connection(Arc::clone(&self.page)));
        Ok(Begun { remote, open })
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

    fn ask(
        &self,
        Destination { remote, asked }: Destination,
        names: Arc<[PinnedName]>,
    ) -> Result<Granted, Failure> {
        let request = Request::Connect {
            protocol: Protocol::Tcp,
            remote,
            names,
        };
        let (decision, granted) = self.page.guard.consider_connect(&request);
        let mut record = self.page.record();
        // There is no connection for a request that was given up.
        let record = record.as_mut().ok_or(Failure::Denied)?;
        record.connects.push(Decided {
            request,
            decision,
            asked,
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
