//! Running a component that is a command, in a process that is there for it.

use std::time::Duration;

use anyhow::{Context, Error, Result, bail};
use tokio::runtime::{Builder, Runtime};
use tokio::task::unconstrained;
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Config, Engine, Store, Trap};
use wasmtime_wasi::p2::bindings::CommandPre;
use wasmtime_wasi::{I32Exit, WasiCtx, WasiCtxView, WasiView};
use wasock::component::{Outline, Role, unsupplied};
use wasock::{CpuTimeExceeded, NetCtx, NetCtxView, NetView, Ticker, add_to_linker, bound};

use crate::failure::{Failure, from_wasmtime};

/// How long the process stays for what peers have not taken yet. A context gives up before.
const LINGER: Duration = Duration::from_secs(15);

/// Fewer threads would leave nobody to look after sockets while the guest computes.
const MIN_WORKERS: usize = 2;

/// The state of a command.
struct Guest {
    wasi: WasiCtx,
    net: NetCtx,
    table: ResourceTable,
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

/// Run `component`, with the provider in it if it needs one, to its end. Returns its exit status.
pub(crate) fn run(component: &[u8], wasi: WasiCtx, net: NetCtx) -> Result<i32, Failure> {
    check(component)?;
    let engine = engine()?;
    let command = link(&engine, component)?;
    let _ticker = Ticker::start(&engine).context("cannot start the thread that ticks")?;

    let runtime = runtime()?;
    let lingering = net.lingering();
    // tokio hands out a number of operations a turn, and then makes sockets look busy that are not. A guest has a
    // thread to itself, so there is nobody to be fair to.
    let ended = runtime.block_on(unconstrained(call(&engine, &command, wasi, net)));
    runtime.block_on(lingering.finished(LINGER));
    // A read of stdin that nobody waits for any more must not keep the process.
    runtime.shutdown_background();

    ended
}

/// Refuse what cannot run, in words that say why, before time goes into compiling it.
fn check(component: &[u8]) -> Result<()> {
    let outline = Outline::read(component)?;

    let missing = unsupplied(&outline);
    if !missing.is_empty() {
        let list: String = missing
            .iter()
            .map(|import| format!("\n  {import}"))
            .collect();
        bail!("the component imports what wasock does not supply:{list}");
    }

    if let Some(obstacle) = Role::of(&outline).obstacle() {
        let exports = match outline.exports.as_slice() {
            [] => "nothing".to_owned(),
            exports => exports.join(", "),
        };
        bail!(
            "the component is not a command: it does not export wasi:cli/run@0.2, it exports {exports}\n  \
             {obstacle}"
        );
    }
    Ok(())
}

fn engine() -> Result<Engine> {
    let mut config = Config::new();
    config
        // WASI 0.3 is not linked, so nothing needs it.
        .concurrency_support(false)
        // So that a guest that computes can be stopped, and loses what a changed policy takes from it.
        .epoch_interruption(true);
    Engine::new(&config)
        .map_err(from_wasmtime)
        .context("cannot set up the compiler")
}

fn link(engine: &Engine, component: &[u8]) -> Result<CommandPre<Guest>> {
    let mut linker = Linker::new(engine);
    add_to_linker(&mut linker).map_err(from_wasmtime)?;

    let component = Component::from_binary(engine, component)
        .map_err(from_wasmtime)
        .context("the component cannot be compiled")?;
    linker
        .instantiate_pre(&component)
        .and_then(CommandPre::new)
        .map_err(from_wasmtime)
        .context("the component does not fit this host")
}

fn runtime() -> Result<Runtime> {
    let available = std::thread::available_parallelism().map_or(MIN_WORKERS, usize::from);
    Builder::new_multi_thread()
        .worker_threads(available.max(MIN_WORKERS))
        .enable_all()
        .build()
        .context("cannot start the runtime")
}

async fn call(
    engine: &Engine,
    command: &CommandPre<Guest>,
    wasi: WasiCtx,
    net: NetCtx,
) -> Result<i32, Failure> {
    let table = ResourceTable::new();
    let handle = net.handle();
    let mut store = Store::new(engine, Guest { wasi, net, table });
    bound(&mut store);

    let running = async {
        let command = command.instantiate_async(&mut store).await?;
        command.wasi_cli_run().call_run(&mut store).await
    };
    match handle.metered(running).await {
        Ok(Ok(())) => Ok(0),
        Ok(Err(())) => Ok(1),
        Err(error) => ended_early(error),
    }
}

/// The guest did not return: it has called exit, or it was stopped.
fn ended_early(error: wasmtime::Error) -> Result<i32, Failure> {
    if let Some(I32Exit(status)) = error.downcast_ref() {
        return Ok(*status);
    }
    if let Some(exceeded) = error.downcast_ref::<CpuTimeExceeded>() {
        // Where it was just then is chance.
        let error = Error::new(exceeded.clone());
        return Err(Failure::CpuTime(error.context("the component was stopped")));
    }
    let trapped = error.is::<Trap>();
    let error = from_wasmtime(error);
    Err(if trapped {
        Failure::Trap(error.context("the component trapped"))
    } else {
        Failure::Other(error.context("the component was stopped"))
    })
}
