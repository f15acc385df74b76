//! WASI errors as POSIX names: the one place.

use wasock_core::Errno;
use wasock_core::names::Eai;

use crate::bindings::wasi::io::error::Error;
use crate::bindings::wasi::sockets::network::ErrorCode;

/// The call during which an error came up. WASI has fewer names than POSIX, so some of them mean
/// different things in different calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Create,
    Bind,
    Listen,
    Accept,
    Connect,
    ConnectDatagram,
    Send,
    Receive,
    Shutdown,
    Name,
    Option,
}

/// The POSIX name of `code`, which `call` met.
pub(crate) fn errno(code: ErrorCode, call: Call) -> Errno {
    match code {
        ErrorCode::AccessDenied => Errno::Eacces,
        ErrorCode::NotSupported if call == Call::Create => Errno::Eafnosupport,
        ErrorCode::NotSupported if call == Call::Option => Errno::Enoprotoopt,
        ErrorCode::NotSupported => Errno::Eopnotsupp,
        ErrorCode::InvalidArgument => Errno::Einval,
        ErrorCode::OutOfMemory => Errno::Enobufs,
        ErrorCode::Timeout => Errno::Etimedout,
        ErrorCode::ConcurrencyConflict => Errno::Ealready,
        ErrorCode::NotInProgress => Errno::Einval,
        ErrorCode::WouldBlock => Errno::Eagain,
        ErrorCode::InvalidState => match call {
            Call::Connect => Errno::Eisconn,
            // The connection went away between being accepted and being asked who it is from.
            Call::Shutdown | Call::Name => Errno::Enotconn,
            Call::Create
            | Call::Bind
            | Call::Listen
            | Call::Accept
            | Call::ConnectDatagram
            | Call::Send
            | Call::Receive
            | Call::Option => Errno::Einval,
        },
        ErrorCode::NewSocketLimit => Errno::Emfile,
        // wasmtime has no code for what is the one thing that goes wrong here: no descriptor is left.
        ErrorCode::Unknown if matches!(call, Call::Create | Call::Accept) => Errno::Emfile,
        ErrorCode::AddressNotBindable => Errno::Eaddrnotavail,
        ErrorCode::AddressInUse => Errno::Eaddrinuse,
        ErrorCode::RemoteUnreachable => Errno::Ehostunreach,
        ErrorCode::ConnectionRefused => Errno::Econnrefused,
        ErrorCode::ConnectionReset => Errno::Econnreset,
        ErrorCode::ConnectionAborted => Errno::Econnaborted,
        ErrorCode::DatagramTooLarge => Errno::Emsgsize,
        // Errors of lookups, which no socket call answers with.
        ErrorCode::NameUnresolvable
        | ErrorCode::TemporaryResolverFailure
        | ErrorCode::PermanentResolverFailure
        | ErrorCode::Unknown => Errno::Eio,
    }
}

/// What `getaddrinfo` answers when a lookup ended with `code`.
///
/// A lookup that the host does not allow is a permanent failure, not a denial: WASI keeps it from being told
/// apart from a name server that refuses.
pub(crate) fn eai(code: ErrorCode) -> Eai {
    match code {
        ErrorCode::NameUnresolvable | ErrorCode::InvalidArgument => Eai::Noname,
        ErrorCode::TemporaryResolverFailure | ErrorCode::Timeout => Eai::Again,
        ErrorCode::PermanentResolverFailure | ErrorCode::AccessDenied | ErrorCode::NotSupported => {
            Eai::Fail
        }
        ErrorCode::OutOfMemory => Eai::Memory,
        ErrorCode::Unknown
        | ErrorCode::ConcurrencyConflict
        | ErrorCode::NotInProgress
        | ErrorCode::WouldBlock
        | ErrorCode::InvalidState
        | ErrorCode::NewSocketLimit
        | ErrorCode::AddressNotBindable
        | ErrorCode::AddressInUse
        | ErrorCode::RemoteUnreachable
        | ErrorCode::ConnectionRefused
        | ErrorCode::ConnectionReset
        | ErrorCode::ConnectionAborted
        | ErrorCode::DatagramTooLarge => Eai::System,
    }
}

/// The POSIX name of the error of a stream.
///
/// WASI 0.2 has no stable way to ask for it, so the text for debugging is searched for the names that hosts
/// write: `ConnectionReset`, `connection-reset (error 15)`, `Connection reset by peer (os error 104)`.
pub(crate) fn stream_errno(error: &Error) -> Errno {
    const NAMES: &[(&str, Errno)] = &[
        ("connectionreset", Errno::Econnreset),
        ("connectionaborted", Errno::Econnaborted),
        ("connectionrefused", Errno::Econnrefused),
        ("brokenpipe", Errno::Epipe),
        ("connectionbroken", Errno::Epipe),
        ("timeout", Errno::Etimedout),
        ("timedout", Errno::Etimedout),
        ("remoteunreachable", Errno::Ehostunreach),
        ("accessdenied", Errno::Eacces),
        ("permissiondenied", Errno::Eacces),
        ("outofmemory", Errno::Enobufs),
    ];
    let mut text = error.to_debug_string();
    text.make_ascii_lowercase();
    text.retain(|character| character.is_ascii_alphanumeric());
    NAMES
        .iter()
        .find(|(name, _)| text.contains(name))
        .map_or(Errno::Eio, |(_, errno)| *errno)
}
