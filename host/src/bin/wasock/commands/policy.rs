//! `wasock policy`

mod diff;

use clap::{Args, Subcommand};

use crate::failure::Failure;

/// Compare policies
#[derive(Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Policy {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Diff(diff::Diff),
}

impl Policy {
    pub(crate) fn execute(self) -> Result<i32, Failure> {
        match self.command {
            Command::Diff(command) => command.execute(),
        }
    }
}
