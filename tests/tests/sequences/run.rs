//! One sequence on all suppliers, step by step.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU32, Ordering};

use wasock_conformance::sequence::{Action, Answer, Call, Outcome};
use wasock_core::Errno;

use crate::canonical::Canonical;
use crate::differences::{self, Difference, Met, Then};
use crate::driver::{Driver, Supplier};
use crate::model::{Model, Peculiarity, Skip};

/// The suppliers, the reference first.
pub(crate) struct Cast {
    drivers: Vec<Driver>,
    /// A number that no other cast of this process has, among a few.
    number: u32,
    /// How many sequences it has run.
    begun: u32,
    /// Whether it waits less long for answers.
    hurries: bool,
}

/// How often a sequence is run again for which the system has given a port twice.
const AGAIN: usize = 5;

/// What was done, and what came of it.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) call: Call,
    pub(crate) kind: StepKind,
    /// What each supplier answered; none where it has ended before.
    pub(crate) outcomes: Vec<Option<Outcome>>,
}

/// Why a step is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StepKind {
    /// The sequence has it.
    Call,
    /// The sequence has it, but it was left out.
    Skipped(Skip),
    /// Something is on its way.
    Wait,
}

/// How a sequence went.
#[derive(Debug)]
pub(crate) struct Played {
    pub(crate) steps: Vec<Step>,
    pub(crate) verdict: Verdict,
    /// How many calls of the sequence were looked at.
    pub(crate) reached: usize,
    /// Who was not compared to the end.
    pub(crate) ended: Vec<Supplier>,
    /// The permitted differences that were met.
    pub(crate) differences: Vec<Permitted>,
}

/// A permitted difference that was met.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Permitted {
    pub(crate) name: &'static str,
    pub(crate) supplier: Supplier,
}

#[derive(Debug)]
pub(crate) enum Verdict {
    /// All answered alike.
    Agreed,
    /// Nothing can be said: the system gave a port twice, or to others, or one that leads back.
    Void,
    /// A supplier answered otherwise, or not at all.
    Differed(String),
}

impl Cast {
    pub(crate) fn new() -> Self {
        static CASTS: AtomicU32 = AtomicU32::new(0);
        Self {
            drivers: Supplier::ALL.map(Driver::start).into(),
            number: CASTS.fetch_add(1, Ordering::Relaxed),
            begun: 0,
            hurries: false,
        }
    }

    /// Waits less long for answers, or as long as before.
    pub(crate) fn hurry(&mut self, hurries: bool) {
        self.hurries = hurries;
        for driver in &mut self.drivers {
            driver.hurry(hurries);
        }
    }

    /// Runs a sequence, and again where nothing can be said.
    pub(crate) fn play_until_valid(&mut self, calls: &[Call]) -> Played {
        self.play_counting(calls).0
    }

    /// As before, with how often nothing could be said.
    pub(crate) fn play_counting(&mut self, calls: &[Call]) -> (Played, usize) {
        let mut void = 0;
        loop {
            let mut played = self.play(calls);
            if !matches!(played.verdict, Verdict::Void) {
                return (played, void);
            }
            void += 1;
            if void == AGAIN {
                played.verdict = differed(
                    Supplier::Os,
                    "it gives ports twice, or to others, every time",
                );
                return (played, void);
            }
        }
    }

    /// Runs a sequence.
    fn play(&mut self, calls: &[Call]) -> Played {
        self.begun = self.begun.wrapping_add(1);
        let mut play = Play::new(self);
        let verdict = match play.all(calls) {
            Ok(()) => Verdict::Agreed,
            Err(verdict) => verdict,
        };
        let (steps, differences, broken) = (play.steps, play.differences, play.broken);
        let reached = play.reached;
        let off = self
            .drivers
            .iter()
            .zip(&play.is_on)
            .filter(|(_, is_on)| !**is_on);
        let ended = off.map(|(driver, _)| driver.supplier).collect();
        for index in broken {
            self.drivers[index] = Driver::start(self.drivers[index].supplier);
        }
        self.hurry(self.hurries);
        Played {
            steps,
            verdict,
            reached,
            ended,
            differences,
        }
    }

    /// The loopback address of a driver in this sequence. Nobody else on the machine has it, nor has any other
    /// sequence for a while: connections that were closed keep their addresses for a minute.
    fn home(&self, index: usize) -> Ipv4Addr {
        // Neither 127.0.0.0/16 nor the broadcast address.
        let process = 1 + std::process::id() % 254;
        let driver = u32::try_from(index).unwrap_or_default();
        let rest = ((driver % 4) << 14) | ((self.number % 4) << 12) | (self.begun % 4096);
        Ipv4Addr::from_bits((127 << 24) | (process << 16) | rest)
    }
}

/// A sequence that is being run.
struct Play<'a> {
    cast: &'a Cast,
    model: Model,
    canonical: Vec<Canonical>,
    /// Whether a supplier is still compared.
    is_on: Vec<bool>,
    broken: Vec<usize>,
    steps: Vec<Step>,
    reached: usize,
    differences: Vec<Permitted>,
}

impl<'a> Play<'a> {
    fn new(cast: &'a Cast) -> Self {
        let homes = (0..cast.drivers.len()).map(|index| cast.home(index));
        Self {
            cast,
            model: Model::new(cast.home(0)),
            canonical: homes.map(Canonical::new).collect(),
            is_on: vec![true; cast.drivers.len()],
            broken: Vec::new(),
            steps: Vec::new(),
            reached: 0,
            differences: Vec::new(),
        }
    }

