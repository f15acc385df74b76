//! A guest with UDP sockets, and peers that it talks with.

use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use wasmtime::component::Resource;
use wasmtime_wasi::p2::Pollable as _;
use wasmtime_wasi::p2::bindings::sockets::network::{ErrorCode, IpAddressFamily};
use wasmtime_wasi::p2::bindings::sockets::udp::{
    HostIncomingDatagramStream as Incoming, HostOutgoingDatagramStream as Outgoing, HostUdpSocket,
    IncomingDatagramStream, OutgoingDatagram, OutgoingDatagramStream,
};
use wasmtime_wasi::p2::bindings::sockets::udp_create_socket::Host as _;

use super::guest::{Guest, code};

/// A peer on this machine, at an address of its own.
pub(super) struct Peer(UdpSocket);

impl Peer {
    pub(super) fn at(host: &str) -> Self {
        let socket = UdpSocket::bind(format!("{host}:0")).unwrap();
        let limit = Some(Duration::from_secs(10));
        socket.set_read_timeout(limit).unwrap();
        Self(socket)
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap()
    }

    pub(super) fn rule(&self) -> String {
        format!("udp://{}", self.address())
    }

    pub(super) fn send(&self, text: &str, to: SocketAddr) {
        self.0.send_to(text.as_bytes(), to).unwrap();
    }

    /// What comes, and from whom.
    pub(super) fn receive(&self) -> (String, SocketAddr) {
        let mut buffer = [0; 2048];
        let (length, from) = self.0.recv_from(&mut buffer).unwrap();
        (
            String::from_utf8_lossy(&buffer[..length]).into_owned(),
            from,
        )
    }

    pub(super) fn has_nothing(&self) -> bool {
        self.0.set_nonblocking(true).unwrap();
        self.0.recv_from(&mut [0]).is_err()
    }
}

/// A socket of the guest with its streams.
pub(super) struct Udp {
    pub(super) socket: u32,
    pub(super) streams: Option<(u32, u32)>,
}

impl Guest {
    pub(super) async fn udp_socket(&mut self, local: &str) -> Result<Udp, ErrorCode> {
        let local: SocketAddr = local.parse().unwrap();
        let family = match local {
            SocketAddr::V4(_) => IpAddressFamily::Ipv4,
            SocketAddr::V6(_) => IpAddressFamily::Ipv6,
        };
        let socket = self.view().create_udp_socket(family).await;
        let socket = socket.map_err(code)?.rep();
        let network = self.network();
        let mut view = self.view();
        HostUdpSocket::start_bind(
            &mut view,
            Resource::new_borrow(socket),
            network,
            local.into(),
        )
        .await
        .map_err(code)?;
        HostUdpSocket::finish_bind(&mut view, Resource::new_borrow(socket)).map_err(code)?;
        let streams = None;
        Ok(Udp { socket, streams })
    }

    pub(super) async fn stream(
        &mut self,
        udp: &mut Udp,
        peer: Option<SocketAddr>,
    ) -> Result<(), ErrorCode> {
        let this = Resource::new_borrow(udp.socket);
        let streams = self.view().stream(this, peer.map(Into::into)).await;
        let (incoming, outgoing) = streams.map_err(code)?;
        udp.streams = Some((incoming.rep(), outgoing.rep()));
        Ok(())
    }

    /// A socket that is bound and not connected.
    pub(super) async fn open_udp(&mut self, local: &str) -> Udp {
        let mut udp = self.udp_socket(local).await.unwrap();
        self.stream(&mut udp, None).await.unwrap();
        udp
    }

    pub(super) async fn close_streams(&mut self, udp: &mut Udp) {
        let (incoming, outgoing) = udp.streams.take().unwrap();
        Incoming::drop(&mut self.view(), Resource::new_own(incoming)).unwrap();
        Outgoing::drop(&mut self.view(), Resource::new_own(outgoing))
            .await
            .unwrap();
    }

    pub(super) async fn close_udp(&mut self, mut udp: Udp) {
        if udp.streams.is_some() {
            self.close_streams(&mut udp).await;
        }
        HostUdpSocket::drop(&mut self.view(), Resource::new_own(udp.socket)).unwrap();
    }

    pub(super) fn udp_address(&mut self, udp: &Udp) -> SocketAddr {
        let this = Resource::new_borrow(udp.socket);
        HostUdpSocket::local_address(&mut self.view(), this)
            .unwrap()
            .into()
    }

    pub(super) fn check_send(&mut self, udp: &Udp) -> Result<u64, ErrorCode> {
        let this = Resource::<OutgoingDatagramStream>::new_borrow(udp.streams.unwrap().1);
        self.view().check_send(this).map_err(code)
    }

    /// Send the same text to each.
    pub(super) fn send(
        &mut self,
        udp: &Udp,
        text: &str,
        to: &[Option<SocketAddr>],
    ) -> Result<u64, ErrorCode> {
        let this = || Resource::<OutgoingDatagramStream>::new_borrow(udp.streams.unwrap().1);
        self.check_send(udp)?;
        let datagram = |to: &Option<SocketAddr>| OutgoingDatagram {
            data: text.as_bytes().to_vec(),
            remote_address: to.map(Into::into),
        };
        let datagrams = to.iter().map(datagram).collect();
        self.view().send(this(), datagrams).map_err(code)
    }

    pub(super) fn send_to(
        &mut self,
        udp: &Udp,
        text: &str,
        to: SocketAddr,
    ) -> Result<u64, ErrorCode> {
        self.send(udp, text, &[Some(to)])
    }

    /// Take what is there.
    pub(super) fn take(&mut self, udp: &Udp) -> Result<Vec<String>, ErrorCode> {
        let this = Resource::<IncomingDatagramStream>::new_borrow(udp.streams.unwrap().0);
        let datagrams = self.view().receive(this, u64::MAX).map_err(code)?;
        let text = |data| String::from_utf8(data).unwrap();
        Ok(datagrams
            .into_iter()
            .map(|datagram| text(datagram.data))
            .collect())
    }

    /// Receive until `last` has come. Datagrams on loopback keep their order, so what was sent before it is there or dropped.
    pub(super) async fn receive_until(&mut self, udp: &Udp, last: &str) -> Vec<String> {
        let mut received = Vec::new();
        loop {
            let this = Resource::<IncomingDatagramStream>::new_borrow(udp.streams.unwrap().0);
            let stream = self.table().get_mut(&this).unwrap();
            tokio::time::timeout(Duration::from_secs(10), stream.ready())
                .await
                .unwrap_or_else(|_| panic!("{last} does not come, only {received:?}"));
            received.extend(self.take(udp).unwrap());
            if received.last().is_some_and(|text| text == last) {
                return received;
            }
        }
    }
}
