//! A socket of the operating system, with the timeouts of Python.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::rc::{Rc, Weak};
use std::time::Duration;

use rustix::event::PollFlags;
use rustix::io::ioctl_fionbio;
use rustix::net::{self, RecvFlags, SendFlags, SocketFlags};
use wasock_conformance::api::{AnyFamily, AnyType, Buffer as _, ReceivedInto, Shutdown, Socket};
use wasock_core::flags::MsgFlags;
use wasock_core::sockopt::SockOpt;
use wasock_core::{Errno, Received};

use super::buffer::OsBuffer;
use super::errno::from_os;
use super::flags;
use super::options;
use super::wait::Patience;

/// As in the interface under test: one call returns at most this much.
const MAX_TRANSFER: usize = 1024 * 1024;

/// A descriptor; none once it is closed.
pub(super) type Descriptor = RefCell<Option<OwnedFd>>;

/// A socket of the operating system.
#[derive(Debug)]
pub struct OsSocket {
    /// Pollers know it too, but do not keep it open.
    fd: Rc<Descriptor>,
    is_datagram: bool,
    timeout: Cell<Option<Duration>>,
}

impl OsSocket {
    pub(super) fn new(fd: OwnedFd, is_datagram: bool) -> Self {
        Self {
            fd: Rc::new(RefCell::new(Some(fd))),
            is_datagram,
            timeout: Cell::new(None),
        }
    }

    /// Its descriptor, for who waits for it.
    pub(super) fn descriptor(&self) -> &Descriptor {
        &self.fd
    }

    /// Its descriptor, for a poller.
    pub(super) fn watch(&self) -> Weak<Descriptor> {
        Rc::downgrade(&self.fd)
    }

    /// A closed socket is found before a flag that the interface does not have.
    fn check_open(&self) -> Result<(), Errno> {
        self.at_once(|_| Ok(()))
    }

