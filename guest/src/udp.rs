//! The UDP socket of WASI as core's backend.

use core::cell::{Cell, OnceCell};

use wasock_core::backend::{DatagramSocket, Message, Progress};
use wasock_core::sockopt::SockOpt;
use wasock_core::{Errno, Interest, SockAddr};

use crate::bindings::wasi::clocks::monotonic_clock;
use crate::bindings::wasi::io::poll::Pollable;
use crate::bindings::wasi::sockets::instance_network::instance_network;
use crate::bindings::wasi::sockets::network::ErrorCode;
use crate::bindings::wasi::sockets::udp::{
    IncomingDatagramStream, OutgoingDatagram, OutgoingDatagramStream, UdpSocket,
};
use crate::convert::{address_from_wasi, address_to_wasi};
use crate::errors::{Call, errno};
use crate::memory;
use crate::sockopt::{fixed, hops, read, set, set_fixed};
use crate::wait::Waitable;

/// How long the host gets to end a receive that nobody waits for any more, in nanoseconds.
///
/// wasmtime ends it in the background after the streams are dropped, and traps when new streams are asked
/// for before it has; WASI has no way to ask.
const SETTLE: u64 = 50_000_000;

/// No datagram is longer.
const LONGEST: usize = 64 * 1024;

/// A UDP socket of WASI.
///
/// The order of the fields is the order in which they are dropped, children before parents.
pub(crate) struct Udp {
    streams: OnceCell<Streams>,
    socket: UdpSocket,
    /// The peer that the pair is for, or will be.
    peer: Option<SockAddr>,
    /// Whether a receive may be under way in the host: one that found nothing, or that a wait has begun.
    receiving: Cell<bool>,
}

/// The two directions. There is one pair at a time: a host traps when asked for a second one.
struct Streams {
    readable: OnceCell<Pollable>,
    writable: OnceCell<Pollable>,
    incoming: IncomingDatagramStream,
    outgoing: OutgoingDatagramStream,
}

impl Udp {
    pub(crate) fn new(socket: UdpSocket) -> Self {
        Self {
            streams: OnceCell::new(),
            socket,
            peer: None,
            receiving: Cell::new(false),
        }
    }

    /// The pair of a socket that was bound, made when it is first needed.
    fn streams(&self) -> Result<&Streams, Errno> {
        if self.streams.get().is_none() {
            let pair = Streams::new(&self.socket, self.peer.as_ref())?;
            // Nobody else could have set it in between.
            let _ = self.streams.set(pair);
        }
        self.streams.get().ok_or(Errno::Einval)
    }
}

impl DatagramSocket for Udp {
    fn bind(&mut self, address: &SockAddr) -> Result<(), Errno> {
        self.socket
            .start_bind(&instance_network(), address_to_wasi(address))
            .map_err(|code| errno(code, Call::Bind))?;
        loop {
            match self.socket.finish_bind() {
                Ok(()) => return Ok(()),
                Err(ErrorCode::WouldBlock) => self.socket.subscribe().block(),
                Err(code) => return Err(errno(code, Call::Bind)),
            }
        }
    }

    fn connect(&mut self, peer: Option<&SockAddr>) -> Result<(), Errno> {
        drop(self.streams.take());
        if self.receiving.take() {
            monotonic_clock::subscribe_duration(SETTLE).block();
        }
        // After a failure there is no pair; the next call makes one for the peer there was.
        let pair = Streams::new(&self.socket, peer)?;
        let _ = self.streams.set(pair);
        self.peer = peer.copied();
        Ok(())
    }

    fn receive(&mut self) -> Result<Progress<Message>, Errno> {
        memory::check(LONGEST)?;
        let received = self.streams()?.incoming.receive(1);
        self.receiving.set(true);
        match received {
            Ok(datagrams) => match datagrams.into_iter().next() {
                Some(datagram) => Ok(Progress::Done(Message {
                    data: datagram.data,
                    sender: address_from_wasi(datagram.remote_address),
                })),
                None => Ok(Progress::Pending),
            },
            Err(ErrorCode::WouldBlock) => Ok(Progress::Pending),
            Err(code) => Err(errno(code, Call::Receive)),
        }
    }

    /// Looking starts a receive, which connecting would have to end; so a socket that has not received yet does not
    /// begin here.
    fn take_queued(&mut self) -> Result<Progress<Message>, Errno> {
        if self.receiving.get() {
            self.receive()
        } else {
            Ok(Progress::Pending)
        }
    }

    fn send(&mut self, data: &[u8], to: Option<&SockAddr>) -> Result<Progress<()>, Errno> {
        let outgoing = &self.streams()?.outgoing;
        // A send without a permit traps.
        match outgoing.check_send() {
            Ok(0) | Err(ErrorCode::WouldBlock) => return Ok(Progress::Pending),
            Ok(_) => {}
            Err(code) => return Err(errno(code, Call::Send)),
        }
        let datagram = OutgoingDatagram {
            data: data.into(),
            remote_address: to.map(address_to_wasi),
        };
        match outgoing.send(&[datagram]) {
            Ok(0) | Err(ErrorCode::WouldBlock) => Ok(Progress::Pending),
            Ok(_) => Ok(Progress::Done(())),
            Err(code) => Err(errno(code, Call::Send)),
        }
    }

    fn getsockopt(&self, option: SockOpt) -> Result<i32, Errno> {
        let socket = &self.socket;
        read(match option {
            SockOpt::SoRcvbuf => socket.receive_buffer_size(),
            SockOpt::SoSndbuf => socket.send_buffer_size(),
            SockOpt::IpTtl | SockOpt::Ipv6UnicastHops => socket.unicast_hop_limit().map(u64::from),
            _ => fixed(option),
        })
    }

    fn setsockopt(&mut self, option: SockOpt, value: i32) -> Result<(), Errno> {
        let socket = &self.socket;
        let number = u64::from(value.unsigned_abs());
        set(match option {
            SockOpt::SoRcvbuf => socket.set_receive_buffer_size(number),
            SockOpt::SoSndbuf => socket.set_send_buffer_size(number),
            SockOpt::IpTtl | SockOpt::Ipv6UnicastHops => socket.set_unicast_hop_limit(hops(value)),
            _ => set_fixed(option, number),
        })
    }

    fn local_address(&self) -> Result<SockAddr, Errno> {
        self.socket
            .local_address()
            .map(address_from_wasi)
            .map_err(|code| errno(code, Call::Name))
    }
}

impl Waitable for Udp {
    fn pollable(&self, interest: Interest) -> Option<&Pollable> {
        let streams = self.streams().ok()?;
        match interest {
            Interest::Read => {
                self.receiving.set(true);
                Some(
                    streams
                        .readable
                        .get_or_init(|| streams.incoming.subscribe()),
                )
            }
            Interest::Write => Some(
                streams
                    .writable
                    .get_or_init(|| streams.outgoing.subscribe()),
            ),
            Interest::Connect | Interest::Accept | Interest::Never => None,
        }
    }
}

impl Streams {
    fn new(socket: &UdpSocket, peer: Option<&SockAddr>) -> Result<Self, Errno> {
        let (incoming, outgoing) = socket
            .stream(peer.map(address_to_wasi))
            .map_err(|code| errno(code, Call::ConnectDatagram))?;
        Ok(Self {
            readable: OnceCell::new(),
            writable: OnceCell::new(),
            incoming,
            outgoing,
        })
    }
}
