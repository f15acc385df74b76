//! Folders: copies of them, and whether they have changed.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// Copies the folder `from` with all that is in it. What was at `to` before is gone.
pub(crate) fn copy_fresh(from: &Path, to: &Path) -> Result<()> {
    if to.exists() {
        fs::remove_dir_all(to).with_context(|| format!("cannot remove {}", to.display()))?;
    }
    copy_files(from, to)?;
    for path in sorted(from)? {
        if let Some(name) = path.file_name()
            && path.is_dir()
        {
            copy_fresh(&path, &to.join(name))?;
        }
    }
    Ok(())
}

/// Copies the files of the folder `from`, without the folders in it.
pub(crate) fn copy_files(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    for path in sorted(from)? {
        if let Some(name) = path.file_name()
            && path.is_file()
        {
            fs::copy(&path, to.join(name))
                .with_context(|| format!("cannot copy {}", path.display()))?;
        }
    }
    Ok(())
}

/// What something was made from: every file, with its contents.
pub(crate) struct Inputs(Vec<u8>);

impl Inputs {
    /// Reads all files below `folders`.
    pub(crate) fn read(folders: &[&Path]) -> Result<Self> {
        let mut inputs = Self(Vec::new());
        for folder in folders {
            inputs.add(folder)?;
        }
        Ok(inputs)
    }

    fn add(&mut self, path: &Path) -> Result<()> {
        if path.is_dir() {
            return sorted(path)?.iter().try_for_each(|path| self.add(path));
        }
        let contents = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        self.0
            .extend_from_slice(path.as_os_str().as_encoded_bytes());
        self.0.push(b'\n');
        self.0.extend(contents);
        Ok(())
    }

    /// Whether `record` has been called with the same inputs.
    pub(crate) fn are_recorded(&self, at: &Path) -> bool {
        fs::read(at).is_ok_and(|recorded| recorded == self.0)
    }

    /// Remembers that it was made.
    pub(crate) fn record(&self, at: &Path) -> Result<()> {
        fs::write(at, &self.0).with_context(|| format!("cannot write {}", at.display()))
    }
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).and_then(|entries| {
        entries
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<Vec<_>, _>>()
    });
    let mut paths = entries.with_context(|| format!("cannot read {}", folder.display()))?;
    paths.sort();
    Ok(paths)
}
