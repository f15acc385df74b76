//! `wasock learn`

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use clap::Args;
use wasock::audit::json::{LineError, Lines};
use wasock::learn::Learner;

use crate::failure::Failure;
use crate::files;

/// Write the smallest policy that allows what happened
///
/// AUDIT is what `wasock run --audit AUDIT` has written. Names are preferred to addresses, where
/// the component knew an address by name. Lines that reach special addresses (loopback, private,
/// metadata of clouds, ...) are commented out: read why, and remove the mark from those you mean.
///
/// To learn what a component needs, run it with a policy that only reports.
#[derive(Args)]
#[command(after_long_help = EXAMPLE, verbatim_doc_comment)]
pub(crate) struct Learn {
    /// Audit files
    #[arg(value_name = "AUDIT", required = true)]
    audit: Vec<PathBuf>,

    /// Where the policy goes, if not to standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Learn from the component of this name only; may be given more than once
    #[arg(long, value_name = "NAME")]
    guest: Vec<String>,

    /// Add what was refused, as lines that are commented out
    #[arg(long)]
    denied: bool,

    /// Let the lines that reach special addresses count
    #[arg(long)]
    special: bool,
}

const EXAMPLE: &str = "\
Example:
  wasock run --audit audit.jsonl --allow-outbound tcp://any:443 app.wasm
  wasock learn audit.jsonl -o policy.toml
  wasock run --policy policy.toml app.wasm

Exit status:
  0, also if some lines could not be used: they are told; 1 if no line could be, or if a file cannot
  be read or written; 2 for a mistake on the command line";

/// How many lines that cannot be used are told one by one, of each file.
const MAX_TOLD: usize = 10;

impl Learn {
    pub(crate) fn execute(self) -> Result<i32, Failure> {
        let mut learner = Learner::default().special(self.special).denied(self.denied);
        for file in &self.audit {
            self.read(file, &mut learner)?;
        }

        let learned = learner.learn();
        for (request, _) in learned.impossible() {
            eprintln!("no rule can allow this: {request}");
        }
        let text = learned.to_string();
        match &self.output {
            Some(path) => files::write_whole(path, text.as_bytes())?,
            None => std::io::stdout()
                .write_all(text.as_bytes())
                .context("cannot write the policy")?,
        }
        Ok(0)
    }

    /// Take in what is in a file, and tell what cannot be used.
    fn read(&self, file: &Path, learner: &mut Learner) -> Result<()> {
        let (mut used, mut unusable) = (0_u64, Unusable::default());
        for line in Lines::new(files::open(file)?) {
            let (number, line) = line.with_context(|| format!("cannot read {}", file.display()))?;
            let taken = line.and_then(|line| {
                let is_wanted = self.guest.is_empty()
                    || line
                        .guest
                        .as_ref()
                        .is_some_and(|guest| self.guest.contains(guest));
                if is_wanted {
                    learner.add(&line)
                } else {
                    Ok(())
                }
            });
            match taken {
                Ok(()) => used += 1,
                Err(error) => unusable.tell(file, number, &error),
            }
        }
        unusable.sum_up(file);
        if used == 0 && unusable.count > 0 {
            return Err(anyhow!(
                "{} is not an audit file: no line of it can be used",
                file.display()
            ));
        }
        Ok(())
    }
}

/// The lines of a file that cannot be used.
#[derive(Default)]
struct Unusable {
    count: usize,
}

impl Unusable {
    fn tell(&mut self, file: &Path, number: u64, error: &LineError) {
        self.count += 1;
        if self.count <= MAX_TOLD {
            eprintln!("{}:{number}: {error}", file.display());
        }
    }

    fn sum_up(&self, file: &Path) {
        if self.count > 0 {
            eprintln!("{}: {} lines could not be used", file.display(), self.count);
        }
    }
}
