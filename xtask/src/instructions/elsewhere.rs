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
    /// Checks the commit out. One from before `benches/` gets the first that there was, which knows least of what came
    /// later; what is measured is the same.
    pub(super) fn new(commit: &str) -> Result<Self> {
        let full = answer(
            "git",
            &["rev-parse", "--verify", &format!("{commit}^{{commit}}")],
        )
        .with_context(|| format!("git knows no commit `{commit}`"))?;
        let root = repository::target_dir()?.join("instructions").join(&full);
        // One that an interrupted run has left behind.
        let checkout = Self { root };
        checkout.remove();
        let path = checkout.root.display().to_string();
        run_command(&mut git(&[
            "worktree", "add", "--quiet", "--detach", &path, &full,
        ]))?;
        checkout.ensure_benches()?;
        Ok(checkout)
    }

    /// Where it lies.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    fn ensure_benches(&self) -> Result<()> {
        if self.root.join("benches").exists() {
            return Ok(());
        }
        let added = answer(
            "git",
            &[
                "log",
                "--diff-filter=A",
                "--format=%H",
                "--",
                "benches/Cargo.toml",
            ],
        );
        let first = added
            .as_deref()
            .and_then(|commits| commits.lines().last())
            .context(
                "git knows no commit that added benches/Cargo.toml; is the history complete?",
            )?;
        run_command(git(&["checkout", first, "--", "benches"]).current_dir(&self.root))?;

        let manifest = self.root.join("Cargo.toml");
        let text = fs::read_to_string(&manifest).context("cannot read the root manifest")?;
        let text = text.replacen(MEMBERS, &format!("{MEMBERS}\"benches\","), 1);
        fs::write(&manifest, text).context("cannot write the root manifest")
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

fn git(arguments: &[&str]) -> Command {
    let mut git = Command::new("git");
    git.args(arguments).current_dir(repository::root());
    git
}
