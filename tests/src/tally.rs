//! How the trials of a backend went, in numbers.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::expectations::Verdict;

/// Counts the verdicts over the trials of one backend, from any thread.
#[derive(Debug, Default)]
pub struct Tally {
    passed: AtomicUsize,
    failed: AtomicUsize,
    expected: AtomicUsize,
}

impl Tally {
    /// Counts one.
    pub fn count(&self, verdict: &Verdict) {
        let counter = match verdict {
            Verdict::Passed => &self.passed,
            Verdict::ExpectedFailure => &self.expected,
            Verdict::Failed(_) => &self.failed,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// A line of the table that [`heading`](Self::heading) begins.
    #[must_use]
    pub fn line(&self, backend: &str) -> String {
        let [passed, failed, expected] = [&self.passed, &self.failed, &self.expected]
            .map(|counter| counter.load(Ordering::Relaxed));
        format!("{backend:<12}{passed:>8}{failed:>8}{expected:>20}")
    }

    /// The heading of the table.
    #[must_use]
    pub fn heading() -> String {
        format!(
            "{:<12}{:>8}{:>8}{:>20}",
            "backend", "passed", "failed", "expected failures"
        )
    }
}
