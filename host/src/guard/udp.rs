//! `wasi:sockets/udp` under the policy: the socket. Its datagrams are in [`datagrams`](super::datagrams).
//!
//! | call       | decided                                          | refused as    |
//! |------------|--------------------------------------------------|---------------|
//! | start-bind | the address; the wildcard one at port 0 is free  | access-denied |
//! | stream     | the peer, where the streams are for one          | access-denied |
//!
//! As with TCP, a refused socket stays as it was, calls that fail in any case are not decided on, and a socket that has
//! ended without the guest answers with the reason.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use wasmtime::component::Resource;
use wasmtime_wasi::p2::bindings::sockets::network::{
    ErrorCode, IpAddressFamily, IpSocketAddress, Network,
};
use wasmtime_wasi::p2::bindings::sockets::udp::{
    Host, HostUdpSocket, IncomingDatagramStream, OutgoingDatagramStream,
};
use wasmtime_wasi::p2::{DynPollable, SocketError, SocketResult, UdpSocket};
use wasock_policy::{Direction, Listener, Protocol};

use super::backstop::is_implicit;
use super::destination::Destination;
use super::open::About;
use super::spend::end_code;
use super::udp_state::{UdpPhase, UdpState};
use crate::NetCtxView;

/// How often to look again whether a socket is free, at first at once and then a millisecond apart: about a second.
const IMMEDIATE_ATTEMPTS: usize = 64;
const ATTEMPTS: usize = 1_000;

type Streams = (
    Resource<IncomingDatagramStream>,
    Resource<OutgoingDatagramStream>,
);

/// Calls that pass to wasmtime-wasi as they are.
macro_rules! pass_on {
    ($(fn $name:ident($($arg:ident: $ty:ty),*) -> $ret:ty;)*) => {
        $(fn $name(&mut self, this: Resource<UdpSocket>, $($arg: $ty),*) -> $ret {
            HostUdpSocket::$name(&mut self.inner(), this, $($arg),*)
        })*
    };
}

impl Host for NetCtxView<'_> {}

