//! The record of a lookup: what was asked, and what the guest was told.

use std::fmt;
use std::net::IpAddr;

use wasock_policy::{Decision, PinnedName, Request};

use super::Verdict;
use crate::names::LookupFailure;

/// A lookup from beginning to end: several decisions, which make sense together only.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Lookup {
    /// The name, and the names that it turned out to be an alias of.
    pub name: PinnedName,
    /// Whether it may be looked up.
    pub decision: Decision,
    /// How it went.
    pub outcome: Outcome,
}

/// How a lookup went.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Nobody was asked: the policy forbids it.
    Refused,
    /// There is no answer.
    Failed(LookupFailure),
    /// The guest did not wait for the answer. Somebody may have been asked.
    Abandoned,
    /// There are addresses, and the policy has decided about each: the guest was told those that are allowed.
    Answered(Vec<Answer>),
}

/// An address that a lookup has found.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Answer {
    /// The address.
    pub address: IpAddr,
    /// Whether the guest was told.
    pub decision: Decision,
}

/// How many addresses that were held back are explained. Most often one explains them all.
const MAX_EXPLAINED: usize = 4;

/// How many addresses that the guest was told are listed.
const MAX_LISTED: usize = 8;

impl Lookup {
    /// Whether the guest was told an address, or could have been if there were one.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        match &self.outcome {
            Outcome::Refused | Outcome::Failed(LookupFailure::NoResolver) => false,
            Outcome::Failed(_) | Outcome::Abandoned => true,
            Outcome::Answered(answers) => answers.iter().any(|answer| answer.decision.is_allowed()),
        }
    }

    /// The addresses that the guest was told.
    pub fn told(&self) -> impl Iterator<Item = IpAddr> {
        let answers = match &self.outcome {
            Outcome::Answered(answers) => answers.as_slice(),
            Outcome::Refused | Outcome::Failed(_) | Outcome::Abandoned => &[],
        };
        let told = answers.iter().filter(|answer| answer.decision.is_allowed());
        told.map(|answer| answer.address)
    }

    pub(super) fn verdict(&self) -> Verdict {
        if !self.is_allowed() {
            return Verdict::Denied;
        }
        match &self.outcome {
            Outcome::Answered(answers) => {
                let reported = |answer: &Answer| Verdict::of(&answer.decision) == Verdict::Reported;
                if answers.iter().any(reported) {
                    return Verdict::Reported;
                }
            }
            Outcome::Refused | Outcome::Failed(_) | Outcome::Abandoned => {}
        }
        Verdict::of(&self.decision)
    }

    /// The request that the lookup began with.
    pub(super) fn request(&self) -> Request {
        let name = self.name.asked.clone();
        Request::Resolve { name }
    }

    /// The request that an address of the answer makes.
    pub(super) fn answer(&self, address: IpAddr) -> Request {
        let name = self.name.clone();
        Request::Answer { name, address }
    }

    /// Servers answer in turns. The order makes no other lookup.
    pub(super) fn normalize(&mut self) {
        if let Outcome::Answered(answers) = &mut self.outcome {
            answers.sort_by_key(|answer| answer.address);
        }
    }

    fn withheld(&self, answers: &[Answer]) -> Vec<String> {
        let withheld = answers
            .iter()
            .filter(|answer| !answer.decision.is_allowed());
        let explain = |answer: &Answer| {
            let request = self.answer(answer.address);
            answer.decision.explain(&request).to_string()
        };
        withheld.map(explain).collect()
    }
}

/// In full: what was asked and what came of it on the first line, then what was held back and what would change that.
impl fmt::Display for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let asked = self.request();
        match &self.outcome {
            Outcome::Refused => write!(f, "{}", self.decision.explain(&asked)),
            Outcome::Failed(failure) => {
                let verdict = if self.is_allowed() {
                    "failed"
                } else {
                    "denied"
                };
                write!(f, "{verdict}: {asked} ({failure})")
            }
            Outcome::Abandoned => {
                write!(f, "{}: not waited for", self.decision.explain(&asked))
            }
            Outcome::Answered(answers) => {
                let withheld = self.withheld(answers);
                let mut separator = "";
                if self.is_allowed() {
                    write!(f, "{}:", self.decision.explain(&asked))?;
                    let told = answers.iter().filter(|answer| answer.decision.is_allowed());
                    for answer in told.clone().take(MAX_LISTED) {
                        write!(f, " {}", answer.address)?;
                    }
                    match told.count().saturating_sub(MAX_LISTED) {
                        0 => {}
                        more => write!(f, " and {more} more")?,
                    }
                    separator = "\n";
                }
                for text in withheld.iter().take(MAX_EXPLAINED) {
                    write!(f, "{separator}{text}")?;
                    separator = "\n";
                }
                match withheld.len().saturating_sub(MAX_EXPLAINED) {
                    0 => Ok(()),
                    more => write!(f, "\n{more} more held back"),
                }
            }
        }
    }
}
