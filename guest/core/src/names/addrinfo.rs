//! What `getaddrinfo` answers with.

use alloc::string::String;
use alloc::vec::Vec;

use crate::SockAddr;
use crate::addr::Family;
use crate::create::SocketType;

use super::endpoints::Endpoint;

/// One way to reach a service: what to create a socket with, and where to connect it to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddrInfo {
    /// The family of the address.
    pub family: Family,
    /// `Stream` or `Dgram`.
    pub r#type: SocketType,
    /// The number of TCP or UDP.
    pub protocol: u32,
    /// The canonical name, in the first entry of an answer, if it was asked for.
    pub canonname: Option<String>,
    /// The address, with the port of the service.
    pub address: SockAddr,
}

/// Every endpoint at every address, address by address.
pub(super) fn combine(
    addresses: impl IntoIterator<Item = SockAddr>,
    endpoints: &[Endpoint],
    mut canonname: Option<String>,
) -> Vec<AddrInfo> {
    let mut answer = Vec::new();
    for address in addresses {
        for endpoint in endpoints {
            let mut address = address;
            address.set_port(endpoint.port);
            answer.push(AddrInfo {
                family: Family::of(&address),
                r#type: endpoint.r#type,
                protocol: endpoint.protocol,
                canonname: canonname.take(),
                address,
            });
        }
    }
    answer
}
