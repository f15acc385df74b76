//! The repository as it was at another commit, in a folder of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::command::{answer, run as run_command};
use crate::repository;

/// The line of the root manifest that the packages follow.
const MEMBERS: &str = "members = [";

/// A worktree of git, which goes with this value.
#[derive(Debug)]
pub(super) struct Checkout {
    root: PathBuf,
}

impl Checkout {
    /// Checks the commit out, with the benches that are here: what is measured has to be the same.
    pub(super) fn new(commit: &str) -> Result<Self> {
        let commit = answer(
            "git",
            &["rev-parse", "--verify", &format!("{commit}^{{commit}}")],
        )
        .with_context(|| format!("git knows no commit `{commit}`"))?;
        let root = repository::target_dir()?.join("instructions").join(&commit);
        let checkout = Self { root };
        // One that an interrupted run has left behind.
        checkout.remove();
        let path = checkout.root.display().to_string();
        run_command(&mut git(&[
            "worktree", "add", "--quiet", "--detach", &path, &commit,
        ]))?;
        checkout.put_benches()?;
        Ok(checkout)
    }

    /// Where it lies.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    fn put_benches(&self) -> Result<()> {
        let benches = self.root.join("benches");
        if benches.exists() {
            fs::remove_dir_all(&benches).context("cannot remove the benches of then")?;
        } else {
            let manifest = self.root.join("Cargo.toml");
            let text = fs::read_to_string(&manifest).context("cannot read the root manifest")?;
            let text = text.replacen(MEMBERS, &format!("{MEMBERS}\"benches\","), 1);
            fs::write(&manifest, text).context("cannot write the root manifest")?;
        }
        copy(&repository::root().join("benches"), &benches).context("cannot copy the benches")
    }

    fn remove(&self) {
        if self.root.exists() {
            let path = self.root.display().to_string();
            // Nothing depends on it: the next run tries again, and `git worktree list` shows what is left.
            let _ = run_command(&mut git(&["worktree", "remove", "--force", &path]));
        }
    }
}

impl Drop for Checkout {
    fn drop(&mut self) {
        self.remove();
    }
}

/// Copies a folder with all that is in it.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

fn git(arguments: &[&str]) -> Command {
    let mut git = Command::new("git");
    git.args(arguments).current_dir(repository::root());
    git
}
