//! `wasi:sockets/udp` under the policy: datagrams.
//!
//! | call    | decided                                | refused                                                  |
//! |---------|----------------------------------------|----------------------------------------------------------|
//! | send    | the destination of each datagram       | access-denied if it is the first; or else what is before it is sent, and counted |
//! | receive | the sender of each datagram            | the datagram is dropped, next please                     |
//!
//! A decision is good for all datagrams between a socket and a peer in a direction, see [`peers`](super::peers). Destinations
//! that are many hosts at once are decided on like others; the policy has them among its special addresses.
//!
//! To send more datagrams than check-send has permitted is a trap, which is what WASI demands.
//!
//! A stream is ready to receive when there is a datagram, be it one that is to be dropped; `receive` then has nothing,
//! which is not an error, and the guest waits on. To drop an outgoing stream waits until the system has taken the last
//! datagram: that is for the machine to do, no peer can hold it up.

use std::net::SocketAddr;

use wasmtime::component::Resource;
use wasmtime_wasi::p2::bindings::sockets::network::ErrorCode;
use wasmtime_wasi::p2::bindings::sockets::udp::{
    HostIncomingDatagramStream, HostOutgoingDatagramStream, IncomingDatagram,
    IncomingDatagramStream, OutgoingDatagram, OutgoingDatagramStream,
};
use wasmtime_wasi::p2::{DynPollable, SocketResult};

use super::guard::Denied;
use super::peers::Setting;
use crate::NetCtxView;

/// How many datagrams one receive hands out at most, and after how many octets it has enough. It is what wasmtime-wasi hands
/// out.
const MAX_DATAGRAMS: u64 = 16;
const ENOUGH: usize = 64 * 1024;

/// How many refused datagrams one receive takes off the queue before it lets the guest have a turn.
const MAX_REFUSED_AT_ONCE: usize = 64;

impl HostIncomingDatagramStream for NetCtxView<'_> {
    fn receive(
        &mut self,
        this: Resource<IncomingDatagramStream>,
        max_results: u64,
    ) -> SocketResult<Vec<IncomingDatagram>> {
        let rep = this.rep();
        let mut wanted = max_results.min(MAX_DATAGRAMS);
        let mut datagrams = Vec::new();
        let (mut octets, mut refused) = (0, 0);
        while wanted > 0 && octets < ENOUGH && refused < MAX_REFUSED_AT_ONCE {
            let this = Resource::new_borrow(rep);
            let next = match HostIncomingDatagramStream::receive(&mut self.inner(), this, wanted) {
                // The next call has another error, or none.
                Err(_) if !datagrams.is_empty() => break,
                next => next?,
            };
            if next.is_empty() {
                break;
            }
            for datagram in next {
                if self
                    .may_receive(rep, datagram.remote_address.into())
                    .is_err()
                {
                    refused += 1;
                    continue;
                }
                wanted -= 1;
                octets += datagram.data.len();
                datagrams.push(datagram);
            }
        }
        Ok(datagrams)
    }

    fn subscribe(
        &mut self,
        this: Resource<IncomingDatagramStream>,
    ) -> wasmtime::Result<Resource<DynPollable>> {
        HostIncomingDatagramStream::subscribe(&mut self.inner(), this)
    }

    fn drop(&mut self, this: Resource<IncomingDatagramStream>) -> wasmtime::Result<()> {
        let rep = this.rep();
        HostIncomingDatagramStream::drop(&mut self.inner(), this)?;

        self.ctx.udp.close(rep);
        Ok(())
    }
}

impl HostOutgoingDatagramStream for NetCtxView<'_> {
    fn check_send(&mut self, this: Resource<OutgoingDatagramStream>) -> SocketResult<u64> {
        self.inner().check_send(this)
    }

    fn send(
        &mut self,
        this: Resource<OutgoingDatagramStream>,
        mut datagrams: Vec<OutgoingDatagram>,
    ) -> SocketResult<u64> {
        let rep = this.rep();
        let mut announcements = Vec::new();
        let mut attempted = datagrams.len();
        for (index, datagram) in datagrams.iter().enumerate() {
            let Some(peer) = self.destination(rep, datagram) else {
                // wasmtime-wasi says what is wrong with it, and does not look at what follows.
                attempted = index + 1;
                break;
            };
            if let Err(denied) = self.may_send(rep, peer) {
                if index == 0 {
                    return Err(ErrorCode::from(denied).into());
                }
                attempted = index;
                break;
            }
            announcements.push(self.ctx.backstop.announce_send(peer));
        }
        datagrams.truncate(attempted);
        // The backstop is asked before this returns, also for what is sent only later.
        HostOutgoingDatagramStream::send(&mut self.inner(), this, datagrams)
    }

    fn subscribe(
        &mut self,
        this: Resource<OutgoingDatagramStream>,
    ) -> wasmtime::Result<Resource<DynPollable>> {
        HostOutgoingDatagramStream::subscribe(&mut self.inner(), this)
    }

    async fn drop(&mut self, this: Resource<OutgoingDatagramStream>) -> wasmtime::Result<()> {
        let rep = this.rep();
        HostOutgoingDatagramStream::drop(&mut self.inner(), this).await?;

        self.ctx.udp.close(rep);
        Ok(())
    }
}

impl NetCtxView<'_> {
    /// Where a datagram goes to, if it gets as far as the operating system.
    fn destination(&mut self, stream: u32, datagram: &OutgoingDatagram) -> Option<SocketAddr> {
        /// What wasmtime-wasi takes.
        const LARGEST: usize = u16::MAX as usize;

        let socket = self.ctx.udp.of_stream(stream)?;
        let asked = datagram.remote_address.map(SocketAddr::from);
        let peer = asked.or(socket.connected)?;
        let is_for_another = socket.connected.is_some_and(|connected| connected != peer);
        let feasible = socket.can_reach(peer) && !is_for_another && datagram.data.len() <= LARGEST;
        feasible.then_some(peer)
    }

    fn may_send(&mut self, stream: u32, peer: SocketAddr) -> Result<(), Denied> {
        let ctx = &mut *self.ctx;
        let socket = ctx.udp.of_stream(stream).ok_or(Denied)?;
        let setting = Setting {
            guard: &ctx.guard,
            pins: &ctx.pins,
            listener: socket.listener().ok_or(Denied)?,
        };
        socket.peers.may_send(peer, &setting)
    }

    fn may_receive(&mut self, stream: u32, peer: SocketAddr) -> Result<(), Denied> {
        let ctx = &mut *self.ctx;
        let socket = ctx.udp.of_stream(stream).ok_or(Denied)?;
        let setting = Setting {
            guard: &ctx.guard,
            pins: &ctx.pins,
            listener: socket.listener().ok_or(Denied)?,
        };
        socket.peers.may_receive(peer, &setting)
    }
}
