//! What changes from one policy to the next.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use crate::{
    Amount, Decision, Limit, Line, Mapping, Mode, OnRevoke, Origin, Policy, Protocol, Request,
    Verdict,
};

/// What changes from one policy to the next: what is written, not what follows from it.
///
/// What follows is told by requests that were made: [`Policy::change`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyDiff {
    /// Lines that only the old policy has.
    pub removed: Vec<Line>,
    /// Lines that only the new policy has.
    pub added: Vec<Line>,
    /// Limits that differ: what they were, and what they are.
    pub limits: Vec<(Limit, Option<Amount>, Option<Amount>)>,
    /// What the mode was and is, if it differs.
    pub mode: Option<(Mode, Mode)>,
    /// What becomes of connections that are no longer allowed, before and now, if it differs.
    pub on_revoke: Option<(OnRevoke, OnRevoke)>,
    /// Mappings that only the old policy has.
    pub unmapped: Vec<Mapping>,
    /// Mappings that only the new policy has.
    pub mapped: Vec<Mapping>,
    /// Whether mappings that both have come in another order. The first one counts.
    pub reordered: bool,
}

/// A request of which two policies make something different.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Change {
    /// What the old policy makes of it.
    pub old: Outcome,
    /// What the new policy makes of it.
    pub new: Outcome,
}

/// What a policy makes of a request.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Outcome {
    /// What was decided on.
    pub request: Request,
    /// What was decided.
    pub decision: Decision,
}

impl PolicyDiff {
    /// What changes from `old` to `new`. The order of lines is no change.
    pub fn between(old: &Policy, new: &Policy) -> Self {
        let (removed, added) = exchanged(old.lines(), new.lines());
        let (unmapped, mapped) = exchanged(
            old.mappings().iter().cloned(),
            new.mappings().iter().cloned(),
        );
        let amounts = |limit| {
            let (old, new) = (old.limits().get(limit), new.limits().get(limit));
            (old != new).then_some((limit, old, new))
        };
        Self {
            limits: Limit::ALL.into_iter().filter_map(amounts).collect(),
            mode: differing(old.mode(), new.mode()),
            on_revoke: differing(old.on_revoke(), new.on_revoke()),
            reordered: without(old.mappings(), &unmapped) != without(new.mappings(), &mapped),
            removed,
            added,
            unmapped,
            mapped,
        }
    }

    /// Whether the two say the same.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Policy {
    /// What changes if `new` takes the place of this policy, for a request with the addresses that the guest asks for: where
    /// it leads, whether the guest may, or whether that is reported only. `None` if nothing does, whatever the reasons.
    pub fn change(&self, new: &Self, asked: &Request) -> Option<Change> {
        let outcome = |policy: &Self| {
            let request = policy.led(asked.clone());
            let decision = policy.decide(&request);
            Outcome { request, decision }
        };
        let (old, new) = (outcome(self), outcome(new));
        (old.what() != new.what()).then_some(Change { old, new })
    }

    /// The request as it is decided on: where the policy maps what it is about, with the target. A name that led to what the
    /// guest asks for is none of the target.
    pub fn led(&self, mut asked: Request) -> Request {
        let (protocol, remote, names) = match &mut asked {
            Request::Connect {
                protocol,
                remote,
                names,
            } => (*protocol, remote, names),
            Request::Send { remote, names } => (Protocol::Udp, remote, names),
            Request::ReceiveReply { peer, names, .. } => (Protocol::Udp, peer, names),
            _ => return asked,
        };
        if let Some(target) = self.map(protocol, *remote) {
            *remote = target;
            *names = Arc::default();
        }
        asked
    }
}

impl Outcome {
    /// What the guest notices of it.
    fn what(&self) -> (&Request, Verdict, bool) {
        let Self { request, decision } = self;
        (request, decision.verdict(), decision.is_reported())
    }
}

/// What only the old one has, and what only the new one has. What stands there twice counts twice.
fn exchanged<T: Clone + Eq + std::hash::Hash>(
    old: impl Iterator<Item = T>,
    new: impl Iterator<Item = T>,
) -> (Vec<T>, Vec<T>) {
    let mut counts: HashMap<T, usize> = HashMap::new();
    let old: Vec<T> = old.collect();
    for element in &old {
        *counts.entry(element.clone()).or_default() += 1;
    }
    let mut take = |element: &T| match counts.get_mut(element) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    };
    let added: Vec<T> = new.filter(|element| take(element)).collect();
    // What is left in the counts was not found in the new one.
    let removed = old.into_iter().filter(|element| !take(element));
    (removed.collect(), added)
}

fn differing<T: PartialEq>(old: T, new: T) -> Option<(T, T)> {
    (old != new).then_some((old, new))
}

/// What both have, each once.
fn without(all: &[Mapping], some: &[Mapping]) -> Vec<Mapping> {
    let mut left: Vec<Mapping> = Vec::new();
    for mapping in all {
        if !some.contains(mapping) && !left.contains(mapping) {
            left.push(mapping.clone());
        }
    }
    left
}

/// One change a line, as the options of a command line: `-` for what is gone, `+` for what is new.
impl fmt::Display for PolicyDiff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.removed {
            writeln!(f, "- {}", placed(line))?;
        }
        for line in &self.added {
            writeln!(f, "+ {}", placed(line))?;
        }
        for mapping in &self.unmapped {
            writeln!(f, "- --map {mapping}")?;
        }
        for mapping in &self.mapped {
            writeln!(f, "+ --map {mapping}")?;
        }
        if self.reordered {
            writeln!(f, "  --map in another order, of which the first counts")?;
        }
        for (limit, old, new) in &self.limits {
            if let Some(amount) = old {
                writeln!(f, "- --limit {limit}={amount}")?;
            }
            if let Some(amount) = new {
                writeln!(f, "+ --limit {limit}={amount}")?;
            }
        }
        if let Some((old, new)) = self.mode {
            writeln!(f, "- --mode {old}\n+ --mode {new}")?;
        }
        if let Some((old, new)) = self.on_revoke {
            writeln!(f, "- on-revoke = \"{old}\"\n+ on-revoke = \"{new}\"")?;
        }
        Ok(())
    }
}

fn placed(line: &Line) -> impl fmt::Display {
    fmt::from_fn(move |f| match &line.origin {
        Some(origin @ Origin::File { .. }) => write!(f, "{line} ({origin})"),
        Some(Origin::Flag) | None => write!(f, "{line}"),
    })
}
