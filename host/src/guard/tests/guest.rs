//! A guest that is played by a test.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use wasmtime::component::{Resource, ResourceTable};
use wasmtime_wasi::p2::bindings::sockets::instance_network::Host as _;
use wasmtime_wasi::p2::bindings::sockets::network::{ErrorCode, IpAddressFamily, Network};
use wasmtime_wasi::p2::bindings::sockets::tcp::HostTcpSocket as _;
use wasmtime_wasi::p2::bindings::sockets::tcp_create_socket::Host as _;
use wasmtime_wasi::p2::{
    DynInputStream, DynOutputStream, Pollable as _, SocketError, StreamError, TcpSocket,
};
use wasmtime_wasi_io::bindings::wasi::io::streams::{HostInputStream, HostOutputStream};
use wasmtime_wasi_io::bytes::Bytes;
use wasock_policy::PolicyBuilder;

use crate::policy::OutboundRule;
use crate::{Collect, Lingering, NetCtx, NetCtxBuilder, NetCtxView, NetHandle, Record, Usage};

pub(super) type Streams = (Resource<DynInputStream>, Resource<DynOutputStream>);

pub(super) struct Guest {
    ctx: NetCtx,
    table: ResourceTable,
    network: u32,
    audit: Collect,
}

pub(super) fn rule(address: &str) -> OutboundRule {
    format!("tcp://{address}").parse().unwrap()
}

/// On two threads, as the host runs: one for the guest, one for the sockets.
pub(super) fn block_on<F: Future>(test: F) -> F::Output {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(test)
}

impl Guest {
    pub(super) fn new(policy: PolicyBuilder) -> Self {
        Self::lingering_for(policy, Duration::from_secs(10))
    }

    pub(super) fn lingering_for(policy: PolicyBuilder, linger: Duration) -> Self {
        Self::with(NetCtx::builder().policy(policy.build()).linger(linger))
    }

    pub(super) fn with(builder: NetCtxBuilder) -> Self {
        let audit = Collect::default();
        let mut guest = Self {
            ctx: builder.audit(audit.clone()).build(),
            table: ResourceTable::new(),
            network: 0,
            audit,
        };
        guest.network = guest.view().instance_network().unwrap().rep();
        guest
    }

    pub(super) fn handle(&self) -> NetHandle {
        self.ctx.handle()
    }

    pub(super) fn usage(&self) -> Usage {
        self.ctx.handle().usage()
    }

    pub(super) fn lingering(&self) -> Lingering {
        self.ctx.lingering()
    }

    pub(super) fn verdicts(&self) -> Vec<bool> {
        let records = self.audit.records();
        records.iter().map(Record::is_allowed).collect()
    }

    /// The records so far, a line each.
    pub(super) fn records(&self) -> Vec<String> {
        let records = self.audit.records();
        records.iter().map(Record::to_string).collect()
    }

    /// The last record, in full.
    pub(super) fn last_record(&self) -> String {
        let records = self.audit.records();
        records.last().map(Record::explain).unwrap_or_default()
    }

    pub(super) fn audit(&self) -> Collect {
        self.audit.clone()
    }

    pub(super) fn change_policy(&mut self, policy: PolicyBuilder) {
        self.ctx.handle().set_policy(policy.build());
    }

    pub(super) fn table(&mut self) -> &mut ResourceTable {
        &mut self.table
    }

    pub(super) fn table_len(&mut self) -> usize {
        self.table.iter_mut().count()
    }

    /// A socket of the family of `address`.
    pub(super) fn socket(&mut self, address: &str) -> u32 {
        self.try_socket(address).unwrap()
    }

    pub(super) fn try_socket(&mut self, address: &str) -> Result<u32, ErrorCode> {
        let family = match address.parse().unwrap() {
            SocketAddr::V4(_) => IpAddressFamily::Ipv4,
            SocketAddr::V6(_) => IpAddressFamily::Ipv6,
        };
        let socket = self.view().create_tcp_socket(family).map_err(code)?;
        Ok(socket.rep())
    }

    pub(super) fn drop_socket(&mut self, socket: u32) {
        self.view().drop(Resource::new_own(socket)).unwrap();
    }

    pub(super) async fn connect(&mut self, socket: u32, to: &str) -> Result<Streams, ErrorCode> {
        let to: SocketAddr = to.parse().unwrap();
        let network = self.network();
        self.view()
            .start_connect(borrow(socket), network, to.into())
            .map_err(code)?;
        self.ready(socket).await;
        self.view().finish_connect(borrow(socket)).map_err(code)
    }

