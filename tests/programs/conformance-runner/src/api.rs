//! The calls under test: one of `wasock:net` for each.

use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use wasock_conformance::Api;
use wasock_conformance::api::{self, AnyFamily, AnyType, Shutdown};
use wasock_core::flags::MsgFlags;
use wasock_core::{Errno, SockAddr};
use wasock_guest::net::{inet, sockets};

use crate::convert::{errno, family, flags, how, kind};

/// `wasock:net`, whoever supplies it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Component;

/// A socket of it.
pub(crate) struct Socket(sockets::Socket);

impl Api for Component {
    type Socket = Socket;

    fn create(&self, any: AnyFamily, any_kind: AnyType, protocol: u32) -> Result<Socket, Errno> {
        sockets::Socket::create(family(any), kind(any_kind), protocol)
            .map(Socket)
            .map_err(errno)
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

impl api::Socket for Socket {
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

    fn recv(&self, length: u32, message: MsgFlags) -> Result<Vec<u8>, Errno> {
        self.0.recv(length, flags(message)).map_err(errno)
    }

    fn recvfrom(
        &self,
        length: u32,
        message: MsgFlags,
    ) -> Result<(Vec<u8>, Option<SockAddr>), Errno> {
        let (data, sender) = self.0.recvfrom(length, flags(message)).map_err(errno)?;
        Ok((data, sender.map(SockAddr::from)))
    }

    fn send(&self, data: &[u8], message: MsgFlags) -> Result<u32, Errno> {
        self.0.send(data, flags(message)).map_err(errno)
    }

    fn sendall(&self, data: &[u8], message: MsgFlags) -> Result<(), Errno> {
        self.0.sendall(data, flags(message)).map_err(errno)
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
        let nanos = timeout.map(|length| u64::try_from(length.as_nanos()).unwrap_or(u64::MAX));
        self.0.settimeout(nanos).map_err(errno)
    }

    fn gettimeout(&self) -> Option<Duration> {
        self.0.gettimeout().map(Duration::from_nanos)
    }
}
