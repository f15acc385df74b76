//! `getaddrinfo` and `getnameinfo`, row by row.

mod hosts;
mod lookups;
mod nameinfo;
mod sockets;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::create::{AddressFamily, SocketType};

use super::{AddrInfo, AddrInfoFlags, Eai, Plan, Query, plan};

/// Asks for TCP at port 80, so that each address is answered once.
fn query(host: &str) -> Query<'_> {
    Query {
        host: Some(host),
        service: Some("80"),
        family: AddressFamily::Unspec,
        r#type: SocketType::Stream,
        protocol: 0,
        flags: AddrInfoFlags::NONE,
    }
}

/// The answer of a query that must not need a resolver.
fn answer(query: &Query<'_>) -> Result<Vec<AddrInfo>, Eai> {
    match plan(query)? {
        Plan::Answer(answer) => {
            assert!(!answer.is_empty(), "{query:?}");
            Ok(answer)
        }
        Plan::Lookup(lookup) => panic!("{query:?} asks a resolver for {:?}", lookup.name()),
    }
}

/// The addresses of an answer, without the port where it is 80.
fn addresses(query: &Query<'_>) -> Result<Vec<String>, Eai> {
    Ok(answer(query)?.iter().map(address).collect())
}

fn address(info: &AddrInfo) -> String {
    assert_eq!(
        crate::addr::Family::of(&info.address),
        info.family,
        "{info:?}"
    );
    match (info.address, info.address.port()) {
        (crate::SockAddr::V6(v6), 80) if v6.scope_id() != 0 => {
            format!("{}%{}", v6.ip(), v6.scope_id())
        }
        (address, 80) => address.ip().to_string(),
        (address, _) => address.to_string(),
    }
}
