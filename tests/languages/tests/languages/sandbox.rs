//! Runs one component several times, each time in a sandbox of its own.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::Duration;

use tokio::runtime::Builder;
use tokio::time::timeout;
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Config, Engine, Store};
use wasmtime_wasi::p2::bindings::CommandPre;
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasock::component::Outline;
use wasock::{NetCtx, NetCtxBuilder, NetCtxView, NetView, embedded};

/// Far longer than a run takes on a slow machine.
const LIMIT: Duration = Duration::from_secs(60);

/// More than the programs print.
const MAX_OUTPUT: usize = 1 << 16;

/// A component, with the provider in it if it needs one, compiled.
pub(crate) struct Program {
    engine: Engine,
    pre: CommandPre<Guest>,
}

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

impl Program {
    pub(crate) fn compile(path: &Path) -> Result<Self, Box<dyn Error>> {
        let app = fs::read(path)?;
        let composed = if Outline::read(&app)?.imports_wasock() {
            wasock::compose(&app, embedded::PROVIDER)?
        } else {
            app
        };
        let mut config = Config::new();
        config.concurrency_support(false);
        let engine = Engine::new(&config)?;
        let mut linker = Linker::new(&engine);
        wasock::add_to_linker(&mut linker)?;
        let component = Component::from_binary(&engine, &composed)?;
        let pre = CommandPre::new(linker.instantiate_pre(&component)?)?;
        Ok(Self { engine, pre })
    }

    /// Runs it to its end and returns what it printed.
    ///
    /// # Errors
    /// It trapped, failed, or did not end; with what it printed before.
    pub(crate) fn run(&self, args: &[&str], net: NetCtxBuilder) -> Result<String, Box<dyn Error>> {
        let output = MemoryOutputPipe::new(MAX_OUTPUT);
        let guest = Guest {
            wasi: WasiCtx::builder()
                .args(args)
                .stdout(output.clone())
                .stderr(output.clone())
                .build(),
            net: net.build(),
            table: ResourceTable::new(),
        };
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let ended = runtime.block_on(async { timeout(LIMIT, self.call(guest)).await });
        runtime.shutdown_background();

        let printed = String::from_utf8_lossy(&output.contents()).into_owned();
        match ended {
            Ok(Ok(Ok(()))) => Ok(printed),
            Ok(Ok(Err(()))) => Err(format!("it failed and printed {printed:?}").into()),
            Ok(Err(trap)) => Err(format!("{trap:?}\nit printed {printed:?}").into()),
            Err(_) => Err(format!("it did not end and printed {printed:?}").into()),
        }
    }

    async fn call(&self, guest: Guest) -> wasmtime::Result<Result<(), ()>> {
        let mut store = Store::new(&self.engine, guest);
        let command = self.pre.instantiate_async(&mut store).await?;
        command.wasi_cli_run().call_run(&mut store).await
    }
}
