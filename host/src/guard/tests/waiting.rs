//! How a guest waits, and whom it waits for.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use wasmtime::component::Resource;
use wasmtime_wasi::p2::Pollable as _;
use wasmtime_wasi::p2::bindings::sockets::network::ErrorCode;
use wasmtime_wasi::p2::bindings::sockets::tcp::HostTcpSocket;
use wasmtime_wasi::p2::bindings::sockets::udp::{
    HostIncomingDatagramStream as Incoming, HostOutgoingDatagramStream as Outgoing,
};
use wasmtime_wasi_io::bindings::wasi::io::poll::{Host as _, HostPollable};
use wasmtime_wasi_io::bindings::wasi::io::streams::{HostInputStream, HostOutputStream};

use super::MORE_THAN_FITS;
use super::guest::{Guest, Streams, code};
use super::udp::Udp;

/// Far longer than anything here takes.
const LIMIT: Duration = Duration::from_secs(20);

impl Guest {
    pub(super) fn subscribe(&mut self, socket: u32) -> u32 {
        let this = Resource::new_borrow(socket);
        HostTcpSocket::subscribe(&mut self.view(), this)
            .unwrap()
            .rep()
    }

    pub(super) fn subscribe_input(&mut self, streams: &Streams) -> u32 {
        let this = Resource::new_borrow(streams.0.rep());
        HostInputStream::subscribe(self.table(), this)
            .unwrap()
            .rep()
    }

    pub(super) fn subscribe_output(&mut self, streams: &Streams) -> u32 {
        let this = Resource::new_borrow(streams.1.rep());
        HostOutputStream::subscribe(self.table(), this)
            .unwrap()
            .rep()
    }

    /// What tells of datagrams that come, and of room for those that go.
    pub(super) fn subscribe_udp(&mut self, udp: &Udp) -> [u32; 2] {
        let (incoming, outgoing) = udp.streams.unwrap();
        let incoming = Incoming::subscribe(&mut self.view(), Resource::new_borrow(incoming));
        let outgoing = Outgoing::subscribe(&mut self.view(), Resource::new_borrow(outgoing));
        [incoming.unwrap().rep(), outgoing.unwrap().rep()]
    }

    /// Wait as a guest does. Returns the places of what is ready.
    pub(super) async fn poll(&mut self, pollables: &[u32]) -> Vec<u32> {
        let pollables = pollables.iter().map(|rep| Resource::new_borrow(*rep));
        let pollables = pollables.collect();
        let mut view = self.view();
        let ready = timeout(LIMIT, view.poll(pollables)).await;
        ready.expect("nothing is ready").unwrap()
    }

    pub(super) async fn is_ready(&mut self, pollable: u32) -> bool {
        let this = Resource::new_borrow(pollable);
        HostPollable::ready(&mut self.view(), this).await.unwrap()
    }

    pub(super) fn drop_pollable(&mut self, pollable: u32) {
        let this = Resource::new_own(pollable);
        HostPollable::drop(&mut self.view(), this).unwrap();
    }

    pub(super) fn start_connect(&mut self, socket: u32, to: SocketAddr) -> Result<(), ErrorCode> {
        let network = self.network();
        let this = Resource::new_borrow(socket);
        self.view()
            .start_connect(this, network, to.into())
            .map_err(code)
    }

    pub(super) fn finish_connect(&mut self, socket: u32) -> Result<Streams, ErrorCode> {
        let this = Resource::new_borrow(socket);
        self.view().finish_connect(this).map_err(code)
    }

    /// Write until the peer's system takes no more, also not a moment later.
    pub(super) async fn write_until_stuck(&mut self, streams: &Streams) -> usize {
        const MOMENT: Duration = Duration::from_millis(100);
        let mut written = 0;
        loop {
            written += self.write_until_stalled(&streams.1, MORE_THAN_FITS);
            let stream = self.table().get_mut(&streams.1).unwrap();
            if timeout(MOMENT, stream.ready()).await.is_err() {
                return written;
            }
        }
    }

    /// What a stream reads, or the text of its error.
    pub(super) fn read(&mut self, streams: &Streams, size: usize) -> Result<usize, String> {
        let stream = self.table().get_mut(&streams.0).unwrap();
        match stream.read(size) {
            Ok(bytes) => Ok(bytes.len()),
            Err(error) => Err(format!("{error:?}")),
        }
    }

    /// Read until there is an error; returns it, and how much there was before.
    pub(super) async fn read_to_error(&mut self, streams: &Streams) -> (usize, String) {
        let mut total = 0;
        loop {
            let stream = self.table().get_mut(&streams.0).unwrap();
            match timeout(LIMIT, stream.blocking_read(1 << 16)).await.unwrap() {
                Ok(bytes) => total += bytes.len(),
                Err(error) => return (total, format!("{error:?}")),
            }
        }
    }
}

/// Poll once; whoever waits stays waiting.
pub(super) fn is_waiting<F: Future + ?Sized>(mut future: Pin<&mut F>) -> bool {
    let mut context = Context::from_waker(Waker::noop());
    matches!(future.as_mut().poll(&mut context), Poll::Pending)
}

/// Until no task of the runtime is left: one that is told to end does so a moment later.
pub(super) async fn tasks_ended() {
    let metrics = tokio::runtime::Handle::current().metrics();
    let ended = async {
        while metrics.num_alive_tasks() > 0 {
            tokio::task::yield_now().await;
        }
    };
    timeout(LIMIT, ended).await.expect("a task goes on");
}

/// A port where attempts to connect hang: its queue is full, and what comes then is dropped.
pub(super) struct Stalled {
    pub(super) address: SocketAddr,
    _listener: tokio::net::TcpListener,
    _fillers: Vec<TcpStream>,
}

impl Stalled {
    pub(super) async fn new() -> Self {
        // On loopback an answer is there at once; the time is for a machine that has other things to do.
        const PATIENCE: Duration = Duration::from_millis(200);

        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
        let listener = socket.listen(0).unwrap();
        let address = listener.local_addr().unwrap();
        let mut fillers = Vec::new();
        while let Ok(filler) = timeout(PATIENCE, TcpStream::connect(address)).await {
            fillers.push(filler.unwrap());
        }
        Self {
            address,
            _listener: listener,
            _fillers: fillers,
        }
    }
}
