//! Attempts to get out: a component that is told what to try, on a host whose policy forbids it.
//!
//! Each attempt has to fail, to stand in what the operator reads, and to change nothing for what is allowed: every
//! test ends with something that works. The table of all attempts is in `docs/escapes.md`.

mod addresses;
mod datagrams;
mod inbound;
mod limits;
mod names;
mod reload;
mod report;

use std::time::Instant;

use crate::support::program::{Ended, LIMIT};
use crate::support::puppet::Puppet;

/// A component under a policy, and what the operator has to hear about it.
struct Prisoner {
    puppet: Puppet,
    reports: Vec<String>,
}

impl Prisoner {
    /// `wasock run OPTIONS puppet`.
    fn under<'a>(options: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            puppet: Puppet::under(options),
            reports: Vec::new(),
        }
    }

    /// It tries something that has to fail with `error`, and the operator has to be told `report`.
    #[track_caller]
    fn tries(&mut self, attempt: &str, error: &str, report: &str) {
        let answer = self.puppet.ask(attempt);
        assert_eq!(answer, format!("error {error}"), "{attempt}");
        self.reports.push(report.to_owned());
    }

    /// It does something that it may.
    #[track_caller]
    fn does(&mut self, command: &str) -> String {
        self.puppet.ok(command)
    }

    /// It tries what it may not yet, until it may: the policy has just changed, and the host is about to notice.
    #[track_caller]
    fn becomes_allowed(&mut self, attempt: &str) {
        let begun = Instant::now();
        while self.puppet.ask(attempt) == "error eacces" {
            assert!(begun.elapsed() < LIMIT, "{attempt}: still refused");
        }
    }

    /// It ends, well, and everything that it tried is on record.
    #[track_caller]
    fn ends(self) -> Ended {
        let ended = self.puppet.finish().expect_success();
        for report in &self.reports {
            assert!(ended.stderr.contains(report), "{report}\n{}", ended.stderr);
        }
        ended
    }
}
