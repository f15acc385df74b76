//! The conformance cases, over everything that supplies the calls of BSD.
//!
//! A trial is named `BACKEND::FAMILY::case`. The backends:
//!
//! - `os`: the sockets of the operating system. What fails here is not true.
//! - `core`: `wasock-core` over them. What fails in the component only is WASI's doing.
//! - `component`: `wasock:net`, supplied by the provider, under the host and a policy that grants all.
//! - `deny-all`: the same under a policy that grants nothing. Cases that need no network still hold; others
//!   say what is refused, and how.

mod backend;
mod component;
mod core;
mod os;

use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::Arguments;
use wasock_tests::peer::Peer;
use wasock_tests::tally::Tally;

use backend::Backend;

/// Trials wait for the other end more than they compute, so there are more of them at a time than cores.
const THREADS: usize = 16;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(THREADS);
    let backends = match backends() {
        Ok(backends) => backends,
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::FAILURE;
        }
    };

    let (tallies, trials): (Vec<_>, Vec<_>) = backends
        .into_iter()
        .map(
            |Backend {
                 name,
                 tally,
                 trials,
             }| ((name, tally), trials),
        )
        .unzip();
    let conclusion = libtest_mimic::run(&arguments, trials.into_iter().flatten().collect());
    if !arguments.list {
        print_table(&tallies);
    }
    conclusion.exit_code()
}

fn backends() -> Result<Vec<Backend>, String> {
    let peer = Peer::start().map_err(|error| format!("the native peer does not start: {error}"))?;
    let runner = component::Runner::default();
    Ok(vec![
        os::backend(peer)?,
        self::core::backend(peer)?,
        component::granted(&runner, peer)?,
        component::denied(&runner, peer)?,
    ])
}

fn print_table(tallies: &[(&str, Arc<Tally>)]) {
    println!("{}", Tally::heading());
    for (name, tally) in tallies {
        println!("{}", tally.line(name));
    }
}
