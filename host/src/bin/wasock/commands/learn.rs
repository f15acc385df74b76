//! `wasock learn`

use std::path::PathBuf;

use clap::Args;
use wasock::audit::json::Line;
use wasock::learn::Learner;

use crate::failure::Failure;
use crate::output::print;
use crate::{files, records};

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

impl Learn {
    pub(crate) fn execute(self) -> Result<i32, Failure> {
        let mut learner = Learner::default().special(self.special).denied(self.denied);
        for file in &self.audit {
            records::read(file, |line| match self.wants(line) {
                true => learner.add(line),
                false => Ok(()),
            })?;
        }

        let learned = learner.learn();
        for (request, _) in learned.impossible() {
            eprintln!("no rule can allow this: {request}");
        }
        let text = learned.to_string();
        match &self.output {
            Some(path) => files::write_whole(path, text.as_bytes())?,
            None => print(text.as_bytes())?,
        }
        Ok(0)
    }

    /// Whether this is to be learnt from.
    fn wants(&self, line: &Line) -> bool {
        let is_wanted = |guest: &String| self.guest.contains(guest);
        self.guest.is_empty() || line.guest.as_ref().is_some_and(is_wanted)
    }
}
