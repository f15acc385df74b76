//! A command that is told what to do while it runs: a line for each thing, and a line as the answer.

use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};
use tokio::io::{
    AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream, ReadHalf, WriteHalf, duplex,
    split,
};
use tokio::runtime::{Builder, Runtime};
use tokio::task::{JoinHandle, unconstrained};
use tokio::time::timeout;
use wasmtime_wasi::WasiCtx;
use wasmtime_wasi::cli::{AsyncStdinStream, AsyncStdoutStream};
use wasock::{NetCtx, Policy};

use super::Command;

/// A command that runs. Dropping it ends it, wherever it is.
pub struct Conversation {
    /// None once it is being dropped.
    runtime: Option<Runtime>,
    to: WriteHalf<DuplexStream>,
    from: BufReader<ReadHalf<DuplexStream>>,
    running: JoinHandle<wasmtime::Result<bool>>,
}

/// How much fits between the two before one waits for the other.
const BUFFER: usize = 64 * 1024;

impl Command {
    /// Starts the command in an instance of its own, under `policy`.
    ///
    /// The first of `args` is the name of the program.
    ///
    /// # Errors
    /// There are no threads to run it on.
    pub fn converse(&self, args: &[&str], policy: Policy) -> Result<Conversation> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?;
        let _entered = runtime.enter();
        let (ours, theirs) = duplex(BUFFER);
        let (input, output) = split(theirs);
        let wasi = WasiCtx::builder()
            .args(args)
            .stdin(AsyncStdinStream::new(input))
            .stdout(AsyncStdoutStream::new(BUFFER, output))
            .build();
        let net = NetCtx::builder().policy(policy).build();
        let call = self.start(wasi, net);
        let running = runtime.spawn(unconstrained(call));
        let (from, to) = split(ours);
        Ok(Conversation {
            runtime: Some(runtime),
            to,
            from: BufReader::new(from),
            running,
        })
    }
}

impl Conversation {
    /// Says a line and waits this long for the answer.
    ///
    /// # Errors
    /// There is none: the command is late, or has ended, and then how.
    pub fn ask(&mut self, line: &str, patience: Duration) -> Result<String> {
        let Self {
            runtime,
            to,
            from,
            running,
        } = self;
        let runtime = runtime.as_ref().context("it is being dropped")?;
        runtime.block_on(async {
            let mut answer = String::new();
            let exchange = async {
                to.write_all(format!("{line}\n").as_bytes()).await?;
                from.read_line(&mut answer).await
            };
            match timeout(patience, exchange).await {
                Err(_) => bail!("the component does not answer within {patience:?}"),
                Ok(Ok(length)) if length > 0 => Ok(answer.trim_end().to_owned()),
                Ok(_) => Err(match timeout(patience, running).await {
                    Ok(Ok(Ok(_))) => anyhow!("the component has ended"),
                    Ok(Ok(Err(error))) => anyhow!("the component has ended: {error:?}"),
                    Ok(Err(error)) => anyhow!("the component has ended: {error}"),
                    Err(_) => anyhow!("the component has closed its output"),
                }),
            }
        })
    }
}

impl Drop for Conversation {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
