//! Sequences as text, for people.

use std::fmt::Write as _;

use wasock_conformance::sequence::Call;

use crate::driver::Supplier;
use crate::run::{Played, StepKind, Verdict};

/// Reads a sequence: a call a line. What follows `#` is for the reader.
///
/// # Errors
/// The line that is no call.
pub(crate) fn read(text: &str) -> Result<Vec<Call>, String> {
    let lines = text
        .lines()
        .map(|line| line.split('#').next().unwrap_or(""));
    let calls = lines.filter(|line| !line.trim().is_empty()).map(|line| {
        line.parse()
            .map_err(|_| format!("`{}` is no call", line.trim()))
    });
    calls.collect()
}

/// Writes a sequence as [`read`] reads it.
pub(crate) fn write(calls: &[Call]) -> String {
    let mut text = String::new();
    for call in calls {
        let _ = writeln!(text, "{call}");
    }
    text
}

/// What was done, with the answers side by side.
pub(crate) fn side_by_side(played: &Played) -> String {
    let mut text = format!("{:<32}", "");
    for supplier in Supplier::ALL {
        let _ = write!(text, " {:<44}", supplier.name());
    }
    for step in &played.steps {
        let call = step.call.to_string();
        match step.kind {
            StepKind::Call => {
                let _ = write!(text, "\n{call:<32}");
            }
            StepKind::Wait => {
                let _ = write!(text, "\n  {call:<30}");
            }
            StepKind::Skipped(skip) => {
                let _ = write!(text, "\n{call:<32} left out: {skip:?}");
            }
        }
        for outcome in &step.outcomes {
            let outcome = outcome.map_or("-".to_owned(), |outcome| outcome.to_string());
            let _ = write!(text, " {outcome:<44}");
        }
    }
    let verdict = match &played.verdict {
        Verdict::Agreed => "all agree",
        Verdict::Void => "void: the system gave a port twice",
        Verdict::Differed(message) => message,
    };
    let _ = writeln!(text, "\n{verdict}");
    for it in &played.differences {
        let _ = writeln!(text, "permitted: {} ({})", it.name, it.supplier.name());
    }
    text
}
