//! Connections and servers in one call, under the names that they have in Python.

use alloc::string::ToString as _;
use core::net::{Ipv4Addr, SocketAddr};
use core::time::Duration;

use crate::address::family;
use crate::error::Error;
use crate::listener::TcpListener;
use crate::net::sockets::{Readiness, Socket};
use crate::net::types::{Eai, Errno, SocketType};
use crate::poller::poll;
use crate::resolve::{LookupError, resolve};
use crate::stream::TcpStream;
use crate::time::set_timeout;

/// How many strangers [`socketpair`] turns away.
const MAX_STRANGERS: usize = 16;

/// Connects to the first address of `host` that can be reached: a name, or an address as text.
///
/// `timeout` is that of each attempt and, as in Python, of every later call on the stream; `None` waits as long as the
/// system does. `source` is the local address to connect from.
///
/// # Errors
/// Those of [`resolve`]; if no address can be reached, those of [`TcpStream::connect`] for the last one; `EINVAL`
/// for a timeout of zero; those of [`create_server`] for the source.
///
/// # Example
///
#[doc = concat!("```ignore\n", include_str!("../snippets/create_connection.rs"), "```")]
pub fn create_connection(
    host: &str,
    port: u16,
    timeout: Option<Duration>,
    source: Option<SocketAddr>,
) -> Result<TcpStream, Error> {
    if timeout.is_some_and(|timeout| timeout.is_zero()) {
        return Err(Errno::Einval.into());
    }
    let mut outcome = Err(LookupError::from(Eai::Nodata).into());
    for address in resolve(host, &port.to_string())? {
        outcome = connect(address, timeout, source);
        if outcome.is_ok() {
            break;
        }
    }
    outcome
}

/// Listens on a local address, with room for `backlog` connections that wait to be accepted. Port 0 asks for a free
/// one, which [`TcpListener::local_addr`] tells.
///
/// # Errors
/// - `EACCES`:        the network policy of the host refuses.
/// - `EADDRINUSE`:    another socket listens there.
/// - `EADDRNOTAVAIL`: the address is not one of this machine.
///
/// # Example
///
#[doc = concat!("```ignore\n", include_str!("../snippets/create_connection.rs"), "```")]
pub fn create_server(address: SocketAddr, backlog: i32) -> Result<TcpListener, Error> {
    let socket = Socket::create(family(address), SocketType::Stream, 0)?;
    socket.bind(address.into())?;
    socket.listen(backlog)?;
    Ok(socket.into())
}

/// Two streams that are connected to each other.
///
/// WASI has no socket pairs, so these are the two ends of a connection over loopback, and the policy has to allow it:
/// `--allow-inbound tcp://127.0.0.1:0 --allow-outbound tcp://127.0.0.1:any`. Somebody else on the machine may
/// connect at the same moment; it is made sure that the two ends are each other's.
///
/// # Errors
/// - `EACCES`:       the network policy of the host refuses the server or the client.
/// - `ECONNABORTED`: it lets both begin, and then does not let the client in; or strangers keep connecting.
/// - Those of [`create_server`] and [`TcpStream::connect`].
///
/// # Example
///
#[doc = concat!("```ignore\n", include_str!("../snippets/socketpair.rs"), "```")]
pub fn socketpair() -> Result<(TcpStream, TcpStream), Error> {
    let listener = create_server(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), 1)?;
    let one = TcpStream::connect(listener.local_addr()?)?;
    listener.set_nonblocking(true)?;
    let mut strangers = 0;
    while strangers < MAX_STRANGERS {
        let waiting = [listener.socket(), one.socket()].map(|socket| (socket, Readiness::READABLE));
        let ready = poll(&waiting, None)?;
        // Nobody has said anything to `one`, so it is ready only if it was turned away.
        if ready.iter().any(|(place, _)| *place == 1) {
            break;
        }
        match listener.accept() {
            Ok((other, peer)) if is_pair(&one, &other, peer)? => return Ok((one, other)),
            Ok(_) => strangers += 1,
            Err(error) if error.would_block() => {}
            Err(error) => return Err(error),
        }
    }
    Err(Errno::Econnaborted.into())
}

/// Whether `other`, which was accepted from `peer`, is the other end of `one`.
fn is_pair(one: &TcpStream, other: &TcpStream, peer: SocketAddr) -> Result<bool, Error> {
    Ok(peer == one.local_addr()? && other.local_addr()? == one.peer_addr()?)
}

fn connect(
    address: SocketAddr,
    timeout: Option<Duration>,
    source: Option<SocketAddr>,
) -> Result<TcpStream, Error> {
    let socket = Socket::create(family(address), SocketType::Stream, 0)?;
    set_timeout(&socket, timeout)?;
    if let Some(source) = source {
        socket.bind(source.into())?;
    }
    socket.connect(address.into())?;
    Ok(socket.into())
}
