//! What changes from one policy to the next.

use std::collections::HashMap;
use std::fmt;

use crate::{Amount, Decision, Limit, Line, Mapping, Mode, OnRevoke, Origin, Policy, Request};

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

/// A request that two policies decide on differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What the old policy decides.
    pub old: Decision,
    /// What the new policy decides.
    pub new: Decision,
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
    /// What changes for a request if `new` takes the place of this policy: whether the guest may, or whether it is reported
    /// only. `None` if nothing does, whatever the reasons.
    pub fn change(&self, new: &Self, request: &Request) -> Option<Change> {
        let (old, new) = (self.decide(request), new.decide(request));
        let what = |decision: &Decision| (decision.verdict(), decision.is_reported());
        (what(&old) != what(&new)).then_some(Change { old, new })
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
