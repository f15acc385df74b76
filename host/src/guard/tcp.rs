//! `wasi:sockets/tcp` under the policy: where each call is decided, and the calls that need no decision.
//!
//! | call           | decided                                | refused as                             |
//! |----------------|----------------------------------------|----------------------------------------|
//! | start-bind     | the address                            | access-denied                          |
//! | start-connect  | the peer                               | access-denied                          |
//! | start-listen   | the local address, by now known        | access-denied                          |
//! | accept         | the peer of each connection            | the connection is dropped, next please |
//!
//! A connect and an accept take up a part of the guest's budget, see [`spend`](super::spend); an attempt to connect has a
//! time, and accepting has a rate. A connect goes where the policy [leads](super::destination) it, which the guest does not
//! see.
//!
//! A refused socket stays as it was: it can try another address. A socket that has [ended](super::attend) without the guest
//! answers with the reason. Calls that fail in any case (a wrong state, an address of the other family) are left to
//! wasmtime-wasi to answer; nothing is decided or recorded, and nothing is announced to the backstop, so that nothing can
//! come of them.

use std::net::SocketAddr;

use wasmtime::component::Resource;
use wasmtime_wasi::p2::bindings::sockets::network::{
    ErrorCode, IpAddressFamily, IpSocketAddress, Network,
};
use wasmtime_wasi::p2::bindings::sockets::tcp::{Host, HostTcpSocket, ShutdownType};
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream, DynPollable, SocketResult, TcpSocket};
use wasock_policy::{Direction, Limit, Listener, Protocol};

