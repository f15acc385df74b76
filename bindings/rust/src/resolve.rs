//! Names of hosts and services.

use alloc::vec::Vec;
use core::fmt;
use core::net::SocketAddr;
use core::time::Duration;

use crate::error::write_reason;
use crate::net::resolver::getaddrinfo;
use crate::net::types::{AddressFamily, AddrinfoFlags, Eai, SocketType};
use crate::time::seconds;

/// Why a name has no addresses.
///
/// Shown as what happened and its name in C, such as `the name or the service is not known (EAI_NONAME)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LookupError(Eai);

impl LookupError {
    /// The code of `getaddrinfo`.
    ///
    /// [`Eai::Fail`] is also the network policy of the host refusing the name; [`Eai::Again`] also a timeout
    /// that ran out.
    #[must_use]
    pub fn code(self) -> Eai {
        self.0
    }
}

impl fmt::Display for LookupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_reason(self.0.message(), "EAI_", self.0.name(), f)
    }
}

impl core::error::Error for LookupError {}

impl From<Eai> for LookupError {
    fn from(code: Eai) -> Self {
        Self(code)
    }
}

/// The addresses of a host, in the order in which the host of the component prefers them; never none.
///
/// `host` is a name or an address as text, `service` a port or a name such as `http`. Waits as long as the host does.
///
/// # Errors
/// - `EAI_NONAME`:  the host is not known.
/// - `EAI_SERVICE`: the service is not known.
/// - `EAI_NODATA`:  the host has no address.
/// - `EAI_AGAIN`:   the name server did not answer.
/// - `EAI_FAIL`:    the name server failed, or the network policy of the host refuses the name.
#[doc(alias = "getaddrinfo")]
pub fn resolve(host: &str, service: &str) -> Result<Vec<SocketAddr>, LookupError> {
    resolve_within(host, service, None)
}

/// The addresses of a host, as [`resolve`], unless it takes longer than `timeout`.
///
/// # Errors
/// Those of [`resolve`]; `EAI_AGAIN` also when the time ran out.
pub fn resolve_timeout(
    host: &str,
    service: &str,
    timeout: Duration,
) -> Result<Vec<SocketAddr>, LookupError> {
    resolve_within(host, service, Some(timeout))
}

fn resolve_within(
    host: &str,
    service: &str,
    timeout: Option<Duration>,
) -> Result<Vec<SocketAddr>, LookupError> {
    let answer = getaddrinfo(
        Some(host),
        Some(service),
        AddressFamily::Unspec,
        SocketType::Unspec,
        0,
        AddrinfoFlags::empty(),
        seconds(timeout),
    )?;
    // Each address comes once for every type of socket.
    let mut addresses = Vec::new();
    for address in answer.into_iter().map(|entry| entry.address.into()) {
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    if addresses.is_empty() {
        return Err(Eai::Nodata.into());
    }
    Ok(addresses)
}

/// The addresses that text such as `example.com:80`, `127.0.0.1:http` or `[::1]:0` stands for.
///
/// An address with a port as a number asks nobody.
///
/// # Errors
/// Those of [`resolve`]; `EAI_SERVICE` also when there is no port.
#[doc(alias = "ToSocketAddrs")]
pub fn to_socket_addrs(text: &str) -> Result<Vec<SocketAddr>, LookupError> {
    if let Ok(address) = text.parse() {
        return Ok(Vec::from([address]));
    }
    let (host, service) = split_host_port(text);
    resolve(host, service.ok_or(Eai::Service)?)
}

/// Takes host and port apart, as they are written in a URL: `example.com`, `127.0.0.1:80`, `[::1]:http`.
///
/// The brackets of an IPv6 address are dropped; one without them has no port. Whether host and port make sense is not
/// looked at.
#[must_use]
pub fn split_host_port(text: &str) -> (&str, Option<&str>) {
    if let Some((host, rest)) = text.strip_prefix('[').and_then(|text| text.split_once(']')) {
        return match rest.strip_prefix(':') {
            Some(port) => (host, Some(port)),
            None if rest.is_empty() => (host, None),
            None => (text, None),
        };
    }
    match text.split_once(':') {
        Some((host, port)) if !port.contains(':') => (host, Some(port)),
        _ => (text, None),
    }
}
