//! Components that the tests build themselves.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use wasock_guest_build::{Build, Package, Toolchain, guest_target_dir};

/// A component of this repository: an app of `examples` that imports `wasock:net`, or the program of `tests/programs` that
/// makes requests.
pub(crate) fn example(name: &str) -> &'static Path {
    const NAMES: [&str; 7] = [
        "chat-server",
        "echo-server",
        "http-get",
        "http-program",
        "port-forward",
        "resolve",
        "udp-echo",
    ];
    static COMPONENTS: LazyLock<Vec<(String, PathBuf)>> = LazyLock::new(|| {
        let artifacts = Toolchain::find()
            .unwrap()
            .build(&Build {
                manifest: Path::new(env!("CARGO_MANIFEST_DIR")).join("../guest/Cargo.toml"),
                packages: NAMES.map(Package::lib).into(),
                target_dir: guest_target_dir(Path::new(env!("WASOCK_OUT_DIR"))),
            })
            .unwrap();
        let named = artifacts
            .into_iter()
            .map(|artifact| (artifact.name, artifact.path));
        named.collect()
    });
    let built = COMPONENTS.iter().find(|(built, _)| built == name);
    &built.unwrap().1
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
    not_tested(name, "it needs `rustup target add wasm32-wasip2`");
    None
}

/// Say what this machine lacks. Not by `eprintln!`: what a test prints that way, nobody sees if it passes.
pub(crate) fn not_tested(name: &str, why: &str) {
    let line = format!("not tested: {name}: {why}\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
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
