//! The sockets of the operating system behind the trait of the conformance cases.
//!
//! They behave as Python's: a timeout is a non-blocking descriptor and `poll`. What WASI fixes is fixed here
//! too, so that the cases meet the same conditions: `SO_REUSEADDR` is on for streams, IPv6 is never dual-stack.

mod buffer;
pub(crate) mod errno;
mod flags;
mod names;
pub(crate) mod options;
mod poll;
mod poller;
mod socket;
mod text;
mod wait;

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use rustix::net::{AddressFamily, Protocol, SocketFlags, SocketType, socket_with, sockopt};
use wasock_conformance::Api;
use wasock_conformance::api::{AddrInfo, AnyFamily, AnyType, Question, Ready};
use wasock_core::Errno;
use wasock_core::names::{Eai, NameInfoFlags};
use wasock_core::readiness::Readiness;
use wasock_core::sockopt::SockOpt;

pub use buffer::OsBuffer;
use errno::from_os;
pub use names::OsLookup;
pub use poll::OsSource;
pub use poller::OsPoller;
pub use socket::OsSocket;

/// The operating system.
#[derive(Debug, Clone, Copy)]
pub struct Os;

impl Api for Os {
    type Socket = OsSocket;
    type Buffer = OsBuffer;
    type Lookup = OsLookup;
    type Source = OsSource;
    type Poller = OsPoller;

    fn create(&self, family: AnyFamily, kind: AnyType, protocol: u32) -> Result<OsSocket, Errno> {
        let family = address_family(family);
        let protocol = NonZeroU32::new(protocol).map(Protocol::from_raw);
        let fd = socket_with(family, socket_type(kind), SocketFlags::CLOEXEC, protocol)
            .map_err(from_os)?;
        if kind == AnyType::Stream {
            sockopt::set_socket_reuseaddr(&fd, true).map_err(from_os)?;
        }
        if family == AddressFamily::INET6 {
            sockopt::set_ipv6_v6only(&fd, true).map_err(from_os)?;
        }
        Ok(OsSocket::new(fd, kind == AnyType::Dgram))
    }

    fn buffer(&self, size: u32) -> Result<OsBuffer, Errno> {
        OsBuffer::new(size)
    }

    fn source(&self) -> OsSource {
        OsSource::new()
    }

    fn poll(
        &self,
        sockets: &[(&OsSocket, Readiness)],
        lookups: &[&OsLookup],
        sources: &[&OsSource],
        timeout: Option<Duration>,
    ) -> Result<Ready, Errno> {
        poll::poll(sockets, lookups, sources, timeout)
    }

    fn poller(&self) -> Result<OsPoller, Errno> {
        OsPoller::new()
    }

    fn getaddrinfo(
        &self,
        question: &Question<'_>,
        _timeout: Option<Duration>,
    ) -> Result<Vec<AddrInfo>, Eai> {
        names::getaddrinfo(question)
    }

    fn getnameinfo(
        &self,
        address: SocketAddr,
        flags: NameInfoFlags,
    ) -> Result<(String, String), Eai> {
        wasock_c_library::getnameinfo(&address, flags)
    }

    fn lookup(&self, question: &Question<'_>) -> Result<OsLookup, Eai> {
        OsLookup::start(question)
    }

    fn supported(&self) -> Vec<SockOpt> {
        Vec::from(SockOpt::ALL)
    }

    fn inet_aton(&self, text: &str) -> Result<Vec<u8>, Errno> {
        text::inet_aton(text)
    }

    fn inet_ntoa(&self, packed: &[u8]) -> Result<String, Errno> {
        text::inet_ntop(AnyFamily::Inet, packed)
    }

    fn inet_pton(&self, family: AnyFamily, text: &str) -> Result<Vec<u8>, Errno> {
        text::inet_pton(family, text)
    }

    fn inet_ntop(&self, family: AnyFamily, packed: &[u8]) -> Result<String, Errno> {
        text::inet_ntop(family, packed)
    }
}

fn address_family(family: AnyFamily) -> AddressFamily {
    match family {
        AnyFamily::Unspec => AddressFamily::UNSPEC,
        AnyFamily::Inet => AddressFamily::INET,
        AnyFamily::Inet6 => AddressFamily::INET6,
        AnyFamily::Unix => AddressFamily::UNIX,
        AnyFamily::Other => AddressFamily::from_raw(99),
    }
}

fn socket_type(kind: AnyType) -> SocketType {
    match kind {
        AnyType::Unspec => SocketType::from_raw(0),
        AnyType::Stream => SocketType::STREAM,
        AnyType::Dgram => SocketType::DGRAM,
        AnyType::Raw => SocketType::RAW,
        AnyType::Rdm => SocketType::RDM,
        AnyType::Seqpacket => SocketType::SEQPACKET,
        AnyType::Other => SocketType::from_raw(99),
    }
}
