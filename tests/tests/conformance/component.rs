//! `wasock:net` as the provider supplies it: the runner, in an instance of its own for each case.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use wasock::Policy;
use wasock_conformance::table::{Needs, cases, denied_cases};
use wasock_tests::artifacts::CONFORMANCE_RUNNER;
use wasock_tests::component::Command;
use wasock_tests::os::Os;
use wasock_tests::peer::Peer;

use crate::backend::{Backend, Run};

/// The runner, compiled when the first case needs it.
#[derive(Clone, Default)]
pub(crate) struct Runner(Arc<OnceLock<Result<Command, String>>>);

/// Under a policy that grants all: what is refused here, BSD refuses.
pub(crate) fn granted(runner: &Runner, peer: Peer) -> Result<Backend, String> {
    let runs = Run::all::<Os>(&cases());
    let runner = runner.clone();
    Backend::new("component", &runs, move |run| {
        runner.run(run, peer, grant_all()?)
    })
}

/// Under a policy that grants nothing.
pub(crate) fn denied(runner: &Runner, peer: Peer) -> Result<Backend, String> {
    let cases = cases();
    let still_true = cases.iter().filter(|case| case.needs == Needs::Nothing);
    let runs = Run::all::<Os>(still_true.chain(&denied_cases()));
    let runner = runner.clone();
    Backend::new("deny-all", &runs, move |run| {
        runner.run(run, peer, Policy::builder().build())
    })
}

impl Runner {
    fn run(&self, run: Run, peer: Peer, policy: Policy) -> Result<(), String> {
        let command = self.0.get_or_init(|| {
            Command::compile(Path::new(CONFORMANCE_RUNNER)).map_err(|error| format!("{error:#}"))
        });
        let command = command.as_ref().map_err(Clone::clone)?;

        let peer = peer.address(run.family).to_string();
        let args = ["conformance-runner", run.case, run.family_name(), &peer];
        let outcome = command
            .run(&args, policy)
            .map_err(|error| format!("{error:#}"))?;
        match outcome.result {
            Ok(true) if outcome.output == "ok\n" => Ok(()),
            Ok(true) => Err(format!(
                "the guest succeeds, but does not say so; its output: {:?}",
                outcome.output
            )),
            Ok(false) => Err(outcome.output),
            Err(stopped) => Err(format!(
                "{stopped}\nthe output of the guest: {:?}",
                outcome.output
            )),
        }
    }
}

/// A grant to every address leaves out the special ones, which a rule has to name: the cases use them.
const OUTBOUND: [&str; 9] = [
    "tcp://any:any",
    "tcp://127.0.0.0/8:any",
    "tcp://[::1]:any",
    "tcp://[fe80::]/10:any",
    "udp://any:any",
    "udp://127.0.0.0/8:any",
    "udp://[::1]:any",
    "udp://[fe80::]/10:any",
    "udp://224.0.0.0/4:any",
];
/// Port 0 is an ephemeral port.
const INBOUND: [&str; 4] = [
    "tcp://any:any",
    "tcp://any:0",
    "udp://any:any",
    "udp://any:0",
];

fn grant_all() -> Result<Policy, String> {
    let mut policy = Policy::builder();
    for rule in OUTBOUND {
        policy = policy.allow_outbound(rule.parse().map_err(|error| format!("{error}"))?);
    }
    for rule in INBOUND {
        policy = policy.allow_inbound(rule.parse().map_err(|error| format!("{error}"))?);
    }
    policy = policy.allow_resolve(".test".parse().map_err(|error| format!("{error}"))?);
    Ok(policy.build())
}
