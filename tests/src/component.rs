//! Runs commands that are components under the host, many times from one compilation.

mod conversation;

use std::fs;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::runtime::Builder;
use tokio::task::unconstrained;
use tokio::time::timeout;
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Config, Engine, Store};
use wasmtime_wasi::p2::bindings::CommandPre;
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasock::names::{Found, Lookup, LookupFailure, Resolve};
use wasock::policy::Name;
use wasock::{NetCtx, NetCtxView, NetView, Policy, embedded};

pub use conversation::Conversation;

use crate::deadline;

/// A command, compiled together with the provider.
pub struct Command {
    engine: Engine,
    pre: CommandPre<Guest>,
}

/// How a run of a command ended.
#[derive(Debug)]
pub struct Outcome {
    /// Whether it succeeded. `Err` says how it was stopped: by a trap, or because it did not end.
    pub result: Result<bool, String>,
    /// What it printed, to standard output and standard error.
    pub output: String,
}

/// The state of one run.
struct Guest {
    wasi: WasiCtx,
    net: NetCtx,
    table: ResourceTable,
}

impl Guest {
    fn new(wasi: WasiCtx, net: NetCtx) -> Self {
        Self {
            wasi,
            net,
            table: ResourceTable::new(),
        }
    }
}

impl WasiView for Guest {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl NetView for Guest {
    fn net(&mut self) -> NetCtxView<'_> {
        NetCtxView {
            ctx: &mut self.net,
            table: &mut self.table,
        }
    }
}

/// More than any guest prints.
const MAX_OUTPUT: usize = 1 << 20;

/// How long a guest may take: so much less than a trial that there is time to say what it printed.
const LIMIT: Duration = deadline::LIMIT.saturating_sub(Duration::from_secs(10));

/// How often a guest that computes is looked at.
const TICK: Duration = Duration::from_secs(1);

impl Command {
    /// Plugs the provider into the component at `path` and compiles both.
    ///
    /// # Errors
    /// The file is no such component, or does not fit the host.
    pub fn compile(path: &Path) -> Result<Self> {
        let app = fs::read(path).with_context(|| path.display().to_string())?;
        let composed = wasock::compose(&app, embedded::PROVIDER)?;

        let mut config = Config::new();
        config.concurrency_support(false).epoch_interruption(true);
        let engine = Engine::new(&config).map_err(from_wasmtime)?;
        let mut linker = Linker::new(&engine);
        wasock::add_to_linker(&mut linker).map_err(from_wasmtime)?;
        let component = Component::from_binary(&engine, &composed).map_err(from_wasmtime)?;
        let pre = linker
            .instantiate_pre(&component)
            .and_then(CommandPre::new)
            .map_err(from_wasmtime)?;

        let ticking = engine.weak();
        std::thread::spawn(move || {
            while let Some(engine) = ticking.upgrade() {
                engine.increment_epoch();
                std::thread::sleep(TICK);
            }
        });
        Ok(Self { engine, pre })
    }

    /// Runs the command in an instance of its own, under `policy`, to its end.
    ///
    /// The first of `args` is the name of the program.
    ///
    /// # Errors
    /// The host could not run it at all; how the guest ended is in the [`Outcome`].
    pub fn run(&self, args: &[&str], policy: Policy) -> Result<Outcome> {
        let output = MemoryOutputPipe::new(MAX_OUTPUT);
        let wasi = WasiCtx::builder()
            .args(args)
            .stdout(output.clone())
            .stderr(output.clone())
            .build();
        let net = NetCtx::builder()
            .policy(policy)
            .resolver(Arc::new(Names))
            .build();
        // A runtime for each: nothing of one run can reach into the next.
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?;
        let ended =
            runtime.block_on(async { timeout(LIMIT, unconstrained(self.call(wasi, net))).await });
        runtime.shutdown_background();

        let result = match ended {
            Ok(Ok(succeeded)) => Ok(succeeded),
            Ok(Err(error)) => Err(format!("{error:?}")),
            Err(_) => Err(format!("the guest did not end within {LIMIT:?}")),
        };
        let output = String::from_utf8_lossy(&output.contents()).into_owned();
        Ok(Outcome { result, output })
    }

    /// A run that somebody else ends.
    fn start(
        &self,
        wasi: WasiCtx,
        net: NetCtx,
    ) -> impl Future<Output = wasmtime::Result<bool>> + Send + 'static {
        let mut store = Store::new(&self.engine, Guest::new(wasi, net));
        // Somebody else can end it at these points, also while it computes.
        store.set_epoch_deadline(1);
        store.epoch_deadline_async_yield_and_update(1);
        let pre = self.pre.clone();
        async move {
            let command = pre.instantiate_async(&mut store).await?;
            let result = command.wasi_cli_run().call_run(&mut store).await;
            result.map(|result| result.is_ok())
        }
    }

    async fn call(&self, wasi: WasiCtx, net: NetCtx) -> wasmtime::Result<bool> {
        let lingering = net.lingering();
        let mut store = Store::new(&self.engine, Guest::new(wasi, net));
        store.set_epoch_deadline(LIMIT.as_secs() / TICK.as_secs());
        let command = self.pre.instantiate_async(&mut store).await?;
        let result = command.wasi_cli_run().call_run(&mut store).await;
        drop(store);
        lingering.finished(Duration::from_secs(1)).await;
        result.map(|result| result.is_ok())
    }
}

/// The names that the conformance cases ask for; see `Needs::Resolver` there.
struct Names;

impl Resolve for Names {
    fn lookup(&self, name: &Name) -> Lookup {
        let name = name.to_string();
        Box::pin(async move {
            match name.trim_end_matches('.') {
                "both.test" => Ok(found(&["2001:4860:4860::8888", "8.8.8.8", "8.8.4.4"])),
                "four.test" => Ok(found(&["8.8.8.8"])),
                "later.test" => {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    Ok(found(&["8.8.8.8"]))
                }
                "never.test" => std::future::pending().await,
                "slow-server.test" => Err(LookupFailure::Timeout),
                "broken-server.test" => Err(LookupFailure::Failed),
                _ => Err(LookupFailure::NotFound),
            }
        })
    }
}

fn found(addresses: &[&str]) -> Found {
    let addresses = addresses.iter().filter_map(|text| text.parse().ok());
    Found {
        addresses: addresses
            .map(|address: IpAddr| (address, Duration::from_secs(60)))
            .collect(),
        chain: Vec::new(),
    }
}

fn from_wasmtime(error: wasmtime::Error) -> anyhow::Error {
    anyhow::Error::from_boxed(error.into_boxed_dyn_error())
}
