//! What the integration tests share.
//!
//! # Layout
//! - [`peer`]: a native TCP server that does what a line of text tells it.
//! - [`artifacts`]: the components that the tests run.
//! - [`component`]: running them under the host.
//! - [`os`]: the sockets of the operating system behind the trait of the conformance cases.
//! - [`core_os`]: `wasock-core` over them, behind the same trait.
//! - [`deadline`], [`expectations`], [`tally`]: how trials are run, judged and counted.

pub mod artifacts;
pub mod component;
pub mod core_os;
pub mod deadline;
pub mod expectations;
pub mod os;
pub mod peer;
pub mod tally;
mod translate;
