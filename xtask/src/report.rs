//! What `cargo test` said, as a table.

use std::fmt;

/// What ran, in order.
#[derive(Debug, Default)]
pub(crate) struct Report {
    runners: Vec<Runner>,
    ignored: Vec<String>,
    /// What tests say that this machine lacks. They pass.
    not_tested: Vec<String>,
}

/// A program of tests, or the documentation tests of a crate.
#[derive(Debug)]
struct Runner {
    name: String,
    counts: Counts,
    /// A runner that dies says nothing at its end.
    has_result: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    passed: u64,
    failed: u64,
    ignored: u64,
}

impl Report {
    /// Take in a line of output, with or without colours.
    pub(crate) fn read_line(&mut self, line: &str) {
        let line = without_colours(line);
        let line = line.trim();
        // The runner may be in the middle of a line of its own.
        if let Some((_, lack)) = line.split_once("not tested: ") {
            self.not_tested.push(format!("not tested: {lack}"));
            return;
        }

        if let Some(name) = runner_name(line) {
            self.runners.push(Runner {
                name,
                counts: Counts::default(),
                has_result: false,
            });
        } else if let Some(result) = line.strip_prefix("test result: ") {
            // A runner may end more than once: documentation tests come in groups.
            if let Some(runner) = self.runners.last_mut() {
                runner.counts = runner.counts.plus(Counts::parse(result));
                runner.has_result = true;
            }
        } else if line.starts_with("test ") && line.contains(" ... ignored") {
            let runner = self
                .runners
                .last()
                .map_or("", |runner| runner.name.as_str());
            self.ignored.push(format!("{runner}: {line}"));
        }
    }

    /// Whether a test failed, or a runner died.
    pub(crate) fn has_failed(&self) -> bool {
        self.total().failed > 0 || self.runners.iter().any(|runner| !runner.has_result)
    }

    fn total(&self) -> Counts {
        self.runners
            .iter()
            .fold(Counts::default(), |sum, runner| sum.plus(runner.counts))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  passed  failed  ignored  runner")?;
        for Runner {
            name,
            counts:
                Counts {
                    passed,
                    failed,
                    ignored,
                },
            has_result,
        } in &self.runners
        {
            let note = if *has_result {
                ""
            } else {
                "  (ended without a result)"
            };
            writeln!(f, "{passed:>8}{failed:>8}{ignored:>9}  {name}{note}")?;
        }
        for test in &self.ignored {
            writeln!(f, "not run: {test}")?;
        }
        for lack in &self.not_tested {
            writeln!(f, "{lack}")?;
        }

        let Counts { passed, failed, .. } = self.total();
        write!(f, "\n{passed} passed, {failed} failed")?;
        match self.not_tested.len() {
            0 => Ok(()),
            count => write!(f, "; {count} not tested on this machine"),
        }
    }
}

impl Counts {
    /// Read `ok. 3 passed; 0 failed; 1 ignored; …`.
    fn parse(result: &str) -> Self {
        let count = |word: &str| {
            let position = result.find(&format!(" {word}"))?;
            result.get(..position)?.rsplit(' ').next()?.parse().ok()
        };
        Self {
            passed: count("passed").unwrap_or(0),
            failed: count("failed").unwrap_or(0),
            ignored: count("ignored").unwrap_or(0),
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            ignored: self.ignored + other.ignored,
        }
    }
}

/// The name of the runner that cargo announces with `line`, if that is what it does.
///
/// `Running unittests src/lib.rs (target/debug/deps/wasock-0123456789abcdef)` is `wasock: unittests src/lib.rs`.
fn runner_name(line: &str) -> Option<String> {
    if let Some(name) = line.strip_prefix("Doc-tests ") {
        return Some(format!("{name}: documentation"));
    }

    let (source, program) = line
        .strip_prefix("Running ")?
        .strip_suffix(')')?
        .rsplit_once(" (")?;
    let file = program.rsplit(['/', '\\']).next()?;
    let package = file
        .rsplit_once('-')
        .map_or(file, |(package, _hash)| package);
    Some(format!("{package}: {source}"))
}

/// The text without the escape sequences that colour it: ESC, `[`, parameters, a letter.
fn without_colours(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
        plain.extend(rest.chars().skip(1));
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(lines: &str) -> Report {
        let mut report = Report::default();
        lines.lines().for_each(|line| report.read_line(line));
        report
    }

    #[test]
    fn results_belong_to_the_runner_before_them_and_are_summed() {
        let report = report(
            "     Running unittests src/lib.rs (target/debug/deps/wasock-0123456789abcdef)
running 4 tests
test a ... ok
test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
   Doc-tests wasock_core
test result: ok. 10 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
        );
        let expected = "  passed  failed  ignored  runner
       2       1        0  wasock: unittests src/lib.rs
      11       0        0  wasock_core: documentation

13 passed, 1 failed";
        assert_eq!(report.to_string(), expected);
        assert!(report.has_failed());
    }

    #[test]
    fn colours_do_not_hide_a_runner_or_a_result() {
        let report = report(
            "\u{1b}[1m\u{1b}[92m     Running\u{1b}[0m tests/it.rs (target/debug/deps/it-0f)
test result: \u{1b}[32mok\u{1b}[m. 7 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out",
        );
        assert!(
            report
                .to_string()
                .contains("7       0        0  it: tests/it.rs"),
            "{report}"
        );
        assert!(!report.has_failed());
    }

    #[test]
    fn a_runner_that_dies_is_a_failure() {
        let report = report("     Running tests/it.rs (target/debug/deps/it-0f)\nrunning 1 test");
        assert!(report.has_failed());
        assert!(
            report.to_string().contains("ended without a result"),
            "{report}"
        );
    }

    #[test]
    fn ignored_tests_are_named() {
        let report = report(
            "     Running tests/it.rs (target/debug/deps/it-0f)
test slow ... ignored, needs a network namespace
test result: ok. 0 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out",
        );
        let expected = "not run: it: tests/it.rs: test slow ... ignored, needs a network namespace";
        assert!(report.to_string().contains(expected), "{report}");
    }

    #[test]
    fn what_could_not_be_tested_is_told_with_its_reason() {
        let report = report(
            "     Running tests/it.rs (target/debug/deps/it-0f)
test a ... ok
.not tested: a_peer_that_vanished: it takes CAP_NET_ADMIN
not tested: b: no namespaces
test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out",
        );
        let expected = "
not tested: a_peer_that_vanished: it takes CAP_NET_ADMIN
not tested: b: no namespaces

2 passed, 0 failed; 2 not tested on this machine";
        assert!(report.to_string().ends_with(expected), "{report}");
        assert!(!report.has_failed());
    }
}
