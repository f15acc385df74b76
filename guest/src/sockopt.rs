//! The options of WASI as core has them: what its two kinds of socket do alike.

use wasock_core::Errno;
use wasock_core::sockopt::SockOpt;

use crate::bindings::wasi::sockets::network::ErrorCode;
use crate::errors::{Call, errno};

const SECOND: u64 = 1_000_000_000;

/// The value of an option that WASI fixes.
pub(crate) fn fixed(option: SockOpt) -> Result<u64, ErrorCode> {
    match option {
        SockOpt::Ipv6V6only => Ok(1),
        // Of datagram sockets; core does not ask for that of streams.
        SockOpt::SoReuseaddr => Ok(0),
        _ => Err(ErrorCode::NotSupported),
    }
}

/// Sets it to what it is; another value is not supported.
pub(crate) fn set_fixed(option: SockOpt, value: u64) -> Result<(), ErrorCode> {
    if fixed(option)? == value {
        Ok(())
    } else {
        Err(ErrorCode::NotSupported)
    }
}

/// What was read, as core has it.
pub(crate) fn read(value: Result<u64, ErrorCode>) -> Result<i32, Errno> {
    let value = value.map_err(|code| errno(code, Call::Option))?;
    Ok(i32::try_from(value).unwrap_or(i32::MAX))
}

/// How setting went.
pub(crate) fn set(outcome: Result<(), ErrorCode>) -> Result<(), Errno> {
    outcome.map_err(|code| errno(code, Call::Option))
}

pub(crate) fn seconds(nanoseconds: u64) -> u64 {
    nanoseconds / SECOND
}

pub(crate) fn nanoseconds(seconds: u64) -> u64 {
    seconds.saturating_mul(SECOND)
}

/// Core has checked that it is one.
pub(crate) fn hops(value: i32) -> u8 {
    u8::try_from(value).unwrap_or(u8::MAX)
}
