//! The calls under test: one of `wasock:net` for each.

use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use wasock_conformance::Api;
use wasock_conformance::api::{
    self, AddrInfo, AnyFamily, AnyType, Question, Ready, ReceivedInto, Shutdown,
};
use wasock_core::flags::MsgFlags;
use wasock_core::names::{Eai, NameInfoFlags};
use wasock_core::readiness::Readiness;
use wasock_core::sockopt::SockOpt;
use wasock_core::{Errno, Received, SockAddr};
use wasock_guest::net::{inet, options, resolver, sockets};
use wasock_guest::raw::wasi::cli::stdout::get_stdout;
use wasock_guest::raw::wasi::io::streams::OutputStream;

use crate::convert::{
    addrinfo, addrinfo_flags, any_family, any_type, eai, errno, family, flags, how, kind,
    nameinfo_flags, readiness, seconds, wanted,
};
use crate::sockopt;

/// `wasock:net`, whoever supplies it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Component;

/// A socket of it.
pub(crate) struct Socket(sockets::Socket);

/// A buffer of it.
pub(crate) struct Buffer(sockets::Buffer);

/// A lookup of it.
pub(crate) struct Lookup(resolver::Lookup);

/// A poller of it.
pub(crate) struct Poller(sockets::Poller);

/// An event source of it: the standard output, which takes what is written at any time.
pub(crate) struct Source {
    source: sockets::EventSource,
    /// Dropped after what watches it.
    _stream: OutputStream,
}

impl Api for Component {
    type Socket = Socket;
    type Buffer = Buffer;
    type Lookup = Lookup;
    type Source = Source;
    type Poller = Poller;

    fn create(&self, any: AnyFamily, any_kind: AnyType, protocol: u32) -> Result<Socket, Errno> {
        sockets::Socket::create(family(any), kind(any_kind), protocol)
            .map(Socket)
            .map_err(errno)
    }

    fn buffer(&self, size: u32) -> Result<Buffer, Errno> {
        sockets::Buffer::create(size).map(Buffer).map_err(errno)
    }

    fn source(&self) -> Source {
        let stream = get_stdout();
        Source {
            source: wasock_guest::net::pollables::from_pollable(stream.subscribe()),
            _stream: stream,
        }
    }

    fn poll(
        &self,
        these: &[(&Socket, Readiness)],
        lookups: &[&Lookup],
        sources: &[&Source],
        timeout: Option<Duration>,
    ) -> Result<Ready, Errno> {
        let these: Vec<_> = these
            .iter()
            .map(|(socket, readiness)| (&socket.0, wanted(*readiness)))
            .collect();
        let lookups: Vec<_> = lookups.iter().map(|lookup| &lookup.0).collect();
        let sources: Vec<_> = sources.iter().map(|source| &source.source).collect();
        let ready = sockets::poll(&these, &lookups, &sources, seconds(timeout)).map_err(errno)?;
        let sockets = ready.sockets.into_iter();
        Ok(Ready {
            sockets: sockets.map(|(at, it)| (at, readiness(it))).collect(),
            lookups: ready.lookups,
            sources: ready.sources,
        })
    }

    fn poller(&self) -> Result<Poller, Errno> {
        sockets::Poller::create().map(Poller).map_err(errno)
    }

    fn getaddrinfo(
        &self,
        question: &Question<'_>,
        timeout: Option<Duration>,
    ) -> Result<Vec<AddrInfo>, Eai> {
        resolver::getaddrinfo(
            question.host,
            question.service,
            family(question.family),
            kind(question.kind),
            question.protocol,
            addrinfo_flags(question.flags),
            seconds(timeout),
        )
        .map(|list| list.into_iter().map(addrinfo).collect())
        .map_err(eai)
    }

    fn getnameinfo(
        &self,
        address: SockAddr,
        flags: NameInfoFlags,
    ) -> Result<(String, String), Eai> {
        resolver::getnameinfo(address.into(), nameinfo_flags(flags)).map_err(eai)
    }

