//! A host that has nothing of wasock: wasmtime and its WASI, in a few lines.
//!
//! `stock-host APP.wasm [ARGUMENTS]` lets the component do all it likes on the network; `stock-host --deny APP.wasm`
//! refuses every address.

use std::env::args;
use std::process::ExitCode;

use tokio::runtime::Builder;
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Engine, Result, Store};
use wasmtime_wasi::p2::bindings::Command;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

struct State {
    wasi: WasiCtx,
    table: ResourceTable,
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let (ctx, table) = (&mut self.wasi, &mut self.table);
        WasiCtxView { ctx, table }
    }
}

fn main() -> Result<ExitCode> {
    let mut arguments: Vec<String> = args().skip(1).collect();
    let mut wasi = WasiCtx::builder();
    wasi.inherit_stdio().allow_tcp(true).allow_udp(true);
    if arguments.first().is_some_and(|word| word == "--deny") {
        arguments.remove(0);
    } else {
        wasi.inherit_network();
    }
    wasi.args(&arguments);

    let engine = Engine::default();
    let component = Component::from_file(&engine, &arguments[0])?;
    let mut linker = Linker::new(&engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    let (wasi, table) = (wasi.build(), ResourceTable::new());
    let mut store = Store::new(&engine, State { wasi, table });

    let runtime = Builder::new_multi_thread().enable_all().build()?;
    let result = runtime.block_on(async {
        let command = Command::instantiate_async(&mut store, &component, &linker).await?;
        command.wasi_cli_run().call_run(&mut store).await
    })?;
    drop(store);
    runtime.shutdown_background();
    Ok(result.map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS))
}
