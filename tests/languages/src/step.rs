//! Running one of the tools.

use std::io::{self, Write as _};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// Says what is done, and does it. What the tool prints is shown if it fails.
///
/// # Errors
/// The tool cannot be started, or fails.
pub(crate) fn step(what: &str, command: &mut Command) -> Result<()> {
    // Not `eprintln!`, which the test harness keeps to itself: somebody is waiting.
    writeln!(io::stderr(), "  {what}").context("cannot write to standard error")?;

    let program = command.get_program().display().to_string();
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("{what}: cannot start `{program}`"))?;
    if !output.status.success() {
        bail!(
            "{what}: `{program}` ended with {}\n{}{}",
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
    }
    Ok(())
}