    fn lookup(&self, question: &Question<'_>) -> Result<Lookup, Eai> {
        resolver::Lookup::start(
            question.host,
            question.service,
            family(question.family),
            kind(question.kind),
            question.protocol,
            addrinfo_flags(question.flags),
        )
        .map(Lookup)
        .map_err(eai)
    }

    fn supported(&self) -> Vec<SockOpt> {
        let names = options::supported().into_iter();
        names.filter_map(sockopt::named).collect()
    }

    fn inet_aton(&self, text: &str) -> Result<Vec<u8>, Errno> {
        inet::inet_aton(text).map_err(errno)
    }

    fn inet_ntoa(&self, packed: &[u8]) -> Result<String, Errno> {
        inet::inet_ntoa(packed).map_err(errno)
    }

    fn inet_pton(&self, any: AnyFamily, text: &str) -> Result<Vec<u8>, Errno> {
        inet::inet_pton(family(any), text).map_err(errno)
    }

    fn inet_ntop(&self, any: AnyFamily, packed: &[u8]) -> Result<String, Errno> {
        inet::inet_ntop(family(any), packed).map_err(errno)
    }
}

impl api::Buffer for Buffer {
    fn size(&self) -> u32 {
        self.0.len()
    }

    fn read(&self, offset: u32, length: u32) -> Result<Vec<u8>, Errno> {
        self.0.read(offset, length).map_err(errno)
    }

    fn write(&self, offset: u32, data: &[u8]) -> Result<(), Errno> {
        self.0.write(offset, data).map_err(errno)
    }

    fn close(&self) {
        self.0.close();
    }
}

impl api::Lookup for Lookup {
    fn finish(&self) -> Result<Vec<AddrInfo>, Eai> {
        let list = self.0.finish().map_err(eai)?;
        Ok(list.into_iter().map(addrinfo).collect())
    }

    fn cancel(&self) {
        self.0.cancel();
    }

    fn close(&self) {
        self.0.close();
    }
}

impl api::Poller<Component> for Poller {
    fn add(&self, socket: &Socket, readiness: Readiness, token: u32) -> Result<(), Errno> {
        self.0
            .add(&socket.0, wanted(readiness), token)
            .map_err(errno)
    }

    fn add_lookup(&self, lookup: &Lookup, token: u32) -> Result<(), Errno> {
        self.0.add_lookup(&lookup.0, token).map_err(errno)
    }

    fn add_source(&self, source: &Source, token: u32) -> Result<(), Errno> {
        self.0.add_source(&source.source, token).map_err(errno)
    }

    fn modify(&self, token: u32, readiness: Readiness) -> Result<(), Errno> {
        self.0.modify(token, wanted(readiness)).map_err(errno)
    }

    fn remove(&self, token: u32) -> Result<(), Errno> {
        self.0.remove(token).map_err(errno)
    }

    fn wait(&self, max: u32, timeout: Option<Duration>) -> Result<Vec<(u32, Readiness)>, Errno> {
        let events = self.0.wait(max, seconds(timeout)).map_err(errno)?;
        let events = events.into_iter();
        Ok(events
            .map(|event| (event.token, readiness(event.readiness)))
            .collect())
    }

    fn close(&self) {
        self.0.close();
    }
}

impl api::Socket for Socket {
    type Buffer = Buffer;

    fn bind(&self, address: SockAddr) -> Result<(), Errno> {
        self.0.bind(address.into()).map_err(errno)
    }

    fn listen(&self, backlog: i32) -> Result<(), Errno> {
        self.0.listen(backlog).map_err(errno)
    }

    fn accept(&self) -> Result<(Self, SockAddr), Errno> {
        let (socket, address) = self.0.accept().map_err(errno)?;
        Ok((Self(socket), address.into()))
    }

