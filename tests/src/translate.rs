//! What the cases ask and expect, in the words of core.

use wasock_conformance::api::{AddrInfo, AnyFamily, AnyType, Question};
use wasock_core::addr::Family;
use wasock_core::create::{AddressFamily, SocketType};
use wasock_core::names::{self, Query};

pub(crate) fn address_family(family: AnyFamily) -> AddressFamily {
    match family {
        AnyFamily::Unspec => AddressFamily::Unspec,
        AnyFamily::Inet => AddressFamily::Inet,
        AnyFamily::Inet6 => AddressFamily::Inet6,
        AnyFamily::Unix => AddressFamily::Unix,
        AnyFamily::Other => AddressFamily::Other,
    }
}

pub(crate) fn socket_type(kind: AnyType) -> SocketType {
    match kind {
        AnyType::Unspec => SocketType::Unspec,
        AnyType::Stream => SocketType::Stream,
        AnyType::Dgram => SocketType::Dgram,
        AnyType::Raw => SocketType::Raw,
        AnyType::Rdm => SocketType::Rdm,
        AnyType::Seqpacket => SocketType::Seqpacket,
        AnyType::Other => SocketType::Other,
    }
}

pub(crate) fn query<'a>(question: &Question<'a>) -> Query<'a> {
    Query {
        host: question.host,
        service: question.service,
        family: address_family(question.family),
        r#type: socket_type(question.kind),
        protocol: question.protocol,
        flags: question.flags,
    }
}

pub(crate) fn entry(info: names::AddrInfo) -> AddrInfo {
    AddrInfo {
        family: match info.family {
            Family::Inet => AnyFamily::Inet,
            Family::Inet6 => AnyFamily::Inet6,
        },
        kind: match info.r#type {
            SocketType::Stream => AnyType::Stream,
            SocketType::Dgram => AnyType::Dgram,
            _ => AnyType::Other,
        },
        protocol: info.protocol,
        canonname: info.canonname,
        address: info.address,
    }
}
