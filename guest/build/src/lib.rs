//! How the guest crates of this repository become WebAssembly components.
//!
//! The guest crates (the provider, the examples, the test programs) form a workspace of their own in
//! `guest/`. Build scripts, tests and `cargo xtask` compile them through this crate, so that the question
//! which compiler can produce `wasm32-wasip2` is answered in one place.
//!
//! # Two routes
//!
//! | route              | what it needs                                            | what it gives      |
//! |--------------------|----------------------------------------------------------|--------------------|
//! | [`Route::Rustup`]  | `rustup target add wasm32-wasip2`                        | `std` and `no_std` |
//! | [`Route::Debian`]  | Debian's `rustc-web` and `rust-web-src`, rustup's linker | `no_std` only      |
//!
//! The second exists for machines that reach Debian's packages but not rustup's downloads. Debian ships the
//! compiler with its library source, so cargo builds `core` and `alloc` from that (`-Zbuild-std`); the
//! component linker still comes from the rustup toolchain, which has it for every host.
//!
//! The first that is there is taken. `WASOCK_WASM_ROUTE=rustup` or `=debian` forces one, so that both can
//! be tested on one machine.
//!
//! # Use
//!
//! ```no_run
//! use std::path::Path;
//! use wasock_guest_build::{Build, Package, Toolchain, guest_target_dir};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let toolchain = Toolchain::find()?;
//! let artifacts = toolchain.build(&Build {
//!     manifest: "../guest/Cargo.toml".into(),
//!     packages: vec![Package::lib("wasock-provider")],
//!     target_dir: guest_target_dir(Path::new(&std::env::var("OUT_DIR")?)),
//! })?;
//! for artifact in &artifacts {
//!     println!("{} is at {}", artifact.name, artifact.path.display());
//! }
//! # Ok(())
//! # }
//! ```

#![forbid(unsafe_code)]

mod artifact;
mod build;
mod environment;
mod error;
mod names;
mod route;
mod target_dir;
mod toolchain;

pub use artifact::{Artifact, Kind, Package};
pub use build::Build;
pub use error::{BuildError, Missing};
pub use names::without_names;
pub use route::{ROUTE_VARIABLE, Route};
pub use target_dir::guest_target_dir;
pub use toolchain::Toolchain;

/// The one target that guests are compiled for.
pub const TARGET: &str = "wasm32-wasip2";
