//! Components with the provider in them.

use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Engine, Store};
use wasmtime_wasi::p2::bindings::Command;
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasock::component::Outline;
use wasock::compose::ComposeError;
use wasock::{compose, embedded};

use crate::embedding::block_on;
use crate::guests::example;
use crate::server::http_server;

/// A host that has no code of ours.
struct Stock {
    wasi: WasiCtx,
    table: ResourceTable,
}

impl WasiView for Stock {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let (ctx, table) = (&mut self.wasi, &mut self.table);
        WasiCtxView { ctx, table }
    }
}

/// Run a command with the whole network; returns whether it succeeded, and what it printed.
fn run_on_a_stock_host(component: &[u8], args: &[&str]) -> (bool, String) {
    let engine = Engine::default();
    let mut linker = Linker::new(&engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker).unwrap();
    let output = MemoryOutputPipe::new(1 << 16);
    let wasi = WasiCtx::builder()
        .args(args)
        .stdout(output.clone())
        .stderr(output.clone())
        .inherit_network()
        .allow_tcp(true)
        .build();
    let table = ResourceTable::new();
    let mut store = Store::new(&engine, Stock { wasi, table });
    let component = Component::new(&engine, component).unwrap();
    let result = block_on(async {
        let command = Command::instantiate_async(&mut store, &component, &linker)
            .await
            .unwrap();
        command.wasi_cli_run().call_run(&mut store).await.unwrap()
    });
    let output = String::from_utf8(output.contents().to_vec()).unwrap();
    (result.is_ok(), output)
}

#[test]
fn what_comes_out_imports_only_wasi_and_runs_on_a_stock_host() {
    let app = std::fs::read(example("http-get")).unwrap();
    let composed = compose(&app, embedded::PROVIDER).unwrap();
    let imports = Outline::read(&composed).unwrap().imports;
    assert!(!imports.is_empty());
    for import in imports {
        assert!(import.starts_with("wasi:"), "{import}");
    }

    let url = format!("http://{}/", http_server("127.0.0.1:0"));
    let (succeeded, output) = run_on_a_stock_host(&composed, &["http-get", &url]);
    assert!(succeeded, "{output}");
    assert_eq!(output, "hello\n");
}

#[test]
fn a_component_that_has_no_use_for_the_provider_is_left_alone() {
    let error = compose(embedded::PLAIN_CLIENT, embedded::PROVIDER).unwrap_err();
    assert!(matches!(error, ComposeError::NotNeeded), "{error}");
}

#[test]
fn what_cannot_be_composed_is_an_error() {
    let damaged = &embedded::PLAIN_CLIENT[..embedded::PLAIN_CLIENT.len() / 2];
    for file in [&b""[..], b"(component)", b"\0asm\x01\0\0\0", damaged] {
        let error = compose(file, embedded::PROVIDER).unwrap_err();
        assert!(matches!(error, ComposeError::App(_)), "{error}");
    }

    let app = std::fs::read(example("http-get")).unwrap();
    let error = compose(&app, embedded::PLAIN_CLIENT).unwrap_err();
    assert!(matches!(error, ComposeError::Mismatch(_)), "{error}");
}
