use std::future::poll_fn;
use std::io::Read;
use std::net::TcpListener;
use std::task::Poll;
use std::time::Duration;

use wasm_encoder::{
    BlockType, CodeSection, ExportKind, ExportSection, Function, FunctionSection, MemorySection,
    MemoryType, Module as Encoder, TypeSection, ValType,
};
use wasmtime::component::{Resource, ResourceTable};
use wasmtime::{Config, Engine, Instance, Module, Store, TypedFunc};
use wasmtime_wasi::p2::bindings::sockets::instance_network::Host as _;
use wasmtime_wasi::p2::bindings::sockets::network::IpAddressFamily;
use wasmtime_wasi::p2::bindings::sockets::tcp::HostTcpSocket;
use wasmtime_wasi::p2::bindings::sockets::tcp_create_socket::Host as _;
use wasmtime_wasi::p2::{Pollable as _, TcpSocket};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasock_policy::{Limits, Policy, PolicyBuilder};

use super::{CpuTimeExceeded, Ticker, bound};
use crate::guard::tests::clock::ManualClock;
use crate::{Collect, Host, NetCtx, NetCtxBuilder, NetCtxView, NetView};

const PAGE: u64 = 64 * 1024;

struct State {
    wasi: WasiCtx,
    net: NetCtx,
    table: ResourceTable,
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let (ctx, table) = (&mut self.wasi, &mut self.table);
        WasiCtxView { ctx, table }
    }
}

impl NetView for State {
    fn net(&mut self) -> NetCtxView<'_> {
        let (ctx, table) = (&mut self.net, &mut self.table);
        NetCtxView { ctx, table }
    }
}

