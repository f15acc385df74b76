//! `wasi:sockets/tcp` under the policy: where each call is decided, and the calls that need no decision.
//!
//! | call           | decided                                | refused as                             |
//! |----------------|----------------------------------------|----------------------------------------|
//! | start-bind     | the address                            | access-denied                          |
//! | start-connect  | the peer                               | access-denied                          |
//! | start-listen   | the local address, by now known        | access-denied                          |
//! | accept         | the peer of each connection            | the connection is dropped, next please |
//!
//! A refused socket stays as it was: it can try another address. Calls that fail in any case (a wrong
//! state, an address of the other family) are left to wasmtime-wasi to answer; nothing is decided or
//! recorded, and nothing is announced to the backstop, so that nothing can come of them.

use std::net::SocketAddr;

use wasmtime::component::Resource;
use wasmtime_wasi::p2::bindings::sockets::network::{
    ErrorCode, IpAddressFamily, IpSocketAddress, Network,
};
use wasmtime_wasi::p2::bindings::sockets::tcp::{Host, HostTcpSocket, ShutdownType};
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream, DynPollable, SocketResult, TcpSocket};
use wasock_policy::{Listener, Protocol};

use super::socket_state::{Family, Phase, SocketState};
use super::streams;
use crate::NetCtxView;

/// How many refused connections one accept takes off the queue before it lets the guest have a turn.
const MAX_REFUSED_AT_ONCE: usize = 64;

/// What a connection consists of.
type Connection = (
    Resource<TcpSocket>,
    Resource<DynInputStream>,
    Resource<DynOutputStream>,
);

/// Calls that pass to wasmtime-wasi as they are.
macro_rules! pass_on {
    ($(fn $name:ident($($arg:ident: $ty:ty),*) -> $ret:ty;)*) => {
        $(fn $name(&mut self, this: Resource<TcpSocket>, $($arg: $ty),*) -> $ret {
            self.inner().$name(this, $($arg),*)
        })*
    };
}

impl Host for NetCtxView<'_> {}

