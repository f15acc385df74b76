//! Two tenants on one host: each has a budget, and what one uses up is not the other's.

use std::sync::Arc;
use std::time::Duration;

use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Config, Engine, Result, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView, p2::bindings::CommandPre};
use wasock::policy::{Limits, Policy};
use wasock::{Host, NetCtx, NetCtxView, NetView, Person, Tenant, Ticker, Usage};

/// What each guest has.
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

/// How it went for one tenant.
pub struct Outcome {
    /// Which of its guests succeeded, in their order.
    pub succeeded: Vec<bool>,
    /// What they have used.
    pub usage: Usage,
}

/// Runs five guests for one tenant, which may have three connections, and then five for another.
pub async fn run(app: &[u8], args: &[&str], policy: Policy) -> Result<[Outcome; 2]> {
    let engine = Engine::new(Config::new().epoch_interruption(true))?;
    let _ticker = Ticker::start(&engine)?; // without it, no guest would be held to its `cpu-time`
    let mut linker = Linker::new(&engine);
    wasock::add_to_linker(&mut linker)?;
    let app = CommandPre::new(linker.instantiate_pre(&Component::new(&engine, app)?)?)?;

    // No guest gets beyond the ceiling, and all of them together have no more than the limits.
    let policy = Arc::new(policy);
    let limits = Limits {
        sockets: Some(100),
        memory: Some(1 << 30),
        ..Limits::default()
    };
    let host = Host::builder();
    let host = host.ceiling(policy.clone()).limits(limits).build();

    let tenant = |name, connections| {
        let limits = Limits {
            total_connections: Some(connections),
            cpu_time: Some(Duration::from_secs(10)),
            ..Limits::default()
        };
        host.tenant(name).limits(limits).build()
    };
    let (frugal, generous) = (tenant("frugal", 3), tenant("generous", 1_000));

    let first = serve(&engine, &app, &frugal, args, &policy).await?;
    let second = serve(&engine, &app, &generous, args, &policy).await?;
    Ok([first, second])
}

/// Runs five guests of a tenant, one after the other.
async fn serve(
    engine: &Engine,
    app: &CommandPre<Guest>,
    tenant: &Tenant,
    args: &[&str],
    policy: &Arc<Policy>,
) -> Result<Outcome> {
    let mut succeeded = Vec::new();
    for _ in 0..5 {
        let audit = Person::new(std::io::stdout());
        let net = tenant.net_ctx().policy(policy.clone()).audit(audit).build();
        let (handle, lingering) = (net.handle(), net.lingering());
        let wasi = WasiCtx::builder().inherit_stdio().args(args).build();
        let table = ResourceTable::new();
        let mut store = Store::new(engine, Guest { wasi, net, table });
        wasock::bound(&mut store);

        let guest = app.instantiate_async(&mut store).await?;
        let call = guest.wasi_cli_run().call_run(&mut store);
        succeeded.push(handle.metered(call).await?.is_ok());

        drop(store); // what the guest had open is given back
        lingering.finished(Duration::MAX).await;
    }
    let usage = tenant.usage();
    Ok(Outcome { succeeded, usage })
}

/// The client of the demo sends a line to `localhost:8000`, and is allowed to.
pub fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args = ["client", "127.0.0.1:8000", "hello"];
    let rule = "tcp://localhost:8000".parse()?;
    let policy = Policy::builder().allow_outbound(rule).build();
    let running = run(wasock::embedded::PLAIN_CLIENT, &args, policy);
    for outcome in tokio::runtime::Runtime::new()?.block_on(running)? {
        println!("{:?} {:?}", outcome.succeeded, outcome.usage);
    }
    Ok(())
}
