//! Components that the tests build themselves.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use wasock_guest_build::{Build, Package, Toolchain, guest_target_dir};

/// An app of this repository that imports `wasock:net`: it fetches a page.
pub(crate) fn http_get() -> &'static Path {
    static COMPONENT: LazyLock<PathBuf> = LazyLock::new(|| {
        let artifacts = Toolchain::find()
            .unwrap()
            .build(&Build {
                manifest: Path::new(env!("CARGO_MANIFEST_DIR")).join("../guest/Cargo.toml"),
                packages: vec![Package::lib("http-get")],
                target_dir: guest_target_dir(Path::new(env!("WASOCK_OUT_DIR"))),
            })
            .unwrap();
        artifacts.into_iter().next().unwrap().path
    });
    &COMPONENT
}

/// Build a program of `tests/it/guests` with Rust's standard library. `None`, and a line that says so, where the compiler
/// has none for WebAssembly.
pub(crate) fn std_program(name: &str) -> Option<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/it/guests/{name}.rs"));
    // Tests run side by side, and may want the same program.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("std-programs");
    std::fs::create_dir_all(&folder).unwrap();
    let unique = format!("{name}-{:?}.wasm", std::thread::current().id());
    let component = folder.join(unique);

    let built = Command::new("rustc")
        .args(["--edition", "2024", "--target", "wasm32-wasip2"])
        .args(["-C", "opt-level=1", "-C", "strip=symbols", "-o"])
        .args([&component, &source])
        .output()
        .unwrap();
    if built.status.success() {
        return Some(component);
    }
    let errors = String::from_utf8_lossy(&built.stderr);
    assert!(errors.contains("can't find crate for `std`"), "{errors}");
    eprintln!("not tested: {name} needs `rustup target add wasm32-wasip2`");
    None
}

/// A component that imports an interface, and asks nothing of it.
pub(crate) fn importing(name: &str) -> Vec<u8> {
    let length = u8::try_from(name.len()).unwrap();
    [
        // The header, and the type of an instance without exports.
        &b"\0asm\x0d\0\x01\0\x07\x03\x01\x42\x00"[..],
        // The import.
        &[10, length + 5, 1, 0, length],
        name.as_bytes(),
        &[5, 0],
    ]
    .concat()
}