impl HostTcpSocket for NetCtxView<'_> {
    async fn start_bind(
        &mut self,
        this: Resource<TcpSocket>,
        network: Resource<Network>,
        local_address: IpSocketAddress,
    ) -> SocketResult<()> {
        let (rep, local) = (this.rep(), SocketAddr::from(local_address));
        let feasible = self
            .socket(rep)
            .is_some_and(|socket| socket.can_bind(local));
        let announcement = if feasible {
            let decided = self.ctx.guard.bind(Protocol::Tcp, local);
            decided.map_err(ErrorCode::from)?;
            Some(self.ctx.backstop.announce_bind(local))
        } else {
            None
        };

        let bound = self.inner().start_bind(this, network, local_address).await;
        drop(announcement);
        bound?;

        self.ctx.sockets.set_phase(rep, Phase::Binding);
        self.ctx.sockets.set_requested(rep, local);
        Ok(())
    }

    fn finish_bind(&mut self, this: Resource<TcpSocket>) -> SocketResult<()> {
        let rep = this.rep();
        self.inner().finish_bind(this)?;

        self.ctx.sockets.set_phase(rep, Phase::Bound);
        Ok(())
    }

    fn start_connect(
        &mut self,
        this: Resource<TcpSocket>,
        network: Resource<Network>,
        remote_address: IpSocketAddress,
    ) -> SocketResult<()> {
        let (rep, remote) = (this.rep(), SocketAddr::from(remote_address));
        let feasible = self
            .socket(rep)
            .is_some_and(|socket| socket.can_connect(remote));
        if !feasible {
            return self.inner().start_connect(this, network, remote_address);
        }

        let names = self.ctx.pins.names(remote.ip());
        let decided = self.ctx.guard.connect(Protocol::Tcp, remote, names);
        decided.map_err(ErrorCode::from)?;

        self.inner().start_connect(this, network, remote_address)?;
        let announcement = self.ctx.backstop.announce_connect(remote);
        self.ctx
            .sockets
            .set_phase(rep, Phase::Connecting(announcement));
        Ok(())
    }

    fn finish_connect(
        &mut self,
        this: Resource<TcpSocket>,
    ) -> SocketResult<(Resource<DynInputStream>, Resource<DynOutputStream>)> {
        let rep = this.rep();
        match self.inner().finish_connect(this) {
            Ok((input, output)) => {
                streams::wrap(self.table, &input, &output, &self.ctx.lingering)?;
                self.ctx.sockets.set_phase(rep, Phase::Connected);
                Ok((input, output))
            }
            Err(error) => {
                let unfinished = matches!(
                    error.downcast_ref(),
                    Some(ErrorCode::WouldBlock | ErrorCode::NotInProgress)
                );
                if !unfinished {
                    self.ctx.sockets.set_phase(rep, Phase::Closed);
                }
                Err(error)
            }
        }
    }

    async fn start_listen(&mut self, this: Resource<TcpSocket>) -> SocketResult<()> {
        let rep = this.rep();
        let Some(requested) = self.socket(rep).and_then(SocketState::listen_intent) else {
            return self.inner().start_listen(this).await;
        };
        let local = SocketAddr::from(self.inner().local_address(borrow(rep))?);

        let listener = Listener {
            address: local,
            ephemeral: requested.port() == 0,
        };
        self.ctx.guard.listen(listener).map_err(ErrorCode::from)?;

        let announcement = self.ctx.backstop.announce_listen(local);
        let listening = self.inner().start_listen(this).await;
        drop(announcement);
        let phase = match listening {
            Ok(()) => Phase::Listening(listener),
            Err(_) => Phase::Closed,
        };
        self.ctx.sockets.set_phase(rep, phase);
        listening
    }

    fn accept(&mut self, this: Resource<TcpSocket>) -> SocketResult<Connection> {
        let rep = this.rep();
        for _ in 0..MAX_REFUSED_AT_ONCE {
            let connection = self.inner().accept(borrow(rep))?;
            if self.admit(rep, &connection)? {
                return Ok(connection);
            }
            self.refuse(connection)?;
        }
        Err(ErrorCode::WouldBlock.into())
    }

    fn drop(&mut self, this: Resource<TcpSocket>) -> wasmtime::Result<()> {
        let rep = this.rep();
        self.inner().drop(this)?;

        self.ctx.sockets.remove(rep);
        Ok(())
    }

    pass_on! {
        fn finish_listen() -> SocketResult<()>;
        fn local_address() -> SocketResult<IpSocketAddress>;
        fn remote_address() -> SocketResult<IpSocketAddress>;
        fn is_listening() -> wasmtime::Result<bool>;
        fn address_family() -> wasmtime::Result<IpAddressFamily>;
        fn set_listen_backlog_size(value: u64) -> SocketResult<()>;
        fn keep_alive_enabled() -> SocketResult<bool>;
        fn set_keep_alive_enabled(value: bool) -> SocketResult<()>;
        fn keep_alive_idle_time() -> SocketResult<u64>;
        fn set_keep_alive_idle_time(value: u64) -> SocketResult<()>;
        fn keep_alive_interval() -> SocketResult<u64>;
        fn set_keep_alive_interval(value: u64) -> SocketResult<()>;
        fn keep_alive_count() -> SocketResult<u32>;
        fn set_keep_alive_count(value: u32) -> SocketResult<()>;
        fn hop_limit() -> SocketResult<u8>;
        fn set_hop_limit(value: u8) -> SocketResult<()>;
        fn receive_buffer_size() -> SocketResult<u64>;
        fn set_receive_buffer_size(value: u64) -> SocketResult<()>;
        fn send_buffer_size() -> SocketResult<u64>;
        fn set_send_buffer_size(value: u64) -> SocketResult<()>;
        fn subscribe() -> wasmtime::Result<Resource<DynPollable>>;
        fn shutdown(shutdown_type: ShutdownType) -> SocketResult<()>;
    }
}

impl NetCtxView<'_> {
    fn socket(&self, rep: u32) -> Option<&SocketState> {
        self.ctx.sockets.get(rep)
    }

    /// Decide about the peer of a connection that `listener` has accepted.
    fn admit(&mut self, listener: u32, connection: &Connection) -> SocketResult<bool> {
        let (socket, input, output) = connection;
        let local = self.inner().local_address(borrow(socket.rep()));
        let peer = self.inner().remote_address(borrow(socket.rep()));
        // Without a peer the connection is reset already, and there is nothing to decide about.
        let (Ok(local), Ok(peer)) = (local, peer) else {
            return Ok(false);
        };

        let (local, peer) = (SocketAddr::from(local), SocketAddr::from(peer));
        let Some(listener) = self.socket(listener).and_then(SocketState::listener) else {
            return Ok(false);
        };
        if self.ctx.guard.accept(listener, local, peer).is_err() {
            return Ok(false);
        }

        streams::wrap(self.table, input, output, &self.ctx.lingering)?;
        let family = match peer {
            SocketAddr::V4(_) => Family::V4,
            SocketAddr::V6(_) => Family::V6,
        };
        let state = SocketState::new(family, Phase::Connected);
        self.ctx.sockets.insert(socket.rep(), state);
        Ok(true)
    }

    /// Close a connection that the guest never sees: children first.
    fn refuse(&mut self, (socket, input, output): Connection) -> SocketResult<()> {
        self.table.delete(output)?;
        self.table.delete(input)?;
        self.table.delete(socket)?;
        Ok(())
    }
}

/// A second name for a socket of the guest's; it does not own it.
fn borrow(rep: u32) -> Resource<TcpSocket> {
    Resource::new_borrow(rep)
}
