//! BSD sockets for WebAssembly components written in Rust.
//!
//! A program here is `no_std`: it reaches the network through `wasock:net` and the terminal through
//! `wasi:cli`, and its component imports nothing else. Which addresses it may reach is decided
//! outside of it, by the network policy of the host; what the policy refuses is the error `EACCES`.
//!
//! # Example
//!
//! A complete program. It asks a server for a line, with ten seconds for each step:
//!
//! ```ignore
//! #![no_std]
//! extern crate alloc;
//!
//! use alloc::boxed::Box;
//! use alloc::string::String;
//! use core::error::Error;
//! use core::time::Duration;
//! use wasock_guest::{BufReader, TcpStream, args, println};
//!
//! wasock_guest::main!(ask);
//!
//! fn ask() -> Result<(), Box<dyn Error>> {
//!     let arguments = args();
//!     let [_, address, question] = arguments.as_slice() else {
//!         return Err("usage: ask ADDR QUESTION".into());
//!     };
//!     let stream = TcpStream::connect_timeout(address.parse()?, Duration::from_secs(10))?;
//!     stream.set_timeout(Some(Duration::from_secs(10)))?;
//!     write!(stream, "{question}\r\n")?;
//!
//!     let mut reader = BufReader::new(&stream);
//!     let answer = reader.read_until(b"\n", 4096)?.ok_or("no answer")?;
//!     println!("{}", String::from_utf8_lossy(&answer).trim_end());
//!     Ok(())
//! }
//! ```
//!
//! Its crate is a `cdylib` that depends on `wasock-guest` alone, built with `panic = "abort"`:
//!
//! ```text
//! cargo build --release --target wasm32-wasip2
//! wasock run --allow-outbound tcp://127.0.0.1:7000 ask.wasm 127.0.0.1:7000 "how are you?"
//! ```
//!
//! # Layout
//!
//! - [`TcpStream`], [`TcpListener`], [`UdpSocket`], [`BufReader`], [`Error`]: the sockets of this crate.
//! - [`create_connection`], [`create_server`], [`socketpair`]: what Python's `socket` module has under these names.
//! - [`resolve`], [`to_socket_addrs`], [`TcpStream::connect_host`]: names of hosts.
//! - [`Poller`], [`poll`]: many sockets at once; [`Queue`], [`LineStream`], [`Relay`]: what a program with them needs.
//! - [`net`]: the interfaces of `wasock:net` as they are written in WIT, for everything else.
//! - `main!`, [`args`], [`print!`], [`write_stdout`]: what the standard library would supply. A program
//!   that has `std` turns the feature `runtime` off and uses the sockets only.
#![no_std]

extern crate alloc;

mod address;
mod connection;
mod error;
mod handle;
mod lines;
mod listener;
mod options;
mod poller;
mod queue;
#[doc(hidden)]
pub mod raw;
mod reader;
mod relay;
mod resolve;
#[cfg(feature = "runtime")]
#[doc(hidden)]
pub mod rt;
mod scatter;
mod stream;
mod time;
mod udp;

pub use connection::{create_connection, create_server, socketpair};
pub use error::Error;
pub use lines::LineStream;
pub use listener::{Incoming, TcpListener};
pub use net::sockets::{Event, Readiness, ShutdownHow};
pub use net::types::{Eai, Errno};
pub use poller::{Poller, poll};
pub use queue::Queue;
pub use reader::BufReader;
pub use relay::Relay;
pub use resolve::{LookupError, resolve, resolve_timeout, split_host_port, to_socket_addrs};
#[cfg(feature = "runtime")]
pub use rt::{args, var, vars, write_stdout};
pub use stream::TcpStream;
pub use udp::UdpSocket;

/// The interfaces of `wasock:net`, generated from their WIT.
pub mod net {
    pub use crate::raw::wasock::net::{inet, options, pollables, resolver, sockets, types};
}

/// The interface of WASI that [`net::pollables`] takes pollables of: what bindings of other interfaces name in `with`.
pub mod wasi {
    pub use crate::raw::wasi::io::poll;
}