    /// One call that cannot wait.
    fn at_once<T>(
        &self,
        call: impl FnOnce(BorrowedFd<'_>) -> Result<T, Errno>,
    ) -> Result<T, Errno> {
        let fd = self.fd.borrow();
        let fd = fd.as_ref().ok_or(Errno::Ebadf)?;
        call(fd.as_fd())
    }

    /// A call that is repeated when `event` has happened, until it does not answer `EAGAIN` any more.
    fn waiting<T>(
        &self,
        patience: Patience,
        event: PollFlags,
        mut call: impl FnMut(BorrowedFd<'_>) -> rustix::io::Result<T>,
    ) -> Result<T, Errno> {
        self.at_once(|fd| {
            loop {
                match call(fd).map_err(from_os) {
                    Err(Errno::Eintr) => {}
                    Err(Errno::Eagain) => patience.wait(fd, event)?,
                    answer => return answer,
                }
            }
        })
    }

    fn patience(&self, flags: MsgFlags) -> Patience {
        if flags.contains(MsgFlags::DONTWAIT) {
            Patience::None
        } else {
            Patience::begin(self.timeout.get())
        }
    }

    /// `recvfrom(2)`; the length of a datagram is always asked for.
    fn receive(&self, length: usize, flags: MsgFlags) -> Result<Received, Errno> {
        self.check_open()?;
        let mut os_flags = flags::receiving(flags, self.is_datagram)?;
        if self.is_datagram {
            os_flags |= RecvFlags::TRUNC;
        }
        let mut data = vec![0; length.min(MAX_TRANSFER)];
        let (count, length, sender) = self.waiting(self.patience(flags), PollFlags::IN, |fd| {
            net::recvfrom(fd, data.as_mut_slice(), os_flags)
        })?;
        data.truncate(count);
        let sender = sender.filter(|_| self.is_datagram);
        Ok(Received {
            data,
            length,
            sender: sender.and_then(|address| address.try_into().ok()),
        })
    }

    /// `recv(2)`, with the special case that Python makes of 0 bytes.
    fn receive_some(&self, length: usize, flags: MsgFlags) -> Result<Received, Errno> {
        if length > 0 {
            return self.receive(length, flags);
        }
        flags::receiving(flags, self.is_datagram)?;
        Ok(Received {
            data: Vec::new(),
            length: 0,
            sender: None,
        })
    }

    /// Receives into `buffer` by `receive`, and answers what it received with how much is in the buffer.
    fn receive_into(
        &self,
        buffer: &OsBuffer,
        offset: u32,
        length: u32,
        receive: impl FnOnce(usize) -> Result<Received, Errno>,
    ) -> Result<(u32, Received), Errno> {
        let room = buffer.room(offset, length);
        if room.is_err() {
            self.check_open()?;
        }
        let received = receive(room?)?;
        buffer.write(offset, &received.data)?;
        Ok((count(received.data.len())?, received))
    }

    fn transmit(
        &self,
        data: &[u8],
        patience: Patience,
        os_flags: SendFlags,
    ) -> Result<usize, Errno> {
        self.waiting(patience, PollFlags::OUT, |fd| net::send(fd, data, os_flags))
    }
}

/// Lengths of one call fit.
fn count(length: usize) -> Result<u32, Errno> {
    u32::try_from(length).map_err(|_| Errno::Eoverflow)
}

impl Socket for OsSocket {
    type Buffer = OsBuffer;

    fn bind(&self, address: SocketAddr) -> Result<(), Errno> {
        self.at_once(|fd| net::bind(fd, &address).map_err(from_os))
    }

    fn listen(&self, backlog: i32) -> Result<(), Errno> {
        self.at_once(|fd| net::listen(fd, backlog).map_err(from_os))
    }

    fn accept(&self) -> Result<(Self, SocketAddr), Errno> {
        let patience = Patience::begin(self.timeout.get());
        let (fd, address) = self.waiting(patience, PollFlags::IN, |fd| {
            net::acceptfrom_with(fd, SocketFlags::CLOEXEC)
        })?;
        let address = address
            .and_then(|address| address.try_into().ok())
            .ok_or(Errno::Other)?;
        Ok((Self::new(fd, false), address))
    }

    /// As Python: a timeout is waited out only by the call that starts the attempt.
    fn connect(&self, address: SocketAddr) -> Result<(), Errno> {
        let patience = Patience::begin(self.timeout.get());
        self.at_once(
            |fd| match (net::connect(fd, &address).map_err(from_os), patience) {
                (Err(Errno::Einprogress), Patience::Until(_)) => {
                    patience.wait(fd, PollFlags::OUT)?;
                    options::error(fd)?.map_or(Ok(()), Err)
                }
                (answer, _) => answer,
            },
        )
    }

    fn disconnect(&self) -> Result<(), Errno> {
        self.at_once(|fd| {
            if self.is_datagram {
                net::connect_unspec(fd).map_err(from_os)
            } else {
                Err(Errno::Eopnotsupp)
            }
        })
    }

    fn recv(&self, length: u32, flags: MsgFlags) -> Result<Vec<u8>, Errno> {
        if length > 0 || (self.is_datagram && flags.contains(MsgFlags::TRUNC)) {
            self.check_open()?;
        }
        if flags.contains(MsgFlags::TRUNC) {
            return Err(Errno::Eopnotsupp);
        }
        let received = self.receive_some(length as usize, flags)?;
        Ok(received.data)
    }

    fn recvfrom(&self, length: u32, flags: MsgFlags) -> Result<Received, Errno> {
        self.receive(length as usize, flags)
    }

    fn recv_into(
        &self,
        buffer: &OsBuffer,
        offset: u32,
        length: u32,
        flags: MsgFlags,
    ) -> Result<u32, Errno> {
        let (written, received) = self.receive_into(buffer, offset, length, |room| {
            self.receive_some(room, flags)
        })?;
        if flags.contains(MsgFlags::TRUNC) {
            count(received.length)
        } else {
            Ok(written)
        }
    }

    fn recvfrom_into(
        &self,
        buffer: &OsBuffer,
        offset: u32,
        length: u32,
        flags: MsgFlags,
    ) -> Result<ReceivedInto, Errno> {
        let (written, received) =
            self.receive_into(buffer, offset, length, |room| self.receive(room, flags))?;
        Ok(ReceivedInto {
            count: written,
            length: count(received.length)?,
            sender: received.sender,
        })
    }

    fn send(&self, data: &[u8], flags: MsgFlags) -> Result<u32, Errno> {
        self.check_open()?;
        let os_flags = flags::sending(flags)?;
        let data = data.get(..MAX_TRANSFER).unwrap_or(data);
        count(self.transmit(data, self.patience(flags), os_flags)?)
    }

    fn sendall(&self, data: &[u8], flags: MsgFlags) -> Result<(), Errno> {
        self.check_open()?;
        let os_flags = flags::sending(flags)?;
        let patience = self.patience(flags);
        let mut rest = data;
        loop {
            let sent = self.transmit(rest, patience, os_flags)?;
            rest = rest.get(sent..).unwrap_or_default();
            if rest.is_empty() {
                return Ok(());
            }
        }
    }

    /// A stream does not look at the address.
    fn sendto(&self, data: &[u8], flags: MsgFlags, address: SocketAddr) -> Result<u32, Errno> {
        if !self.is_datagram {
            return self.send(data, flags);
        }
        self.check_open()?;
        let os_flags = flags::sending(flags)?;
        let sent = self.waiting(self.patience(flags), PollFlags::OUT, |fd| {
            net::sendto(fd, data, os_flags, &address)
        })?;
        count(sent)
    }

    fn shutdown(&self, how: Shutdown) -> Result<(), Errno> {
        let how = match how {
            Shutdown::Read => net::Shutdown::Read,
            Shutdown::Write => net::Shutdown::Write,
            Shutdown::Both => net::Shutdown::Both,
        };
        self.at_once(|fd| net::shutdown(fd, how).map_err(from_os))
    }

    fn close(&self) {
        drop(self.fd.take());
    }

    fn getsockname(&self) -> Result<SocketAddr, Errno> {
        self.at_once(|fd| {
            net::getsockname(fd)
                .map_err(from_os)?
                .try_into()
                .map_err(from_os)
        })
    }

    fn getpeername(&self) -> Result<SocketAddr, Errno> {
        self.at_once(|fd| {
            let address = net::getpeername(fd)
                .map_err(from_os)?
                .ok_or(Errno::Enotconn)?;
            address.try_into().map_err(from_os)
        })
    }

    fn settimeout(&self, timeout: Option<Duration>) -> Result<(), Errno> {
        self.at_once(|fd| ioctl_fionbio(fd, timeout.is_some()).map_err(from_os))?;
        self.timeout.set(timeout);
        Ok(())
    }

    fn gettimeout(&self) -> Option<Duration> {
        self.timeout.get()
    }

    fn so_type(&self) -> Result<AnyType, Errno> {
        self.at_once(options::kind)
    }

    fn so_protocol(&self) -> Result<u32, Errno> {
        self.at_once(options::protocol)
    }

    fn so_domain(&self) -> Result<AnyFamily, Errno> {
        self.at_once(options::family)
    }

    fn so_error(&self) -> Result<Option<Errno>, Errno> {
        self.at_once(options::error)
    }

    fn so_acceptconn(&self) -> Result<bool, Errno> {
        self.at_once(options::listens)
    }

    fn getsockopt(&self, option: SockOpt) -> Result<i32, Errno> {
        self.at_once(|fd| options::get(fd, option))
    }

    fn setsockopt(&self, option: SockOpt, value: i32) -> Result<(), Errno> {
        self.at_once(|fd| options::set(fd, option, value))
    }
}
