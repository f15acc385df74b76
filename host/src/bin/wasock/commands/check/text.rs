//! The answer for a person.

use std::fmt::Write;

use wasock::policy::{Considered, Decision, Host, Line, Reason, Rule};

use super::answer::{Answer, Conditions, Step, Where};

/// Lines longer than this stand out of the column.
const WIDEST: usize = 72;

pub(super) fn text(answer: &Answer) -> String {
    let mut text = String::new();
    for (index, step) in answer.steps.iter().enumerate() {
        put_decision(&mut text, step);
        // What leads to something else and is allowed needs no more words.
        let is_last = index + 1 == answer.steps.len() && answer.conditions.is_none();
        if is_last || !step.is_allowed() {
            put_lines(&mut text, &step.considered.lines);
        }
    }
    if let Some(conditions) = &answer.conditions {
        put_conditions(&mut text, conditions);
    }
    text
}

fn put_decision(text: &mut String, step: &Step) {
    if let Some(asked) = step.asked {
        // Writing to a `String` cannot fail.
        _ = writeln!(text, "{asked} is mapped:");
    }
    _ = writeln!(text, "{}", step.explanation());
    if let Some(remark) = step.remark() {
        _ = writeln!(text, "  {remark}");
    }
}

/// Each line with its place and what it says, in columns.
fn put_lines<'a>(text: &mut String, lines: impl IntoIterator<Item = &'a Considered>) {
    let lines: Vec<_> = lines.into_iter().collect();
    let width = lines
        .iter()
        .map(|considered| placed(&considered.line).len())
        .filter(|width| *width <= WIDEST)
        .max()
        .unwrap_or_default();
    for considered in lines {
        let line = placed(&considered.line);
        _ = writeln!(text, "    {line:width$}  {}", considered.role);
    }
}

fn put_conditions(text: &mut String, conditions: &Conditions) {
    _ = writeln!(text, "if {} resolves to", conditions.name);
    for (to, step) in &conditions.cases {
        put_condition(text, to, step);
    }
    if !conditions.by_address.is_empty() {
        _ = writeln!(
            text,
            "  an address that one of these lines is about: that may be otherwise"
        );
        for line in &conditions.by_address {
            _ = writeln!(text, "    {}", placed(line));
        }
    }
    _ = writeln!(text, "(--resolves-to IP,... says what it resolves to)");
    let lines = conditions.lines.iter();
    put_lines(text, lines.filter(|considered| !considered.is_about_it()));
}

fn put_condition(text: &mut String, to: &Where, step: &Step) {
    let to = match to {
        Where::Internet => "an address of the internet",
        Where::Special => "a private or another special address",
        Where::In(net) => &format!("an address in {net}"),
    };
    _ = writeln!(text, "  {to}: {}", brief(step.decision()));
    if let Some(hint) = hint(step.decision()) {
        _ = writeln!(text, "    {hint}");
    }
    if let Some(line) = step.decision().explain(&step.request).suggestion() {
        // The address is one of many, so that a line for it alone is of no use.
        if is_by_name_alone(&line) {
            _ = writeln!(text, "    allow it with: {line}");
        }
    }
}

/// A decision about an address that stands for many.
pub(super) fn brief(decision: &Decision) -> String {
    let verdict = verdict(decision);
    let reason = match decision.reason() {
        Reason::Reported(reason) => reason,
        reason => reason,
    };
    match reason {
        Reason::AllowedBy(line) | Reason::DeniedBy { line, .. } => {
            format!("{verdict} ({})", placed(line))
        }
        Reason::SpecialAddress { line, .. } => {
            format!("{verdict} (not meant by {})", placed(line))
        }
        Reason::OutsideTo { line, .. } => {
            format!("{verdict} (#to= leaves it out: {})", placed(line))
        }
        _ => format!("{verdict} (no rule)"),
    }
}

/// What there is to know about such a decision.
fn hint(decision: &Decision) -> Option<&'static str> {
    matches!(decision.reason(), Reason::SpecialAddress { .. })
        .then_some("a name alone never reaches such an address; #to= says where it may lead")
}

/// The decision in a word.
pub(super) fn verdict(decision: &Decision) -> &'static str {
    match (decision.is_reported(), decision.is_allowed()) {
        (true, _) => "reported",
        (false, true) => "allowed",
        (false, false) => "denied",
    }
}

fn placed(line: &Line) -> String {
    match &line.origin {
        Some(origin) => format!("{origin}: {line}"),
        None => line.to_string(),
    }
}

fn is_by_name_alone(line: &Line) -> bool {
    match &line.rule {
        Rule::Outbound(rule) => matches!(rule.remote().host, Host::Name(_)) && rule.to().is_empty(),
        Rule::Inbound(_) | Rule::Resolve(_) => false,
    }
}
