//! A product that runs somebody else's component and decides what it reaches.
//!
//! `cargo run -p wasock --example embed -- APP.wasm ARGS...`; without arguments it takes the client of the demo.

use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Config, Engine, Store};
use wasmtime_wasi::p2::bindings::Command;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasock::{Collect, NetCtx, NetCtxView, NetView, Policy, Record};

/// What each guest has: the usual `WasiCtx`, and a `NetCtx` beside it.
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

/// Run a component under a policy; returns whether it succeeded, and what was decided on the way.
pub async fn run(
    app: &[u8],
    args: &[String],
    policy: Policy,
) -> wasmtime::Result<(bool, Vec<Record>)> {
    let engine = Engine::new(Config::new().concurrency_support(false))?;
    let mut linker = Linker::new(&engine);
    wasock::add_to_linker(&mut linker)?; // in the place of wasmtime_wasi::p2::add_to_linker_async

    let audit = Collect::default();
    let net = NetCtx::builder()
        .policy(policy)
        .audit(audit.clone())
        .build();
    let lingering = net.lingering();
    let wasi = WasiCtx::builder().inherit_stdio().args(args).build();
    let mut store = Store::new(
        &engine,
        Guest {
            wasi,
            net,
            table: ResourceTable::new(),
        },
    );

    let component = Component::new(&engine, app)?;
    let command = Command::instantiate_async(&mut store, &component, &linker).await?;
    let result = command.wasi_cli_run().call_run(&mut store).await?;

    drop(store);
    lingering.finished(std::time::Duration::MAX).await; // the last bytes are on their way
    Ok((result.is_ok(), audit.records()))
}

#[allow(dead_code, reason = "a test takes in this file for `run`")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let app = args
        .first()
        .map_or(Ok(wasock::embedded::PLAIN_CLIENT.to_vec()), std::fs::read)?;
    let policy = Policy::builder()
        .allow_outbound("tcp://localhost:8000".parse()?)
        .build();
    let (_, audit) = tokio::runtime::Runtime::new()?.block_on(run(&app, &args, policy))?;
    audit.iter().for_each(|record| println!("{record}"));
    Ok(())
}
