//! `cargo xtask test`: run every test, and sum up what ran.

use std::io::{self, BufRead, BufReader, IsTerminal, Write};
use std::process::ExitStatus;

use anyhow::{Context, Result, bail};

use crate::command::{cargo, show};
use crate::oracles;
use crate::report::Report;
use crate::setup;

/// The command line.
pub(crate) fn run(_arguments: &[String]) -> Result<()> {
    setup::ensure()?;

    println!("\n== Tests of the native workspace: unit, documentation and integration tests");
    let (report, status) = cargo_test()?;

    println!("\n== What ran\n\n{report}");
    if report.has_failed() || !status.success() {
        bail!("the tests failed: cargo ended with {status}");
    }
    Ok(())
}

/// Run all tests, showing their output as it comes, and read the results from it.
fn cargo_test() -> Result<(Report, ExitStatus)> {
    let mut test = cargo(["test", "--workspace", "--no-fail-fast"]);
    oracles::fully(&mut test);
    if io::stderr().is_terminal() {
        test.env("CARGO_TERM_COLOR", "always");
    }

    // One pipe for both streams: cargo says on one what runs, and the runner says on the other how it went.
    // From two pipes the order of the lines could not be told.
    let (reader, writer) = io::pipe().context("cannot make a pipe")?;
    test.stdout(writer.try_clone().context("cannot share a pipe")?)
        .stderr(writer);
    let mut child = test
        .spawn()
        .with_context(|| format!("cannot start {}", show(&test)))?;
    // It holds the writing end of the pipe, whose last holder ends our reading.
    drop(test);

    let mut report = Report::default();
    let mut reader = BufReader::new(reader);
    let mut line = Vec::new();
    while reader
        .read_until(b'\n', &mut line)
        .context("cannot read what the tests print")?
        > 0
    {
        io::stdout()
            .write_all(&line)
            .context("cannot show what the tests print")?;
        report.read_line(&String::from_utf8_lossy(&line));
        line.clear();
    }

    let status = child.wait().context("cannot wait for the tests")?;
    Ok((report, status))
}
