//! `wasock policy diff`

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use wasock::Policy;
use wasock::audit::json::{Line, LineError, Recorded};
use wasock::policy::{Change, PolicyDiff, Request};

use crate::failure::Failure;
use crate::output::print;
use crate::{policy, records};

/// Show what changes from one policy file to another, and for which recorded connections
///
/// The order of rules is no change: it makes no difference. With `--replay`, what a component did
/// is decided on again, by either policy, and what comes out differently is shown.
#[derive(Args)]
#[command(after_long_help = EXAMPLE, verbatim_doc_comment)]
pub(crate) struct Diff {
    /// The policy that counts now
    #[arg(value_name = "OLD")]
    old: PathBuf,

    /// The policy that would take its place
    #[arg(value_name = "NEW")]
    new: PathBuf,

    /// What happened: a file of `wasock run --audit`; may be given more than once
    #[arg(long, value_name = "AUDIT")]
    replay: Vec<PathBuf>,
}

const EXAMPLE: &str = "\
Example:
  wasock policy diff policy.toml stricter.toml --replay audit.jsonl

Exit status:
  0 if nothing changes; 1 if something does, or if a file of --replay cannot be used; 2 if a policy is not
  understood";

/// What two policies make of what happened.
struct Replay<'a> {
    old: &'a Policy,
    new: &'a Policy,
    /// How many requests there were.
    requests: u64,
    /// How many of them come out differently.
    changed: u64,
    /// Each change, with how often it was found, in the order in which they were.
    changes: Vec<(Change, u64)>,
    /// Where a change is among them.
    places: HashMap<Change, usize>,
}

impl Diff {
    pub(crate) fn execute(self) -> Result<i32, Failure> {
        let read = |path: &Path| -> Result<Policy, Failure> {
            Ok(Policy::builder().file(policy::read(path)?).build())
        };
        let (old, new) = (read(&self.old)?, read(&self.new)?);
        let diff = PolicyDiff::between(&old, &new);
        let mut text = diff.to_string();
        if diff.is_empty() {
            text.push_str("the policies say the same\n");
        }

        let mut replay = Replay::new(&old, &new);
        for file in &self.replay {
            records::read(file, |line| replay.line(line))?;
        }
        if !self.replay.is_empty() {
            replay.put(&mut text);
        }
        print(text.as_bytes())?;
        Ok(if diff.is_empty() { 0 } else { 1 })
    }
}

impl<'a> Replay<'a> {
    fn new(old: &'a Policy, new: &'a Policy) -> Self {
        Self {
            old,
            new,
            requests: 0,
            changed: 0,
            changes: Vec::new(),
            places: HashMap::new(),
        }
    }

    /// Takes in what one line of a file has, as often as it says that it happened.
    fn line(&mut self, line: &Line) -> Result<(), LineError> {
        let times = line.count;
        for recorded in line.recorded()? {
            self.requests += times;
            let Some(change) = self.old.change(self.new, &asked(recorded)) else {
                continue;
            };
            self.changed += times;
            let next = self.changes.len();
            let place = *self.places.entry(change.clone()).or_insert(next);
            match self.changes.get_mut(place) {
                Some((_, seen)) => *seen += times,
                None => self.changes.push((change, times)),
            }
        }
        Ok(())
    }

    fn put(&self, text: &mut String) {
        let Self {
            requests, changed, ..
        } = self;
        // Writing to a `String` cannot fail.
        _ = writeln!(
            text,
            "\nof {requests} recorded requests, {changed} come out differently"
        );
        for (Change { old, new }, times) in &self.changes {
            let before = old.decision.explain(&old.request).to_string();
            let after = new.decision.explain(&new.request).to_string();
            let before = before.lines().next().unwrap_or_default();
            _ = writeln!(text, "\n- {before}");
            for (number, line) in after.lines().enumerate() {
                _ = writeln!(text, "{} {line}", if number == 0 { "+" } else { " " });
            }
            if *times > 1 {
                _ = writeln!(text, "  {times} times");
            }
        }
    }
}

/// The request as the guest made it, before a mapping led it elsewhere.
fn asked(recorded: Recorded) -> Request {
    let mut request = recorded.request;
    if let Some(asked) = recorded.asked {
        match &mut request {
            Request::Connect { remote, .. } | Request::Send { remote, .. } => *remote = asked,
            Request::ReceiveReply { peer, .. } => *peer = asked,
            _ => {}
        }
    }
    request
}
