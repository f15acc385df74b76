//! cargo-fuzz, with the toolchain that there is.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::command::{answer, cargo, run as run_command, show};

/// The longest input in bytes. Longer ones are slow, and say nothing that a shorter one would not.
const LONGEST_INPUT: &str = "-max_len=512";

/// How long one input may take, in seconds, until that is a fault.
const LIMIT: &str = "-timeout=10";

/// Runs the targets.
#[derive(Debug)]
pub(super) struct Fuzzer {
    /// The folder `fuzz`.
    folder: PathBuf,
    /// Without a nightly compiler, this one is told to do what it would, and finds no misuse of memory by itself.
    has_nightly: bool,
}

/// What fuzzing a target came to.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) executions: u64,
    pub(super) seconds: u64,
}

impl Fuzzer {
    /// With nightly, if rustup has it.
    pub(super) fn find(folder: PathBuf) -> Self {
        let nightly = answer("rustup", &["run", "nightly", "rustc", "--version"]);
        Self {
            folder,
            has_nightly: nightly.is_some(),
        }
    }

    pub(super) fn toolchain(&self) -> &'static str {
        if self.has_nightly {
            "with nightly and the address sanitizer"
        } else {
            "with this toolchain, as there is no nightly, and without a sanitizer"
        }
    }

    pub(super) fn build(&self) -> Result<()> {
        run_command(&mut self.cargo_fuzz("build"))
    }

    /// Fuzzes a target for a while.
    ///
    /// # Errors
    ///
    /// When it has found an input for which something does not hold; the message says where it is.
    pub(super) fn fuzz(&self, target: &str, seconds: u64) -> Result<Run> {
        let learnt = self.learnt(target);
        // A new target has neither.
        for folder in [&learnt, &self.corpus(target)] {
            fs::create_dir_all(folder)
                .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        }
        let log = learnt.with_extension("log");
        let started = Instant::now();
        let mut fuzz = self.cargo_fuzz("run");
        fuzz.arg(target)
            .arg(&learnt)
            .arg(self.corpus(target))
            .args(["--", LONGEST_INPUT, LIMIT, "-print_funcs=0"])
            .arg("-print_final_stats=1")
            .arg(format!("-max_total_time={seconds}"));
        let output = logged(&mut fuzz, &log)?;
        let Some(executions) = executions(&output.said).filter(|_| output.succeeded) else {
            bail!(
                "{}\n{} failed; all it said is in {}. {}",
                fault(&output.said),
                show(&fuzz),
                log.display(),
                remedy(&output.said, target)
            );
        };
        Ok(Run {
            executions,
            seconds: started.elapsed().as_secs(),
        })
    }

    /// Adds to the corpus what reaches code that nothing in it reaches. How many inputs it then has.
    pub(super) fn keep(&self, target: &str) -> Result<usize> {
        let (learnt, corpus) = (self.learnt(target), self.corpus(target));
        let mut merge = self.cargo_fuzz("run");
        merge.arg(target).args([&corpus, &learnt]);
        // As few as possible; and how often code is reached is left out, which would keep ten times as many.
        merge.args(["--", "-set_cover_merge=1", "-use_counters=0", LONGEST_INPUT]);
        let log = learnt.with_extension("merge.log");
        if !logged(&mut merge, &log)?.succeeded {
            bail!("{} failed; see {}", show(&merge), log.display());
        }
        let kept =
            fs::read_dir(&corpus).with_context(|| format!("cannot list {}", corpus.display()))?;
        Ok(kept.count())
    }

    fn cargo_fuzz(&self, subcommand: &str) -> Command {
        let mut command = if self.has_nightly {
            let mut rustup = Command::new("rustup");
            rustup.args(["run", "nightly", "cargo", "fuzz", subcommand]);
            rustup
        } else {
            let mut cargo = cargo(["fuzz", subcommand, "--sanitizer", "none"]);
            cargo.env("RUSTC_BOOTSTRAP", "1");
            cargo
        };
        command
            .arg("--fuzz-dir")
            .arg(&self.folder)
            .arg("--target-dir")
            .arg(self.folder.join("target"))
            .current_dir(&self.folder);
        command
    }

    fn learnt(&self, target: &str) -> PathBuf {
        self.folder.join("target/corpus").join(target)
    }

    fn corpus(&self, target: &str) -> PathBuf {
        self.folder.join("corpus").join(target)
    }
}

