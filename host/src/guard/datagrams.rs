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
//! What a socket receives and sends counts against the limits of bytes, each datagram as a whole: one that does not fit is not
//! sent, or is dropped, and the guest is told out-of-memory. A rate lets a datagram pass as long as it owes nothing.
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

use super::destination::Destination;
use super::gates::Gated;
use super::guard::{Denied, Refusal};
use super::link::Way;
use super::peers::Setting;
use super::spend::end_code;
use super::udp_state::UdpState;
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
        self.stream_still_open(rep)?;
        let mut wanted = max_results.min(MAX_DATAGRAMS);
        let mut datagrams = Vec::new();
        let (mut octets, mut refused) = (0, 0);
        while wanted > 0 && octets < ENOUGH && refused < MAX_REFUSED_AT_ONCE {
            let at_once = self.permit(rep, Way::In, wanted);
            if at_once == 0 {
                break;
            }
            let this = Resource::new_borrow(rep);
            let next = match HostIncomingDatagramStream::receive(&mut self.inner(), this, at_once) {
                // The next call has another error, or none.
                Err(_) if !datagrams.is_empty() => break,
                next => next?,
            };
            if next.is_empty() {
                break;
            }
            for mut datagram in next {
                let (peer, bytes) = (datagram.remote_address.into(), datagram.data.len() as u64);
                if let Err(refusal) = self.take_in(rep, peer, bytes) {
                    // The guest learns of what does not fit, and not of what is none of its business.
                    if refusal != Refusal::Denied && datagrams.is_empty() {
                        return Err(ErrorCode::from(refusal).into());
                    }
                    refused += 1;
                    continue;
                }
                wanted -= 1;
                octets += datagram.data.len();
                datagram.remote_address = self.shown(rep, peer).into();
                datagrams.push(datagram);
            }
        }
        Ok(datagrams)
    }

    fn subscribe(
        &mut self,
        this: Resource<IncomingDatagramStream>,
    ) -> wasmtime::Result<Resource<DynPollable>> {
        let rep = this.rep();
        let pollable = HostIncomingDatagramStream::subscribe(&mut self.inner(), this)?;

        let gated = Gated::Incoming(rep);
        self.ctx.gates.insert(pollable.rep(), gated);
        Ok(pollable)
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
        let rep = this.rep();
        self.stream_still_open(rep)?;
        let permit = self.inner().check_send(this)?;
        Ok(self.permit(rep, Way::Out, permit))
    }

    fn send(
        &mut self,
        this: Resource<OutgoingDatagramStream>,
        mut datagrams: Vec<OutgoingDatagram>,
    ) -> SocketResult<u64> {
        let rep = this.rep();
        self.stream_still_open(rep)?;
        let mut announcements = Vec::new();
        let mut paid = Vec::new();
        let mut attempted = datagrams.len();
        for (index, datagram) in datagrams.iter_mut().enumerate() {
            let Some(to) = self.address(rep, datagram) else {
                // wasmtime-wasi says what is wrong with it, and does not look at what follows.
                attempted = index + 1;
                break;
            };
            // What comes after the first has not been permitted yet.
            if index > 0 && self.permit(rep, Way::Out, 1) == 0 {
                attempted = index;
                break;
            }
            let bytes = datagram.data.len() as u64;
            if let Err(refusal) = self.send_out(rep, to, bytes) {
                if index == 0 {
                    return Err(ErrorCode::from(refusal).into());
                }
                attempted = index;
                break;
            }
            announcements.push(self.ctx.backstop.announce_send(to.remote));
            paid.push(bytes);
        }
        datagrams.truncate(attempted);
        // The backstop is asked before this returns, also for what is sent only later.
        let sent = HostOutgoingDatagramStream::send(&mut self.inner(), this, datagrams);
        let passed = sent.as_ref().map_or(0, |sent| *sent);
        self.settle(rep, &paid, passed);
        sent
    }

    fn subscribe(
        &mut self,
        this: Resource<OutgoingDatagramStream>,
    ) -> wasmtime::Result<Resource<DynPollable>> {
        let rep = this.rep();
        let pollable = HostOutgoingDatagramStream::subscribe(&mut self.inner(), this)?;

        let gated = Gated::Outgoing(rep);
        self.ctx.gates.insert(pollable.rep(), gated);
        Ok(pollable)
    }

    async fn drop(&mut self, this: Resource<OutgoingDatagramStream>) -> wasmtime::Result<()> {
        let rep = this.rep();
        HostOutgoingDatagramStream::drop(&mut self.inner(), this).await?;

        self.ctx.udp.close(rep);
        Ok(())
    }
}

