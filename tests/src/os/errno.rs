//! The errors of the operating system, by their POSIX names.

use rustix::io::Errno as Os;
use wasock_core::Errno;

/// The error with the same name. `ENOTSUP` is missing: on Linux it has the number of `EOPNOTSUPP`.
pub(crate) fn from_os(errno: Os) -> Errno {
    match errno {
        Os::TOOBIG => Errno::E2big,
        Os::ACCESS => Errno::Eacces,
        Os::ADDRINUSE => Errno::Eaddrinuse,
        Os::ADDRNOTAVAIL => Errno::Eaddrnotavail,
        Os::AFNOSUPPORT => Errno::Eafnosupport,
        Os::AGAIN => Errno::Eagain,
        Os::ALREADY => Errno::Ealready,
        Os::BADF => Errno::Ebadf,
        Os::BADMSG => Errno::Ebadmsg,
        Os::BUSY => Errno::Ebusy,
        Os::CANCELED => Errno::Ecanceled,
        Os::CHILD => Errno::Echild,
        Os::CONNABORTED => Errno::Econnaborted,
        Os::CONNREFUSED => Errno::Econnrefused,
        Os::CONNRESET => Errno::Econnreset,
        Os::DEADLK => Errno::Edeadlk,
        Os::DESTADDRREQ => Errno::Edestaddrreq,
        Os::DOM => Errno::Edom,
        Os::DQUOT => Errno::Edquot,
        Os::EXIST => Errno::Eexist,
        Os::FAULT => Errno::Efault,
        Os::FBIG => Errno::Efbig,
        Os::HOSTDOWN => Errno::Ehostdown,
        Os::HOSTUNREACH => Errno::Ehostunreach,
        Os::IDRM => Errno::Eidrm,
        Os::ILSEQ => Errno::Eilseq,
        Os::INPROGRESS => Errno::Einprogress,
        Os::INTR => Errno::Eintr,
        Os::INVAL => Errno::Einval,
        Os::IO => Errno::Eio,
        Os::ISCONN => Errno::Eisconn,
        Os::ISDIR => Errno::Eisdir,
        Os::LOOP => Errno::Eloop,
        Os::MFILE => Errno::Emfile,
        Os::MLINK => Errno::Emlink,
        Os::MSGSIZE => Errno::Emsgsize,
        Os::MULTIHOP => Errno::Emultihop,
        Os::NAMETOOLONG => Errno::Enametoolong,
        Os::NETDOWN => Errno::Enetdown,
        Os::NETRESET => Errno::Enetreset,
        Os::NETUNREACH => Errno::Enetunreach,
        Os::NFILE => Errno::Enfile,
        Os::NOBUFS => Errno::Enobufs,
        Os::NODEV => Errno::Enodev,
        Os::NOENT => Errno::Enoent,
        Os::NOEXEC => Errno::Enoexec,
        Os::NOLCK => Errno::Enolck,
        Os::NOLINK => Errno::Enolink,
        Os::NOMEM => Errno::Enomem,
        Os::NOMSG => Errno::Enomsg,
        Os::NOPROTOOPT => Errno::Enoprotoopt,
        Os::NOSPC => Errno::Enospc,
        Os::NOSYS => Errno::Enosys,
        Os::NOTCONN => Errno::Enotconn,
        Os::NOTDIR => Errno::Enotdir,
        Os::NOTEMPTY => Errno::Enotempty,
        Os::NOTRECOVERABLE => Errno::Enotrecoverable,
        Os::NOTSOCK => Errno::Enotsock,
        Os::NOTTY => Errno::Enotty,
        Os::NXIO => Errno::Enxio,
        Os::OPNOTSUPP => Errno::Eopnotsupp,
        Os::OVERFLOW => Errno::Eoverflow,
        Os::OWNERDEAD => Errno::Eownerdead,
        Os::PERM => Errno::Eperm,
        Os::PFNOSUPPORT => Errno::Epfnosupport,
        Os::PIPE => Errno::Epipe,
        Os::PROTO => Errno::Eproto,
        Os::PROTONOSUPPORT => Errno::Eprotonosupport,
        Os::PROTOTYPE => Errno::Eprototype,
        Os::RANGE => Errno::Erange,
        Os::REMOTE => Errno::Eremote,
        Os::ROFS => Errno::Erofs,
        Os::SHUTDOWN => Errno::Eshutdown,
        Os::SOCKTNOSUPPORT => Errno::Esocktnosupport,
        Os::SPIPE => Errno::Espipe,
        Os::SRCH => Errno::Esrch,
        Os::STALE => Errno::Estale,
        Os::TIMEDOUT => Errno::Etimedout,
        Os::TOOMANYREFS => Errno::Etoomanyrefs,
        Os::TXTBSY => Errno::Etxtbsy,
        Os::USERS => Errno::Eusers,
        Os::XDEV => Errno::Exdev,
        // A number that has no name in POSIX.
        _ => Errno::Other,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_name_is_the_name_of_some_number() {
        let found: BTreeSet<Errno> = (1..4096)
            .map(|number| from_os(Os::from_raw_os_error(number)))
            .collect();
        let missing: Vec<Errno> = Errno::ALL
            .iter()
            .copied()
            .filter(|errno| !found.contains(errno))
            .collect();
        assert_eq!(missing, [Errno::Enotsup]);
    }
}
