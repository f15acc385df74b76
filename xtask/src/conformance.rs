//! `cargo xtask conformance`: run the BSD socket cases on every implementation, or on one.
//!
//! The harness does the work and prints the table; its trials are named `BACKEND::FAMILY::case_name`. Without options, what is
//! compared with the C library and with Linux follows.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::command::{cargo, run as run_command, show};
use crate::oracles;

/// The command line: `[--backend NAME] [--list]`.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let choice = Choice::parse(arguments)?;
    let list = ["--list".to_owned()];

    // A filter that nothing passes is a success to the harness, and a typing error to us.
    if !lists_a_case(harness().args(&choice.filter).args(&list))? {
        let filter = choice.filter.unwrap_or_default();
        bail!("there is no case of `{filter}`; `cargo xtask conformance --list` shows all");
    }
    run_command(
        harness()
            .args(&choice.filter)
            .args(list.iter().filter(|_| choice.list)),
    )?;
    if choice != Choice::default() {
        return Ok(());
    }
    oracles::texts(None)?;
    oracles::names()?;
    oracles::sequences([])
}

fn harness() -> Command {
    cargo([
        "test",
        "--quiet",
        "-p",
        "wasock-tests",
        "--test",
        "conformance",
        "--",
    ])
}

fn lists_a_case(list: &mut Command) -> Result<bool> {
    let output = list
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start {}", show(list)))?;
    if !output.status.success() {
        bail!("{} ended with {}", show(list), output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout)
        .lines()
        .any(|line| line.ends_with(": test")))
}

/// What was asked for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Choice {
    /// The start of the names of the trials to run; `None` for all.
    filter: Option<String>,
    /// To name them only.
    list: bool,
}

impl Choice {
    fn parse(arguments: &[String]) -> Result<Self> {
        let mut choice = Self::default();
        let mut arguments = arguments.iter().map(String::as_str);
        while let Some(argument) = arguments.next() {
            match argument {
                "--list" => choice.list = true,
                "--backend" => match arguments.next() {
                    Some(name) if !name.starts_with('-') => {
                        choice.filter = Some(format!("{name}::"))
                    }
                    _ => bail!(
                        "`--backend` needs a name; `--list` shows them, before the first `::`"
                    ),
                },
                other => {
                    bail!("`{other}` is not understood; expected `--backend NAME` or `--list`")
                }
            }
        }
        Ok(choice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Option<Choice> {
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        Choice::parse(&arguments).ok()
    }

    #[test]
    fn a_backend_becomes_a_filter_and_a_list_stays_one() {
        let os = Some("os::".to_owned());
        let cases: [(&[&str], Choice); 4] = [
            (&[], Choice::default()),
            (
                &["--list"],
                Choice {
                    filter: None,
                    list: true,
                },
            ),
            (
                &["--backend", "os"],
                Choice {
                    filter: os.clone(),
                    list: false,
                },
            ),
            (
                &["--backend", "os", "--list"],
                Choice {
                    filter: os,
                    list: true,
                },
            ),
        ];
        for (arguments, expected) in cases {
            assert_eq!(parse(arguments), Some(expected), "{arguments:?}");
        }
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for arguments in [&["--backend"][..], &["--backend", "--list"], &["os"]] {
            assert_eq!(parse(arguments), None, "{arguments:?}");
        }
    }
}
