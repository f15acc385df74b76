//! What BSD sockets do, as cases that run over any supplier of the calls.
//!
//! A [`Case`] is a sentence about BSD and a function that tests it. It is written against the trait
//! [`Api`], which has the shape of the interface `wasock:net/sockets`, so the same case runs over the
//! operating system (which shows that the sentence is true) and over a component (which shows
//! that the component keeps to it). No case asserts how long something took.
//!
//! A case runs in one thread and cannot see both ends of a connection at work. What needs a second party
//! asks the native [peer](peer::Command), a TCP server that does what one line of text tells it.
//!
//! # Layout
//! - [`api`]: the calls that are tested.
//! - [`peer`]: what the native peer can be told to do.
//! - [`world`]: what a case is given, and the steps that many of them share.
//! - [`table`]: the list of all cases.
//! - [`sequence`]: calls and outcomes as text, for tests that compare suppliers with each other.
//! - `datagram`, `readiness`, `transfer`: such steps for one kind of cases each.
//! - `cases`: the cases, one file per theme.
#![no_std]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

extern crate alloc;

pub mod api;
mod cases;
mod datagram;
mod failure;
pub mod peer;
mod readiness;
pub mod sequence;
pub mod table;
mod transfer;
pub mod world;

pub use api::Api;
pub use failure::Failure;
pub use table::{Case, Families, Needs};
pub use world::World;