/// A module with a page of memory, `grow: func(pages) -> pages before, or -1`, and `compute: func()`, which never ends.
fn module() -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([ValType::I32], [ValType::I32]);
    types.ty().function([], []);
    let mut functions = FunctionSection::new();
    functions.function(0).function(1);
    let mut memories = MemorySection::new();
    memories.memory(MemoryType {
        minimum: 1,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    let mut exports = ExportSection::new();
    exports.export("grow", ExportKind::Func, 0);
    exports.export("compute", ExportKind::Func, 1);
    let mut grow = Function::new([]);
    grow.instructions().local_get(0).memory_grow(0).end();
    let mut compute = Function::new([]);
    let mut instructions = compute.instructions();
    instructions.loop_(BlockType::Empty).br(0).end().end();
    let mut code = CodeSection::new();
    code.function(&grow).function(&compute);

    let mut module = Encoder::new();
    module
        .section(&types)
        .section(&functions)
        .section(&memories);
    module.section(&exports).section(&code);
    module.finish()
}

/// A guest that is bound.
struct Bound {
    store: Store<State>,
    instance: Instance,
}

impl Bound {
    async fn new(engine: &Engine, builder: NetCtxBuilder) -> wasmtime::Result<Self> {
        let (wasi, net) = (WasiCtx::builder().build(), builder.build());
        let table = ResourceTable::new();
        let mut store = Store::new(engine, State { wasi, net, table });
        bound(&mut store);
        let module = Module::new(engine, module())?;
        let instance = Instance::new_async(&mut store, &module, &[]).await?;
        Ok(Self { store, instance })
    }

    async fn grow(&mut self, pages: i32) -> i32 {
        let grow = self.instance.get_typed_func(&mut self.store, "grow");
        let grow: TypedFunc<i32, i32> = grow.unwrap();
        grow.call_async(&mut self.store, pages).await.unwrap()
    }

    async fn compute(&mut self) -> wasmtime::Result<()> {
        let compute = self.instance.get_typed_func(&mut self.store, "compute")?;
        let compute: TypedFunc<(), ()> = compute;
        compute.call_async(&mut self.store, ()).await
    }
}

fn engine() -> Engine {
    Engine::new(Config::new().epoch_interruption(true)).unwrap()
}

fn limited(limit: &str) -> PolicyBuilder {
    Policy::builder().limit(limit.parse().unwrap())
}

fn block_on<F: Future>(test: F) -> F::Output {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(2).enable_all().build();
    runtime.unwrap().block_on(test)
}

#[test]
fn memory_beyond_the_limit_is_not_to_be_had() {
    let engine = engine();
    block_on(async {
        let audit = Collect::default();
        let policy = limited("memory=256KiB").build();
        let builder = NetCtx::builder().policy(policy).audit(audit.clone());
        let mut guest = Bound::new(&engine, builder).await.unwrap();
        let handle = guest.store.data().net.handle();
        assert_eq!(handle.usage().memory, PAGE);
        assert_eq!(guest.grow(2).await, 1);
        assert_eq!(guest.grow(2).await, -1);
        let record = audit.records().last().unwrap().explain();
        assert_eq!(
            record,
            "denied: memory of 327680 bytes (used up: memory=256KiB)\n  \
             allow more with: --limit memory=AMOUNT"
        );
        assert_eq!(guest.grow(1).await, 3);
        assert_eq!(handle.usage().memory, 4 * PAGE);

        handle.set_policy(limited("memory=320KiB").build());
        assert_eq!(guest.grow(1).await, 4);
        drop(guest);
        assert_eq!(handle.usage().memory, 0);
    });
}

#[test]
fn a_guest_that_begins_with_too_much_memory_does_not_begin() {
    let engine = engine();
    block_on(async {
        let builder = NetCtx::builder().policy(limited("memory=1KiB").build());
        assert!(Bound::new(&engine, builder).await.is_err());
    });
}

#[test]
fn guests_of_a_tenant_share_its_memory() {
    let engine = engine();
    let limits = Limits {
        memory: Some(4 * PAGE),
        ..Limits::default()
    };
    let tenant = Host::builder()
        .build()
        .tenant("acme")
        .limits(limits)
        .build();
    block_on(async {
        let mut one = Bound::new(&engine, tenant.net_ctx()).await.unwrap();
        let mut other = Bound::new(&engine, tenant.net_ctx()).await.unwrap();
        assert_eq!(one.grow(2).await, 1);
        assert_eq!(other.grow(1).await, -1);
        assert_eq!(tenant.usage().memory, 4 * PAGE);
        drop(one);
        assert_eq!(other.grow(3).await, 1);
    });
}

#[test]
fn a_guest_that_computes_for_too_long_is_stopped_and_its_neighbour_goes_on() {
    let engine = engine();
    let _ticker = Ticker::start(&engine).unwrap();
    block_on(async {
        for is_metered in [true, false] {
            let audit = Collect::default();
            let policy = limited("cpu-time=30ms").build();
            let builder = NetCtx::builder().policy(policy).audit(audit.clone());
            let mut guest = Bound::new(&engine, builder).await.unwrap();
            let mut neighbour = Bound::new(&engine, NetCtx::builder()).await.unwrap();
            let handle = guest.store.data().net.handle();
            let ended = if is_metered {
                handle.metered(guest.compute()).await
            } else {
                guest.compute().await
            };
            let error = ended.unwrap_err();
            let exceeded: &CpuTimeExceeded = error.downcast_ref().unwrap();
            assert_eq!(
                exceeded.to_string(),
                "the guest has used up its time to compute: \
                 the limit cpu-time=30ms of this guest is reached"
            );
            assert!(handle.usage().cpu_time >= Duration::from_millis(30));
            let record = audit.records().last().unwrap().to_string();
            assert_eq!(record, "denied: to run any longer (used up: cpu-time=30ms)");
            assert_eq!(neighbour.grow(1).await, 1);
        }
    });
}

#[test]
fn only_the_time_that_a_thread_spends_on_a_guest_is_counted() {
    let clock = ManualClock::default();
    let net = NetCtx::builder().clock(std::sync::Arc::new(clock.clone()));
    let net = net.build();
    let (second, mut turns) = (Duration::from_secs(1), 0);
    let call = poll_fn(|context| {
        clock.advance(second);
        turns += 1;
        context.waker().wake_by_ref();
        if turns == 3 {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    });
    let handle = net.handle();
    block_on(async {
        let mut metered = std::pin::pin!(handle.metered(call));
        poll_fn(|context| {
            // Somebody else's turn.
            clock.advance(100 * second);
            metered.as_mut().poll(context)
        })
        .await;
    });
    assert_eq!(handle.usage().cpu_time, 3 * second);
}

#[test]
fn a_guest_that_computes_lets_others_have_their_turn() {
    let engine = engine();
    let _ticker = Ticker::start(&engine).unwrap();
    // One thread, for all there is to do.
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().build().unwrap();
    runtime.block_on(async {
        let mut guest = Bound::new(&engine, NetCtx::builder()).await.unwrap();
        let other = async {
            for _ in 0..5 {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            ended = guest.compute() => panic!("it ended: {ended:?}"),
            () = other => {}
        }
    });
}

#[test]
fn a_guest_that_computes_loses_what_is_revoked() {
    let engine = engine();
    let _ticker = Ticker::start(&engine).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let rule = format!("tcp://{address}").parse().unwrap();
    let policy = Policy::builder().allow_outbound(rule).build();
    block_on(async {
        let builder = NetCtx::builder().policy(policy);
        let mut guest = Bound::new(&engine, builder).await.unwrap();
        let handle = guest.store.data().net.handle();
        let mut net = guest.store.data_mut().net();
        let socket = net.create_tcp_socket(IpAddressFamily::Ipv4).unwrap().rep();
        let borrow = || Resource::<TcpSocket>::new_borrow(socket);
        let network = net.instance_network().unwrap();
        net.start_connect(borrow(), network, address.into())
            .unwrap();
        net.table.get_mut(&borrow()).unwrap().ready().await;
        HostTcpSocket::finish_connect(&mut net, borrow()).unwrap();
        let (mut peer, _) = listener.accept().unwrap();

        let seen = tokio::task::spawn_blocking(move || {
            handle.revoke();
            peer.read(&mut [0]).unwrap()
        });
        tokio::select! {
            ended = guest.compute() => panic!("it ended: {ended:?}"),
            seen = seen => assert_eq!(seen.unwrap(), 0),
        }
    });
}

#[test]
fn a_ticker_ends_with_its_engine_and_is_dropped_at_once() {
    let ticker = Ticker::start(&engine()).unwrap();
    drop(ticker);
    let engine = engine();
    drop(Ticker::start(&engine).unwrap());
}
