//! From the host of a request to a connection with it: the one place that connects for requests.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::timeout;
use wasock_policy::{Limit, PinnedName, Protocol};

use super::failure::Failure;
use super::metered::Metered;
use super::open::{OpenRequest, Route};
use super::over::over;
use crate::audit::{Cause, Outcome};
use crate::guard::destination::Destination;
use crate::guard::guard::Guard;
use crate::guard::open::Open;
use crate::guard::sources::{Source, Sources};
use crate::names::Asked;

/// The addresses that a host may be reached at, and the names that stand for them.
struct Candidates {
    addresses: Vec<IpAddr>,
    names: Arc<[PinnedName]>,
}

/// Connect to the first address of the host that is allowed and answers. `limit` is shared among them, so that one that is
/// silent does not use up the time of the others.
pub(super) async fn reach(
    open: &mut OpenRequest,
    sources: &Sources,
    limit: Duration,
) -> Result<Metered, Failure> {
    let Candidates { addresses, names } = candidates(open, sources).await?;
    let count = u32::try_from(addresses.len()).unwrap_or(u32::MAX).max(1);
    let port = open.target().port;

    let mut failure = Failure::Denied;
    for address in addresses {
        let asked = SocketAddr::new(address, port);
        let to = open.guard().lead(Protocol::Tcp, asked);
        let names = match to.asked {
            // The names lead to what was asked for, and not to the target.
            Some(_) => sources.pins.names(to.remote.ip()),
            None => Arc::clone(&names),
        };
        match attempt(open, to, names, limit / count).await {
            Ok(stream) => return Ok(stream),
            // Of the others there is more to tell.
            Err(Failure::Denied) => {}
            Err(other) => failure = other,
        }
    }
    Err(failure)
}

async fn candidates(open: &mut OpenRequest, sources: &Sources) -> Result<Candidates, Failure> {
    let source = match (open.take_route(), &open.target().host) {
        (Route::Address, Asked::Address(address)) => {
            // A guest may look up first and put the address into its URL.
            return Ok(Candidates {
                addresses: vec![*address],
                names: sources.pins.names(*address),
            });
        }
        (Route::Name(source), Asked::Name(_)) => source,
        (Route::None(failure), _) => return Err(failure),
        _ => return Err(Failure::Denied),
    };
    let found = match source {
        Source::Known(found) => found,
        Source::Asked(question, permit) => {
            let found = question.await;
            drop(permit);
            found
        }
    };

    let lookup = open.looked_up(sources, found).ok_or(Failure::Denied)?;
    match &lookup.outcome {
        Outcome::Failed(failure) => Err(Failure::Lookup(*failure)),
        // The name of the URL alone stands for the connection. That the guest knows the address by another name as well is
        // no reason to let it talk to this one.
        Outcome::Refused | Outcome::Abandoned | Outcome::Answered(_) => Ok(Candidates {
            addresses: lookup.told().collect(),
            names: [lookup.name].into(),
        }),
    }
}

/// Connect to one address, if that is allowed.
async fn attempt(
    open: &mut OpenRequest,
    to: Destination,
    names: Arc<[PinnedName]>,
    limit: Duration,
) -> Result<Metered, Failure> {
    let connection = open.begin_connection(to, names)?;
    if !is_one_host(to.remote.ip()) {
        return Err(Failure::NoHost);
    }
    let guard = open.guard().clone();
    let connected = tokio::select! {
        biased;
        cause = over(Arc::clone(&connection)) => return Err(cause.into()),
        cause = too_late(&guard, &connection) => return Err(cause.into()),
        connected = timeout(limit, connect(to.remote)) => connected,
    };
    let stream = connected.map_err(|_| Failure::ConnectTimeout)?;
    let stream = stream.map_err(|error| Failure::Connect(error.kind()))?;
    open.establish(stream.local_addr().ok());
    Ok(Metered::new(stream, connection))
}

async fn connect(remote: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(remote).await?;
    // A request is written in pieces, and none of them is to wait for the answer to the one before.
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Completes when the time is over that the guest has for an attempt.
async fn too_late(guard: &Guard, connection: &Open) -> Cause {
    let Some(time) = guard.in_force().terms.time(Limit::ConnectTime) else {
        return std::future::pending().await;
    };
    tokio::time::sleep(time).await;
    let cause = Cause::Limit(Limit::ConnectTime);
    connection.end(cause);
    if let Some(exceeded) = guard.in_force().terms.time_over(Limit::ConnectTime) {
        guard.exhausted(&exceeded, || connection.refused());
    }
    cause
}

/// Whether the address is that of one host. Systems take the unspecified address for this host.
fn is_one_host(address: IpAddr) -> bool {
    let is_broadcast = matches!(address, IpAddr::V4(address) if address.is_broadcast());
    !address.is_unspecified() && !address.is_multicast() && !is_broadcast
}
