//! Keeps the imports at the version of WASI that the WIT names, 0.2.0, so that older hosts link the component.

fn main() {
    // The linker's adapter for WASI 0.1, which nothing here uses, would raise them to its own version.
    println!("cargo::rustc-link-arg-cdylib=--wasi-adapter=none");
    println!("cargo::rerun-if-changed=build.rs");
}
