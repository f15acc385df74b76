//! An embedder's own audit sink: it raises an alarm when a guest is refused something, beside a file of JSON lines that has
//! everything, and numbers for who watches.

use std::fs::OpenOptions;
use std::path::Path;
use std::sync::Arc;

use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Engine, Result, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView, p2::bindings::Command};
use wasock::audit::{CountRepeats, Entry, JsonLines, Metrics, Verdict};
use wasock::{AuditSink, NetCtx, NetCtxView, NetView, Policy};

/// Tells whoever is on duty.
struct Alarm;

impl AuditSink for Alarm {
    fn record(&self, entry: &Entry<'_>) {
        let name = entry.guest.name.as_deref().unwrap_or("a guest");
        if entry.record.verdict() == Some(Verdict::Denied) {
            println!("alarm: {name}: {}", entry.record);
        }
    }
}

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

/// Runs two guests that write to one file: the first is refused everything, the second may reach `address`. Returns the
/// numbers of both.
pub async fn run(app: &[u8], address: &str, file: &Path) -> Result<[Metrics; 2]> {
    let engine = Engine::default();
    let mut linker = Linker::new(&engine);
    wasock::add_to_linker(&mut linker)?;
    let component = Component::new(&engine, app)?;

    let file = OpenOptions::new().append(true).create(true).open(file)?;
    let lines = Arc::new(JsonLines::new(file));
    let nothing = Policy::default();
    let server = format!("tcp://{address}")
        .parse()
        .map_err(wasmtime::Error::new)?;
    let something = Policy::builder().allow_outbound(server).build();

    let mut numbers = [Metrics::default(); 2];
    let guests = [("stranger", nothing), ("friend", something)];
    for ((name, policy), numbers) in guests.into_iter().zip(&mut numbers) {
        // Each guest has its own counting, so that none takes another's room; the file is shared.
        let audit = (Alarm, CountRepeats::new(Arc::clone(&lines)));
        let net = NetCtx::builder()
            .name(name)
            .policy(policy)
            .audit(audit)
            .build();
        let args = ["client", address, "hello"];
        let wasi = WasiCtx::builder().inherit_stdio().args(&args).build();
        let table = ResourceTable::new();
        let mut store = Store::new(&engine, Guest { wasi, net, table });
        let command = Command::instantiate_async(&mut store, &component, &linker).await?;
        // Whether it succeeds is its own concern; here it is about what it did.
        _ = command.wasi_cli_run().call_run(&mut store).await?;
        *numbers = store.data().net.metrics();
    }
    Ok(numbers)
}

/// The client of the demo sends a line to `localhost:8000`, twice.
pub fn main() -> Result<(), Box<dyn std::error::Error>> {
    let app = wasock::embedded::PLAIN_CLIENT;
    let running = run(app, "127.0.0.1:8000", Path::new("audit.jsonl"));
    let [stranger, friend] = tokio::runtime::Runtime::new()?.block_on(running)?;
    for (name, numbers) in [("stranger", stranger), ("friend", friend)] {
        let (allowed, denied) = (numbers.allowed.total(), numbers.denied.total());
        println!("{name}: {allowed} allowed, {denied} denied");
    }
    Ok(())
}
