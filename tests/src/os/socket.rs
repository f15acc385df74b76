//! A socket of the operating system, with the timeouts of Python.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use rustix::event::PollFlags;
use rustix::io::ioctl_fionbio;
use rustix::net::{self, RecvFlags, SendFlags, SocketFlags, sockopt};
use wasock_conformance::api::{Shutdown, Socket};
use wasock_core::Errno;
use wasock_core::flags::MsgFlags;

use super::errno::from_os;
use super::flags;
use super::wait::Patience;

/// As in the interface under test: one call returns at most this much.
const MAX_TRANSFER: usize = 1024 * 1024;

/// A socket of the operating system.
#[derive(Debug)]
pub struct OsSocket {
    /// `None` once it is closed.
    fd: RefCell<Option<OwnedFd>>,
    timeout: Cell<Option<Duration>>,
}

impl OsSocket {
    pub(super) fn new(fd: OwnedFd) -> Self {
        Self {
            fd: RefCell::new(Some(fd)),
            timeout: Cell::new(None),
        }
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

    fn receive(&self, length: u32, flags: MsgFlags, os_flags: RecvFlags) -> Result<Vec<u8>, Errno> {
        let capacity =
            usize::try_from(length).map_or(MAX_TRANSFER, |length| length.min(MAX_TRANSFER));
        let mut data = vec![0; capacity];
        let (length, _) = self.waiting(self.patience(flags), PollFlags::IN, |fd| {
            net::recv(fd, data.as_mut_slice(), os_flags)
        })?;
        data.truncate(length);
        Ok(data)
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

impl Socket for OsSocket {
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
        Ok((Self::new(fd), address))
    }

    /// As Python: a timeout is waited out only by the call that starts the attempt.
    fn connect(&self, address: SocketAddr) -> Result<(), Errno> {
        let patience = Patience::begin(self.timeout.get());
        self.at_once(
            |fd| match (net::connect(fd, &address).map_err(from_os), patience) {
                (Err(Errno::Einprogress), Patience::Until(_)) => {
                    patience.wait(fd, PollFlags::OUT)?;
                    sockopt::socket_error(fd).map_err(from_os)?.map_err(from_os)
                }
                (answer, _) => answer,
            },
        )
    }

    fn recv(&self, length: u32, flags: MsgFlags) -> Result<Vec<u8>, Errno> {
        let os_flags = flags::receiving(flags)?;
        if length == 0 {
            return Ok(Vec::new());
        }
        self.receive(length, flags, os_flags)
    }

    fn recvfrom(
        &self,
        length: u32,
        flags: MsgFlags,
    ) -> Result<(Vec<u8>, Option<SocketAddr>), Errno> {
        let os_flags = flags::receiving(flags)?;
        Ok((self.receive(length, flags, os_flags)?, None))
    }

    fn send(&self, data: &[u8], flags: MsgFlags) -> Result<u32, Errno> {
        let os_flags = flags::sending(flags)?;
        let data = data.get(..MAX_TRANSFER).unwrap_or(data);
        let sent = self.transmit(data, self.patience(flags), os_flags)?;
        u32::try_from(sent).map_err(|_| Errno::Eoverflow)
    }

    fn sendall(&self, data: &[u8], flags: MsgFlags) -> Result<(), Errno> {
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
}
