//! What was done, in numbers.

use std::collections::BTreeMap;
use std::fmt;

use crate::differences::DIFFERENCES;
use crate::driver::Supplier;
use crate::model::Skip;
use crate::run::{Played, StepKind, Verdict};
use crate::script::side_by_side;

/// What was done.
#[derive(Debug, Default)]
pub(crate) struct Totals {
    passed: u64,
    failed: u64,
    /// Sequences that were run again because the system had given a port twice.
    void: u64,
    /// Differences that did not come up again, as text.
    unrepeated: Vec<String>,
    /// Calls and waits that each supplier carried out, and sequences that it did not end.
    suppliers: BTreeMap<Supplier, Counts>,
    skipped: BTreeMap<Skip, u64>,
    calls: BTreeMap<String, u64>,
    differences: BTreeMap<(&'static str, Supplier), u64>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Counts {
    calls: u64,
    waits: u64,
    ended_early: u64,
}

/// How many of those that did not come up again are shown.
const SHOWN: usize = 10;

impl Totals {
    /// Counts a sequence.
    pub(crate) fn count(&mut self, played: &Played, reached_all: bool) {
        for step in &played.steps {
            match step.kind {
                StepKind::Skipped(skip) => {
                    *self.skipped.entry(skip).or_default() += 1;
                    continue;
                }
                StepKind::Call => {
                    let call = step.call.to_string();
                    let verb = call.split(' ').next().unwrap_or_default();
                    *self.calls.entry(verb.to_owned()).or_default() += 1;
                }
                StepKind::Wait => {}
            }
            let outcomes = Supplier::ALL.into_iter().zip(&step.outcomes);
            for (supplier, _) in outcomes.filter(|(_, outcome)| outcome.is_some()) {
                let counts = self.suppliers.entry(supplier).or_default();
                match step.kind {
                    StepKind::Call => counts.calls += 1,
                    _ => counts.waits += 1,
                }
            }
        }
        for it in &played.differences {
            *self.differences.entry((it.name, it.supplier)).or_default() += 1;
        }
        for supplier in &played.ended {
            self.suppliers.entry(*supplier).or_default().ended_early += 1;
        }
        if !reached_all {
            self.suppliers.entry(Supplier::Os).or_default().ended_early += 1;
        }
    }

    /// Permitted differences that nothing has met: they may not exist any more. Rare ones are looked at `if_rare`.
    pub(crate) fn unmet(&self, if_rare: bool) -> Vec<String> {
        let looked_at = DIFFERENCES.iter().filter(|it| if_rare || !it.is_rare);
        let pairs =
            looked_at.flat_map(|it| it.suppliers.iter().map(|supplier| (it.name, *supplier)));
        let unmet = pairs.filter(|pair| !self.differences.contains_key(pair));
        let text = unmet.map(|(name, supplier)| format!("{name} ({})", supplier.name()));
        text.collect()
    }

    /// How many sequences were run.
    pub(crate) fn sequences(&self) -> u64 {
        self.passed + self.failed
    }

    pub(crate) fn pass(&mut self) {
        self.passed += 1;
    }

    pub(crate) fn fail(&mut self) {
        self.failed += 1;
    }

    pub(crate) fn void(&mut self) {
        self.void += 1;
    }

    /// Counts a difference that did not come up again: the sequence passes.
    pub(crate) fn unrepeated(&mut self, played: &Played) {
        self.unrepeated.push(side_by_side(played));
    }

    /// These and those.
    pub(crate) fn plus(mut self, other: Self) -> Self {
        fn add<K: Ord>(sum: &mut BTreeMap<K, u64>, other: BTreeMap<K, u64>) {
            for (key, count) in other {
                *sum.entry(key).or_default() += count;
            }
        }
        self.passed += other.passed;
        self.failed += other.failed;
        self.void += other.void;
        self.unrepeated.extend(other.unrepeated);
        for (supplier, more) in other.suppliers {
            let counts = self.suppliers.entry(supplier).or_default();
            counts.calls += more.calls;
            counts.waits += more.waits;
            counts.ended_early += more.ended_early;
        }
        add(&mut self.skipped, other.skipped);
        add(&mut self.calls, other.calls);
        add(&mut self.differences, other.differences);
        self
    }
}

/// Whether nothing was found is in the verdict.
pub(crate) fn differs(played: &Played) -> bool {
    matches!(played.verdict, Verdict::Differed(_))
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for text in self.unrepeated.iter().take(SHOWN) {
            writeln!(f, "it did not come up again:\n{text}")?;
        }
        writeln!(
            f,
            "{:<12}{:>10}{:>10}{:>14}",
            "supplier", "calls", "waits", "ended early"
        )?;
        for (supplier, counts) in &self.suppliers {
            let (
                name,
                Counts {
                    calls,
                    waits,
                    ended_early,
                },
            ) = (supplier.name(), counts);
            writeln!(f, "{name:<12}{calls:>10}{waits:>10}{ended_early:>14}")?;
        }
        write!(f, "calls:")?;
        for (verb, count) in &self.calls {
            write!(f, " {verb} {count}")?;
        }
        write!(f, "\nleft out:")?;
        for (skip, count) in &self.skipped {
            write!(f, " {skip:?} {count}")?;
        }
        writeln!(f, "\npermitted differences:")?;
        for ((name, supplier), count) in &self.differences {
            writeln!(f, "{count:>8}  {name} ({})", supplier.name())?;
        }
        let unrepeated = self.unrepeated.len();
        writeln!(
            f,
            "run again for a port that was given twice, or to others: {}",
            self.void
        )?;
        writeln!(f, "differences that did not come up again: {unrepeated}")?;
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}
