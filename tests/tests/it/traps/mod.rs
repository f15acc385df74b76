//! The traps of the layer below: what programs over `wasi:sockets` fall into, and programs over `wasock:net`
//! do not. On our host and, where it is the provider that keeps them from it, on one that has nothing of ours.

mod accept;
mod datagrams;
mod delivery;
mod denied;
mod handles;
mod resets;
mod sizes;
