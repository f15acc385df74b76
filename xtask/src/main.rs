//! `cargo xtask`: the things a person does in this repository, each as one command.
//!
//! This is glue and nothing else: what a task checks or shows lives in the crates, tests and examples that
//! it runs. A command is one file; `COMMANDS` is the list of them.

mod command;
mod conformance;
mod demo;
mod fuzz;
mod instructions;
mod languages;
mod lint;
mod oracles;
mod report;
mod repository;
mod server;
mod setup;
mod soak;
mod test;

use std::process::ExitCode;

use anyhow::{Result, bail};

/// A command, as the overview lists it.
struct Command {
    name: &'static str,
    arguments: &'static str,
    summary: &'static str,
    run: fn(&[String]) -> Result<()>,
}

const COMMANDS: [Command; 9] = [
    Command {
        name: "setup",
        arguments: "",
        summary: "check for what a build needs, and install what is missing",
        run: setup::run,
    },
    Command {
        name: "demo",
        arguments: "",
        summary: "show components on the network: what they may do, and what is refused",
        run: demo::run,
    },
    Command {
        name: "test",
        arguments: "",
        summary: "run every test, and sum up what ran",
        run: test::run,
    },
    Command {
        name: "conformance",
        arguments: "[--backend NAME] [--list]",
        summary: "run the BSD socket cases on every implementation, or on one; compare with Linux",
        run: conformance::run,
    },
    Command {
        name: "soak",
        arguments: "[MINUTES] [--seed N] [--replay FILE]",
        summary: "compare with Linux for long: random sequences of calls, addresses, names",
        run: soak::run,
    },
    Command {
        name: "fuzz",
        arguments: "[TARGET] [SECONDS]",
        summary: "look for inputs for which something does not hold",
        run: fuzz::run,
    },
    Command {
        name: "instructions",
        arguments: "[--against COMMIT]",
        summary: "count the instructions of moving data, here and at another commit",
        run: instructions::run,
    },
    Command {
        name: "languages",
        arguments: "",
        summary: "build the examples in Python and JavaScript, with their tools",
        run: languages::run,
    },
    Command {
        name: "lint",
        arguments: "",
        summary: "check format, lints and dependencies",
        run: lint::run,
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Result<()> {
    let Some((name, rest)) = arguments.split_first() else {
        overview();
        return Ok(());
    };
    if ["help", "-h", "--help"].contains(&name.as_str()) {
        overview();
        return Ok(());
    }

    let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
        let names = COMMANDS.map(|command| command.name).join(", ");
        bail!("there is no task `{name}`; there are {names}");
    };
    if command.arguments.is_empty() && !rest.is_empty() {
        bail!(
            "`cargo xtask {name}` takes no arguments, but got `{}`",
            rest.join(" ")
        );
    }
    (command.run)(rest)
}

fn overview() {
    println!("cargo xtask COMMAND\n");
    for Command {
        name,
        arguments,
        summary,
        ..
    } in COMMANDS
    {
        let usage = format!("{name} {arguments}");
        println!("  {usage:<44}{summary}");
    }
}