    /// What a host function would do that forgot to ask.
    pub(super) async fn connect_behind_the_guard(
        &mut self,
        socket: u32,
        to: &str,
    ) -> Result<Streams, ErrorCode> {
        let to: SocketAddr = to.parse().unwrap();
        let network = self.network();
        let mut view = self.view();
        view.inner()
            .start_connect(borrow(socket), network, to.into())
            .map_err(code)?;
        self.ready(socket).await;
        self.view()
            .inner()
            .finish_connect(borrow(socket))
            .map_err(code)
    }

    pub(super) async fn bind(&mut self, socket: u32, to: &str) -> Result<(), ErrorCode> {
        let to: SocketAddr = to.parse().unwrap();
        let network = self.network();
        self.view()
            .start_bind(borrow(socket), network, to.into())
            .await
            .map_err(code)?;
        self.view().finish_bind(borrow(socket)).map_err(code)
    }

    pub(super) async fn listen(&mut self, socket: u32) -> Result<(), ErrorCode> {
        self.view()
            .start_listen(borrow(socket))
            .await
            .map_err(code)?;
        self.view().finish_listen(borrow(socket)).map_err(code)
    }

    pub(super) fn local_address(&mut self, socket: u32) -> SocketAddr {
        self.view().local_address(borrow(socket)).unwrap().into()
    }

    /// Wait until an accept has something to take.
    pub(super) async fn ready(&mut self, socket: u32) {
        self.table.get_mut(&borrow(socket)).unwrap().ready().await;
    }

    /// Accept what is there.
    pub(super) fn accept(&mut self, socket: u32) -> Result<Streams, ErrorCode> {
        let (_, streams) = self.accept_whole(socket)?;
        Ok(streams)
    }

    /// Accept what is there, with its socket.
    pub(super) fn accept_whole(&mut self, socket: u32) -> Result<(u32, Streams), ErrorCode> {
        let (socket, input, output) = self.view().accept(borrow(socket)).map_err(code)?;
        Ok((socket.rep(), (input, output)))
    }

    pub(super) fn write(
        &mut self,
        output: &Resource<DynOutputStream>,
        bytes: &[u8],
    ) -> Result<(), StreamError> {
        let stream = self.table.get_mut(output).unwrap();
        stream.check_write()?;
        stream.write(Bytes::copy_from_slice(bytes))
    }

    /// Write until the stream takes no more; returns how much it has taken.
    pub(super) fn write_until_stalled(
        &mut self,
        output: &Resource<DynOutputStream>,
        at_most: usize,
    ) -> usize {
        let stream = self.table.get_mut(output).unwrap();
        let mut written = 0;
        while written < at_most {
            let permit = stream.check_write().unwrap();
            if permit == 0 {
                return written;
            }
            stream.write(Bytes::from(vec![7; permit])).unwrap();
            written += permit;
        }
        panic!("{at_most} bytes went through to a peer that does not read");
    }

    pub(super) async fn read_to_end(
        &mut self,
        input: &Resource<DynInputStream>,
    ) -> Result<usize, String> {
        let stream = self.table.get_mut(input).unwrap();
        let mut total = 0;
        loop {
            match stream.blocking_read(4096).await {
                Ok(bytes) => total += bytes.len(),
                Err(StreamError::Closed) => return Ok(total),
                Err(error) => return Err(error.to_string()),
            }
        }
    }

    /// Drop everything, as a guest does: children first.
    pub(super) async fn close(&mut self, socket: u32, (input, output): Streams) {
        HostInputStream::drop(&mut self.table, input).await.unwrap();
        HostOutputStream::drop(&mut self.table, output)
            .await
            .unwrap();
        self.view().drop(Resource::new_own(socket)).unwrap();
    }

    pub(super) fn network(&self) -> Resource<Network> {
        Resource::new_borrow(self.network)
    }

    pub(super) fn view(&mut self) -> NetCtxView<'_> {
        NetCtxView {
            ctx: &mut self.ctx,
            table: &mut self.table,
        }
    }
}

fn borrow(rep: u32) -> Resource<TcpSocket> {
    Resource::new_borrow(rep)
}

pub(super) fn code(error: SocketError) -> ErrorCode {
    error.downcast().unwrap()
}
