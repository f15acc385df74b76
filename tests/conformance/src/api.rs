//! The calls that are tested, in the shape of the interface `wasock:net`.

use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use wasock_core::flags::MsgFlags;
use wasock_core::{Errno, SockAddr};

/// A supplier of the calls.
pub trait Api {
    /// Its sockets. Dropping one closes it.
    type Socket: Socket;

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
    /// `bind(2)`.
    fn bind(&self, address: SockAddr) -> Result<(), Errno>;

    /// `listen(2)`.
    fn listen(&self, backlog: i32) -> Result<(), Errno>;

    /// `accept(2)`.
    fn accept(&self) -> Result<(Self, SockAddr), Errno>;

    /// `connect(2)`.
    fn connect(&self, address: SockAddr) -> Result<(), Errno>;

    /// `recv(2)`.
    fn recv(&self, length: u32, flags: MsgFlags) -> Result<Vec<u8>, Errno>;

    /// `recvfrom(2)`.
    fn recvfrom(&self, length: u32, flags: MsgFlags) -> Result<(Vec<u8>, Option<SockAddr>), Errno>;

    /// `send(2)`.
    fn send(&self, data: &[u8], flags: MsgFlags) -> Result<u32, Errno>;

    /// Python's `socket.sendall`.
    fn sendall(&self, data: &[u8], flags: MsgFlags) -> Result<(), Errno>;

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
