//! `cargo xtask soak`: compare with the C library and with Linux for as long as one likes.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};

use crate::oracles;

/// The command line: `[MINUTES] [--seed N] [--replay FILE]`.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    match Choice::parse(arguments)? {
        Choice::Replay(file) => {
            // The test runs elsewhere.
            let path = std::path::absolute(&file).with_context(|| file.display().to_string())?;
            let path = path.to_str().context("the path is not UTF-8")?;
            oracles::sequences(["replay", path])
        }
        Choice::Soak { minutes, seed } => soak(minutes, seed),
    }
}

fn soak(minutes: u64, seed: Option<u64>) -> Result<()> {
    let seed = seed.unwrap_or_else(now).to_string();
    oracles::texts(Some(&seed))?;
    oracles::names()?;
    oracles::sequences(["soak", &minutes.to_string(), "--seed", &seed])
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
enum Choice {
    Soak { minutes: u64, seed: Option<u64> },
    Replay(PathBuf),
}

/// How long without a word about it.
const MINUTES: u64 = 10;

impl Choice {
    fn parse(arguments: &[String]) -> Result<Self> {
        let number = |text: &str| {
            text.parse::<u64>().with_context(|| {
                format!("`{text}` is not understood; expected a number of minutes, `--seed N` or `--replay FILE`")
            })
        };
        let (mut minutes, mut seed) = (None, None);
        let mut words = arguments.iter().map(String::as_str);
        while let Some(word) = words.next() {
            match word {
                "--seed" => seed = Some(number(words.next().context("`--seed` needs a number")?)?),
                "--replay" => {
                    let file = words.next().context("`--replay` needs a file")?;
                    if minutes.is_some() || seed.is_some() || words.next().is_some() {
                        bail!("`--replay FILE` goes with nothing else");
                    }
                    return Ok(Self::Replay(file.into()));
                }
                word if minutes.is_none() => minutes = Some(number(word)?),
                word => bail!("`{word}` is one word too many"),
            }
        }
        Ok(Self::Soak {
            minutes: minutes.unwrap_or(MINUTES),
            seed,
        })
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
    fn minutes_and_a_seed_or_a_file() {
        let soak = |minutes, seed| Some(Choice::Soak { minutes, seed });
        for (arguments, expected) in [
            (&[][..], soak(MINUTES, None)),
            (&["3"], soak(3, None)),
            (&["3", "--seed", "7"], soak(3, Some(7))),
            (&["--seed", "7", "3"], soak(3, Some(7))),
            (&["--replay", "a"], Some(Choice::Replay("a".into()))),
        ] {
            assert_eq!(parse(arguments), expected, "{arguments:?}");
        }
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for arguments in [
            &["soon"][..],
            &["-1"],
            &["1", "2"],
            &["--seed"],
            &["--seed", "x"],
            &["--replay"],
            &["3", "--replay", "a"],
            &["--replay", "a", "b"],
        ] {
            assert_eq!(parse(arguments), None, "{arguments:?}");
        }
    }
}