impl NetCtxView<'_> {
    /// Address a datagram to where it goes; that is told if it gets as far as the operating system.
    fn address(&mut self, stream: u32, datagram: &mut OutgoingDatagram) -> Option<Destination> {
        /// What wasmtime-wasi takes.
        const LARGEST: usize = u16::MAX as usize;

        let ctx = &mut *self.ctx;
        let socket = ctx.udp.of_stream(stream)?;
        let mut asked = datagram.remote_address.map(SocketAddr::from);
        if let Some(connected) = socket.connected {
            asked = asked.map(|asked| connected.translate(asked));
            datagram.remote_address = asked.map(Into::into);
        }
        let connected = socket.connected.map(|connected| connected.remote);
        let peer = asked.or(connected)?;
        let is_for_another = connected.is_some_and(|connected| connected != peer);
        let feasible = socket.can_reach(peer) && !is_for_another && datagram.data.len() <= LARGEST;
        if !feasible {
            return None;
        }
        let setting = Setting {
            guard: &ctx.guard,
            pins: &ctx.pins,
            listener: socket.listener()?,
        };
        let connected = socket.connected;
        let to = connected.unwrap_or_else(|| socket.peers.lead(peer, &setting));
        datagram.remote_address = asked.map(|_| to.remote.into());
        Some(to)
    }

    /// What the guest sees of a peer that it has received from.
    fn shown(&mut self, stream: u32, peer: SocketAddr) -> SocketAddr {
        let ctx = &mut *self.ctx;
        let Some(socket) = ctx.udp.of_stream(stream) else {
            return peer;
        };
        if let Some(connected) = socket.connected {
            return connected.asked.unwrap_or(peer);
        }
        let Some(listener) = socket.listener() else {
            return peer;
        };
        let setting = Setting {
            guard: &ctx.guard,
            pins: &ctx.pins,
            listener,
        };
        socket.peers.shown(peer, &setting)
    }

    /// An error if the socket has ended.
    fn stream_still_open(&mut self, stream: u32) -> Result<(), ErrorCode> {
        self.attend();
        let socket = self.ctx.udp.get_by_stream(stream);
        match socket.and_then(UdpState::ended) {
            Some(cause) => Err(end_code(cause)),
            None => Ok(()),
        }
    }

    /// How many of `wanted` datagrams may pass now.
    fn permit(&self, stream: u32, way: Way, wanted: u64) -> u64 {
        let open = self.ctx.udp.open_by_stream(stream);
        open.map_or(wanted, |open| open.permit(way, wanted))
    }

    /// Decide whether the guest gets a datagram, and count it.
    fn take_in(&mut self, stream: u32, peer: SocketAddr, bytes: u64) -> Result<(), Refusal> {
        let decided = self.may_receive(stream, peer);
        let open = self.ctx.udp.open_by_stream(stream).ok_or(Denied)?;
        decided.inspect_err(|_| open.flow(Way::In).add_refused())?;
        open.pay(Way::In, bytes)?;
        open.flow(Way::In).add_datagram(bytes);
        Ok(())
    }

    /// Decide whether a datagram is sent, which is counted when it has been.
    fn send_out(&mut self, stream: u32, to: Destination, bytes: u64) -> Result<(), Refusal> {
        let decided = self.may_send(stream, to);
        let open = self.ctx.udp.open_by_stream(stream).ok_or(Denied)?;
        decided.inspect_err(|_| open.flow(Way::Out).add_refused())?;
        open.pay(Way::Out, bytes)?;
        Ok(())
    }

    /// Count those of the datagrams that were sent, and pay the others back.
    fn settle(&self, stream: u32, paid: &[u64], sent: u64) {
        let Some(open) = self.ctx.udp.open_by_stream(stream) else {
            return;
        };
        for (bytes, number) in paid.iter().zip(0..) {
            if number < sent {
                open.flow(Way::Out).add_datagram(*bytes);
            } else {
                open.pay_back(Way::Out, *bytes);
            }
        }
    }

    fn may_send(&mut self, stream: u32, to: Destination) -> Result<(), Denied> {
        let ctx = &mut *self.ctx;
        let socket = ctx.udp.of_stream(stream).ok_or(Denied)?;
        let setting = Setting {
            guard: &ctx.guard,
            pins: &ctx.pins,
            listener: socket.listener().ok_or(Denied)?,
        };
        socket.peers.may_send(to, &setting)
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
