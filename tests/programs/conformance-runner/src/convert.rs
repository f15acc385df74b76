//! The values of the cases as values of the WIT, and errors the other way.

use core::time::Duration;

use wasock_conformance::api::{AddrInfo, AnyFamily, AnyType, Shutdown};
use wasock_core::flags::MsgFlags;
use wasock_core::names::{AddrInfoFlags, Eai, NameInfoFlags};
use wasock_core::readiness::Readiness;
use wasock_core::{Errno, SockAddr};
use wasock_guest::net::resolver;
use wasock_guest::net::sockets::{self, ShutdownHow};
use wasock_guest::net::types::{self, AddressFamily, SocketType};

/// The error that has the same name.
macro_rules! error_of_the_same_name {
    ($function:ident $type:ident: $($name:ident)*) => {
        pub(crate) fn $function(error: types::$type) -> $type {
            match error {
                $(types::$type::$name => $type::$name,)*
            }
        }
    };
}

error_of_the_same_name! {
    errno Errno:
    E2big Eacces Eaddrinuse Eaddrnotavail Eafnosupport Eagain Ealready Ebadf Ebadmsg Ebusy
    Ecanceled Echild Econnaborted Econnrefused Econnreset Edeadlk Edestaddrreq Edom Edquot
    Eexist Efault Efbig Ehostdown Ehostunreach Eidrm Eilseq Einprogress Eintr Einval Eio Eisconn
    Eisdir Eloop Emfile Emlink Emsgsize Emultihop Enametoolong Enetdown Enetreset Enetunreach
    Enfile Enobufs Enodev Enoent Enoexec Enolck Enolink Enomem Enomsg Enoprotoopt Enospc Enosys
    Enotconn Enotdir Enotempty Enotrecoverable Enotsock Enotsup Enotty Enxio Eopnotsupp
    Eoverflow Eownerdead Eperm Epfnosupport Epipe Eproto Eprotonosupport Eprototype Erange
    Eremote Erofs Eshutdown Esocktnosupport Espipe Esrch Estale Etimedout Etoomanyrefs Etxtbsy
    Eusers Exdev Other
}

error_of_the_same_name! {
    eai Eai:
    Addrfamily Again Badflags Fail Family Memory Nodata Noname Overflow Service Socktype System
    Inprogress Canceled Notcanceled Alldone Intr IdnEncode Other
}

pub(crate) fn family(family: AnyFamily) -> AddressFamily {
    match family {
        AnyFamily::Unspec => AddressFamily::Unspec,
        AnyFamily::Inet => AddressFamily::Inet,
        AnyFamily::Inet6 => AddressFamily::Inet6,
        AnyFamily::Unix => AddressFamily::Unix,
        AnyFamily::Other => AddressFamily::Other,
    }
}

pub(crate) fn kind(kind: AnyType) -> SocketType {
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

pub(crate) fn any_family(family: AddressFamily) -> AnyFamily {
    match family {
        AddressFamily::Unspec => AnyFamily::Unspec,
        AddressFamily::Inet => AnyFamily::Inet,
        AddressFamily::Inet6 => AnyFamily::Inet6,
        AddressFamily::Unix => AnyFamily::Unix,
        AddressFamily::Other => AnyFamily::Other,
    }
}

pub(crate) fn any_type(kind: SocketType) -> AnyType {
    match kind {
        SocketType::Unspec => AnyType::Unspec,
        SocketType::Stream => AnyType::Stream,
        SocketType::Dgram => AnyType::Dgram,
        SocketType::Raw => AnyType::Raw,
        SocketType::Rdm => AnyType::Rdm,
        SocketType::Seqpacket => AnyType::Seqpacket,
        SocketType::Other => AnyType::Other,
    }
}

pub(crate) fn how(how: Shutdown) -> ShutdownHow {
    match how {
        Shutdown::Read => ShutdownHow::Read,
        Shutdown::Write => ShutdownHow::Write,
        Shutdown::Both => ShutdownHow::Both,
    }
}

/// Both sides number the flags alike.
pub(crate) fn flags(flags: MsgFlags) -> types::MsgFlags {
    types::MsgFlags::from_bits_truncate(flags.bits())
}

pub(crate) fn addrinfo_flags(flags: AddrInfoFlags) -> types::AddrinfoFlags {
    types::AddrinfoFlags::from_bits_truncate(flags.bits())
}

pub(crate) fn nameinfo_flags(flags: NameInfoFlags) -> types::NameinfoFlags {
    types::NameinfoFlags::from_bits_truncate(flags.bits())
}

pub(crate) fn wanted(readiness: Readiness) -> sockets::Readiness {
    sockets::Readiness::from_bits_truncate(readiness.bits())
}

pub(crate) fn readiness(readiness: sockets::Readiness) -> Readiness {
    Readiness::from_bits(readiness.bits())
}

pub(crate) fn seconds(time: Option<Duration>) -> Option<f64> {
    time.map(|time| time.as_secs_f64())
}

pub(crate) fn addrinfo(info: resolver::Addrinfo) -> AddrInfo {
    AddrInfo {
        family: any_family(info.family),
        kind: any_type(info.type_),
        protocol: info.protocol,
        canonname: info.canonname,
        address: SockAddr::from(info.address),
    }
}
