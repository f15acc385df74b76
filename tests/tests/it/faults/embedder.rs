//! An embedder: components as stores of one process, each with a limit to its memory and its time.

use std::fs;
use std::net::SocketAddr;

use tokio::runtime::{Builder, Runtime};
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Config, Engine, Store, StoreLimits, StoreLimitsBuilder};
use wasmtime_wasi::p2::bindings::CommandPre;
use wasmtime_wasi::p2::pipe::{MemoryInputPipe, MemoryOutputPipe};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasock::component::Outline;
use wasock::{NetCtx, NetCtxView, NetView, Policy};

/// More than any guest prints.
const MAX_OUTPUT: usize = 1 << 20;

/// A component that was compiled for stores.
#[derive(Clone)]
pub(crate) struct Embedded {
    pub(crate) engine: Engine,
    pre: CommandPre<Guest>,
}

/// What one store is given.
#[derive(Default)]
pub(crate) struct Run<'a> {
    pub(crate) args: &'a [&'a str],
    pub(crate) stdin: String,
    /// Whom it may connect to, over TCP or UDP.
    pub(crate) server: Option<SocketAddr>,
    /// The most bytes that each of its memories may have.
    pub(crate) memory: Option<usize>,
    /// What happens when the epoch of the engine advances.
    pub(crate) computing: Computing,
}

/// What happens to a guest that computes when the epoch advances.
#[derive(Default)]
pub(crate) enum Computing {
    /// It is stopped.
    #[default]
    Ends,
    /// It lets others have a turn.
    GivesWay,
}

/// How a store ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) result: wasmtime::Result<Result<(), ()>>,
    pub(crate) output: String,
}

impl Outcome {
    /// It has ended well.
    #[track_caller]
    pub(crate) fn expect_success(self) -> Self {
        assert!(matches!(self.result, Ok(Ok(()))), "{self:?}");
        self
    }
}

/// The state of a store.
struct Guest {
    wasi: WasiCtx,
    net: NetCtx,
    table: ResourceTable,
    limits: StoreLimits,
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

impl Embedded {
    /// Compiles the component in this file, with the provider in it if it asks for one.
    pub(crate) fn new(path: &str) -> Self {
        let mut config = Config::new();
        config.concurrency_support(false).epoch_interruption(true);
        Self::on(&Engine::new(&config).expect("an engine"), path)
    }

    /// Compiles another component for the same engine.
    pub(crate) fn on(engine: &Engine, path: &str) -> Self {
        let app = fs::read(path).expect("it was built");
        let outline = Outline::read(&app).expect("it is a component");
        let bytes = if outline.imports_wasock() {
            wasock::compose(&app, wasock::embedded::PROVIDER).expect("it can be composed")
        } else {
            app
        };
        let mut linker = Linker::new(engine);
        wasock::add_to_linker(&mut linker).expect("nothing is in it");
        let component = Component::from_binary(engine, &bytes).expect("it compiles");
        let pre = linker.instantiate_pre(&component).and_then(CommandPre::new);
        Self {
            engine: engine.clone(),
            pre: pre.expect("it fits"),
        }
    }

    /// Runs it in a store of its own, to its end.
    pub(crate) async fn run(&self, run: Run<'_>) -> Outcome {
        let output = MemoryOutputPipe::new(MAX_OUTPUT);
        let wasi = WasiCtx::builder()
            .arg("guest")
            .args(run.args)
            .stdin(MemoryInputPipe::new(run.stdin))
            .stdout(output.clone())
            .stderr(output.clone())
            .build();
        let limits = StoreLimitsBuilder::new();
        let limits = match run.memory {
            Some(size) => limits.memory_size(size),
            None => limits,
        };
        let mut policy = Policy::builder();
        if let Some(address) = run.server {
            for protocol in ["tcp", "udp"] {
                let rule = format!("{protocol}://{address}").parse().expect("a rule");
                policy = policy.allow_outbound(rule);
            }
        }
        let guest = Guest {
            wasi,
            net: NetCtx::builder().policy(policy.build()).build(),
            table: ResourceTable::new(),
            limits: limits.build(),
        };
        let mut store = Store::new(&self.engine, guest);
        store.limiter(|guest| &mut guest.limits);
        match run.computing {
            Computing::Ends => store.set_epoch_deadline(1),
            Computing::GivesWay => {
                store.set_epoch_deadline(1);
                store.epoch_deadline_async_yield_and_update(1);
            }
        }
        let result = match self.pre.instantiate_async(&mut store).await {
            Ok(command) => command.wasi_cli_run().call_run(&mut store).await,
            Err(error) => Err(error),
        };
        drop(store);
        let output = String::from_utf8_lossy(&output.contents()).into_owned();
        Outcome { result, output }
    }
}

/// A runtime as an embedder has one.
pub(crate) fn runtime() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
}
