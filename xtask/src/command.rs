//! Running other programs.

use std::env;
use std::io;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::repository;

/// cargo, started in the root of the repository: the one that runs this program, if one does.
pub(crate) fn cargo<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(repository::root());
    command
}

/// Run a program to its end. Its output goes where ours goes.
///
/// # Errors
///
/// If it cannot be started or does not succeed; the message has the command in it.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("cannot start {}", show(command)))?;
    if !status.success() {
        bail!("{} ended with {status}", show(command));
    }
    Ok(())
}

/// The standard output of a program that succeeds; `None` if it is not there or fails. It is for asking
/// whether a tool is installed.
pub(crate) fn answer(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(repository::root())
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Whether cargo has a subcommand, such as `fmt` or `deny`.
pub(crate) fn cargo_has(subcommand: &str) -> bool {
    cargo([subcommand, "--version"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Wait for a child, but not for ever: one that is late is ended.
///
/// # Errors
///
/// If it is late, or cannot be waited for.
pub(crate) fn wait_within(child: &mut Child, limit: Duration) -> Result<ExitStatus> {
    let started = Instant::now();
    while started.elapsed() < limit {
        if let Some(status) = child.try_wait().context("cannot wait for a program")? {
            return Ok(status);
        }
        thread::sleep(Duration::from_millis(5));
    }

    end(child)?;
    bail!(
        "a program did not end within {} s and was stopped",
        limit.as_secs()
    );
}

/// End a child and forget how it ended.
pub(crate) fn end(child: &mut Child) -> io::Result<()> {
    child.kill()?;
    child.wait().map(drop)
}

/// The command as one would type it.
pub(crate) fn typed(command: &Command) -> String {
    let words = [command.get_program()]
        .into_iter()
        .chain(command.get_args());
    let words: Vec<_> = words.map(|word| word.display().to_string()).collect();
    words.join(" ")
}

/// The command within a sentence.
pub(crate) fn show(command: &Command) -> String {
    format!("`{}`", typed(command))
}
