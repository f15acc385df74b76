//! `cargo xtask conformance`: run the BSD socket cases on every implementation, or on one.
//!
//! The harness does the work and prints the table; its trials are named `BACKEND::FAMILY::case_name`.

use anyhow::{Result, bail};

use crate::command::{cargo, run as run_command};

/// The command line: `[--backend NAME] [--list]`.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let harness = harness_arguments(arguments)?;

    let mut test = cargo([
        "test",
        "--quiet",
        "-p",
        "wasock-tests",
        "--test",
        "conformance",
        "--",
    ]);
    run_command(test.args(harness))
}

fn harness_arguments(arguments: &[String]) -> Result<Vec<String>> {
    let mut harness = Vec::new();
    let mut arguments = arguments.iter().map(String::as_str);
    while let Some(argument) = arguments.next() {
        match argument {
            "--list" => harness.push("--list".to_owned()),
            "--backend" => match arguments.next() {
                Some(name) if !name.starts_with('-') => harness.push(format!("{name}::")),
                _ => bail!(
                    "`--backend` needs the name of an implementation; `--list` shows them, before the first `::`"
                ),
            },
            other => bail!("`{other}` is not understood; expected `--backend NAME` or `--list`"),
        }
    }
    Ok(harness)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn translate(arguments: &[&str]) -> Option<Vec<String>> {
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        harness_arguments(&arguments).ok()
    }

    #[test]
    fn a_backend_becomes_a_filter_and_a_list_stays_one() {
        assert_eq!(translate(&[]).unwrap(), [""; 0]);
        assert_eq!(translate(&["--list"]).unwrap(), ["--list"]);
        assert_eq!(
            translate(&["--backend", "os", "--list"]).unwrap(),
            ["os::", "--list"]
        );
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for arguments in [&["--backend"][..], &["--backend", "--list"], &["os"]] {
            assert!(translate(arguments).is_none(), "{arguments:?}");
        }
    }
}
