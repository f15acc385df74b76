//! From the host of a request to a connection with it: the one place that connects for requests.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::timeout;
use wasock_policy::PinnedName;

use super::failure::Failure;
use super::metered::Metered;
use super::open::{Begun, OpenRequest, Route};
use super::over::attempt_over;
use crate::audit::Outcome;
use crate::guard::sources::{Source, Sources};

/// Connect to the first address of the host that is allowed and answers. `limit` is shared among them, so that one that is
/// silent does not use up the time of the others.
pub(super) async fn reach(
    open: &mut OpenRequest,
    route: Route,
    sources: &Sources,
    limit: Duration,
) -> Result<Metered, Failure> {
    let source = match route {
        Route::Address(begun) => return attempt(open, begun, limit).await,
        Route::Name(source) => source,
        Route::None(failure) => return Err(failure),
    };
    let Lookup { name, addresses } = look_up(open, sources, source).await?;
    // The name of the URL alone stands for the connection. That the guest knows the address by another name as well is no
    // reason to let it talk to this one.
    let names: Arc<[PinnedName]> = [name].into();
    let count = u32::try_from(addresses.len()).unwrap_or(u32::MAX).max(1);
    let port = open.target().port;

    let mut failure = Failure::Denied;
    for address in addresses {
        let remote = SocketAddr::new(address, port);
        let attempted = match open.begin_connection(remote, Arc::clone(&names), sources) {
            Ok(begun) => attempt(open, begun, limit / count).await,
            Err(failure) => Err(failure),
        };
        match attempted {
            Ok(stream) => return Ok(stream),
            // Of the others there is more to tell.
            Err(Failure::Denied) => {}
            Err(other) => failure = other,
        }
    }
    Err(failure)
}

/// A name, and the addresses that the guest may be told for it.
struct Lookup {
    name: PinnedName,
    addresses: Vec<IpAddr>,
}

async fn look_up(open: &OpenRequest, sources: &Sources, source: Source) -> Result<Lookup, Failure> {
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
        Outcome::Refused | Outcome::Abandoned | Outcome::Answered(_) => Ok(Lookup {
            addresses: lookup.told().collect(),
            name: lookup.name,
        }),
    }
}

/// Connect to one address, which is allowed.
async fn attempt(
    open: &OpenRequest,
    Begun {
        remote,
        open: connection,
    }: Begun,
    limit: Duration,
) -> Result<Metered, Failure> {
    if !is_one_host(remote.ip()) {
        return Err(Failure::NoHost);
    }
    let connected = tokio::select! {
        biased;
        cause = attempt_over(Arc::clone(&connection)) => return Err(cause.into()),
        connected = timeout(limit, connect(remote)) => connected,
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

/// Whether the address is that of one host. Systems take the unspecified address for this host.
fn is_one_host(address: IpAddr) -> bool {
    let is_broadcast = matches!(address, IpAddr::V4(address) if address.is_broadcast());
    !address.is_unspecified() && !address.is_multicast() && !is_broadcast
}
