//! `cargo xtask demo`: show components on the network: what they may do, and what is refused.

mod download;
mod echo;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{self, Command};

use anyhow::{Context, Result};
use wasock_guest_build::Package;

use crate::command::{cargo, run as run_command, typed};
use crate::{repository, setup};

/// The command line.
pub(crate) fn run(_arguments: &[String]) -> Result<()> {
    setup::ensure()?;

    println!("\n== Building wasock and the two example components");
    run_command(&mut cargo(["build", "-p", "wasock"]))?;
    let components =
        repository::build_guests(vec![Package::lib("http-get"), Package::lib("echo-server")])?;
    let [http_get, echo_server] = components.as_slice() else {
        unreachable!("one component a package");
    };
    let scratch = Scratch::new()?;

    println!("\n== The tour that wasock carries inside itself: `wasock demo`");
    run_command(Command::new(repository::wasock()?).arg("demo"))?;
    download::show_download(http_get, &scratch.0)?;
    echo::show_echo(echo_server)?;

    println!(
        "\nThat was the demo. The components are in examples/, the policy language in host/policy/."
    );
    Ok(())
}

/// `wasock run RULES COMPONENT ARGUMENTS`, printed as one would type it.
fn wasock_run(rules: &[&str], component: &Path, arguments: &[&str]) -> Result<Command> {
    let mut command = Command::new(repository::wasock()?);
    command
        .arg("run")
        .args(rules)
        .arg(component)
        .args(arguments);

    // Paths from the root of the repository, where the reader is.
    let root = format!("{}/", repository::root().display());
    println!("   $ {}", typed(&command).replace(&root, ""));
    Ok(command)
}

/// A folder that goes when the demo ends, also when it fails.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self> {
        let path = repository::target_dir()?.join(format!("demo-{}", process::id()));
        fs::create_dir_all(&path)
            .with_context(|| format!("cannot make the folder {}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0)
            && error.kind() != io::ErrorKind::NotFound
        {
            eprintln!("{} could not be removed: {error}", self.0.display());
        }
    }
}
