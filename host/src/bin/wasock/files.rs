//! Reading and writing components.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Read the component that the person named.
pub(crate) fn read_component(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Write `component` to `path`, whole or not at all: what is there stays until the new file is complete.
pub(crate) fn write_component(path: &Path, component: &[u8]) -> Result<()> {
    let attempt = || -> std::io::Result<()> {
        // Not a file that one can be renamed over: `-o /dev/stdout`.
        if path.exists() && !path.is_file() {
            return fs::write(path, component);
        }
        let partial = partial_path(path);
        fs::write(&partial, component)
            .and_then(|()| fs::rename(&partial, path))
            .inspect_err(|_| _ = fs::remove_file(&partial))
    };
    attempt().with_context(|| format!("cannot write {}", path.display()))
}

/// Beside `path`, so that a rename is possible; of this process, so that two do not meet.
fn partial_path(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.partial", std::process::id()));
    path.with_file_name(name)
}