impl HostUdpSocket for NetCtxView<'_> {
    async fn start_bind(
        &mut self,
        this: Resource<UdpSocket>,
        network: Resource<Network>,
        local_address: IpSocketAddress,
    ) -> SocketResult<()> {
        let (rep, local) = (this.rep(), SocketAddr::from(local_address));
        self.attend();
        let feasible = self.udp(rep).is_some_and(|socket| socket.can_bind(local));
        let allowed = if feasible {
            let decided = self.ctx.guard.bind(Protocol::Udp, local);
            let granted = decided.map_err(ErrorCode::from)?;
            Some((granted, self.ctx.backstop.announce_udp_bind(local)))
        } else {
            None
        };

        let mut inner = self.inner();
        HostUdpSocket::start_bind(&mut inner, this, network, local_address).await?;

        if let Some((granted, _announcement)) = allowed {
            let phase = UdpPhase::Binding(local, granted);
            self.ctx.udp.set_phase(rep, phase);
        }
        Ok(())
    }

    fn finish_bind(&mut self, this: Resource<UdpSocket>) -> SocketResult<()> {
        let rep = this.rep();
        HostUdpSocket::finish_bind(&mut self.inner(), this)?;

        let address = HostUdpSocket::local_address(&mut self.inner(), borrow(rep))?;
        if let Some((requested, granted)) = self.ctx.udp.take_binding(rep) {
            let listener = Listener {
                address: address.into(),
                ephemeral: requested.port() == 0,
            };
            let about = About {
                protocol: Protocol::Udp,
                // What a client does, which nobody can come to unasked.
                direction: if is_implicit(requested) {
                    Direction::Outbound
                } else {
                    Direction::Inbound
                },
                local: Some(listener.address),
                remote: None,
                asked: None,
                names: [].into(),
            };
            let open = self.ctx.guard.open(about, granted);
            self.ctx.udp.set_phase(rep, UdpPhase::Bound(listener, open));
        }
        Ok(())
    }

    async fn stream(
        &mut self,
        this: Resource<UdpSocket>,
        remote_address: Option<IpSocketAddress>,
    ) -> SocketResult<Streams> {
        let (rep, remote) = (this.rep(), remote_address.map(SocketAddr::from));
        self.attend();
        if let Some(cause) = self.udp(rep).and_then(UdpState::ended) {
            return Err(end_code(cause).into());
        }
        // A trap in wasmtime-wasi. WASI leaves it open, and BSD lets a socket connect as often as it likes.
        if self.udp(rep).is_some_and(UdpState::has_streams) {
            return Err(ErrorCode::InvalidState.into());
        }

        let feasible =
            |socket: &UdpState, remote| socket.listener().is_some() && socket.can_reach(remote);
        let mut names = [].into();
        let mut peer = None;
        if let Some(remote) = remote
            && self.udp(rep).is_some_and(|socket| feasible(socket, remote))
        {
            let destination = self.ctx.guard.lead(Protocol::Udp, remote);
            names = self.ctx.pins.names(destination.remote.ip());
            let decided = self
                .ctx
                .guard
                .connect(Protocol::Udp, destination, Arc::clone(&names));
            peer = Some((destination, decided.map_err(ErrorCode::from)?));
        }

        let destination = peer.as_ref().map(|(destination, _)| *destination);
        let remote = destination.map(|destination| destination.remote).or(remote);
        let announcement = destination.map(|to| self.ctx.backstop.announce_send(to.remote));
        let streams = self
            .stream_when_free(rep, remote.map(IpSocketAddress::from))
            .await;
        drop(announcement);
        let (incoming, outgoing) = streams?;
        let reps = [incoming.rep(), outgoing.rep()];
        let connected = destination.or(remote.map(Destination::from));
        self.ctx.udp.open(rep, connected, reps);
        if let Some(open) = self.udp(rep).and_then(UdpState::open) {
            open.set_peer(peer, names);
        }
        Ok((incoming, outgoing))
    }

    fn drop(&mut self, this: Resource<UdpSocket>) -> wasmtime::Result<()> {
        let rep = this.rep();
        HostUdpSocket::drop(&mut self.inner(), this)?;

        self.ctx.udp.remove(rep);
        Ok(())
    }

    /// What the guest asked for, if it was led elsewhere.
    fn remote_address(&mut self, this: Resource<UdpSocket>) -> SocketResult<IpSocketAddress> {
        let rep = this.rep();
        let remote = HostUdpSocket::remote_address(&mut self.inner(), this)?;
        let connected = self.udp(rep).and_then(|socket| socket.connected);
        let asked = connected.and_then(|connected| connected.asked);
        Ok(asked.map_or(remote, IpSocketAddress::from))
    }

    pass_on! {
        fn local_address() -> SocketResult<IpSocketAddress>;
        fn address_family() -> wasmtime::Result<IpAddressFamily>;
        fn unicast_hop_limit() -> SocketResult<u8>;
        fn set_unicast_hop_limit(value: u8) -> SocketResult<()>;
        fn receive_buffer_size() -> SocketResult<u64>;
        fn set_receive_buffer_size(value: u64) -> SocketResult<()>;
        fn send_buffer_size() -> SocketResult<u64>;
        fn set_send_buffer_size(value: u64) -> SocketResult<()>;
        fn subscribe() -> wasmtime::Result<Resource<DynPollable>>;
    }
}

impl NetCtxView<'_> {
    fn udp(&self, rep: u32) -> Option<&UdpState> {
        self.ctx.udp.get(rep)
    }

    /// Get the streams of a socket whose former streams may have left a task behind.
    ///
    /// A stream that waits for a datagram does so in a task, which holds the socket. When the stream is dropped, the
    /// task is told to end, and it does so a moment later, in a thread of its own. In that moment wasmtime-wasi traps.
    async fn stream_when_free(
        &mut self,
        rep: u32,
        remote: Option<IpSocketAddress>,
    ) -> SocketResult<Streams> {
        for attempt in 0..ATTEMPTS {
            let streams = HostUdpSocket::stream(&mut self.inner(), borrow(rep), remote).await;
            match streams {
                Err(error) => is_still_held(error)?,
                streams => return streams,
            }
            if attempt < IMMEDIATE_ATTEMPTS {
                tokio::task::yield_now().await;
            } else {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
        // The threads that run tasks have been busy with something else all the time.
        Err(ErrorCode::ConcurrencyConflict.into())
    }
}

/// Tell the one trap that passes from other errors, which are handed back. It has no type, so its words have to do.
fn is_still_held(error: SocketError) -> SocketResult<()> {
    let error = match error.downcast() {
        Ok(code) => return Err(code.into()),
        Err(error) => error,
    };
    if error.to_string().contains("needs exclusive access") {
        return Ok(());
    }
    Err(SocketError::trap(error))
}

/// A second name for a socket of the guest's; it does not own it.
fn borrow(rep: u32) -> Resource<UdpSocket> {
    Resource::new_borrow(rep)
}
