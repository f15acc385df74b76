//! The portable supplier of `wasock:net`: BSD sockets over `wasi:sockets` 0.2, as a component.
//!
//! A thin shell. What a call answers is decided in `wasock-core`; here it is only carried out:
//!
//! - [`backend`], [`tcp`], [`udp`], [`sockopt`]: the sockets of WASI as core's backend.
//! - [`errors`]: the one table from WASI errors to POSIX names.
//! - [`convert`]: the one place where the types of the interface meet those of core.
//! - [`wait`]: the clock and the waiting.
//! - [`memory`]: what to do when there is none.
//! - [`sockets`] with [`buffers`], [`mod@poll`] and [`poller`], [`options`], [`resolver`], [`inet`]: the exported interfaces.
//! - [`runtime`]: what `no_std` leaves to us.
//!
//! It is `no_std` because a component with `std` imports the file system, the environment and standard
//! I/O whether it uses them or not.
#![no_std]

extern crate alloc;

mod backend;
mod buffers;
mod convert;
mod errors;
mod inet;
mod memory;
mod options;
mod poll;
mod poller;
mod resolver;
mod runtime;
mod sockets;
mod sockopt;
mod tcp;
mod udp;
mod wait;

/// The component: it implements every exported interface.
struct Provider;

/// Generated from the world `provider`.
mod bindings {
    wit_bindgen::generate!({
        world: "wasock:net/provider",
        path: "../wit",
        generate_all,
    });

    use super::Provider;
    export!(Provider);
}