    fn connect(&self, address: SockAddr) -> Result<(), Errno> {
        self.0.connect(address.into()).map_err(errno)
    }

    fn disconnect(&self) -> Result<(), Errno> {
        self.0.disconnect().map_err(errno)
    }

    fn recv(&self, length: u32, message: MsgFlags) -> Result<Vec<u8>, Errno> {
        self.0.recv(length, flags(message)).map_err(errno)
    }

    fn recvfrom(&self, length: u32, message: MsgFlags) -> Result<Received, Errno> {
        let received = self.0.recvfrom(length, flags(message)).map_err(errno)?;
        Ok(Received {
            data: received.data,
            length: received.length as usize,
            sender: received.address.map(SockAddr::from),
        })
    }

    fn recv_into(
        &self,
        buffer: &Buffer,
        offset: u32,
        length: u32,
        message: MsgFlags,
    ) -> Result<u32, Errno> {
        self.0
            .recv_into(&buffer.0, offset, length, flags(message))
            .map_err(errno)
    }

    fn recvfrom_into(
        &self,
        buffer: &Buffer,
        offset: u32,
        length: u32,
        message: MsgFlags,
    ) -> Result<ReceivedInto, Errno> {
        let received = self
            .0
            .recvfrom_into(&buffer.0, offset, length, flags(message))
            .map_err(errno)?;
        Ok(ReceivedInto {
            count: received.count,
            length: received.length,
            sender: received.address.map(SockAddr::from),
        })
    }

    fn send(&self, data: &[u8], message: MsgFlags) -> Result<u32, Errno> {
        self.0.send(data, flags(message)).map_err(errno)
    }

    fn sendall(&self, data: &[u8], message: MsgFlags) -> Result<(), Errno> {
        self.0.sendall(data, flags(message)).map_err(errno)
    }

    fn sendto(&self, data: &[u8], message: MsgFlags, address: SockAddr) -> Result<u32, Errno> {
        self.0
            .sendto(data, flags(message), address.into())
            .map_err(errno)
    }

    fn shutdown(&self, halves: Shutdown) -> Result<(), Errno> {
        self.0.shutdown(how(halves)).map_err(errno)
    }

    fn close(&self) {
        self.0.close();
    }

    fn getsockname(&self) -> Result<SockAddr, Errno> {
        self.0.getsockname().map(SockAddr::from).map_err(errno)
    }

    fn getpeername(&self) -> Result<SockAddr, Errno> {
        self.0.getpeername().map(SockAddr::from).map_err(errno)
    }

    fn settimeout(&self, timeout: Option<Duration>) -> Result<(), Errno> {
        self.0.settimeout(seconds(timeout)).map_err(errno)
    }

    fn gettimeout(&self) -> Option<Duration> {
        self.0.gettimeout().map(Duration::from_secs_f64)
    }

    fn so_type(&self) -> Result<AnyType, Errno> {
        options::get_so_type(&self.0).map(any_type).map_err(errno)
    }

    fn so_protocol(&self) -> Result<u32, Errno> {
        options::get_so_protocol(&self.0).map_err(errno)
    }

    fn so_domain(&self) -> Result<AnyFamily, Errno> {
        options::get_so_domain(&self.0)
            .map(any_family)
            .map_err(errno)
    }

    fn so_error(&self) -> Result<Option<Errno>, Errno> {
        let error = options::get_so_error(&self.0).map_err(errno)?;
        Ok(error.map(errno))
    }

    fn so_acceptconn(&self) -> Result<bool, Errno> {
        options::get_so_acceptconn(&self.0).map_err(errno)
    }

    fn getsockopt(&self, option: SockOpt) -> Result<i32, Errno> {
        sockopt::get(&self.0, option).map_err(errno)
    }

    fn setsockopt(&self, option: SockOpt, value: i32) -> Result<(), Errno> {
        sockopt::set(&self.0, option, value).map_err(errno)
    }
}
