//! Names of hosts and services: `getaddrinfo` and `getnameinfo`.
//!
//! A question is asked in two steps, so that nothing here waits or knows a resolver:
//!
//! ```text
//!   plan(query) -> Answer(addresses)       most questions: addresses as text, no host, `localhost`
//!               -> Lookup { name, .. }     ask a resolver for `name`, then
//!                    .finish(answers) -> addresses
//!               -> an EAI_ error           nothing was asked
//! ```
//!
//! The reference is the GNU C library; `tests/names` compares with that of the machine. It differs on purpose
//! where this library cannot create what it would answer (raw sockets, SCTP), and where the GNU C library is
//! wrong (a port above 65535 is taken modulo 65536 there).
//!
//! # What a resolver is asked
//!
//! Only what cannot mean anything else to it. Resolvers of hosts read names in their own ways: some take
//! `127.0.0.1.`, `0x` or `%31` for an address, which a check made here would not have seen as one. So a name
//! of anything but letters, digits, `-` and `_`, and every name whose last label is a number, is answered
//! `EAI_NONAME` here. Names beyond ASCII are encoded by the binding before they come here.
//!
//! # Layout
//! - [`plan`], [`lookup`](Lookup): the two steps.
//! - `literal`, `hostname`: what a host can be: an address, or a name.
//! - `service`, [`services`]: what a service can be, and the services that are known.
//! - `endpoints`: what can be created for it.
//! - [`getnameinfo`]: the way back.

mod addrinfo;
mod eai;
mod endpoints;
mod flags;
mod hostname;
mod literal;
mod lookup;
mod nameinfo;
mod plan;
mod service;
pub mod services;
mod translation;

pub use addrinfo::AddrInfo;
pub use eai::Eai;
pub use flags::{AddrInfoFlags, NameInfoFlags};
pub use lookup::{Families, Lookup};
pub use nameinfo::{NameInfo, getnameinfo};
pub use plan::{Plan, Query, plan};
pub use services::Transport;
pub use translation::{Answers, Translation};

#[cfg(test)]
mod tests;
