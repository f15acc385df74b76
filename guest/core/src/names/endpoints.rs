//! The sockets that a query can be about.

use alloc::vec::Vec;

use crate::create::SocketType;

use super::Eai;
use super::service::Service;
use super::services::Transport;

/// Everything about an answer but its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Endpoint {
    pub(super) r#type: SocketType,
    pub(super) protocol: u32,
    pub(super) port: u16,
}

/// What there is, in the order of the answers. Raw sockets, which the GNU C library lists third, cannot be
/// created here.
const KINDS: [(SocketType, u32, Transport); 2] = [
    (SocketType::Stream, 6, Transport::Tcp),
    (SocketType::Dgram, 17, Transport::Udp),
];

/// The endpoints that fit; at least one.
///
/// # Errors
/// Type and protocol come first, as in the GNU C library: `EAI_SOCKTYPE` when they fit nothing, but
/// `EAI_SERVICE` when no type was given, or when a service is sought for raw sockets, which have none.
/// Then `EAI_SERVICE` for a service that is known for none of what fits.
pub(super) fn endpoints(
    r#type: SocketType,
    protocol: u32,
    service: Option<Service<'_>>,
) -> Result<Vec<Endpoint>, Eai> {
    let fits = |&&(of, number, _): &&(SocketType, u32, Transport)| {
        (r#type == SocketType::Unspec || r#type == of) && (protocol == 0 || protocol == number)
    };
    if !KINDS.iter().any(|kind| fits(&kind)) {
        return Err(match r#type {
            SocketType::Unspec => Eai::Service,
            SocketType::Raw if service.is_some() => Eai::Service,
            _ => Eai::Socktype,
        });
    }

    let endpoint = |&(r#type, protocol, transport)| {
        let port = match service {
            None => 0,
            Some(service) => service.port(transport)?,
        };
        Some(Endpoint {
            r#type,
            protocol,
            port,
        })
    };
    let endpoints: Vec<_> = KINDS.iter().filter(fits).filter_map(endpoint).collect();
    if endpoints.is_empty() {
        Err(Eai::Service)
    } else {
        Ok(endpoints)
    }
}
