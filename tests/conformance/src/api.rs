//! The calls that are tested, in the shape of the interface `wasock:net`.

use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use wasock_core::flags::MsgFlags;
use wasock_core::names::{AddrInfoFlags, Eai, NameInfoFlags};
use wasock_core::readiness::Readiness;
use wasock_core::sockopt::SockOpt;
use wasock_core::{Errno, Received, SockAddr};

/// A supplier of the calls.
pub trait Api: Sized {
    /// Its sockets. Dropping one closes it.
    type Socket: Socket<Buffer = Self::Buffer>;

    /// Its buffers.
    type Buffer: Buffer;

    /// Its lookups. Dropping one closes it.
    type Lookup: Lookup;

    /// Its event sources.
    type Source;

    /// Its pollers.
    type Poller: Poller<Self>;

    /// `socket(2)`.
    ///
    /// # Errors
    /// As in the interface.
    fn create(
        &self,
        family: AnyFamily,
        kind: AnyType,
        protocol: u32,
    ) -> Result<Self::Socket, Errno>;

    /// A buffer of this size.
    ///
    /// # Errors
    /// As in the interface.
    fn buffer(&self, size: u32) -> Result<Self::Buffer, Errno>;

    /// An event source that is ready, and stays so.
    fn source(&self) -> Self::Source;

    /// `poll(2)`.
    ///
    /// # Errors
    /// As in the interface.
    fn poll(
        &self,
        sockets: &[(&Self::Socket, Readiness)],
        lookups: &[&Self::Lookup],
        sources: &[&Self::Source],
        timeout: Option<Duration>,
    ) -> Result<Ready, Errno>;

    /// `epoll_create(2)`.
    ///
    /// # Errors
    /// As in the interface.
    fn poller(&self) -> Result<Self::Poller, Errno>;

    /// `getaddrinfo`, waiting for the answer this long.
    ///
    /// # Errors
    /// As in the interface.
    fn getaddrinfo(
        &self,
        question: &Question<'_>,
        timeout: Option<Duration>,
    ) -> Result<Vec<AddrInfo>, Eai>;

    /// `getnameinfo`.
    ///
    /// # Errors
    /// As in the interface.
    fn getnameinfo(&self, address: SockAddr, flags: NameInfoFlags)
    -> Result<(String, String), Eai>;

    /// `getaddrinfo` in the background.
    ///
    /// # Errors
    /// As in the interface.
    fn lookup(&self, question: &Question<'_>) -> Result<Self::Lookup, Eai>;

    /// The options that are set and read.
    fn supported(&self) -> Vec<SockOpt>;

    /// `inet_aton`.
    ///
    /// # Errors
    /// As in the interface.
    fn inet_aton(&self, text: &str) -> Result<Vec<u8>, Errno>;

    /// `inet_ntoa`.
    ///
    /// # Errors
    /// As in the interface.
    fn inet_ntoa(&self, packed: &[u8]) -> Result<String, Errno>;

    /// `inet_pton`.
    ///
    /// # Errors
    /// As in the interface.
    fn inet_pton(&self, family: AnyFamily, text: &str) -> Result<Vec<u8>, Errno>;

    /// `inet_ntop`.
    ///
    /// # Errors
    /// As in the interface.
    fn inet_ntop(&self, family: AnyFamily, packed: &[u8]) -> Result<String, Errno>;
}

/// A socket. Every call takes a shared reference, as a resource of the component model does.
#[allow(
    clippy::missing_errors_doc,
    reason = "the errors of the calls are what the cases are about"
)]
pub trait Socket: Sized {
    /// What it can receive into.
    type Buffer;

    /// `bind(2)`.
    fn bind(&self, address: SockAddr) -> Result<(), Errno>;

    /// `listen(2)`.
    fn listen(&self, backlog: i32) -> Result<(), Errno>;

    /// `accept(2)`.
    fn accept(&self) -> Result<(Self, SockAddr), Errno>;

    /// `connect(2)`.
    fn connect(&self, address: SockAddr) -> Result<(), Errno>;

    /// `connect(2)` with `AF_UNSPEC`.
    fn disconnect(&self) -> Result<(), Errno>;

    /// `recv(2)`.
    fn recv(&self, length: u32, flags: MsgFlags) -> Result<Vec<u8>, Errno>;

    /// `recvfrom(2)`.
    fn recvfrom(&self, length: u32, flags: MsgFlags) -> Result<Received, Errno>;

    /// Python's `socket.recv_into`.
    fn recv_into(
        &self,
        buffer: &Self::Buffer,
        offset: u32,
        length: u32,
        flags: MsgFlags,
    ) -> Result<u32, Errno>;

    /// Python's `socket.recvfrom_into`.
    fn recvfrom_into(
        &self,
        buffer: &Self::Buffer,
        offset: u32,
        length: u32,
        flags: MsgFlags,
    ) -> Result<ReceivedInto, Errno>;

    /// `send(2)`.
    fn send(&self, data: &[u8], flags: MsgFlags) -> Result<u32, Errno>;

    /// Python's `socket.sendall`.
    fn sendall(&self, data: &[u8], flags: MsgFlags) -> Result<(), Errno>;

    /// `sendto(2)`.
    fn sendto(&self, data: &[u8], flags: MsgFlags, address: SockAddr) -> Result<u32, Errno>;

    /// `shutdown(2)`.
    fn shutdown(&self, how: Shutdown) -> Result<(), Errno>;

    /// `close(2)`.
    fn close(&self);

    /// `getsockname(2)`.
    fn getsockname(&self) -> Result<SockAddr, Errno>;

    /// `getpeername(2)`.
    fn getpeername(&self) -> Result<SockAddr, Errno>;

