//! Builds the components that the tests run, and says where they are: `OUT_DIR/artifacts.rs`.

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use wasock_guest_build::{Artifact, Build, Package, ROUTE_VARIABLE, Toolchain, guest_target_dir};

/// The workspace of the components.
const GUESTS: &str = "../guest";

/// Each component: the package, where it is, and what it is for.
const COMPONENTS: [(&str, &str, &str); 6] = [
    (
        "bindings-program",
        "programs/bindings-program",
        "Uses what the Rust bindings build above the interface.",
    ),
    (
        "conformance-runner",
        "programs/conformance-runner",
        "Runs one conformance case.",
    ),
    (
        "echo-server",
        "../examples/echo-server",
        "The example of a server.",
    ),
    (
        "http-get",
        "../examples/http-get",
        "The example of a client.",
    ),
    (
        "puppet",
        "programs/puppet",
        "Does on sockets what the lines on its standard input say.",
    ),
    (
        "wasi-program",
        "programs/wasi-program",
        "Knows WASI and nothing of `wasock:net`.",
    ),
];

/// The component that needs the standard library, which not every toolchain has.
const STD_PROGRAM: &str = "std-program";

fn main() -> ExitCode {
    match build() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            for line in error.to_string().lines() {
                println!("cargo::error={line}");
            }
            ExitCode::FAILURE
        }
    }
}

fn build() -> Result<(), Box<dyn Error>> {
    let out_dir = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    let toolchain = Toolchain::find()?;
    let mut packages = Vec::from(COMPONENTS.map(|(package, ..)| Package::lib(package)));
    if toolchain.has_std() {
        packages.push(Package::bin(STD_PROGRAM));
    }
    let mut artifacts = toolchain.build(&Build {
        manifest: Path::new(GUESTS).join("Cargo.toml"),
        packages,
        target_dir: guest_target_dir(&out_dir),
    })?;

    let mut constants = String::new();
    std_program(artifacts.get(COMPONENTS.len()), &mut constants)?;
    artifacts.truncate(COMPONENTS.len());
    for (artifact, (package, folder, purpose)) in artifacts.iter().zip(COMPONENTS) {
        let name = package.replace('-', "_").to_uppercase();
        writeln!(
            constants,
            "/// {purpose}\npub const {name}: &str = {:?};",
            artifact.path
        )?;
        for source in artifact.sources()? {
            println!("cargo::rerun-if-changed={}", source.display());
        }
        println!("cargo::rerun-if-changed={folder}/Cargo.toml");
    }
    fs::write(out_dir.join("artifacts.rs"), constants)?;

    // What cargo does not list as a source.
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed={ROUTE_VARIABLE}");
    println!("cargo::rerun-if-changed=../wit");
    println!("cargo::rerun-if-changed=conformance/Cargo.toml");
    for manifest in [
        "guest/Cargo.toml",
        "guest/Cargo.lock",
        "guest/core/Cargo.toml",
        "bindings/rust/Cargo.toml",
    ] {
        println!("cargo::rerun-if-changed=../{manifest}");
    }
    Ok(())
}

/// Where the toolchain has no `std`, the tests of this program are shown as ignored, with the reason.
fn std_program(artifact: Option<&Artifact>, constants: &mut String) -> Result<(), Box<dyn Error>> {
    println!("cargo::rustc-check-cfg=cfg(std_guests)");
    if let Some(artifact) = artifact {
        println!("cargo::rustc-cfg=std_guests");
        println!("cargo::rerun-if-changed=programs/std-program");
        writeln!(
            constants,
            "/// Knows `std::net` and nothing of wasock.\npub const STD_PROGRAM: &str = {:?};",
            artifact.path
        )?;
    }
    Ok(())
}
