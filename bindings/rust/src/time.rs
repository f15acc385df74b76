//! Lengths of time: those of Rust and those of the WIT.

use core::time::Duration;

use crate::error::Error;
use crate::net::sockets::Socket;

/// A timeout as the WIT has it.
pub(crate) fn seconds(timeout: Option<Duration>) -> Option<f64> {
    timeout.map(|time| time.as_secs_f64())
}

/// Sets how long the calls of a socket may wait.
pub(crate) fn set_timeout(socket: &Socket, timeout: Option<Duration>) -> Result<(), Error> {
    Ok(socket.settimeout(seconds(timeout))?)
}
