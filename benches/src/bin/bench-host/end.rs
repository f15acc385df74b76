//! The two ends of a connection, in the two hosts that are compared.

use std::net::SocketAddr;

use wasmtime::component::{Resource, ResourceTable};
use wasmtime_wasi::WasiCtx;
use wasmtime_wasi::p2::bindings::sockets::instance_network::Host as InstanceNetwork;
use wasmtime_wasi::p2::bindings::sockets::network::{ErrorCode, IpAddressFamily};
use wasmtime_wasi::p2::bindings::sockets::tcp::HostTcpSocket;
use wasmtime_wasi::p2::bindings::sockets::tcp_create_socket::Host as CreateSocket;
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream, Pollable as _, TcpSocket};
use wasmtime_wasi::sockets::{WasiSocketsCtx, WasiSocketsCtxView};
use wasock::audit::JsonLines;
use wasock::{NetCtx, NetCtxView, Policy};

/// A host, as far as its sockets go.
pub(crate) trait World {
    /// Its implementation of `wasi:sockets`.
    type View<'a>: InstanceNetwork + CreateSocket + HostTcpSocket
    where
        Self: 'a;

    fn new() -> Self;
    fn view(&mut self) -> Self::View<'_>;
    fn table(&mut self) -> &mut ResourceTable;
}

/// wasmtime-wasi, which lets everything through.
pub(crate) struct Plain {
    sockets: WasiSocketsCtx,
    table: ResourceTable,
}

/// The same under a policy of ours. What happens is written down as lines, which nobody reads.
pub(crate) struct Guarded {
    net: NetCtx,
    table: ResourceTable,
}

impl World for Plain {
    type View<'a> = WasiSocketsCtxView<'a>;

    fn new() -> Self {
        let mut ctx = WasiCtx::builder().inherit_network().allow_tcp(true).build();
        Self {
            sockets: ctx.sockets().clone(),
            table: ResourceTable::new(),
        }
    }

    fn view(&mut self) -> WasiSocketsCtxView<'_> {
        WasiSocketsCtxView {
            ctx: &mut self.sockets,
            table: &mut self.table,
        }
    }

    fn table(&mut self) -> &mut ResourceTable {
        &mut self.table
    }
}

impl World for Guarded {
    type View<'a> = NetCtxView<'a>;

    fn new() -> Self {
        let policy = Policy::builder()
            .allow_outbound("tcp://127.0.0.0/8:any".parse().expect("a rule"))
            .allow_inbound("tcp://127.0.0.1:0".parse().expect("a rule"))
            .build();
        Self {
            net: NetCtx::builder()
                .policy(policy)
                .audit(JsonLines::new(std::io::sink()))
                .build(),
            table: ResourceTable::new(),
        }
    }

    fn view(&mut self) -> NetCtxView<'_> {
        NetCtxView {
            ctx: &mut self.net,
            table: &mut self.table,
        }
    }

    fn table(&mut self) -> &mut ResourceTable {
        &mut self.table
    }
}

/// Connect, and answer what is read at one end and written at the other.
pub(crate) async fn connection<W: World>(world: &mut W) -> (DynInputStream, DynOutputStream) {
    let anywhere: SocketAddr = ([127, 0, 0, 1], 0).into();
    let network = world.view().instance_network().expect("a network").rep();
    let listener = socket(world);
    world
        .view()
        .start_bind(borrow(listener), borrow_network(network), anywhere.into())
        .await
        .expect("loopback has ports");
    world
        .view()
        .finish_bind(borrow(listener))
        .expect("it is bound");
    world
        .view()
        .start_listen(borrow(listener))
        .await
        .expect("it is bound");
    world
        .view()
        .finish_listen(borrow(listener))
        .expect("it listens");
    let address = world
        .view()
        .local_address(borrow(listener))
        .expect("it is bound");

    let client = socket(world);
    world
        .view()
        .start_connect(borrow(client), borrow_network(network), address)
        .expect("it is allowed");
    let (_, output) = loop {
        ready(world, client).await;
        match world.view().finish_connect(borrow(client)) {
            Ok(streams) => break streams,
            Err(error) if matches!(error.downcast_ref(), Some(ErrorCode::WouldBlock)) => {}
            Err(error) => panic!("it listens: {error:?}"),
        }
    };
    let (_, input, _) = loop {
        ready(world, listener).await;
        match world.view().accept(borrow(listener)) {
            Ok(connection) => break connection,
            Err(error) if matches!(error.downcast_ref(), Some(ErrorCode::WouldBlock)) => {}
            Err(error) => panic!("somebody has connected: {error:?}"),
        }
    };
    (take_input(world, &input), take_output(world, &output))
}

fn socket<W: World>(world: &mut W) -> u32 {
    let socket = world.view().create_tcp_socket(IpAddressFamily::Ipv4);
    socket.expect("a socket").rep()
}

async fn ready<W: World>(world: &mut W, socket: u32) {
    let socket = world.table().get_mut(&borrow(socket));
    socket.expect("a socket").ready().await;
}

fn take_input<W: World>(world: &mut W, input: &Resource<DynInputStream>) -> DynInputStream {
    let slot = world.table().get_mut(input).expect("a stream");
    std::mem::replace(slot, Box::new(wasmtime_wasi::p2::pipe::ClosedInputStream))
}

fn take_output<W: World>(world: &mut W, output: &Resource<DynOutputStream>) -> DynOutputStream {
    let slot = world.table().get_mut(output).expect("a stream");
    std::mem::replace(slot, Box::new(wasmtime_wasi::p2::pipe::ClosedOutputStream))
}

fn borrow(rep: u32) -> Resource<TcpSocket> {
    Resource::new_borrow(rep)
}

fn borrow_network(rep: u32) -> Resource<wasmtime_wasi::p2::bindings::sockets::network::Network> {
    Resource::new_borrow(rep)
}
