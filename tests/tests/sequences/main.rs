//! Random sequences of socket calls on the operating system, on core over it and on the component, compared step by
//! step.
//!
//! ```text
//! cargo test -p wasock-tests --test sequences                        # a bounded number, the same in every run
//! cargo test -p wasock-tests --test sequences -- soak 10 --seed 7    # for ten minutes, from another seed
//! cargo test -p wasock-tests --test sequences -- replay FILE         # one sequence, with all answers side by side
//! ```
//!
//! The bounded number is 5,000, which takes some 15 seconds, or `WASOCK_SEQUENCES` where that is set. It meets every
//! permitted difference that is not rare: one that is not met any more fails the run, and is to be taken off the list.
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

use std::env;
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
const SEQUENCES: u64 = 5000;

/// Another number instead.
const NUMBER: &str = "WASOCK_SEQUENCES";

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
    let number = match env::var(NUMBER) {
        Ok(text) => {
            let number = text.parse();
            number.map_err(|_| format!("{NUMBER}: `{text}` is no number of sequences"))?
        }
        Err(_) => SEQUENCES,
    };
    let (totals, failure) = search::run(SEED, &Stop::after(number));
    println!("{totals}");
    if let Some(failure) = failure {
        return Err(failure.to_string().into());
    }
    let unmet = totals.unmet(false);
    if number >= SEQUENCES && !unmet.is_empty() {
        return Err(differences::not_met(&unmet).into());
    }
    Ok(())
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
        for line in text.lines() {
            if script::form_of(line).is_none() {
                return Err(format!("`{line}` has no form in the list").into());
            }
        }
    }
    for (text, expected) in [
        ("", Ok(0)),
        ("# nothing\n\n", Ok(0)),
        ("close 1 # twice\nclose 1", Ok(2)),
        ("bind 1 lo\r\n# two lines\r\nclose 1\r\n", Ok(2)),
        ("close", Err("line 1: `close` is no call; one is `close 1`")),
        (
            "close 1\n\nclose 1 2",
            Err("line 3: `close 1 2` is no call; one is `close 1`"),
        ),
        (
            "recv 1 5",
            Err("line 1: `recv 1 5` is no call; one is `recv 1 5 peek+waitall`"),
        ),
        (
            "recv 1 5 -+peek # both",
            Err("line 1: `recv 1 5 -+peek` is no call; one is `recv 1 5 peek+waitall`"),
        ),
        (
            "connect 1 here",
            Err("line 1: `connect 1 here` is no call; one is `connect 1 @0`"),
        ),
    ] {
        let found = script::read(text).map(|calls| calls.len());
        if found != expected.map_err(str::to_owned) {
            return Err(format!("{text:?}: {found:?}").into());
        }
    }
    let unknown = script::read("colse 1").err().unwrap_or_default();
    if !unknown.starts_with("line 1: `colse 1` is no call; there are create, bind,") {
        return Err(unknown.into());
    }
    for form in script::FORMS {
        script::read(form)?;
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
