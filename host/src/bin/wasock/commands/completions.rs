//! `wasock completions`

use clap::{Args, Command};
use clap_complete::{Shell, generate};

use crate::failure::Failure;
use crate::output::print;

/// Write what a shell needs to complete commands and options
#[derive(Args)]
#[command(after_long_help = EXAMPLE, verbatim_doc_comment)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

const EXAMPLE: &str = "\
Example:
  wasock completions bash > ~/.local/share/bash-completion/completions/wasock
  wasock completions zsh > ~/.zfunc/_wasock
  wasock completions fish > ~/.config/fish/completions/wasock.fish

Exit status:
  0; 2 for a mistake on the command line";

impl Completions {
    /// `wasock` is the whole command.
    pub(crate) fn execute(self, mut wasock: Command) -> Result<i32, Failure> {
        let mut script = Vec::new();
        generate(self.shell, &mut wasock, "wasock", &mut script);
        print(&script)?;
        Ok(0)
    }
}
