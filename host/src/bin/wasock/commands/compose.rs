//! `wasock compose`

use std::path::PathBuf;

use anyhow::Error;
use clap::Args;
use wasock::compose::ComposeError;
use wasock::embedded;

use crate::failure::Failure;
use crate::files::{read_component, write_whole};

/// Plug the provider into a component
///
/// The result imports only wasi:* and runs on any WASI 0.2 host:
/// `wasmtime run -S inherit-network,tcp OUT.wasm`. There it has the network that this host gives
/// it; the policy of wasock is in `wasock run`.
#[derive(Args)]
#[command(after_long_help = EXAMPLE, verbatim_doc_comment)]
pub(crate) struct Compose {
    /// A component that imports wasock:net
    #[arg(value_name = "APP.wasm")]
    app: PathBuf,

    /// Where the result goes
    #[arg(short, long, value_name = "OUT.wasm")]
    output: PathBuf,
}

const EXAMPLE: &str = "\
Example:
  wasock compose app.wasm -o composed.wasm

Exit status:
  0; 1 if it cannot be done; 2 if there is nothing to do, as the component does not import wasock:net";

impl Compose {
    pub(crate) fn execute(self) -> Result<i32, Failure> {
        let app = read_component(&self.app)?;
        let composed = wasock::compose(&app, embedded::PROVIDER).map_err(|error| {
            let not_needed = matches!(error, ComposeError::NotNeeded);
            let error =
                Error::from(error).context(format!("cannot compose {}", self.app.display()));
            if not_needed {
                Failure::Usage(error)
            } else {
                Failure::Other(error)
            }
        })?;
        write_whole(&self.output, &composed)?;
        Ok(0)
    }
}
