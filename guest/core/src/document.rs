//! The tables and pictures of `docs/stream-states.md`, for tests that do what every row says.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::readiness::Readiness;
use crate::{Errno, Step};

const DOCUMENT: &str = include_str!("../../../docs/stream-states.md");

/// The error of the layer below in the rows: no call answers with it of its own accord.
pub(crate) const THE_ERROR: Errno = Errno::Eio;

/// What a row says, for one state and one call.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Row {
    pub(crate) state: String,
    pub(crate) call: String,
    /// What is asked below, and how that goes.
    pub(crate) below: Vec<(String, String)>,
    pub(crate) next: String,
    pub(crate) answer: String,
}

/// Arrows: from where to where, by which calls.
pub(crate) type Arrows = BTreeMap<(String, String), BTreeSet<String>>;

/// The rows of the table under a heading.
pub(crate) fn rows(heading: &str) -> Vec<Row> {
    let table = section(heading)
        .lines()
        .filter(|line| line.starts_with('|'))
        .skip(2);
    let rows: Vec<Row> = table.flat_map(read_row).collect();
    assert!(!rows.is_empty(), "no table under {heading}");
    rows
}

fn read_row(line: &str) -> Vec<Row> {
    let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
    let [states, calls, below, next, answer] = cells[..] else {
        panic!("not a row of five cells: {line}")
    };
    let row = |state: &str, call: &str| Row {
        state: state.to_string(),
        call: call.to_string(),
        below: steps(below),
        next: match next {
            "same" => state.to_string(),
            next => next.trim_matches('`').to_string(),
        },
        answer: answer.to_string(),
    };
    let calls = || quoted(calls).into_iter();
    quoted(states)
        .into_iter()
        .flat_map(|state| calls().map(move |call| (state, call)))
        .map(|(state, call)| row(state, call))
        .collect()
}

/// What a picture under a heading shows. Words that follow a colon are calls.
pub(crate) fn arrows(heading: &str) -> Arrows {
    let mut arrows = Arrows::new();
    for line in section(heading).lines() {
        let Some((from, rest)) = line.trim().split_once(" --> ") else {
            continue;
        };
        let Some((to, calls)) = rest.split_once(": ").filter(|_| from != "[*]") else {
            continue;
        };
        let calls = calls.split(", ").map(ToString::to_string).collect();
        arrows.insert((from.to_string(), to.to_string()), calls);
    }
    assert!(!arrows.is_empty(), "no picture under {heading}");
    arrows
}

/// The arrows that the rows amount to, given what part of a state is shown.
pub(crate) fn arrows_of(rows: &[Row], shown: impl Fn(&str) -> String) -> Arrows {
    let mut arrows = Arrows::new();
    for row in rows {
        let (from, to) = (shown(&row.state), shown(&row.next));
        if from != to {
            let calls = arrows.entry((from, to)).or_default();
            calls.insert(row.call.clone());
        }
    }
    arrows
}

/// Fails unless the rows have every one of the states, no other, and each of them every call, except where `left_out`.
pub(crate) fn check_complete(rows: &[Row], states: &[&str], left_out: impl Fn(&str, &str) -> bool) {
    let calls: BTreeSet<&str> = rows.iter().map(|row| row.call.as_str()).collect();
    for row in rows {
        for state in [&row.state, &row.next] {
            assert!(states.contains(&state.as_str()), "no such state: {row:?}");
        }
    }
    for state in states {
        for call in &calls {
            let is_there = rows
                .iter()
                .any(|row| row.state == *state && row.call == *call);
            assert!(
                is_there != left_out(state, call),
                "{call} in the state {state}: is it there? {is_there}"
            );
        }
    }
}

/// What the document calls the outcome of a call; `done` says what it calls a success.
pub(crate) fn outcome<T>(outcome: Result<T, Errno>, done: impl FnOnce(T) -> String) -> String {
    match outcome {
        Ok(value) => done(value),
        Err(THE_ERROR) => "the error".into(),
        Err(errno) => format!("`{}`", errno.name()),
    }
}

/// The same for a call that may wait.
pub(crate) fn step<T>(step: Step<T>, done: impl FnOnce(T) -> String) -> String {
    match step {
        Step::Ready(answer) => outcome(answer, done),
        Step::Wait(_) => "waits".into(),
    }
}

/// What a success without a value is called, and one whose value is as it should be.
pub(crate) fn done<T>(_: T) -> String {
    "done".into()
}

/// What received data is called.
pub(crate) fn data(data: &[u8]) -> String {
    if data.is_empty() { "nothing" } else { "data" }.into()
}

/// What the answer of `SO_ERROR` is called.
pub(crate) fn so_error(error: Option<Errno>) -> String {
    error.map_or_else(
        || "nothing".into(),
        |error| outcome(Err::<(), _>(error), done),
    )
}

/// What a readiness is called.
pub(crate) fn readiness(ready: Readiness) -> String {
    let names = [
        (Readiness::READABLE, "readable"),
        (Readiness::WRITABLE, "writable"),
        (Readiness::ERROR, "error"),
        (Readiness::HANGUP, "hangup"),
    ];
    let present = names.iter().filter(|(member, _)| ready.contains(*member));
    let names: Vec<&str> = present.map(|(_, name)| *name).collect();
    if names.is_empty() {
        "nothing".into()
    } else {
        names.join(", ")
    }
}

/// From a heading to the next one.
fn section(heading: &str) -> &'static str {
    let line = format!("\n{heading}\n");
    let start = DOCUMENT.find(&line);
    let start = start.unwrap_or_else(|| panic!("no heading {heading}"));
    let rest = &DOCUMENT[start + line.len()..];
    rest.split("\n#").next().unwrap_or(rest)
}

/// What stands between back quotes.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// `a` done, `b` fails.
fn steps(cell: &str) -> Vec<(String, String)> {
    if cell == "—" {
        return Vec::new();
    }
    let steps = cell.split(", ").map(|step| {
        let (call, how) = step.rsplit_once(' ').expect("a call, and how it goes");
        (call.trim_matches('`').to_string(), how.to_string())
    });
    steps.collect()
}