struct Output {
    said: String,
    succeeded: bool,
}

/// Runs a command whose output is long, and for others to read only when it fails.
fn logged(command: &mut Command, log: &Path) -> Result<Output> {
    let file = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
    let status = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(file)
        .status()
        .with_context(|| format!("cannot start {}", show(command)))?;
    let said = fs::read(log).with_context(|| format!("cannot read {}", log.display()))?;
    Ok(Output {
        said: String::from_utf8_lossy(&said).into_owned(),
        succeeded: status.success(),
    })
}

/// The number in `stat::number_of_executed_units: 494301`.
fn executions(said: &str) -> Option<u64> {
    let line = said
        .lines()
        .find_map(|line| line.strip_prefix("stat::number_of_executed_units:"))?;
    line.trim().parse().ok()
}

/// How the fuzzer says where the input is for which something does not hold.
const FOUND: &str = "Test unit written";

/// What to do about an input, if there is one: without, the fuzzer itself was ended.
fn remedy(said: &str, target: &str) -> String {
    if said.contains(FOUND) {
        format!(
            "Put the input above into fuzz/corpus/{target}, under a name that says what is wrong: \
             `cargo test -p wasock-fuzz-targets` fails for it, with any toolchain, until it is mended"
        )
    } else {
        "It has found no input: it was ended from outside, or could not go on. Run it again"
            .to_owned()
    }
}

/// What went wrong, and where the input is, in a few of many lines; the last ones where nothing looks like it.
fn fault(said: &str) -> String {
    let lines: Vec<&str> = said.lines().collect();
    let panic = lines.iter().position(|line| line.contains("panicked at"));
    let message = match panic {
        Some(place) => &lines[place..lines.len().min(place + 4)],
        None => &lines[lines.len().saturating_sub(4)..],
    };
    let input = lines.iter().filter(|line| line.contains(FOUND));
    message
        .iter()
        .chain(input)
        .fold(String::new(), |text, line| text + "\n" + line)
}

#[cfg(test)]
mod tests {
    use super::{executions, fault, remedy};

    const SAID: &str = "\
#2      INITED cov: 100
thread '<unnamed>' panicked at targets/src/inet.rs:4:5:
assertion failed
note: run with `RUST_BACKTRACE=1`
==7== ERROR: libFuzzer: deadly signal
artifact_prefix='artifacts/inet/'; Test unit written to artifacts/inet/crash-0f
stat::number_of_executed_units: 4032
stat::average_exec_per_sec:     0";

    #[test]
    fn the_count_is_read_from_what_the_fuzzer_prints() {
        assert_eq!(executions(SAID), Some(4032));
        assert_eq!(executions("error: no such target"), None);
    }

    #[test]
    fn a_fault_is_told_in_few_lines() {
        let told = fault(SAID);
        assert!(told.contains("assertion failed"), "{told}");
        assert!(told.ends_with("crash-0f"), "{told}");
        assert!(!told.contains("INITED"), "{told}");
        assert!(remedy(SAID, "inet").contains("fuzz/corpus/inet"));
    }

    #[test]
    fn a_fuzzer_that_was_ended_has_found_nothing() {
        let said = "#2      INITED cov: 100\n#4096   pulse  cov: 100";
        assert!(fault(said).ends_with("pulse  cov: 100"));
        assert!(!remedy(said, "inet").contains("corpus"));
    }
}
