//! The answer for a program.

use serde::Serialize;
use wasock::policy::{Considered, Line, Role};

use super::answer::{Answer, Conditions, Step, Where};
use super::text::{brief, verdict};

/// The version of the format.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document {
    v: u32,
    allowed: bool,
    steps: Vec<StepFields>,
    #[serde(skip_serializing_if = "Option::is_none")]
    conditions: Option<ConditionFields>,
}

#[derive(Serialize)]
struct StepFields {
    /// What is decided on, in words.
    request: String,
    /// What the component asks for, if that is mapped.
    #[serde(skip_serializing_if = "Option::is_none")]
    asked: Option<String>,
    verdict: &'static str,
    /// All that a person is told.
    explanation: String,
    /// What the decision does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    remark: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suggestion: Option<String>,
    lines: Vec<LineFields>,
}

#[derive(Serialize)]
struct LineFields {
    line: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
    /// `decided`, `agrees`, `overruled`, `leaves-out` or `differs`.
    role: &'static str,
    /// The role in words.
    why: String,
}

/// What depends on the addresses of the name.
#[derive(Serialize)]
struct ConditionFields {
    name: String,
    cases: Vec<CaseFields>,
    /// Lines that name addresses, and may say something else about those.
    by_address: Vec<String>,
}

#[derive(Serialize)]
struct CaseFields {
    /// `internet`, `special`, or a network.
    to: String,
    verdict: &'static str,
    explanation: String,
}

pub(super) fn text(answer: &Answer) -> serde_json::Result<String> {
    let document = Document {
        v: VERSION,
        allowed: answer.is_allowed(),
        steps: answer.steps.iter().map(step).collect(),
        conditions: answer.conditions.as_ref().map(conditions),
    };
    serde_json::to_string_pretty(&document).map(|text| text + "\n")
}

fn step(step: &Step) -> StepFields {
    let decision = step.decision();
    let line = decision.reason().line();
    StepFields {
        request: step.request.to_string(),
        asked: step.asked.map(|asked| asked.to_string()),
        verdict: verdict(decision),
        explanation: step.explanation(),
        remark: step.remark(),
        rule: line.map(Line::to_string),
        origin: line.and_then(origin),
        suggestion: step.suggestion().map(|line| line.to_string()),
        lines: step.considered.lines.iter().map(considered).collect(),
    }
}

fn considered(Considered { line, role }: &Considered) -> LineFields {
    LineFields {
        line: line.to_string(),
        origin: origin(line),
        role: match role {
            Role::Decided => "decided",
            Role::Agrees => "agrees",
            Role::Overruled => "overruled",
            Role::LeavesOut(_) => "leaves-out",
            Role::Differs(_) => "differs",
        },
        why: role.to_string(),
    }
}

fn conditions(conditions: &Conditions) -> ConditionFields {
    let case = |(to, step): &(Where, Step)| CaseFields {
        to: match to {
            Where::Internet => "internet".to_owned(),
            Where::Special => "special".to_owned(),
            Where::In(net) => net.clone(),
        },
        verdict: verdict(step.decision()),
        explanation: brief(step.decision()),
    };
    ConditionFields {
        name: conditions.name.to_string(),
        cases: conditions.cases.iter().map(case).collect(),
        by_address: conditions.by_address.iter().map(Line::to_string).collect(),
    }
}

fn origin(line: &Line) -> Option<String> {
    line.origin.as_ref().map(|origin| origin.to_string())
}
