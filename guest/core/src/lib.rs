//! BSD socket semantics without I/O.
//!
//! This crate decides what every call answers; it performs none of them. Below it lies a
//! [`Backend`](backend::Backend) of calls that return at once (the sockets of WASI, those of an operating
//! system, a script in a test); above it a driver that owns the clock and does the waiting:
//!
//! ```text
//!   driver   loop { match socket.recv(.., turn) {
//!                Step::Ready(answer) => return answer,
//!                Step::Wait(wait)    => block until wait.interest or wait.until, then try again } }
//!   core     state machine: what is allowed now, what the answer means
//!   backend  non-blocking primitives
//! ```
//!
//! A component drives it by polling, a host by awaiting, a test by hand. Time is an argument
//! ([`Turn`]), so nothing here reads a clock.
//!
//! # Layout
//! - [`errno`], [`addr`], [`flags`]: the vocabulary.
//! - [`step`], [`time`]: how waiting is expressed.
//! - [`backend`]: what is asked of the layer below.
//! - [`stream`]: TCP, a state machine whose states say how each is left.
//! - [`datagram`]: UDP, likewise.
//! - [`socket`]: a socket of either type.
//! - [`sockopt`]: its options.
//! - [`readiness`], [`poll_set`]: what a socket is ready for.
//! - [`buffer`]: memory that is kept for a program.
//! - [`inet`]: addresses as text.
#![no_std]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

extern crate alloc;

pub mod addr;
pub mod backend;
pub mod buffer;
pub mod create;
pub mod datagram;
#[cfg(test)]
mod document;
pub mod errno;
mod flag_set;
pub mod flags;
pub mod inet;
pub mod names;
pub mod poll_set;
pub mod readiness;
#[cfg(test)]
mod script;
pub mod socket;
pub mod sockopt;
pub mod step;
pub mod stream;
pub mod time;

pub use addr::SockAddr;
pub use datagram::Received;
pub use errno::Errno;
pub use step::{Interest, Step, Turn, Wait};
pub use time::{Duration, Instant, Timeout};