use super::gates::{Gate, Gated};
use super::open::About;
use super::room::Room;
use super::socket_state::{Attempt, Family, Phase, SocketState};
use super::spend::end_code;
use super::streams;
use crate::NetCtxView;
use crate::audit::Cause;

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
        self.still_open(rep)?;
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
        self.still_open(rep)?;
        let feasible = self
            .socket(rep)
            .is_some_and(|socket| socket.can_connect(remote));
        if !feasible {
            return self.inner().start_connect(this, network, remote_address);
        }

        let guard = self.ctx.guard.clone();
        let destination = guard.lead(Protocol::Tcp, remote);
        let remote = destination.remote;
        let names = self.ctx.pins.names(remote.ip());
        let decided = guard.connect_within_limits(destination, names.clone());
        let (granted, grant) = decided.map_err(ErrorCode::from)?;

        self.inner().start_connect(this, network, remote.into())?;
        let about = About {
            protocol: Protocol::Tcp,
            direction: Direction::Outbound,
            local: None,
            remote: Some(remote),
            asked: destination.asked,
            names,
        };
        let attempt = Attempt {
            open: guard.open(about, granted).holding(grant).attempted(),
            deadline: guard.connect_deadline(),
            announcement: self.ctx.backstop.announce_connect(remote),
        };
        self.ctx.sockets.set_phase(rep, Phase::Connecting(attempt));
        Ok(())
    }

    fn finish_connect(
        &mut self,
        this: Resource<TcpSocket>,
    ) -> SocketResult<(Resource<DynInputStream>, Resource<DynOutputStream>)> {
        let rep = this.rep();
        self.still_open(rep)?;
        let error = match self.inner().finish_connect(this) {
            Ok((input, output)) => {
                let local = self.inner().local_address(borrow(rep)).ok();
                let local = local.map(SocketAddr::from);
                if let Some(open) = self.ctx.sockets.establish(rep, local) {
                    streams::wrap(self.table, &input, &output, open, &self.ctx.lingering)?;
                }
                return Ok((input, output));
            }
            Err(error) => error,
        };
        match error.downcast_ref() {
            Some(ErrorCode::WouldBlock) => self.give_up_if_late(rep)?,
            Some(ErrorCode::NotInProgress) => {}
            _ => self.ctx.sockets.set_phase(rep, Phase::Closed),
        }
        Err(error)
    }

    async fn start_listen(&mut self, this: Resource<TcpSocket>) -> SocketResult<()> {
        let rep = this.rep();
        self.still_open(rep)?;
        let Some(requested) = self.socket(rep).and_then(SocketState::listen_intent) else {
            return self.inner().start_listen(this).await;
        };
        let local = SocketAddr::from(self.inner().local_address(borrow(rep))?);

        let listener = Listener {
            address: local,
            ephemeral: requested.port() == 0,
        };
        let granted = self.ctx.guard.listen(listener);
        let granted = granted.map_err(ErrorCode::from)?;

        let announcement = self.ctx.backstop.announce_listen(local);
        let listening = self.inner().start_listen(this).await;
        drop(announcement);
        let phase = match listening {
            Ok(()) => {
                let about = About {
                    protocol: Protocol::Tcp,
                    direction: Direction::Inbound,
                    local: Some(local),
                    remote: None,
                    asked: None,
                    names: [].into(),
                };
                Phase::Listening(listener, self.ctx.guard.open(about, granted))
            }
            Err(_) => Phase::Closed,
        };
        self.ctx.sockets.set_phase(rep, phase);
        listening
    }

    fn accept(&mut self, this: Resource<TcpSocket>) -> SocketResult<Connection> {
        let rep = this.rep();
        self.still_open(rep)?;
        if self.socket(rep).and_then(SocketState::listener).is_none() {
            return self.inner().accept(this);
        }
        for _ in 0..MAX_REFUSED_AT_ONCE {
            if let Gate::ClosedFor(_) = self.ctx.gate_of_socket(rep) {
                break;
            }
            let room = self.room_for_one(rep)?;
            let connection = self.inner().accept(borrow(rep))?;
            if self.admit(rep, &connection, room)? {
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

    /// What the guest asked for, if it was led elsewhere.
    fn remote_address(&mut self, this: Resource<TcpSocket>) -> SocketResult<IpSocketAddress> {
        let rep = this.rep();
        let remote = self.inner().remote_address(this)?;
        let asked = self.socket(rep).and_then(SocketState::asked);
        Ok(asked.map_or(remote, IpSocketAddress::from))
    }

    fn subscribe(&mut self, this: Resource<TcpSocket>) -> wasmtime::Result<Resource<DynPollable>> {
        let rep = this.rep();
        let pollable = self.inner().subscribe(this)?;

        self.ctx.gates.insert(pollable.rep(), Gated::Socket(rep));
        Ok(pollable)
    }

    pass_on! {
        fn finish_listen() -> SocketResult<()>;
        fn local_address() -> SocketResult<IpSocketAddress>;
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
        fn shutdown(shutdown_type: ShutdownType) -> SocketResult<()>;
    }
}

impl NetCtxView<'_> {
    fn socket(&self, rep: u32) -> Option<&SocketState> {
        self.ctx.sockets.get(rep)
    }

    /// Close what has ended; an error if this socket is one of them.
    fn still_open(&mut self, rep: u32) -> Result<(), ErrorCode> {
        self.attend();
        match self.socket(rep).and_then(SocketState::ended) {
            Some(cause) => Err(end_code(cause)),
            None => Ok(()),
        }
    }

    /// End an attempt to connect whose time is over.
    fn give_up_if_late(&mut self, rep: u32) -> Result<(), ErrorCode> {
        let guard = self.ctx.guard.clone();
        let Some(Phase::Connecting(attempt)) = self.socket(rep).map(|socket| &socket.phase) else {
            return Ok(());
        };
        let is_late = |deadline| guard.now() >= deadline;
        if !attempt.deadline.is_some_and(is_late) {
            return Ok(());
        }
        let open = attempt.open.shared();
        open.end(Cause::Limit(Limit::ConnectTime));
        if let Some(exceeded) = guard.in_force().terms.time_over(Limit::ConnectTime) {
            guard.exhausted(&exceeded, || open.refused());
        }
        self.still_open(rep)
    }

    /// Decide about the peer of a connection that `listener` has accepted.
    fn admit(&mut self, listener: u32, connection: &Connection, room: Room) -> SocketResult<bool> {
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
        let Ok(granted) = self.ctx.guard.accept(listener, local, peer) else {
            return Ok(false);
        };

        let about = About {
            protocol: Protocol::Tcp,
            direction: Direction::Inbound,
            local: Some(local),
            remote: Some(peer),
            asked: None,
            names: [].into(),
        };
        let (of_sockets, of_connections) = room.occupy(&self.ctx.guard);
        let open = self.ctx.guard.open(about, granted).holding(of_connections);
        let lingering = &self.ctx.lingering;
        streams::wrap(self.table, input, output, open.shared(), lingering)?;
        let family = match peer {
            SocketAddr::V4(_) => Family::V4,
            SocketAddr::V6(_) => Family::V6,
        };
        let state = SocketState::new(family, Phase::Connected(open), of_sockets);
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
