//! An embedder's own store and `WasiCtx`, and a network that is what the policy says.

use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Engine, Result, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView, p2::bindings::Command};
use wasock::{NetCtx, NetCtxView, NetView, Person, Policy};

/// What each guest has: the usual `WasiCtx`, and a `NetCtx` beside it.
struct Guest {
    wasi: WasiCtx,
    net: NetCtx,
    table: ResourceTable,
}

impl WasiView for Guest {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let (ctx, table) = (&mut self.wasi, &mut self.table);
        WasiCtxView { ctx, table }
    }
}

impl NetView for Guest {
    fn net(&mut self) -> NetCtxView<'_> {
        let (ctx, table) = (&mut self.net, &mut self.table);
        NetCtxView { ctx, table }
    }
}

/// Runs a command under a policy; what it is denied goes to standard output. Returns whether it succeeded.
pub async fn run(app: &[u8], args: &[&str], policy: Policy) -> Result<bool> {
    let engine = Engine::default();
    let mut linker = Linker::new(&engine);
    wasock::add_to_linker(&mut linker)?; // in the place of wasmtime_wasi::p2::add_to_linker_async

    let audit = Person::new(std::io::stdout());
    let net = NetCtx::builder().policy(policy).audit(audit).build();
    let lingering = net.lingering();
    let wasi = WasiCtx::builder().inherit_stdio().args(args).build();
    let table = ResourceTable::new();
    let mut store = Store::new(&engine, Guest { wasi, net, table });

    let component = Component::new(&engine, app)?;
    let command = Command::instantiate_async(&mut store, &component, &linker).await?;
    let result = command.wasi_cli_run().call_run(&mut store).await?;

    drop(store);
    lingering.finished(std::time::Duration::MAX).await; // the last bytes may still be on their way
    Ok(result.is_ok())
}

/// The client of the demo sends a line to `localhost:8000`, and is allowed to.
pub fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args = ["client", "127.0.0.1:8000", "hello"];
    let rule = "tcp://localhost:8000".parse()?;
    let policy = Policy::builder().allow_outbound(rule).build();
    let running = run(wasock::embedded::PLAIN_CLIENT, &args, policy);
    let succeeded = tokio::runtime::Runtime::new()?.block_on(running)?;
    println!("{}", if succeeded { "done" } else { "failed" });
    Ok(())
}
