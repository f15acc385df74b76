//! `wasock-core` over the sockets of the operating system, behind the trait of the conformance cases.
//!
//! Everything that a call means is decided in core, as in the provider; below it lie Linux sockets instead of those
//! of WASI. What fails here is core's doing, or WASI's if it fails in the component only.
//!
//! # Layout
//! - [`backend`], [`stream`], [`datagram`]: the sockets of the operating system, as core asks for them.
//! - [`wait`]: the clock, and waiting by `poll(2)`.
//! - [`socket`], [`poll`], [`poller`], [`names`]: the calls, each an operation of core that is driven to its end.

mod backend;
mod datagram;
mod names;
mod poll;
mod poller;
mod socket;
mod stream;
mod wait;

use std::net::SocketAddr;
use std::time::Duration;

use wasock_conformance::Api;
use wasock_conformance::api::{AddrInfo, AnyFamily, AnyType, Question, Ready};
use wasock_core::names::{Eai, NameInfoFlags};
use wasock_core::readiness::Readiness;
use wasock_core::sockopt::SockOpt;
use wasock_core::{Errno, inet};

use crate::os::{OsBuffer, OsSource};
use crate::translate::{address_family, socket_type};

pub use backend::Native;
pub use datagram::NativeDatagram;
pub use names::CoreLookup;
pub use poller::CorePoller;
pub use socket::CoreSocket;
pub use stream::NativeStream;

/// Core over the operating system.
#[derive(Debug, Clone, Copy)]
pub struct CoreOs;

impl Api for CoreOs {
    type Socket = CoreSocket;
    type Buffer = OsBuffer;
    type Lookup = CoreLookup;
    type Source = OsSource;
    type Poller = CorePoller;

    fn create(&self, family: AnyFamily, kind: AnyType, protocol: u32) -> Result<CoreSocket, Errno> {
        CoreSocket::create(address_family(family), socket_type(kind), protocol)
    }

    fn buffer(&self, size: u32) -> Result<OsBuffer, Errno> {
        OsBuffer::new(size)
    }

    fn source(&self) -> OsSource {
        OsSource::new()
    }

    fn poll(
        &self,
        sockets: &[(&CoreSocket, Readiness)],
        lookups: &[&CoreLookup],
        sources: &[&OsSource],
        timeout: Option<Duration>,
    ) -> Result<Ready, Errno> {
        poll::poll(sockets, lookups, sources, timeout)
    }

    fn poller(&self) -> Result<CorePoller, Errno> {
        Ok(CorePoller::default())
    }

    fn getaddrinfo(
        &self,
        question: &Question<'_>,
        timeout: Option<Duration>,
    ) -> Result<Vec<AddrInfo>, Eai> {
        names::getaddrinfo(question, timeout)
    }

    fn getnameinfo(
        &self,
        address: SocketAddr,
        flags: NameInfoFlags,
    ) -> Result<(String, String), Eai> {
        wasock_core::names::getnameinfo(&address, flags).map(|info| (info.host, info.service))
    }

    fn lookup(&self, question: &Question<'_>) -> Result<CoreLookup, Eai> {
        CoreLookup::start(question)
    }

    fn inet_aton(&self, text: &str) -> Result<Vec<u8>, Errno> {
        inet::aton(text).map(Vec::from).ok_or(Errno::Einval)
    }

    fn inet_ntoa(&self, packed: &[u8]) -> Result<String, Errno> {
        packed.try_into().map(inet::ntoa).map_err(|_| Errno::Einval)
    }

    fn inet_pton(&self, family: AnyFamily, text: &str) -> Result<Vec<u8>, Errno> {
        let packed = match family {
            AnyFamily::Inet => inet::pton4(text).map(Vec::from),
            AnyFamily::Inet6 => inet::pton6(text).map(Vec::from),
            AnyFamily::Unspec | AnyFamily::Unix | AnyFamily::Other => {
                return Err(Errno::Eafnosupport);
            }
        };
        packed.ok_or(Errno::Einval)
    }

    fn inet_ntop(&self, family: AnyFamily, packed: &[u8]) -> Result<String, Errno> {
        let text = match family {
            AnyFamily::Inet => packed.try_into().map(inet::ntop4),
            AnyFamily::Inet6 => packed.try_into().map(inet::ntop6),
            AnyFamily::Unspec | AnyFamily::Unix | AnyFamily::Other => {
                return Err(Errno::Eafnosupport);
            }
        };
        text.map_err(|_| Errno::Einval)
    }

    fn supported(&self) -> Vec<SockOpt> {
        Vec::from(SockOpt::ALL)
    }
}
