//! Looking for a sequence on which suppliers differ.

use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use wasock_conformance::sequence::Call;

use crate::generate::{Sequences, sequences};
use crate::run::{Cast, Played, StepKind};
use crate::script;
use crate::shrink::shortest;
use crate::totals::{Totals, differs};

/// How often a sequence that differs is run again: what does not come up again is told, and is no failure.
const AGAIN: usize = 2;

/// How often something shorter is tried that may differ at times.
const TRIES: usize = 5;

/// How many casts play at a time: suppliers wait for each other more than they compute.
const CASTS: u64 = 2;

/// A sequence on which suppliers differ.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) calls: Vec<Call>,
    pub(crate) played: Played,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (calls, played) = (
            script::write(&self.calls),
            script::side_by_side(&self.played),
        );
        writeln!(
            f,
            "suppliers differ in the last of these calls. What is right is what `os`, Linux itself, answers; `core` is \
            wasock-core over it, and `component` the provider in a component. Data is LENGTH:HASH, and a local address is \
            shown where it has changed.\n"
        )?;
        writeln!(f, "{played}\n")?;
        write!(
            f,
            "To see it again, put these lines into a file: cargo xtask soak --replay FILE\n\n{calls}"
        )
    }
}

/// When to stop: at a failure, and besides.
pub(crate) struct Stop {
    end: Option<Instant>,
    left: AtomicU64,
    failed: AtomicBool,
}

impl Stop {
    /// After so many sequences.
    pub(crate) fn after(sequences: u64) -> Self {
        Self {
            end: None,
            left: AtomicU64::new(sequences),
            failed: AtomicBool::new(false),
        }
    }

    /// After so long.
    pub(crate) fn at(length: Duration) -> Self {
        Self {
            end: Instant::now().checked_add(length),
            ..Self::after(u64::MAX)
        }
    }

    /// Whether one more is to be run.
    fn goes_on(&self) -> bool {
        let more = |left: u64| left.checked_sub(1);
        !self.failed.load(Ordering::Relaxed)
            && self.end.is_none_or(|end| Instant::now() < end)
            && self
                .left
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more)
                .is_ok()
    }
}

/// Runs sequences from `seed` on. Answers the first failure, as short as it can be.
pub(crate) fn run(seed: u64, stop: &Stop) -> (Totals, Option<Failure>) {
    // Shared, so that it does not matter which cast is faster.
    let sequences = &Mutex::new(sequences(seed));
    thread::scope(|scope| {
        let searches = (0..CASTS).map(|_| {
            scope.spawn(move || {
                let mut search = Search {
                    sequences,
                    cast: Cast::new(),
                    totals: Totals::default(),
                };
                let failure = search.all(stop);
                (search.totals, failure)
            })
        });
        let searches: Vec<_> = searches.collect();
        let mut sum = (Totals::default(), None);
        for search in searches {
            let (totals, failure) = search.join().expect("a search does not panic");
            sum = (sum.0.plus(totals), sum.1.or(failure));
        }
        sum
    })
}

struct Search<'a> {
    sequences: &'a Mutex<Sequences>,
    cast: Cast,
    totals: Totals,
}

impl Search<'_> {
    fn all(&mut self, stop: &Stop) -> Option<Failure> {
        while stop.goes_on() {
            if let Some(failure) = self.one() {
                stop.failed.store(true, Ordering::Relaxed);
                return Some(failure);
            }
        }
        None
    }

    fn next(&self) -> Option<Vec<Call>> {
        let mut sequences = self.sequences.lock().expect("making one does not panic");
        sequences.next()
    }

    /// Runs one more sequence.
    fn one(&mut self) -> Option<Failure> {
        let calls = self.next()?;
        let played = self.play(&calls);
        self.totals.count(&played, played.reached == calls.len());
        if !differs(&played) {
            self.totals.pass();
            return None;
        }
        // What would have come later does not matter.
        let calls = calls.get(..played.reached).unwrap_or(&calls).to_vec();
        if !self.repeats(&calls) {
            self.totals.unrepeated(&played);
            self.totals.pass();
            return None;
        }
        self.totals.fail();
        // The way to the shortest may be long.
        eprintln!("suppliers differ:\n{}", script::side_by_side(&played));
        self.cast.hurry(true);
        let short = self.shorten(&calls, &played);
        self.cast.hurry(false);
        for _ in 0..TRIES {
            let again = self.play(&short);
            if differs(&again) {
                return Some(Failure {
                    calls: short,
                    played: again,
                });
            }
        }
        Some(Failure { calls, played })
    }

    fn play(&mut self, calls: &[Call]) -> Played {
        let (played, void) = self.cast.play_counting(calls);
        for _ in 0..void {
            self.totals.void();
        }
        played
    }

    fn shorten(&mut self, calls: &[Call], played: &Played) -> Vec<Call> {
        let carried_out = played.steps.iter().filter(|it| it.kind == StepKind::Call);
        let carried_out: Vec<Call> = carried_out.map(|it| it.call).collect();
        let begin = if self.comes_up(&carried_out) {
            carried_out
        } else {
            calls.to_vec()
        };
        shortest(begin, |calls| self.comes_up(calls))
    }

    /// Whether it differs every time.
    fn repeats(&mut self, calls: &[Call]) -> bool {
        (0..AGAIN).all(|_| differs(&self.play(calls)))
    }

    /// Whether it differs at some time: one that depends on who is faster is to become short, too.
    fn comes_up(&mut self, calls: &[Call]) -> bool {
        (0..TRIES).any(|_| differs(&self.play(calls)))
    }
}
