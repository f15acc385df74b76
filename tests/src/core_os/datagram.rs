//! A UDP socket of the operating system.

use std::net::SocketAddr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::buffer::spare_capacity;
use rustix::net::{self, RecvFlags, SendFlags};
use wasock_core::Errno;
use wasock_core::backend::{DatagramSocket, Message, Progress};
use wasock_core::sockopt::SockOpt;

use super::backend::{address, bind_to, getsockopt, local_address};
use super::stream::progress;
use crate::os::errno::from_os;
use crate::os::options;

/// No datagram is longer.
const LONGEST: usize = 65_535;

/// A UDP socket of the operating system.
#[derive(Debug)]
pub struct NativeDatagram {
    fd: OwnedFd,
}

impl NativeDatagram {
    pub(super) fn new(fd: OwnedFd) -> Self {
        Self { fd }
    }
}

impl AsFd for NativeDatagram {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl DatagramSocket for NativeDatagram {
    fn bind(&mut self, address: &SocketAddr) -> Result<(), Errno> {
        bind_to(&self.fd, address)
    }

    fn connect(&mut self, peer: Option<&SocketAddr>) -> Result<(), Errno> {
        match peer {
            Some(peer) => net::connect(&self.fd, peer),
            None => net::connect_unspec(&self.fd),
        }
        .map_err(from_os)
    }

    fn receive(&mut self) -> Result<Progress<Message>, Errno> {
        let mut data = Vec::with_capacity(LONGEST);
        let received = net::recvfrom(&self.fd, spare_capacity(&mut data), RecvFlags::empty());
        let Progress::Done((_, _, sender)) = progress(received)? else {
            return Ok(Progress::Pending);
        };
        let sender = sender.ok_or(Errno::Eio).and_then(address)?;
        Ok(Progress::Done(Message { data, sender }))
    }

    fn send(&mut self, data: &[u8], to: Option<&SocketAddr>) -> Result<Progress<()>, Errno> {
        let sent = match to {
            Some(to) => net::sendto(&self.fd, data, SendFlags::NOSIGNAL, to),
            None => net::send(&self.fd, data, SendFlags::NOSIGNAL),
        };
        Ok(match progress(sent)? {
            Progress::Done(_) => Progress::Done(()),
            Progress::Pending => Progress::Pending,
        })
    }

    fn local_address(&self) -> Result<SocketAddr, Errno> {
        local_address(&self.fd)
    }

    fn getsockopt(&self, option: SockOpt) -> Result<i32, Errno> {
        getsockopt(&self.fd, option)
    }

    fn setsockopt(&mut self, option: SockOpt, value: i32) -> Result<(), Errno> {
        options::set(self.fd.as_fd(), option, value)
    }
}
