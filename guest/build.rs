//! Keeps the linker from raising the versions of our imports.
//!
//! It carries an adapter for WASI 0.1 that names WASI 0.2.6, and merges versions upwards even where the adapter
//! is not needed. Without it the component asks for the 0.2.0 of `wit/deps`, so older hosts link it too.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-link-arg-cdylib=--wasi-adapter=none");
}
