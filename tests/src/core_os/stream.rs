//! A TCP socket of the operating system.

use std::net::SocketAddr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::buffer::spare_capacity;
use rustix::net::{self, RecvFlags, SendFlags, Shutdown, sockopt};
use wasock_core::backend::{Progress, Read, StreamSocket};
use wasock_core::sockopt::SockOpt;
use wasock_core::{Errno, Interest};

use super::backend::{FLAGS, address, bind_to, getsockopt, local_address};
use super::wait::has_happened;
use crate::os::errno::from_os;
use crate::os::options;

/// How much one read asks for at most: memory for it is set aside before it is known how much comes.
const MAX_READ: usize = 64 * 1024;

/// A TCP socket of the operating system.
#[derive(Debug)]
pub struct NativeStream {
    fd: OwnedFd,
    /// Whether the system has said that a connection attempt is in progress and nobody has heard it yet.
    started: bool,
}

impl NativeStream {
    pub(super) fn new(fd: OwnedFd) -> Self {
        Self { fd, started: false }
    }
}

impl AsFd for NativeStream {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl StreamSocket for NativeStream {
    fn bind(&mut self, address: &SocketAddr) -> Result<(), Errno> {
        bind_to(&self.fd, address)
    }

    fn listen(&mut self, backlog: u32) -> Result<(), Errno> {
        let backlog = i32::try_from(backlog).unwrap_or(i32::MAX);
        net::listen(&self.fd, backlog).map_err(from_os)
    }

    fn accept(&mut self) -> Result<Progress<(Self, SocketAddr)>, Errno> {
        let Progress::Done((fd, peer)) = progress(net::acceptfrom_with(&self.fd, FLAGS))? else {
            return Ok(Progress::Pending);
        };
        let peer = peer.ok_or(Errno::Econnaborted).and_then(address)?;
        Ok(Progress::Done((Self::new(fd), peer)))
    }

    fn start_connect(&mut self, peer: &SocketAddr) -> Result<(), Errno> {
        match net::connect(&self.fd, peer).map_err(from_os) {
            Err(Errno::Einprogress) => {
                self.started = true;
                Ok(())
            }
            answer => answer,
        }
    }

    /// Even where the other end has answered by now, the system says first that the attempt is in progress, and
    /// so does this.
    fn finish_connect(&mut self) -> Result<Progress<()>, Errno> {
        if std::mem::take(&mut self.started) || !has_happened(&self.fd, Interest::Connect)? {
            return Ok(Progress::Pending);
        }
        sockopt::socket_error(&self.fd)
            .map_err(from_os)?
            .map_err(from_os)?;
        Ok(Progress::Done(()))
    }

    fn read(&mut self, max: usize) -> Result<Read, Errno> {
        let mut data = Vec::with_capacity(max.min(MAX_READ));
        let received = net::recv(&self.fd, spare_capacity(&mut data), RecvFlags::empty());
        Ok(match progress(received)? {
            Progress::Pending => Read::Pending,
            Progress::Done(_) if data.is_empty() => Read::End,
            Progress::Done(_) => Read::Data(data),
        })
    }

    fn write(&mut self, data: &[u8]) -> Result<Progress<usize>, Errno> {
        progress(net::send(&self.fd, data, SendFlags::NOSIGNAL))
    }

    /// What `write` took, the system has taken.
    fn flushed(&mut self) -> Result<Progress<()>, Errno> {
        Ok(Progress::Done(()))
    }

    fn shutdown_write(&mut self) -> Result<(), Errno> {
        net::shutdown(&self.fd, Shutdown::Write).map_err(from_os)
    }

    fn local_address(&self) -> Result<SocketAddr, Errno> {
        local_address(&self.fd)
    }

    fn peer_address(&self) -> Result<SocketAddr, Errno> {
        let peer = net::getpeername(&self.fd).map_err(from_os)?;
        peer.ok_or(Errno::Enotconn).and_then(address)
    }

    fn getsockopt(&self, option: SockOpt) -> Result<i32, Errno> {
        getsockopt(&self.fd, option)
    }

    fn setsockopt(&mut self, option: SockOpt, value: i32) -> Result<(), Errno> {
        options::set(self.fd.as_fd(), option, value)
    }
}

/// The answer of a call that does not wait.
pub(super) fn progress<T>(answer: rustix::io::Result<T>) -> Result<Progress<T>, Errno> {
    match answer.map_err(from_os) {
        Ok(answer) => Ok(Progress::Done(answer)),
        Err(Errno::Eagain) => Ok(Progress::Pending),
        Err(errno) => Err(errno),
    }
}
