//! `wasock`: runs WebAssembly components under a network policy.

#![forbid(unsafe_code)]

mod audit;
mod commands;
mod control;
mod failure;
mod files;
mod names;
mod output;
mod policy;
mod records;
#[cfg(feature = "http")]
mod roots;
mod runner;
mod watch;

use std::process::exit;

use clap::{CommandFactory, Parser, Subcommand};

use commands::{
    check, completions, compose, demo, inspect, learn, policy as policies, provider, run,
};

/// Run WebAssembly components under a network policy, and give them BSD sockets.
///
/// A component reaches exactly what the policy lists; everything else is refused, with the line
/// that would allow it.
#[derive(Parser)]
#[command(name = "wasock", version, verbatim_doc_comment)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    // The largest by far.
    Run(Box<run::Run>),
    Check(Box<check::Check>),
    Learn(learn::Learn),
    Policy(policies::Policy),
    Inspect(inspect::Inspect),
    Compose(compose::Compose),
    Provider(provider::Provider),
    Demo(demo::Demo),
    Completions(completions::Completions),
}

fn main() {
    let result = match Cli::parse().command {
        Command::Run(command) => command.execute(),
        Command::Check(command) => command.execute(),
        Command::Learn(command) => command.execute(),
        Command::Policy(command) => command.execute(),
        Command::Inspect(command) => command.execute(),
        Command::Compose(command) => command.execute(),
        Command::Provider(command) => command.execute(),
        Command::Demo(command) => command.execute(),
        Command::Completions(command) => command.execute(Cli::command()),
    };
    match result {
        Ok(status) => exit(status),
        Err(failure) => {
            eprintln!("{failure}");
            exit(failure.status());
        }
    }
}
