//! The values of the cases as values of the WIT, and errors the other way.

use wasock_conformance::api::{AnyFamily, AnyType, Shutdown};
use wasock_core::Errno;
use wasock_core::flags::MsgFlags;
use wasock_guest::net::sockets::ShutdownHow;
use wasock_guest::net::types::{self, AddressFamily, SocketType};

/// The error that has the same name.
macro_rules! errno_of_the_same_name {
    ($($name:ident)*) => {
        pub(crate) fn errno(errno: types::Errno) -> Errno {
            match errno {
                $(types::Errno::$name => Errno::$name,)*
            }
        }
    };
}

errno_of_the_same_name! {
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
