//! The record of a request of `wasi:http`.

use std::fmt;
use std::sync::Arc;

use wasock_policy::{Decision, Line, OutboundRule, Reason};

use super::{Decided, Lookup, Verdict};

/// A request from beginning to end: a lookup, a connection, and what the server said.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Http {
    /// The method.
    pub method: Box<str>,
    /// Whether it is protected by TLS.
    pub scheme: HttpScheme,
    /// The host and the port: `api.example.com:443`. Nothing else of the URL, which has secrets in it.
    pub authority: Box<str>,
    /// The lookup of the host, if it is a name.
    pub lookup: Option<Lookup>,
    /// What was decided about the connections that were attempted, in their order.
    pub connects: Vec<Decided>,
    /// How it went.
    pub outcome: HttpOutcome,
}

/// How a request travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HttpScheme {
    /// As it is.
    Http,
    /// Over TLS.
    Https,
}

/// How a request went.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum HttpOutcome {
    /// Nothing was sent: the policy forbids it.
    Refused,
    /// There is no answer, for this reason.
    Failed(Box<str>),
    /// The guest did not wait for the answer. Some of the request may have been sent.
    Abandoned,
    /// The server has answered with this status.
    Answered(u16),
}

impl Http {
    pub(super) fn verdict(&self) -> Verdict {
        let reported = |decision: &Decision| Verdict::of(decision) == Verdict::Reported;
        if self.outcome == HttpOutcome::Refused {
            return Verdict::Denied;
        }
        let looked_up = self.lookup.as_ref().map(Lookup::verdict);
        let connects = self
            .connects
            .iter()
            .any(|connect| reported(&connect.decision));
        if connects || looked_up == Some(Verdict::Reported) {
            Verdict::Reported
        } else {
            Verdict::Allowed
        }
    }

    /// Servers answer in turns, and the guest may not have waited for the address that answers.
    pub(super) fn normalize(&mut self) {
        if let Some(lookup) = &mut self.lookup {
            lookup.normalize();
        }
    }

    /// The rule that allows the request, where there is none about its host at all. A rule for the lookup alone would not be
    /// enough.
    #[must_use]
    pub fn suggestion(&self) -> Option<Line> {
        let lookup = self.lookup.as_ref()?;
        let is_silent = matches!(lookup.decision.reason(), Reason::NoRule);
        // In a rule, `any` is every name.
        if !is_silent || lookup.name.asked.as_str() == "any" {
            return None;
        }
        let rule: OutboundRule = format!("tcp://{}", self.authority).parse().ok()?;
        Some(Line::allow(Arc::new(rule)))
    }

    /// What the request came to, in words, and after it what else was refused on the way.
    fn steps(&self) -> Vec<String> {
        let allowed = |decision: &Decision| decision.is_allowed();
        let (went, refused): (Vec<_>, Vec<_>) = self
            .connects
            .iter()
            .partition(|connect| allowed(&connect.decision));
        let steps = went.last().copied().into_iter().chain(refused);
        let mut steps: Vec<String> = steps.map(ToString::to_string).collect();
        match (&self.lookup, self.suggestion()) {
            (_, Some(line)) => steps.push(format!("denied: (no rule)\n  allow it with: {line}")),
            (Some(lookup), None) if !lookup.is_allowed() => steps.push(lookup.to_string()),
            _ => {}
        }
        steps
    }
}

/// In full: the request, what it came to and how that went on the first line, then why and what would change it.
impl fmt::Display for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (method, authority) = (self.method.escape_debug(), self.authority.escape_debug());
        write!(
            f,
            "{}: http {method} {}://{authority}",
            self.verdict(),
            self.scheme
        )?;

        let steps = self.steps();
        let mut steps = steps.iter();
        let (first, rest) = match steps.next() {
            Some(step) => step.split_once('\n').unwrap_or((step, "")),
            None => ("", ""),
        };
        // Everything but the verdict, which is that of the request.
        if let Some((_, step)) = first.split_once(": ") {
            let comma = if step.starts_with('(') { "" } else { "," };
            write!(f, "{comma} {step}")?;
        }
        match &self.outcome {
            HttpOutcome::Refused => {}
            HttpOutcome::Failed(why) => write!(f, ": failed, {}", why.escape_debug())?,
            HttpOutcome::Abandoned => f.write_str(": not waited for")?,
            HttpOutcome::Answered(status) => write!(f, ": status {status}")?,
        }
        for text in std::iter::once(rest).chain(steps.map(String::as_str)) {
            if !text.is_empty() {
                write!(f, "\n{text}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for HttpScheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Http => "http",
            Self::Https => "https",
        })
    }
}
