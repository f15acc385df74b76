//! What the integration tests share.
//!
//! # Layout
//! - [`peer`]: a native TCP server that does what a line of text tells it.
//! - [`os`]: the sockets of the operating system behind the trait of the conformance cases.
//! - [`deadline`], [`expectations`], [`tally`]: how trials are run, judged and counted.

pub mod deadline;
pub mod expectations;
pub mod os;
pub mod peer;
pub mod tally;
