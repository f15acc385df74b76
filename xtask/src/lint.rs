//! `cargo xtask lint`: check format, lints and dependencies.

use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use wasock_guest_build::{TARGET, Toolchain};

use crate::command::{cargo, cargo_has, run as run_command, wait_within};
use crate::repository::{fuzz_manifest, guest_manifest, target_dir};

/// How long to wait for the database of advisories, which comes over the network.
const FETCH_LIMIT: Duration = Duration::from_secs(120);

/// What became of a check.
enum Outcome {
    Passed,
    Failed,
    /// It could not run here; the text says what to do about it.
    NotRun(String),
}

/// The command line.
pub(crate) fn run(_arguments: &[String]) -> Result<()> {
    let guest = guest_manifest().display().to_string();
    let fuzz = fuzz_manifest().display().to_string();

    let mut outcomes = Vec::new();
    let mut check = |name: &'static str, check: &dyn Fn() -> Result<Outcome>| -> Result<()> {
        println!("== {name}");
        outcomes.push((name, check().with_context(|| name)?));
        Ok(())
    };
    check("format, native", &|| format(&[]))?;
    check("format, guests", &|| format(&["--manifest-path", &guest]))?;
    check("format, fuzzer", &|| format(&["--manifest-path", &fuzz]))?;
    check("clippy, native", &clippy_native)?;
    check("clippy, guests", &|| clippy_guests(&guest))?;
    check("dependencies, native", &|| dependencies(&[]))?;
    check("dependencies, guests", &|| {
        dependencies(&["--manifest-path", &guest])
    })?;
    check("dependencies, fuzzer", &|| {
        dependencies(&["--manifest-path", &fuzz])
    })?;
    check("advisories", &|| {
        advisories(&[
            &[],
            &["--manifest-path", &guest],
            &["--manifest-path", &fuzz],
        ])
    })?;

    summary(&outcomes)
}

fn summary(outcomes: &[(&str, Outcome)]) -> Result<()> {
    println!("\n== What was checked");
    for (name, outcome) in outcomes {
        match outcome {
            Outcome::Passed => println!("  {name:<22} passed"),
            Outcome::Failed => println!("  {name:<22} FAILED, see above"),
            Outcome::NotRun(reason) => println!("  {name:<22} not run: {reason}"),
        }
    }

    let failed = outcomes
        .iter()
        .filter(|(_, outcome)| matches!(outcome, Outcome::Failed))
        .count();
    if failed > 0 {
        bail!("{failed} of {} checks failed", outcomes.len());
    }
    Ok(())
}

fn format(extra: &[&str]) -> Result<Outcome> {
    if !cargo_has("fmt") {
        return Ok(Outcome::NotRun(
            "run `rustup component add rustfmt`".to_owned(),
        ));
    }
    // `--check` has to reach rustfmt itself where `--manifest-path` is given.
    outcome(cargo(["fmt", "--all"]).args(extra).args(["--", "--check"]))
}

fn clippy_native() -> Result<Outcome> {
    if !cargo_has("clippy") {
        return Ok(Outcome::NotRun(
            "run `rustup component add clippy`".to_owned(),
        ));
    }
    outcome(&mut cargo([
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]))
}

fn clippy_guests(guest: &str) -> Result<Outcome> {
    if !cargo_has("clippy") {
        return Ok(Outcome::NotRun(
            "run `rustup component add clippy`".to_owned(),
        ));
    }
    // clippy is rustup's, so the target must be too: it cannot read what another compiler has made.
    if !Toolchain::find()?.has_std() {
        return Ok(Outcome::NotRun(format!("run `rustup target add {TARGET}`")));
    }

    let target_dir = target_dir()?.join("guest");
    outcome(
        cargo(["clippy", "--workspace", "--release", "--target", TARGET])
            .args(["--manifest-path", guest])
            .arg("--target-dir")
            .arg(target_dir)
            .args(["--", "-D", "warnings"]),
    )
}

fn dependencies(extra: &[&str]) -> Result<Outcome> {
    if !cargo_has("deny") {
        return Ok(no_cargo_deny());
    }
    outcome(
        cargo(["deny"])
            .args(extra)
            .args(["check", "bans", "licenses", "sources"]),
    )
}

/// Known vulnerabilities, apart from the rest: they need a database from the network, and no network is not a fault
/// of the code.
fn advisories(workspaces: &[&[&str]]) -> Result<Outcome> {
    if !cargo_has("deny") {
        return Ok(no_cargo_deny());
    }

    let mut fetch = cargo(["deny", "fetch", "db"])
        .stdin(Stdio::null())
        .spawn()
        .context("cannot start cargo deny")?;
    match wait_within(&mut fetch, FETCH_LIMIT) {
        Ok(status) if status.success() => {}
        _ => {
            return Ok(Outcome::NotRun(
                "the database of advisories could not be fetched".to_owned(),
            ));
        }
    }
    for workspace in workspaces {
        let mut check = cargo(["deny"]);
        check
            .args(*workspace)
            .args(["check", "--disable-fetch", "advisories"]);
        if let Outcome::Failed = outcome(&mut check)? {
            return Ok(Outcome::Failed);
        }
    }
    Ok(Outcome::Passed)
}

fn no_cargo_deny() -> Outcome {
    Outcome::NotRun("run `cargo install --locked cargo-deny`".to_owned())
}

fn outcome(command: &mut Command) -> Result<Outcome> {
    match run_command(command) {
        Ok(()) => Ok(Outcome::Passed),
        Err(error) => {
            println!("{error:#}");
            Ok(Outcome::Failed)
        }
    }
}
