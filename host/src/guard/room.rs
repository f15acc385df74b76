//! Room for one more connection that a peer makes.

use std::future::Future as _;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};

use wasmtime::component::Resource;
use wasmtime_wasi::p2::bindings::sockets::network::ErrorCode;
use wasmtime_wasi::p2::bindings::sockets::tcp::HostTcpSocket as _;
use wasmtime_wasi::p2::{Pollable as _, SocketResult, TcpSocket};
use wasock_policy::{Direction, Limit, Protocol};

use super::guard::Guard;
use crate::NetCtxView;
use crate::account::{Exceeded, Grant, Terms};
use crate::audit::Refused;

/// What an accepted connection takes up. If none is accepted, it is given back.
pub(crate) struct Room {
    socket: Grant,
    connection: Grant,
    ever: Grant,
}

impl Room {
    fn take(terms: Arc<Terms>) -> Result<Self, Exceeded> {
        let take = |limit| Grant::take(Arc::clone(&terms), limit, 1);
        Ok(Self {
            socket: take(Limit::Sockets)?,
            connection: take(Limit::Connections)?,
            ever: take(Limit::TotalConnections)?,
        })
    }

    /// A connection is accepted. Returns what it holds: one of the sockets, and one of the connections.
    pub(crate) fn occupy(self, guard: &Guard) -> (Grant, Grant) {
        self.ever.spend();
        for limit in [Limit::Sockets, Limit::Connections] {
            guard.replenished(limit);
        }
        let terms = guard.in_force().terms;
        if terms.set(Limit::AcceptRate) {
            terms.pass(Limit::AcceptRate, 1, guard.now());
        }
        (self.socket, self.connection)
    }
}

impl NetCtxView<'_> {
    /// Room for one more, of a socket that listens. An error if there is none although somebody waits, who stays in the queue.
    pub(super) fn room_for_one(&mut self, listener: u32) -> SocketResult<Room> {
        let guard = self.ctx.guard.clone();
        let exceeded = match Room::take(guard.in_force().terms) {
            Ok(room) => return Ok(room),
            Err(exceeded) => exceeded,
        };
        let listener = || Resource::<TcpSocket>::new_borrow(listener);
        let socket = self.table.get_mut(&listener())?;
        let looked = pin!(socket.ready()).poll(&mut Context::from_waker(Waker::noop()));
        if looked.is_pending() {
            return Err(ErrorCode::WouldBlock.into());
        }
        let local = self.inner().local_address(listener()).ok();
        guard.exhausted(&exceeded, || Refused::Connection {
            protocol: Protocol::Tcp,
            direction: Direction::Inbound,
            local: local.map(SocketAddr::from),
            remote: None,
        });
        Err(ErrorCode::from(exceeded).into())
    }
}
