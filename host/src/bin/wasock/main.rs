//! `wasock`: runs WebAssembly components under a network policy.

#![forbid(unsafe_code)]

mod audit;
mod commands;
mod control;
mod failure;
mod files;
mod names;
mod policy;
#[cfg(feature = "http")]
mod roots;
mod runner;
mod watch;

use std::process::exit;

use clap::{Parser, Subcommand};

use commands::{compose, demo, inspect, learn, provider, run};

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
    Inspect(inspect::Inspect),
    Learn(learn::Learn),
    Compose(compose::Compose),
    Provider(provider::Provider),
    Demo(demo::Demo),
}

fn main() {
    let result = match Cli::parse().command {
        Command::Run(command) => command.execute(),
        Command::Inspect(command) => command.execute(),
        Command::Learn(command) => command.execute(),
        Command::Compose(command) => command.execute(),
        Command::Provider(command) => command.execute(),
        Command::Demo(command) => command.execute(),
    };
    match result {
        Ok(status) => exit(status),
        Err(failure) => {
            eprintln!("{failure}");
            exit(failure.status());
        }
    }
}
