//! The operating system as core's layer below.

use std::net::SocketAddr;
use std::os::fd::{AsFd, OwnedFd};

use rustix::net::{
    AddressFamily, SocketAddrAny, SocketFlags, SocketType, bind, getsockname, socket_with, sockopt,
};
use wasock_core::Errno;
use wasock_core::addr::Family;
use wasock_core::backend::Backend;
use wasock_core::sockopt::SockOpt;

use super::datagram::NativeDatagram;
use super::stream::NativeStream;
use crate::os::errno::from_os;
use crate::os::options;

/// Descriptors never wait: core says when somebody has to.
pub(super) const FLAGS: SocketFlags = SocketFlags::CLOEXEC.union(SocketFlags::NONBLOCK);

/// The sockets of the operating system.
#[derive(Debug, Clone, Copy)]
pub struct Native;

impl Backend for Native {
    type Stream = NativeStream;
    type Datagram = NativeDatagram;

    fn create_stream(&mut self, family: Family) -> Result<NativeStream, Errno> {
        let fd = create(family, SocketType::STREAM)?;
        // As WASI has it: a server can be restarted on its port.
        sockopt::set_socket_reuseaddr(&fd, true).map_err(from_os)?;
        Ok(NativeStream::new(fd))
    }

    fn create_datagram(&mut self, family: Family) -> Result<NativeDatagram, Errno> {
        create(family, SocketType::DGRAM).map(NativeDatagram::new)
    }
}

fn create(family: Family, kind: SocketType) -> Result<OwnedFd, Errno> {
    let number = match family {
        Family::Inet => AddressFamily::INET,
        Family::Inet6 => AddressFamily::INET6,
    };
    let fd = socket_with(number, kind, FLAGS, None).map_err(from_os)?;
    if family == Family::Inet6 {
        sockopt::set_ipv6_v6only(&fd, true).map_err(from_os)?;
    }
    Ok(fd)
}

/// `bind(2)` of a socket of either type.
pub(super) fn bind_to(fd: impl AsFd, address: &SocketAddr) -> Result<(), Errno> {
    bind(fd, address).map_err(from_os)
}

/// `getsockname(2)` of a socket of either type.
pub(super) fn local_address(fd: impl AsFd) -> Result<SocketAddr, Errno> {
    getsockname(fd).map_err(from_os).and_then(address)
}

/// An address of the families that there are.
pub(super) fn address(any: SocketAddrAny) -> Result<SocketAddr, Errno> {
    any.try_into().map_err(from_os)
}

/// What core is told: Linux doubles the sizes of buffers for its own needs.
pub(super) fn getsockopt(fd: impl AsFd, option: SockOpt) -> Result<i32, Errno> {
    let value = options::get(fd.as_fd(), option)?;
    Ok(match option {
        SockOpt::SoRcvbuf | SockOpt::SoSndbuf => value / 2,
        _ => value,
    })
}