    /// Python's `socket.settimeout`.
    fn settimeout(&self, timeout: Option<Duration>) -> Result<(), Errno>;

    /// Python's `socket.gettimeout`.
    fn gettimeout(&self) -> Option<Duration>;

    /// `SO_TYPE`.
    fn so_type(&self) -> Result<AnyType, Errno>;

    /// `SO_PROTOCOL`.
    fn so_protocol(&self) -> Result<u32, Errno>;

    /// `SO_DOMAIN`.
    fn so_domain(&self) -> Result<AnyFamily, Errno>;

    /// `SO_ERROR`.
    fn so_error(&self) -> Result<Option<Errno>, Errno>;

    /// `SO_ACCEPTCONN`.
    fn so_acceptconn(&self) -> Result<bool, Errno>;

    /// `getsockopt(2)` of the other options. What is set is at least 0; lingering that is off is
    /// [`NO_LINGER`](wasock_core::sockopt::NO_LINGER).
    fn getsockopt(&self, option: SockOpt) -> Result<i32, Errno>;

    /// `setsockopt(2)`.
    fn setsockopt(&self, option: SockOpt, value: i32) -> Result<(), Errno>;
}

/// Memory that the supplier keeps for a program. Dropping it gives it back.
#[allow(
    clippy::missing_errors_doc,
    reason = "the errors of the calls are what the cases are about"
)]
pub trait Buffer {
    /// Its size in bytes.
    fn size(&self) -> u32;

    /// Copies bytes out.
    fn read(&self, offset: u32, length: u32) -> Result<Vec<u8>, Errno>;

    /// Copies bytes in.
    fn write(&self, offset: u32, data: &[u8]) -> Result<(), Errno>;

    /// Gives the memory back.
    fn close(&self);
}

/// A translation that goes on in the background.
#[allow(
    clippy::missing_errors_doc,
    reason = "the errors of the calls are what the cases are about"
)]
pub trait Lookup {
    /// The answer, or why there is none.
    fn finish(&self) -> Result<Vec<AddrInfo>, Eai>;

    /// Gives up waiting.
    fn cancel(&self);

    /// Closes it.
    fn close(&self);
}

/// A set of things to wait for.
#[allow(
    clippy::missing_errors_doc,
    reason = "the errors of the calls are what the cases are about"
)]
pub trait Poller<A: Api> {
    /// Adds a socket.
    fn add(&self, socket: &A::Socket, readiness: Readiness, token: u32) -> Result<(), Errno>;

    /// Adds a lookup.
    fn add_lookup(&self, lookup: &A::Lookup, token: u32) -> Result<(), Errno>;

    /// Adds an event source.
    fn add_source(&self, source: &A::Source, token: u32) -> Result<(), Errno>;

    /// Changes what a socket is waited for.
    fn modify(&self, token: u32, readiness: Readiness) -> Result<(), Errno>;

    /// Takes an entry out.
    fn remove(&self, token: u32) -> Result<(), Errno>;

    /// Waits; answers tokens with what they are ready for.
    fn wait(&self, max: u32, timeout: Option<Duration>) -> Result<Vec<(u32, Readiness)>, Errno>;

    /// Empties the set.
    fn close(&self);
}

/// What [`Socket::recvfrom_into`] received; the bytes are in the buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReceivedInto {
    /// How many bytes are in the buffer.
    pub count: u32,
    /// The length of the whole datagram.
    pub length: u32,
    /// Who sent it.
    pub sender: Option<SockAddr>,
}

/// What of the arguments of [`Api::poll`] is ready, each by its place in its list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ready {
    /// Sockets, with what they are ready for.
    pub sockets: Vec<(u32, Readiness)>,
    /// Lookups that have an answer.
    pub lookups: Vec<u32>,
    /// Event sources.
    pub sources: Vec<u32>,
}

/// The arguments of [`Api::getaddrinfo`].
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// A name, or an address as text.
    pub host: Option<&'a str>,
    /// A name, or a port as text.
    pub service: Option<&'a str>,
    /// The family of the addresses, or none.
    pub family: AnyFamily,
    /// The type of the sockets, or none.
    pub kind: AnyType,
    /// The protocol of the sockets, or 0.
    pub protocol: u32,
    /// How to read the host and the service, and what to answer.
    pub flags: AddrInfoFlags,
}

/// One way to reach a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddrInfo {
    /// The first argument of [`Api::create`].
    pub family: AnyFamily,
    /// The second.
    pub kind: AnyType,
    /// The third.
    pub protocol: u32,
    /// The canonical name.
    pub canonname: Option<String>,
    /// The address, with the port of the service.
    pub address: SockAddr,
}

/// A family as a program may ask for it, available or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnyFamily {
    /// `AF_UNSPEC`.
    Unspec,
    /// `AF_INET`.
    Inet,
    /// `AF_INET6`.
    Inet6,
    /// `AF_UNIX`.
    Unix,
    /// A family that does not exist.
    Other,
}

/// A type as a program may ask for it, available or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnyType {
    /// Zero.
    Unspec,
    /// `SOCK_STREAM`.
    Stream,
    /// `SOCK_DGRAM`.
    Dgram,
    /// `SOCK_RAW`.
    Raw,
    /// `SOCK_RDM`.
    Rdm,
    /// `SOCK_SEQPACKET`.
    Seqpacket,
    /// A type that does not exist.
    Other,
}

/// Which halves of a connection [`Socket::shutdown`] ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shutdown {
    /// `SHUT_RD`.
    Read,
    /// `SHUT_WR`.
    Write,
    /// `SHUT_RDWR`.
    Both,
}

impl Shutdown {
    /// Every way there is.
    pub const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Both];
}
