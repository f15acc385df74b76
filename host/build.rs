//! Builds the components that the host embeds, or takes them as files.
//!
//! | component    | taken instead of built     |
//! |--------------|----------------------------|
//! | provider     | `WASOCK_PROVIDER=FILE`     |
//! | plain client | `WASOCK_PLAIN_CLIENT=FILE` |

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf, absolute};
use std::process::ExitCode;

use wasock_guest_build::{
    Build, Package, ROUTE_VARIABLE, Toolchain, guest_target_dir, without_names,
};

/// The workspace of the components.
const GUESTS: &str = "../guest";

/// Each component: its package, what replaces it, and where `src/embedded.rs` finds it.
const COMPONENTS: [(&str, &str, &str); 2] = [
    ("wasock-provider", "WASOCK_PROVIDER", "WASOCK_PROVIDER_WASM"),
    (
        "plain-client",
        "WASOCK_PLAIN_CLIENT",
        "WASOCK_PLAIN_CLIENT_WASM",
    ),
];

fn main() -> ExitCode {
    match embed() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            for line in error.to_string().lines() {
                println!("cargo::error={line}");
            }
            ExitCode::FAILURE
        }
    }
}

fn embed() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed={ROUTE_VARIABLE}");

    let out_dir = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    // Tests build more components, beside these.
    println!("cargo::rustc-env=WASOCK_OUT_DIR={}", out_dir.display());

    let mut packages = Vec::new();
    for (package, replacement, variable) in COMPONENTS {
        println!("cargo::rerun-if-env-changed={replacement}");
        match env::var_os(replacement) {
            Some(file) => take(replacement, variable, Path::new(&file))?,
            None => packages.push(Package::lib(package)),
        }
    }
    if packages.is_empty() {
        return Ok(());
    }

    let artifacts = Toolchain::find()?.build(&Build {
        manifest: Path::new(GUESTS).join("Cargo.toml"),
        packages,
        target_dir: guest_target_dir(&out_dir),
    })?;
    for artifact in artifacts {
        let variable = COMPONENTS
            .iter()
            .find_map(|(package, _, variable)| (*package == artifact.name).then_some(variable))
            .ok_or_else(|| format!("{} is not a component of ours", artifact.name))?;
        let shipped = out_dir.join(&artifact.name).with_extension("wasm");
        fs::write(&shipped, without_names(&fs::read(&artifact.path)?))?;
        println!("cargo::rustc-env={variable}={}", shipped.display());
        for source in artifact.sources()? {
            println!("cargo::rerun-if-changed={}", source.display());
        }
    }
    // What cargo does not list as a source.
    for manifest in [
        "Cargo.toml",
        "Cargo.lock",
        "core/Cargo.toml",
        "plain-client/Cargo.toml",
    ] {
        println!("cargo::rerun-if-changed={GUESTS}/{manifest}");
    }
    println!("cargo::rerun-if-changed=../wit");
    Ok(())
}

/// Embed a file that is there already.
fn take(replacement: &str, variable: &str, file: &Path) -> Result<(), Box<dyn Error>> {
    if !file.is_file() {
        return Err(format!("{replacement}: {} is not a file", file.display()).into());
    }
    let file = absolute(file)?;
    println!("cargo::rerun-if-changed={}", file.display());
    println!("cargo::rustc-env={variable}={}", file.display());
    Ok(())
}
