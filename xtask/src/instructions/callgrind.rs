//! Counting, by valgrind's callgrind.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::{Build, Program};
use crate::command::{answer, cargo, run as run_command, show};

/// How often a measurement is made in each of two runs. The difference is what the rounds cost.
const ROUNDS: [u32; 2] = [500, 1500];

/// For valgrind, `rep movsb` is an instruction for each byte. This has the GNU C library copy in another way, whatever the
/// length, so that copying costs what it does beside the rest.
const NO_REP_MOVSB: &str = "glibc.cpu.x86_rep_movsb_threshold=0x40000000";

/// What a measurement costs.
#[derive(Debug)]
pub(super) struct Count {
    pub(super) name: String,
    /// The measurement that it is compared with.
    pub(super) than: Option<String>,
    /// Of one round.
    pub(super) instructions: f64,
}

/// Says how to get valgrind where it is not there.
pub(super) fn ensure() -> Result<()> {
    match answer("valgrind", &["--version"]) {
        Some(_) => Ok(()),
        None => bail!(
            "instructions are counted by valgrind, which is not there; install it, on Debian with \
             `sudo apt-get install valgrind`"
        ),
    }
}

/// Builds a program below `root`, and makes all its measurements.
pub(super) fn count(root: &Path, program: &Program) -> Result<Vec<Count>> {
    // Said and not left to the settings of cargo, which would have one folder for here and there.
    let target = root.join("target");
    let (options, folder): (&[&str], _) = match program.build {
        Build::Release => (&["--release"], "release"),
        Build::Development => (&["--config", "profile.dev.opt-level=2"], "debug"),
    };
    let mut build = cargo(["build", "--quiet", "-p", "wasock-benches"]);
    build
        .args(options)
        .args(["--bin", program.name, "--features"])
        .arg(program.features.join(","))
        .arg("--target-dir")
        .arg(&target)
        .current_dir(root);
    run_command(&mut build)?;

    let binary = target.join(folder).join(program.name);
    let list = output(&mut Command::new(&binary))?.stdout;
    list.lines()
        .map(|line| {
            let (name, than) = line.split_once('\t').unwrap_or((line, ""));
            println!("  {name}");
            let [few, many] = ROUNDS.map(|rounds| instructions(&binary, name, rounds));
            let rounds = f64::from(ROUNDS[1] - ROUNDS[0]);
            Ok(Count {
                name: name.to_owned(),
                than: (!than.is_empty()).then(|| than.to_owned()),
                instructions: (many? as f64 - few? as f64) / rounds,
            })
        })
        .collect()
}

fn instructions(binary: &Path, name: &str, rounds: u32) -> Result<u64> {
    let mut valgrind = Command::new("valgrind");
    valgrind
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .env("GLIBC_TUNABLES", NO_REP_MOVSB)
        .arg(binary)
        .arg(name)
        .arg(rounds.to_string());
    let said = output(&mut valgrind)?.stderr;
    collected(&said)
        .with_context(|| format!("{} did not say what it counted:\n{said}", show(&valgrind)))
}

/// The number in `==16047== Collected : 560668`.
fn collected(said: &str) -> Option<u64> {
    let line = said.lines().find(|line| line.contains("Collected"))?;
    line.rsplit(' ').next()?.parse().ok()
}

struct Output {
    stdout: String,
    stderr: String,
}

fn output(command: &mut Command) -> Result<Output> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start {}", show(command)))?;
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    let said = Output {
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    };
    if !output.status.success() {
        bail!(
            "{} ended with {}\n{}",
            show(command),
            output.status,
            said.stderr
        );
    }
    Ok(said)
}

#[cfg(test)]
mod tests {
    use super::collected;

    #[test]
    fn the_count_is_read_from_what_callgrind_prints() {
        let said = "==7== Events    : Ir\n==7== Collected : 560668\n==7== \n==7== I   refs:      560,668\n";
        assert_eq!(collected(said), Some(560_668));
        assert_eq!(collected("valgrind: no such program"), None);
    }
}
