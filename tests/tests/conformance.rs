//! The conformance cases, over everything that supplies the calls of BSD.
//!
//! A trial is named `BACKEND::FAMILY::case`. The backends:
//!
//! - `os`: the sockets of the operating system. What fails here is not true.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use wasock_conformance::table::{Case, cases};
use wasock_conformance::{Api, World};
use wasock_core::addr::Family;
use wasock_tests::deadline::within_limit;
use wasock_tests::expectations::{Expectations, Verdict};
use wasock_tests::os::Os;
use wasock_tests::peer::Peer;
use wasock_tests::tally::Tally;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let peer = match Peer::start() {
        Ok(peer) => peer,
        Err(error) => {
            eprintln!("the native peer does not start: {error}");
            return ExitCode::FAILURE;
        }
    };

    let mut backends = Vec::new();
    let mut trials = Vec::new();
    for backend in [os(peer)] {
        match backend {
            Ok(backend) => {
                backends.push((backend.name, Arc::clone(&backend.tally)));
                trials.extend(backend.trials);
            }
            Err(message) => {
                eprintln!("{message}");
                return ExitCode::FAILURE;
            }
        }
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    if !arguments.list {
        println!("{}", Tally::heading());
        for (name, tally) in backends {
            println!("{}", tally.line(name));
        }
    }
    conclusion.exit_code()
}

/// What can be tested: a name, its trials, and how they went.
struct Backend {
    name: &'static str,
    tally: Arc<Tally>,
    trials: Vec<Trial>,
}

impl Backend {
    /// A backend whose trials are run by `run`, one for each pair of case and family.
    fn new(
        name: &'static str,
        cases: &[(&'static str, Family)],
        run: impl Fn(&'static str, Family) -> Result<(), String> + Send + Sync + 'static,
    ) -> Result<Self, String> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join(format!("conformance/expectations/{name}.toml"));
        let expectations = Arc::new(Expectations::read(&path)?);
        let names: Vec<(&str, &str)> = cases
            .iter()
            .map(|(case, family)| (family_name(*family), *case))
            .collect();
        let unknown = expectations.unknown(&names);
        if !unknown.is_empty() {
            return Err(format!("{}: no such trials: {unknown:?}", path.display()));
        }

        let tally = Arc::new(Tally::default());
        let run = Arc::new(run);
        let trials = cases.iter().map(|&(case, family)| {
            let (expectations, tally, run) = (
                Arc::clone(&expectations),
                Arc::clone(&tally),
                Arc::clone(&run),
            );
            let title = format!("{name}::{}::{case}", family_name(family));
            Trial::test(title, move || {
                let result = within_limit(move || run(case, family));
                let verdict = expectations.judge(family_name(family), case, result);
                tally.count(&verdict);
                match verdict {
                    Verdict::Passed | Verdict::ExpectedFailure => Ok(()),
                    Verdict::Failed(message) => Err(Failed::from(message)),
                }
            })
        });
        Ok(Self {
            name,
            trials: trials.collect(),
            tally,
        })
    }
}

/// The operating system: the reference.
fn os(peer: Peer) -> Result<Backend, String> {
    Backend::new("os", &in_families(&cases::<Os>()), move |name, family| {
        let case = cases::<Os>()
            .into_iter()
            .find(|case| case.name == name)
            .ok_or("no such case")?;
        let world = World {
            api: &Os,
            family,
            peer: peer.address(family),
        };
        (case.run)(&world).map_err(|failure| failure.to_string())
    })
}

/// Each case with each family that it is about.
fn in_families<A: Api>(cases: &[Case<A>]) -> Vec<(&'static str, Family)> {
    let pairs = cases.iter().flat_map(|case| {
        case.families
            .list()
            .iter()
            .map(|family| (case.name, *family))
    });
    pairs.collect()
}

fn family_name(family: Family) -> &'static str {
    match family {
        Family::Inet => "v4",
        Family::Inet6 => "v6",
    }
}
