//! Where things are.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use wasock_guest_build::{Build, Package, Toolchain};

/// The root of the repository: the folder above this package.
pub(crate) fn root() -> PathBuf {
    // cargo tells a program that it runs where its package is; a program started by hand has what was true
    // when it was compiled.
    let package = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    package
        .parent()
        .map_or_else(|| package.clone(), Path::to_owned)
}

/// The manifest of the guest workspace.
pub(crate) fn guest_manifest() -> PathBuf {
    root().join("guest/Cargo.toml")
}

/// The manifest of the workspace of the fuzzer.
pub(crate) fn fuzz_manifest() -> PathBuf {
    root().join("fuzz/Cargo.toml")
}

/// The folder in which cargo has put this program, `<target folder>/debug`. It asks the file system and not the
/// configuration of cargo, which can move that folder in four ways.
pub(crate) fn programs() -> Result<PathBuf> {
    let xtask = env::current_exe().context("cannot tell where this program is")?;
    let folder = xtask.parent().context("this program is in no folder")?;
    Ok(folder.to_owned())
}

/// The target folder of the native workspace.
pub(crate) fn target_dir() -> Result<PathBuf> {
    let programs = programs()?;
    Ok(programs
        .parent()
        .map_or_else(|| programs.clone(), Path::to_owned))
}

/// The `wasock` program, once it is built.
pub(crate) fn wasock() -> Result<PathBuf> {
    Ok(programs()?
        .join("wasock")
        .with_extension(env::consts::EXE_EXTENSION))
}

/// Build guests of the repository and return their components, in the order of `packages`.
pub(crate) fn build_guests(packages: Vec<Package>) -> Result<Vec<PathBuf>> {
    let toolchain = Toolchain::find()?;
    let target_dir = target_dir()?.join("guest");
    let artifacts = toolchain.build(&Build {
        manifest: guest_manifest(),
        packages,
        target_dir,
    })?;
    Ok(artifacts
        .into_iter()
        .map(|artifact| artifact.path)
        .collect())
}