    fn all(&mut self, calls: &[Call]) -> Result<(), Verdict> {
        for (index, driver) in self.cast.drivers.iter().enumerate() {
            if let Err(message) = driver.begin(self.cast.home(index)) {
                self.broken.push(index);
                return Err(differed(driver.supplier, &message));
            }
        }
        for call in calls {
            if self.is_on.iter().filter(|is_on| **is_on).count() < 2 {
                break;
            }
            self.reached += 1;
            if let Err(skip) = self.model.check(call) {
                self.steps.push(Step {
                    call: *call,
                    kind: StepKind::Skipped(skip),
                    outcomes: Vec::new(),
                });
                continue;
            }
            for wait in self.model.before(call) {
                self.step(wait, StepKind::Wait)?;
            }
            let outcome = self.step(*call, StepKind::Call)?;
            for wait in self.model.after(call, &outcome) {
                self.step(wait, StepKind::Wait)?;
            }
        }
        Ok(())
    }

    /// One call on everybody. Answers what the reference did.
    fn step(&mut self, call: Call, kind: StepKind) -> Result<Outcome, Verdict> {
        let on = |index: &usize| self.is_on[*index];
        let indices: Vec<usize> = (0..self.cast.drivers.len()).filter(on).collect();
        for index in &indices {
            self.cast.drivers[*index].tell(call);
        }
        let mut outcomes = vec![None; self.cast.drivers.len()];
        let mut failed = None;
        for index in &indices {
            let driver = &self.cast.drivers[*index];
            match driver.outcome() {
                Ok(outcome) => outcomes[*index] = Some(outcome),
                Err(message) => {
                    self.broken.push(*index);
                    failed.get_or_insert_with(|| differed(driver.supplier, &message));
                }
            }
        }
        self.steps.push(Step {
            call,
            kind,
            outcomes: outcomes.clone(),
        });
        if let Some(verdict) = failed {
            return Err(verdict);
        }
        self.compare(&call, kind, &outcomes)
    }

    /// Suppliers are not compared any more.
    fn end(&mut self, suppliers: &[Supplier], name: &'static str) {
        for (index, driver) in self.cast.drivers.iter().enumerate() {
            if suppliers.contains(&driver.supplier) && std::mem::take(&mut self.is_on[index]) {
                self.differences.push(Permitted {
                    name,
                    supplier: driver.supplier,
                });
            }
        }
    }

    fn compare(
        &mut self,
        call: &Call,
        kind: StepKind,
        outcomes: &[Option<Outcome>],
    ) -> Result<Outcome, Verdict> {
        // What the call found.
        let before = self.model.peculiarity(call.socket);
        match outcomes.first() {
            Some(Some(outcome)) if kind == StepKind::Call => {
                let has_queued = self.model.has_queued(call.socket);
                self.model.note(call, outcome);
                if let Some((name, suppliers)) = differences::called(call, outcome, has_queued) {
                    self.end(suppliers, name);
                }
            }
            _ => self.model.note_wait(call),
        }
        let is_vague = self.model.peculiarity(call.socket).is_vague;
        let peculiarity = Peculiarity {
            is_vague: is_vague || before.is_vague,
            ..before
        };
        let mut reference = None;
        for (index, outcome) in outcomes.iter().enumerate() {
            let Some(outcome) = outcome.filter(|_| self.is_on[index]) else {
                continue;
            };
            let supplier = self.cast.drivers[index].supplier;
            let canonical = self.canonical[index].outcome(call, &outcome, is_vague);
            let mut canonical = canonical.map_err(|_| Verdict::Void)?;
            if kind == StepKind::Wait {
                canonical.answer = of_a_wait(call, canonical.answer);
            }
            let Some((raw, linux)) = reference else {
                if canonical.answer == Answer::Late {
                    return Err(differed(
                        supplier,
                        "the model waits for what does not happen",
                    ));
                }
                reference = Some((outcome, canonical));
                continue;
            };
            let _: Outcome = raw;
            if canonical == linux {
                continue;
            }
            let met = Met {
                supplier,
                call,
                linux: &linux,
                theirs: &canonical,
                peculiarity,
            };
            if peculiarity.is_spent
                && takes_again(call)
                && canonical.answer == Answer::Failed(Errno::Eaddrinuse)
            {
                return Err(Verdict::Void);
            }
            let Some(Difference { name, then, .. }) = differences::find(&met) else {
                return Err(differed(supplier, "it answers otherwise"));
            };
            self.differences.push(Permitted { name, supplier });
            self.is_on[index] = *then == Then::GoOn;
        }
        let reference = reference.map(|(raw, _)| raw);
        reference.ok_or_else(|| differed(Supplier::Os, "there is no reference"))
    }
}

/// Whether the call takes a port again that nobody has kept, so that others on the machine may have got it.
fn takes_again(call: &Call) -> bool {
    matches!(call.action, Action::Connect(_) | Action::Listen(_))
}

/// Of a wait it only matters whether it ended: what else it tells is compared by calls.
fn of_a_wait(call: &Call, answer: Answer) -> Answer {
    match (call.action, answer) {
        (Action::Await(_), Answer::Ready(_)) => Answer::Done,
        (_, answer) => answer,
    }
}

fn differed(supplier: Supplier, message: &str) -> Verdict {
    Verdict::Differed(format!("{}: {message}", supplier.name()))
}
