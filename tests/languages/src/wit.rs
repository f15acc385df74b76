//! The WIT of a program, in the shape that the tools read: its world, and each package it needs below `deps`.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::files::{copy_files, copy_fresh};
use crate::repository;

/// Puts the world of the folder `world` and the packages of this repository together in `to`.
pub(crate) fn assemble(world: &Path, to: &Path) -> Result<PathBuf> {
    let ours = repository().join("wit");
    copy_fresh(world, to)?;
    copy_fresh(&ours.join("deps"), &to.join("deps"))?;
    copy_files(&ours, &to.join("deps/wasock-net"))?;
    let http = repository().join("tests/programs/http-program/wit/deps/http");
    copy_fresh(&http, &to.join("deps/http"))?;
    Ok(to.to_owned())
}
