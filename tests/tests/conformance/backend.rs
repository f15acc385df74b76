//! What the cases run over: trials, judged by what is expected of them.

use std::path::Path;
use std::sync::Arc;

use libtest_mimic::{Failed, Trial};
use wasock_conformance::Api;
use wasock_conformance::table::Case;
use wasock_core::addr::Family;
use wasock_tests::deadline::within_limit;
use wasock_tests::expectations::{Expectations, Verdict};
use wasock_tests::tally::Tally;

/// What can be tested: a name, its trials, and how they went.
pub(crate) struct Backend {
    pub(crate) name: &'static str,
    pub(crate) tally: Arc<Tally>,
    pub(crate) trials: Vec<Trial>,
}

/// One thing to run: a case with a family.
#[derive(Clone, Copy)]
pub(crate) struct Run {
    pub(crate) case: &'static str,
    pub(crate) family: Family,
}

impl Backend {
    /// A backend whose trials are run by `run`. What is expected to fail stands in the file of that name.
    pub(crate) fn new(
        name: &'static str,
        runs: &[Run],
        run: impl Fn(Run) -> Result<(), String> + Send + Sync + 'static,
    ) -> Result<Self, String> {
        let expectations = Arc::new(expectations(name, runs)?);
        let tally = Arc::new(Tally::default());
        let run = Arc::new(run);
        let trials = runs.iter().map(|&this| {
            let (expectations, tally, run) = (
                Arc::clone(&expectations),
                Arc::clone(&tally),
                Arc::clone(&run),
            );
            let title = format!("{name}::{}::{}", this.family_name(), this.case);
            Trial::test(title, move || {
                let result = within_limit(move || run(this));
                let verdict = expectations.judge(this.family_name(), this.case, result);
                tally.count(&verdict);
                match verdict {
                    Verdict::Passed | Verdict::ExpectedFailure => Ok(()),
                    Verdict::Failed(message) => Err(Failed::from(message)),
                }
            })
        });
        let trials = trials.collect();
        Ok(Self {
            name,
            tally,
            trials,
        })
    }
}

impl Run {
    /// Each case with each family that it is about.
    pub(crate) fn all<'a, A: Api + 'a>(cases: impl IntoIterator<Item = &'a Case<A>>) -> Vec<Self> {
        let runs = cases.into_iter().flat_map(|case| {
            case.families.list().iter().map(|&family| Self {
                case: case.name,
                family,
            })
        });
        runs.collect()
    }

    pub(crate) fn family_name(self) -> &'static str {
        match self.family {
            Family::Inet => "v4",
            Family::Inet6 => "v6",
        }
    }
}

fn expectations(name: &str, runs: &[Run]) -> Result<Expectations, String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("conformance/expectations")
        .join(format!("{name}.toml"));
    let expectations = Expectations::read(&path)?;
    let names: Vec<(&str, &str)> = runs
        .iter()
        .map(|run| (run.family_name(), run.case))
        .collect();
    match expectations.unknown(&names).as_slice() {
        [] => Ok(expectations),
        unknown => Err(format!(
            "{}: there are no such trials: {unknown:?}",
            path.display()
        )),
    }
}
