//! The guarded `wasi:sockets`: wasmtime-wasi's implementation behind the policy.
//!
//! An interface of `wasi:sockets` is implemented for [`NetCtxView`] by asking the guard and then calling wasmtime-wasi's own
//! implementation on a sockets context that belongs to [`NetCtx`] alone.
//!
//! | concept                                             | file                                              |
//! |-----------------------------------------------------|---------------------------------------------------|
//! | decisions, and their records                        | `guard`                                           |
//! | the policy in force, and another in its place       | `in_force`                                        |
//! | limits, and what a guest is told of them            | `spend`, `room`, `toll`                           |
//! | the interfaces                                      | `tcp`, `udp`, `datagrams`, `ip_name_lookup`, `poll`, … |
//! | what is known of a socket                           | `socket_state`, `udp_state`, `peers`              |
//! | where a mapping leads                               | `destination`                                     |
//! | what is open, to be decided on again and counted    | `open`                                            |
//! | closing what has ended without the guest            | `attend`                                          |
//! | the bytes of a connection                           | `streams`, `link`, `linger`                       |
//! | waiting longer than the system does, or less long   | `gates`                                           |
//! | lookups, and what follows from them                 | `lookup`, `answers`, `pins`                       |
//! | the second lock                                     | `backstop`                                        |
//!
//! [`NetCtx`]: crate::NetCtx
//! [`NetCtxView`]: crate::NetCtxView

pub(crate) mod answers;
mod attend;
pub(crate) mod backstop;
mod datagrams;
pub(crate) mod destination;
pub(crate) mod gates;
#[expect(
    clippy::module_inception,
    reason = "the guard itself; the folder holds what it guards"
)]
pub(crate) mod guard;
mod in_force;
mod ip_name_lookup;
pub(crate) mod linger;
pub(crate) mod link;
pub(crate) mod lookup;
mod network;
pub(crate) mod open;
mod peers;
pub(crate) mod pins;
mod poll;
mod recent;
mod room;
pub(crate) mod socket_state;
pub(crate) mod sources;
mod spend;
mod streams;
mod tcp;
mod tcp_create_socket;
mod toll;
mod udp;
mod udp_create_socket;
pub(crate) mod udp_state;

#[cfg(test)]
pub(crate) mod tests;
