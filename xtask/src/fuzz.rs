//! `cargo xtask fuzz`: run the fuzzer on a target, or on one after the other.
//!
//! What the fuzzer learns stays in `fuzz/target`, where nobody looks. Of it, what reaches code that no input reached before
//! is added to `fuzz/corpus`, which a test replays.

mod fuzzer;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::command::{cargo, cargo_has, run as run_command};
use crate::repository;
use fuzzer::Fuzzer;

/// How long each target is fuzzed unless the command line says otherwise, in seconds.
const SECONDS: u64 = 60;

/// The command line: `[TARGET] [SECONDS]`.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let folder = repository::root().join("fuzz");
    let all = targets(&folder)?;
    let choice = Choice::parse(arguments, &all)?;
    if !cargo_has("fuzz") {
        println!("== Installing cargo-fuzz");
        run_command(&mut cargo(["install", "--locked", "cargo-fuzz"]))?;
    }

    let fuzzer = Fuzzer::find(folder);
    println!("== Building the targets, {}", fuzzer.toolchain());
    fuzzer.build()?;
    println!("== Fuzzing, {} s each", choice.seconds);
    println!("  executions   seconds    kept  target");
    for target in &choice.targets {
        let run = fuzzer.fuzz(target, choice.seconds)?;
        let kept = fuzzer.keep(target)?;
        println!(
            "{:>12}{:>10}{kept:>8}  {target}",
            run.executions, run.seconds
        );
    }
    Ok(())
}

/// The names of the programs, in order.
fn targets(folder: &Path) -> Result<Vec<String>> {
    let sources = fs::read_dir(folder.join("fuzz_targets")).context("cannot list the targets")?;
    let mut names = Vec::new();
    for source in sources {
        let path = source.context("cannot list the targets")?.path();
        names.extend(path.file_stem().map(|name| name.display().to_string()));
    }
    names.sort();
    Ok(names)
}

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
struct Choice {
    targets: Vec<String>,
    seconds: u64,
}

impl Choice {
    fn parse(arguments: &[String], all: &[String]) -> Result<Self> {
        let mut choice = Self {
            targets: all.to_vec(),
            seconds: SECONDS,
        };
        let rest = match arguments.split_first() {
            Some((first, rest)) if all.contains(first) => {
                choice.targets = vec![first.clone()];
                rest
            }
            _ => arguments,
        };
        match rest {
            [] => {}
            [text] => match text.parse() {
                Ok(seconds) if seconds > 0 => choice.seconds = seconds,
                _ => bail!(
                    "`{text}` is neither a number of seconds nor a target; there are {}",
                    all.join(", ")
                ),
            },
            _ => bail!(
                "expected at most a target and a number of seconds, but got `{}`",
                arguments.join(" ")
            ),
        }
        Ok(choice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    fn parse(arguments: &[&str]) -> Option<(Vec<String>, u64)> {
        let all = strings(&["inet", "stream"]);
        let choice = Choice::parse(&strings(arguments), &all).ok()?;
        Some((choice.targets, choice.seconds))
    }

    #[test]
    fn a_target_and_a_time_are_both_optional() {
        let (all, one) = (strings(&["inet", "stream"]), strings(&["stream"]));
        assert_eq!(parse(&[]), Some((all.clone(), SECONDS)));
        assert_eq!(parse(&["stream"]), Some((one.clone(), SECONDS)));
        assert_eq!(parse(&["stream", "5"]), Some((one, 5)));
        assert_eq!(parse(&["5"]), Some((all, 5)));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for arguments in [
            &["steam"][..],
            &["0"],
            &["-1"],
            &["5", "stream"],
            &["stream", "5", "6"],
        ] {
            assert_eq!(parse(arguments), None, "{arguments:?}");
        }
    }
}
