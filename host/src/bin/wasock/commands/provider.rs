//! `wasock provider`

use std::path::PathBuf;

use clap::Args;
use wasock::embedded;

use crate::failure::Failure;
use crate::files::write_whole;

/// Write the provider to a file
///
/// It is the component that supplies wasock:net over the sockets of WASI 0.2, for those who compose
/// by other means.
#[derive(Args)]
#[command(after_long_help = EXAMPLE, verbatim_doc_comment)]
pub(crate) struct Provider {
    /// Where it goes
    #[arg(short, long, value_name = "FILE.wasm")]
    output: PathBuf,
}

const EXAMPLE: &str = "\
Example:
  wasock provider -o wasock.wasm && wac plug app.wasm --plug wasock.wasm -o composed.wasm

Exit status:
  0; 1 if the file cannot be written";

impl Provider {
    pub(crate) fn execute(self) -> Result<i32, Failure> {
        write_whole(&self.output, embedded::PROVIDER)?;
        Ok(0)
    }
}
