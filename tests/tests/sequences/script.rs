//! Sequences as text, for people.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use wasock_conformance::sequence::{Call, Name, Outcome};
use wasock_core::SockAddr;

use crate::driver::Supplier;
use crate::run::{Played, Step, StepKind, Verdict};

/// A call of each kind.
pub(crate) const FORMS: [&str; 25] = [
    "create 0 v4 stream",
    "bind 0 lo",
    "listen 0 5",
    "accept 0 1",
    "connect 1 @0",
    "disconnect 1",
    "send 1 5 dontwait",
    "sendall 1 5 -",
    "sendto 1 5 - @0",
    "recv 1 5 peek+waitall",
    "recvfrom 1 5 -",
    "recv_into 1 2 5 -",
    "recvfrom_into 1 2 5 -",
    "shutdown 1 wr",
    "close 1",
    "getsockname 1",
    "getpeername 1",
    "settimeout 1 none",
    "so_type 1",
    "so_error 1",
    "so_acceptconn 1",
    "getsockopt 1 ip_ttl",
    "setsockopt 1 ip_ttl 5",
    "poll 1 readable+writable",
    "await 1 readable",
];

/// Reads a sequence: a call a line. What follows `#` is for the reader.
///
/// # Errors
/// The line that is no call, with one that is.
pub(crate) fn read(text: &str) -> Result<Vec<Call>, String> {
    let mut calls = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.split('#').next().unwrap_or("").trim();
        if !line.is_empty() {
            let call = line.parse();
            calls.push(call.map_err(|_| format!("line {number}: {}", no_call(line)))?);
        }
    }
    Ok(calls)
}

fn no_call(line: &str) -> String {
    match form_of(line) {
        Some(form) => format!("`{line}` is no call; one is `{form}`"),
        None => {
            let verbs: Vec<_> = FORMS.iter().map(|form| verb(form)).collect();
            format!("`{line}` is no call; there are {}", verbs.join(", "))
        }
    }
}

/// A call of the same kind as this one tries to be.
pub(crate) fn form_of(line: &str) -> Option<&'static str> {
    let mut forms = FORMS.into_iter();
    forms.find(|form| verb(form) == verb(line))
}

fn verb(line: &str) -> &str {
    line.split_ascii_whitespace().next().unwrap_or_default()
}

/// Writes a sequence as [`read`] reads it.
pub(crate) fn write(calls: &[Call]) -> String {
    let mut text = String::new();
    for call in calls {
        let _ = writeln!(text, "{call}");
    }
    text
}

/// What was done, with the answers side by side. A local address is shown where it has changed.
pub(crate) fn side_by_side(played: &Played) -> String {
    let mut locals = BTreeMap::new();
    let mut rows = vec![vec![String::new()]];
    rows[0].extend(Supplier::ALL.map(|supplier| supplier.name().to_owned()));
    rows.extend(played.steps.iter().map(|step| row(step, &mut locals)));
    if let (Verdict::Differed(_), Some(last)) = (&played.verdict, rows.last_mut()) {
        last[0].insert_str(0, "> ");
    }
    let widths = widths(&rows);
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            let _ = write!(line, "{cell:<width$}  ");
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
    let verdict = match &played.verdict {
        Verdict::Agreed => "all agree",
        Verdict::Void => "void: the system gave a port twice, or to others",
        Verdict::Differed(message) => message,
    };
    let _ = write!(text, "{verdict}");
    for it in &played.differences {
        let _ = write!(text, "\npermitted: {} ({})", it.name, it.supplier.name());
    }
    text
}

/// The call and its answers. What the harness waits for is indented.
fn row(step: &Step, locals: &mut BTreeMap<(usize, Name), Option<SockAddr>>) -> Vec<String> {
    let call = step.call.to_string();
    let mut row = vec![match step.kind {
        StepKind::Call => call,
        StepKind::Wait => format!("    {call}"),
        StepKind::Skipped(skip) => format!("{call}: left out, {skip:?}"),
    }];
    for (supplier, outcome) in step.outcomes.iter().enumerate() {
        row.push(match outcome {
            None => "-".to_owned(),
            Some(Outcome { answer, local }) => {
                let before = locals.insert((supplier, step.call.socket), *local);
                match local {
                    Some(local) if before != Some(Some(*local)) => format!("{answer} at {local}"),
                    _ => answer.to_string(),
                }
            }
        });
    }
    row
}

/// How wide the columns are: as what is in them. A call that was left out has no answers, and goes over the edge.
fn widths(rows: &[Vec<String>]) -> Vec<usize> {
    let mut widths = vec![0; 1 + Supplier::ALL.len()];
    for row in rows.iter().filter(|row| row.len() > 1) {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.len().max(*width);
        }
    }
    widths
}
