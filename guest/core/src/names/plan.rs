//! The first step of `getaddrinfo`: what can be said without a resolver.

use alloc::borrow::ToOwned;
use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::SockAddr;
use crate::addr::Family;
use crate::create::{AddressFamily, SocketType};

use super::addrinfo::{AddrInfo, combine};
use super::endpoints::{Endpoint, endpoints};
use super::lookup::{Families, Lookup};
use super::service::Service;
use super::{AddrInfoFlags, Eai, hostname, literal};

/// The arguments of `getaddrinfo`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Query<'a> {
    /// A name or an address as text. `*` counts as none, as with the GNU C library.
    pub host: Option<&'a str>,
    /// A name or a decimal port; the empty text is port 0. `*` counts as none.
    pub service: Option<&'a str>,
    /// `Unspec` for both families.
    pub family: AddressFamily,
    /// `Unspec` for both types.
    pub r#type: SocketType,
    /// 0 for that of the type.
    pub protocol: u32,
    /// How to read the host and the service, and what to answer.
    pub flags: AddrInfoFlags,
}

/// What is to be done about a [`Query`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Plan {
    /// Nothing: this is the answer. It is not empty.
    Answer(Vec<AddrInfo>),
    /// Ask a resolver.
    Lookup(Lookup),
}

/// Decides what `getaddrinfo` answers, or what it has to ask for.
///
/// # Errors
/// In this order, which is that of the GNU C library:
/// - `EAI_NONAME`: neither host nor service.
/// - `EAI_BADFLAGS`: `AI_CANONNAME` without a host.
/// - `EAI_FAMILY`: a family other than IPv4 and IPv6.
/// - `EAI_NONAME`: a service by name under `AI_NUMERICSERV`.
/// - `EAI_SOCKTYPE`, `EAI_SERVICE`: nothing can be created for type, protocol and service.
/// - `EAI_ADDRFAMILY`: an address of the other family.
/// - `EAI_NONAME`: a host that is no name, or a name under `AI_NUMERICHOST`.
///
/// # BSD
/// `getaddrinfo(3)`.
#[doc(alias = "getaddrinfo")]
pub fn plan(query: &Query<'_>) -> Result<Plan, Eai> {
    let Query { flags, .. } = *query;
    let host = query.host.filter(|host| *host != "*");
    let service = query.service.filter(|service| *service != "*");

    if host.is_none() && service.is_none() {
        return Err(Eai::Noname);
    }
    if host.is_none() && flags.contains(AddrInfoFlags::CANONNAME) {
        return Err(Eai::Badflags);
    }
    let family = match query.family {
        AddressFamily::Unspec => None,
        AddressFamily::Inet => Some(Family::Inet),
        AddressFamily::Inet6 => Some(Family::Inet6),
        AddressFamily::Unix | AddressFamily::Other => return Err(Eai::Family),
    };
    let service = match service {
        Some(text) => Service::read(text, flags)?,
        None => None,
    };
    let endpoints = endpoints(query.r#type, query.protocol, service)?;

    match host {
        None => Ok(Plan::Answer(without_host(family, flags, &endpoints))),
        Some(host) => with_host(host, family, flags, endpoints),
    }
}

/// Loopback, IPv6 first; or the wildcard, IPv4 first: the order of the GNU C library.
fn without_host(
    family: Option<Family>,
    flags: AddrInfoFlags,
    endpoints: &[Endpoint],
) -> Vec<AddrInfo> {
    let addresses = if flags.contains(AddrInfoFlags::PASSIVE) {
        [Family::Inet.wildcard(), Family::Inet6.wildcard()]
    } else {
        [Family::Inet6.loopback(0), Family::Inet.loopback(0)]
    };
    let wanted = |address: &SockAddr| family.is_none_or(|family| Family::of(address) == family);
    combine(addresses.into_iter().filter(wanted), endpoints, None)
}

fn with_host(
    host: &str,
    family: Option<Family>,
    flags: AddrInfoFlags,
    endpoints: Vec<Endpoint>,
) -> Result<Plan, Eai> {
    if let Some(address) = literal::read(host, family, flags)? {
        let canonname = flags
            .contains(AddrInfoFlags::CANONNAME)
            .then(|| host.to_owned());
        return Ok(Plan::Answer(combine([address], &endpoints, canonname)));
    }
    if flags.contains(AddrInfoFlags::NUMERICHOST) || !hostname::is_name(host) {
        return Err(Eai::Noname);
    }

    let lookup = Lookup::new(host.to_owned(), family, flags, endpoints);
    if hostname::is_localhost(host) {
        let loopback = [
            IpAddr::V6(Ipv6Addr::LOCALHOST),
            IpAddr::V4(Ipv4Addr::LOCALHOST),
        ];
        // As with an address as text, the families that the machine has on its network do not matter.
        let answer = lookup.finish(loopback, None, Families::BOTH)?;
        return Ok(Plan::Answer(answer));
    }
    Ok(Plan::Lookup(lookup))
}
