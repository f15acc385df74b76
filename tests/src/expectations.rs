//! The cases a backend is known to fail, each with the reason.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The expected failures of one backend.
///
/// The file holds lines `case = "reason, with its source"`, or `"FAMILY::case" = "..."` for a case that fails in
/// one family only.
#[derive(Debug, Default)]
pub struct Expectations(BTreeMap<String, String>);

/// How a trial is judged.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It passed.
    Passed,
    /// It failed, as it is known to.
    ExpectedFailure,
    /// It failed, or passed although it is listed as failing.
    Failed(String),
}

impl Expectations {
    /// Reads the file of a backend.
    ///
    /// # Errors
    /// That the file cannot be read, or is not of that form.
    pub fn read(path: &Path) -> Result<Self, String> {
        let text =
            fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let entries =
            toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self(entries))
    }

    /// The entries that name no trial: they are mistakes, or left over.
    pub fn unknown<'a>(&'a self, trials: &[(&str, &str)]) -> Vec<&'a str> {
        let known = |entry: &str| {
            trials
                .iter()
                .any(|(family, case)| entry == *case || entry == format!("{family}::{case}"))
        };
        self.0
            .keys()
            .map(String::as_str)
            .filter(|entry| !known(entry))
            .collect()
    }

    /// Judges how a trial ended.
    #[must_use]
    pub fn judge(&self, family: &str, case: &str, result: Result<(), String>) -> Verdict {
        let reason = self
            .0
            .get(case)
            .or_else(|| self.0.get(&format!("{family}::{case}")));
        match (result, reason) {
            (Ok(()), None) => Verdict::Passed,
            (Err(_), Some(_)) => Verdict::ExpectedFailure,
            (Err(message), None) => Verdict::Failed(message),
            (Ok(()), Some(reason)) => Verdict::Failed(format!(
                "it passes although it is listed as an expected failure; remove it from the list, where it says: {reason}"
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(entry: &str) -> Expectations {
        Expectations(BTreeMap::from([(entry.to_owned(), "known".to_owned())]))
    }

    #[test]
    fn a_listed_case_counts_as_expected_failure_until_it_passes() {
        let expectations = listed("the_case");
        let failed = || Err("message".to_owned());
        assert_eq!(
            expectations.judge("v4", "the_case", failed()),
            Verdict::ExpectedFailure
        );
        assert_eq!(
            expectations.judge("v6", "the_case", failed()),
            Verdict::ExpectedFailure
        );
        assert!(matches!(
            expectations.judge("v4", "the_case", Ok(())),
            Verdict::Failed(_)
        ));
    }

    #[test]
    fn an_entry_with_a_family_leaves_the_other_alone() {
        let expectations = listed("v6::the_case");
        let failed = || Err("message".to_owned());
        assert_eq!(
            expectations.judge("v6", "the_case", failed()),
            Verdict::ExpectedFailure
        );
        assert_eq!(
            expectations.judge("v4", "the_case", failed()),
            Verdict::Failed("message".to_owned())
        );
        assert_eq!(
            expectations.judge("v4", "the_case", Ok(())),
            Verdict::Passed
        );
    }

    #[test]
    fn an_entry_without_a_case_is_found() {
        assert_eq!(listed("gone").unknown(&[("v4", "the_case")]), ["gone"]);
        assert!(listed("the_case").unknown(&[("v4", "the_case")]).is_empty());
        assert!(
            listed("v4::the_case")
                .unknown(&[("v4", "the_case")])
                .is_empty()
        );
    }
}
