//! Builds the components that the tests run, and says where they are: `OUT_DIR/artifacts.rs`.

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use wasock_guest_build::{Build, Package, ROUTE_VARIABLE, Toolchain, guest_target_dir};

/// The workspace of the components.
const GUESTS: &str = "../guest";

/// Each component: the package, where it is, and what it is for.
const COMPONENTS: [(&str, &str, &str); 3] = [
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
];

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
    let artifacts = Toolchain::find()?.build(&Build {
        manifest: Path::new(GUESTS).join("Cargo.toml"),
        packages: COMPONENTS.map(|(package, ..)| Package::lib(package)).into(),
        target_dir: guest_target_dir(&out_dir),
    })?;

    let mut constants = String::new();
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
