//! `cargo xtask instructions`: count the instructions of what must stay cheap, here and at another commit.
//!
//! The counts of two compilers, or of two builds of the standard library, cannot be compared. So none is kept: what is
//! compared with is built and counted in the same run.

mod callgrind;
mod elsewhere;

use std::path::Path;

use anyhow::{Context, Result, bail};

use callgrind::Count;
use elsewhere::Checkout;

use crate::repository;

/// The programs of `benches/` that are counted, with the features of the package that each needs.
const PROGRAMS: [Program; 2] = [
    Program {
        name: "bench-core",
        features: &[],
        build: Build::Release,
        elsewhere: true,
    },
    Program {
        name: "bench-host",
        features: &["host"],
        build: Build::Development,
        elsewhere: false,
    },
];

/// What is measured with and without something of ours: the first may cost no more than the second, within the limit.
const PAIRS: [(&str, &str); 1] = [("host: 64 KiB, guarded", "host: 64 KiB, wasmtime-wasi")];

/// How much more a measurement may cost than where it is compared with.
const LIMIT_PERCENT: f64 = 2.0;

/// A program that lists measurements, and makes one.
struct Program {
    name: &'static str,
    features: &'static [&'static str],
    build: Build,
    /// Whether it is counted at another commit, too. One that compares with something else is not.
    elsewhere: bool,
}

/// How a program is built.
#[derive(Clone, Copy)]
enum Build {
    /// As it is released.
    Release,
    /// With what development has built, and our own code optimised too: a release build of wasmtime takes a quarter of an
    /// hour.
    Development,
}

/// The command line: `[--against COMMIT]`.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let against = match arguments {
        [] => None,
        [option, commit] if option == "--against" => Some(commit),
        _ => bail!(
            "expected nothing or `--against COMMIT`, but got `{}`",
            arguments.join(" ")
        ),
    };
    callgrind::ensure()?;

    println!("== Counting here");
    let here = count(&repository::root(), |_| true)?;
    let Some(commit) = against else {
        println!("\n{}", table(&here, None));
        check(&here, &[])?;
        return check_pairs(&here);
    };

    println!("== Counting at {commit}");
    let there = {
        let checkout = Checkout::new(commit)?;
        count(checkout.root(), |program| program.elsewhere)
            .with_context(|| format!("the benches of here do not run at {commit}"))?
    };
    println!("\n{}", table(&here, Some((commit, &there))));
    check(&here, &there)?;
    check_pairs(&here)
}

fn count(root: &Path, is_wanted: fn(&Program) -> bool) -> Result<Vec<Count>> {
    let mut counts = Vec::new();
    for program in PROGRAMS.iter().filter(|program| is_wanted(program)) {
        counts.extend(callgrind::count(root, program)?);
    }
    Ok(counts)
}

/// The counts as a table; where there are others to compare with, with the ratio.
fn table(here: &[Count], there: Option<(&str, &[Count])>) -> String {
    let mut table = format!("{:<32}{:>14}", "instructions of a round", "here");
    if let Some((commit, _)) = there {
        table += &format!("{commit:>14.14}{:>10}", "ratio");
    }
    for count in here {
        table += &format!("\n{:<32}{:>14.1}", count.name, count.instructions);
        let before = there.and_then(|(_, there)| find(there, &count.name));
        if let Some(before) = before {
            let ratio = count.instructions / before.instructions;
            table += &format!("{:>14.1}{ratio:>10.4}", before.instructions);
        }
    }
    for (count, than) in pairs(here) {
        let ratio = count.instructions / than.instructions;
        table += &format!("\n{} / {}: {ratio:.4}", count.name, than.name);
    }
    table
}

/// The measurements that are compared with others of the same place.
fn pairs(counts: &[Count]) -> impl Iterator<Item = (&Count, &Count)> {
    counts.iter().filter_map(|count| {
        let than = find(counts, count.than.as_deref()?)?;
        Some((count, than))
    })
}

fn check(here: &[Count], there: &[Count]) -> Result<()> {
    let elsewhere = here
        .iter()
        .filter_map(|count| Some((count, find(there, &count.name)?)));
    let dearer: Vec<String> = pairs(here)
        .chain(elsewhere)
        .filter(|(count, than)| {
            count.instructions > than.instructions * (1.0 + LIMIT_PERCENT / 100.0)
        })
        .map(|(count, _)| count.name.clone())
        .collect();
    if !dearer.is_empty() {
        bail!(
            "more than {LIMIT_PERCENT} % dearer than what it is compared with: {}",
            dearer.join("; ")
        );
    }
    Ok(())
}

/// What the policy, the accounts and the audit cost.
fn check_pairs(here: &[Count]) -> Result<()> {
    for (ours, theirs) in PAIRS {
        let (Some(with), Some(without)) = (find(here, ours), find(here, theirs)) else {
            continue;
        };
        let more = (with.instructions / without.instructions - 1.0) * 100.0;
        println!("{ours}: {more:+.2} % against {theirs}");
        if more > LIMIT_PERCENT {
            bail!("that is more than {LIMIT_PERCENT} %");
        }
    }
    Ok(())
}

fn find<'a>(counts: &'a [Count], name: &str) -> Option<&'a Count> {
    counts.iter().find(|count| count.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(of: &[(&str, f64)]) -> Vec<Count> {
        let count = |&(name, instructions): &(&str, f64)| Count {
            name: name.to_owned(),
            than: None,
            instructions,
        };
        of.iter().map(count).collect()
    }

    #[test]
    fn the_table_compares_what_is_in_both() {
        let here = counts(&[("send", 102.0), ("new", 5.0)]);
        let there = counts(&[("send", 100.0), ("gone", 1.0)]);
        let expected = "\
instructions of a round                   here       abc1234     ratio
send                                     102.0         100.0    1.0200
new                                        5.0";
        assert_eq!(table(&here, Some(("abc1234", &there))), expected);
    }

    #[test]
    fn two_per_cent_more_is_the_most() {
        let there = counts(&[("send", 100.0), ("recv", 100.0)]);
        let here = |send| counts(&[("send", send), ("recv", 50.0), ("new", 900.0)]);
        assert!(check(&here(102.0), &there).is_ok());
        let error = check(&here(102.1), &there).unwrap_err().to_string();
        assert!(error.ends_with(": send"), "{error}");
    }

    #[test]
    fn a_measurement_is_compared_with_another_of_the_same_place() {
        let mut here = counts(&[("plain", 100.0), ("guarded", 103.0)]);
        here[1].than = Some("plain".to_owned());
        assert!(table(&here, None).ends_with("\nguarded / plain: 1.0300"));
        assert!(check(&here, &[]).is_err());
        here[1].instructions = 101.0;
        assert!(check(&here, &[]).is_ok());
    }
}
