//! Random sequences of socket calls on the operating system, on core over it and on the component, compared step by
//! step.
//!
//! ```text
//! cargo test -p wasock-tests --test sequences                        # a bounded number, the same in every run
//! cargo test -p wasock-tests --test sequences -- soak 10 --seed 7    # for ten minutes, from another seed
//! cargo test -p wasock-tests --test sequences -- replay FILE         # one sequence, with all answers side by side
//! ```
//!
//! Linux says what is right. Where others may differ from it is in [`differences`], with reasons. The [`model`] leaves out
//! what has no single outcome, and waits for what is on its way, so that nothing depends on how fast anything is.

mod canonical;
mod command;
mod differences;
mod driver;
mod generate;
mod model;
mod run;
mod script;
mod search;
mod shrink;
mod totals;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};
use wasock_conformance::sequence::Call;

use crate::command::Command;
use crate::run::{Cast, Verdict};
use crate::search::{Failure, Stop};

/// What `cargo test` runs: so many, from this seed.
const SEED: u64 = 0x7761_736f_636b;
const SEQUENCES: u64 = 2000;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match Command::parse(&arguments) {
        Ok(None) => {
            let arguments = Arguments::from_args();
            libtest_mimic::run(&arguments, trials()).exit_code()
        }
        Ok(Some(command)) => command.run(),
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn trials() -> Vec<Trial> {
    vec![
        Trial::test("random_sequences_have_the_same_outcome_everywhere", random),
        Trial::test("sequences_that_once_differed_agree", kept),
        Trial::test("a_sequence_is_read_as_it_is_written", text),
        Trial::test("every_difference_says_why", reasons),
    ]
}

fn random() -> Result<(), Failed> {
    let (totals, failure) = search::run(SEED, &Stop::after(SEQUENCES));
    println!("{totals}");
    match failure {
        None => Ok(()),
        Some(failure) => Err(failure.to_string().into()),
    }
}

/// Each has found a bug, or a mistake of the model.
fn kept() -> Result<(), Failed> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sequences/kept");
    let mut cast = Cast::new();
    let mut count = 0;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let calls = script::read(&fs::read_to_string(&path)?)?;
        let played = cast.play_until_valid(&calls);
        if let Verdict::Differed(_) = played.verdict {
            let failure = Failure { calls, played };
            return Err(format!("{}\n{failure}", path.display()).into());
        }
        count += 1;
    }
    if count == 0 {
        return Err("there are none".into());
    }
    Ok(())
}

fn text() -> Result<(), Failed> {
    for calls in generate::sequences(SEED).take(200) {
        let text = script::write(&calls);
        let read: Vec<Call> = script::read(&text)?;
        if read != calls {
            return Err(text.into());
        }
    }
    for (text, expected) in [
        ("", Ok(0)),
        ("# nothing\n\n", Ok(0)),
        ("close 1 # twice\nclose 1", Ok(2)),
        ("close", Err("`close` is no call")),
        ("close 1 2", Err("`close 1 2` is no call")),
        ("recv 1 5", Err("`recv 1 5` is no call")),
        ("recv 1 5 -+peek", Err("`recv 1 5 -+peek` is no call")),
        ("connect 1 here", Err("`connect 1 here` is no call")),
    ] {
        let found = script::read(text).map(|calls| calls.len());
        if found != expected.map_err(str::to_owned) {
            return Err(format!("{text:?}: {found:?}").into());
        }
    }
    Ok(())
}

fn reasons() -> Result<(), Failed> {
    let mut names: Vec<_> = differences::DIFFERENCES.iter().map(|it| it.name).collect();
    names.sort_unstable();
    names.dedup();
    let named = names.len() == differences::DIFFERENCES.len();
    let argued = differences::DIFFERENCES
        .iter()
        .all(|it| it.reason.len() > 40);
    if named && argued {
        Ok(())
    } else {
        Err("a difference has no reason, or the name of another".into())
    }
}
