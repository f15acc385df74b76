//! Errors, by their POSIX names.

use core::fmt;

macro_rules! errnos {
    ($($(#[doc = $doc:literal])+ $variant:ident $name:literal)*) => {
        /// Why a call failed.
        ///
        /// The same list as the enum `errno` of the WIT package, in the same order.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Errno {
            $($(#[doc = $doc])+ $variant,)*
        }

        impl Errno {
            /// Every error there is, in the order of the enum.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The POSIX name, such as `ECONNREFUSED`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

errnos! {
    /// Argument list too long.
    E2big "E2BIG"
    /// Permission denied; the policy of the host refuses.
    Eacces "EACCES"
    /// Address already in use.
    Eaddrinuse "EADDRINUSE"
    /// Address not available on this machine.
    Eaddrnotavail "EADDRNOTAVAIL"
    /// Address family not supported, or not that of the socket.
    Eafnosupport "EAFNOSUPPORT"
    /// Resource unavailable, try again: a non-blocking call would have to wait.
    Eagain "EAGAIN"
    /// A connection attempt is already in progress.
    Ealready "EALREADY"
    /// The socket is closed.
    Ebadf "EBADF"
    /// Bad message.
    Ebadmsg "EBADMSG"
    /// Device or resource busy.
    Ebusy "EBUSY"
    /// Operation cancelled.
    Ecanceled "ECANCELED"
    /// No child processes.
    Echild "ECHILD"
    /// Connection aborted.
    Econnaborted "ECONNABORTED"
    /// Connection refused.
    Econnrefused "ECONNREFUSED"
    /// Connection reset by the peer.
    Econnreset "ECONNRESET"
    /// Resource deadlock would occur.
    Edeadlk "EDEADLK"
    /// Destination address required.
    Edestaddrreq "EDESTADDRREQ"
    /// Argument out of the domain of the function.
    Edom "EDOM"
    /// Quota exceeded.
    Edquot "EDQUOT"
    /// File exists.
    Eexist "EEXIST"
    /// Bad address.
    Efault "EFAULT"
    /// File too large.
    Efbig "EFBIG"
    /// Host is down.
    Ehostdown "EHOSTDOWN"
    /// Host is unreachable.
    Ehostunreach "EHOSTUNREACH"
    /// Identifier removed.
    Eidrm "EIDRM"
    /// Illegal byte sequence.
    Eilseq "EILSEQ"
    /// The connection attempt goes on in the background.
    Einprogress "EINPROGRESS"
    /// Interrupted function.
    Eintr "EINTR"
    /// Invalid argument, or a call that does not fit the state of the socket.
    Einval "EINVAL"
    /// Input/output error; also an error of the layer below that carries no better name.
    Eio "EIO"
    /// The socket is connected already.
    Eisconn "EISCONN"
    /// Is a directory.
    Eisdir "EISDIR"
    /// Too many levels of symbolic links.
    Eloop "ELOOP"
    /// Too many open sockets in this component.
    Emfile "EMFILE"
    /// Too many links.
    Emlink "EMLINK"
    /// Message too large.
    Emsgsize "EMSGSIZE"
    /// Reserved by POSIX.
    Emultihop "EMULTIHOP"
    /// Name too long.
    Enametoolong "ENAMETOOLONG"
    /// Network is down.
    Enetdown "ENETDOWN"
    /// Connection aborted by the network.
    Enetreset "ENETRESET"
    /// Network unreachable.
    Enetunreach "ENETUNREACH"
    /// Too many open sockets in the system.
    Enfile "ENFILE"
    /// No buffer space available.
    Enobufs "ENOBUFS"
    /// No such device.
    Enodev "ENODEV"
    /// No such file or directory.
    Enoent "ENOENT"
    /// Executable file format error.
    Enoexec "ENOEXEC"
    /// No locks available.
    Enolck "ENOLCK"
    /// Reserved by POSIX.
    Enolink "ENOLINK"
    /// Not enough memory.
    Enomem "ENOMEM"
    /// No message of the desired type.
    Enomsg "ENOMSG"
    /// The option is not available.
    Enoprotoopt "ENOPROTOOPT"
    /// No space left on device.
    Enospc "ENOSPC"
    /// Function not supported.
    Enosys "ENOSYS"
    /// The socket is not connected.
    Enotconn "ENOTCONN"
    /// Not a directory.
    Enotdir "ENOTDIR"
    /// Directory not empty.
    Enotempty "ENOTEMPTY"
    /// State not recoverable.
    Enotrecoverable "ENOTRECOVERABLE"
    /// Not a socket.
    Enotsock "ENOTSOCK"
    /// Not supported.
    Enotsup "ENOTSUP"
    /// Inappropriate I/O control operation.
    Enotty "ENOTTY"
    /// No such device or address.
    Enxio "ENXIO"
    /// The operation is not supported by this socket, or a flag is not implemented.
    Eopnotsupp "EOPNOTSUPP"
    /// Value too large for its type.
    Eoverflow "EOVERFLOW"
    /// The previous owner died.
    Eownerdead "EOWNERDEAD"
    /// Operation not permitted.
    Eperm "EPERM"
    /// Protocol family not supported.
    Epfnosupport "EPFNOSUPPORT"
    /// The connection is shut down for sending, or the peer is gone.
    Epipe "EPIPE"
    /// Protocol error.
    Eproto "EPROTO"
    /// Protocol not supported by this family and type.
    Eprotonosupport "EPROTONOSUPPORT"
    /// Protocol wrong type for socket.
    Eprototype "EPROTOTYPE"
    /// Result too large.
    Erange "ERANGE"
    /// Object is remote.
    Eremote "EREMOTE"
    /// Read-only file system.
    Erofs "EROFS"
    /// Cannot send after transport endpoint shutdown.
    Eshutdown "ESHUTDOWN"
    /// Socket type not supported.
    Esocktnosupport "ESOCKTNOSUPPORT"
    /// Invalid seek.
    Espipe "ESPIPE"
    /// No such process.
    Esrch "ESRCH"
    /// Stale file handle.
    Estale "ESTALE"
    /// The timeout of the socket ran out, or the connection timed out.
    Etimedout "ETIMEDOUT"
    /// Too many references: cannot splice.
    Etoomanyrefs "ETOOMANYREFS"
    /// Text file busy.
    Etxtbsy "ETXTBSY"
    /// Too many users.
    Eusers "EUSERS"
    /// Cross-device link.
    Exdev "EXDEV"
    /// An error that has no POSIX name.
    Other "OTHER"
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl core::error::Error for Errno {}
