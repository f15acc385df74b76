//! What the harness does beside the trials: the long form, and one sequence.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::run::{Cast, Verdict};
use crate::search::{self, Stop};
use crate::{differences, script};

/// A command line that is not one of the test runner.
pub(crate) enum Command {
    /// `soak [MINUTES] [--seed N]`.
    Soak { minutes: u64, seed: u64 },
    /// `replay FILE`.
    Replay(PathBuf),
    /// `differences`.
    Differences,
}

/// How long without a word about it.
const MINUTES: u64 = 10;

/// So many sequences meet every difference that is permitted.
const LONG: u64 = 100_000;

impl Command {
    /// None where the command line is that of a test runner.
    ///
    /// # Errors
    /// What is not understood.
    pub(crate) fn parse(arguments: &[String]) -> Result<Option<Self>, String> {
        let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["soak", rest @ ..] => Self::soak(rest).map(Some),
            ["replay", file] => Ok(Some(Self::Replay(file.into()))),
            ["replay", ..] => Err("`replay` needs one file".to_owned()),
            ["differences"] => Ok(Some(Self::Differences)),
            _ => Ok(None),
        }
    }

    fn soak(words: &[&str]) -> Result<Self, String> {
        let number = |word: &str| {
            let number = word.parse::<u64>();
            number
                .map_err(|_| format!("`{word}` is no number; expected `soak [MINUTES] [--seed N]`"))
        };
        let (mut minutes, mut seed) = (MINUTES, None);
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match *word {
                "--seed" => {
                    let word = words.next().ok_or("`--seed` needs a number")?;
                    seed = Some(number(word)?);
                }
                word => minutes = number(word)?,
            }
        }
        let seed = seed.unwrap_or_else(|| {
            let now = SystemTime::now().duration_since(UNIX_EPOCH);
            now.map_or(0, |now| now.as_secs())
        });
        Ok(Self::Soak { minutes, seed })
    }

    pub(crate) fn run(self) -> ExitCode {
        match self {
            Self::Soak { minutes, seed } => soak(minutes, seed),
            Self::Replay(file) => replay(&file),
            Self::Differences => {
                print!("{}", differences::list());
                ExitCode::SUCCESS
            }
        }
    }
}

fn soak(minutes: u64, seed: u64) -> ExitCode {
    println!("sequences for {minutes} min, --seed {seed}");
    let stop = Stop::at(Duration::from_secs(60 * minutes));
    let (totals, failure) = search::run(seed, &stop);
    if let Some(failure) = &failure {
        println!("{failure}");
    }
    println!("{totals}");
    let unmet = totals.unmet(true);
    let is_long = totals.sequences() >= LONG;
    if is_long && !unmet.is_empty() {
        println!("{}", differences::not_met(&unmet));
    }
    ExitCode::from(u8::from(failure.is_some() || is_long && !unmet.is_empty()))
}

fn replay(file: &PathBuf) -> ExitCode {
    let text = fs::read_to_string(file).map_err(|error| error.to_string());
    let calls = match text.and_then(|text| script::read(&text)) {
        Ok(calls) => calls,
        Err(message) => {
            eprintln!("{}: {message}", file.display());
            return ExitCode::FAILURE;
        }
    };
    let played = Cast::new().play_until_valid(&calls);
    println!("{}", script::side_by_side(&played));
    ExitCode::from(u8::from(matches!(played.verdict, Verdict::Differed(_))))
}
