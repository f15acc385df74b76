//! A socket of core over the operating system.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use wasock_conformance::api::{
    AnyFamily, AnyType, Buffer as _, ReceivedInto, Shutdown, Socket as Calls,
};
use wasock_core::addr::Family;
use wasock_core::create::{AddressFamily, Kind, SocketType};
use wasock_core::flags::MsgFlags;
use wasock_core::socket::Socket;
use wasock_core::sockopt::SockOpt;
use wasock_core::stream::{How, Sending};
use wasock_core::{Errno, Received, Step, Timeout, Turn};

use super::backend::Native;
use super::wait::{block_on, drive};
use crate::os::OsBuffer;

/// A socket of core, which a poller knows too.
pub(super) type Shared = Rc<RefCell<Socket<Native>>>;

/// A socket as the program holds it.
#[derive(Debug)]
pub struct CoreSocket {
    pub(super) shared: Shared,
}

impl CoreSocket {
    pub(super) fn create(
        family: AddressFamily,
        kind: SocketType,
        protocol: u32,
    ) -> Result<Self, Errno> {
        Socket::create(&mut Native, family, kind, protocol).map(Self::new)
    }

    fn new(socket: Socket<Native>) -> Self {
        Self {
            shared: Rc::new(RefCell::new(socket)),
        }
    }

    /// Drives `operation` with the timeout of the socket.
    fn drive<T>(
        &self,
        mut operation: impl FnMut(&mut Socket<Native>, Turn) -> Step<T>,
    ) -> Result<T, Errno> {
        let timeout = self.shared.borrow().timeout();
        drive(
            timeout,
            |turn| operation(&mut self.shared.borrow_mut(), turn),
            |wait| block_on(&self.shared.borrow(), wait),
        )
    }

    /// Receives into `buffer` by `receive`, and answers what it received with how much is in the buffer.
    fn receive_into(
        &self,
        buffer: &OsBuffer,
        offset: u32,
        length: u32,
        mut receive: impl FnMut(&mut Socket<Native>, usize, Turn) -> Step<Received>,
    ) -> Result<(u32, Received), Errno> {
        let room = match buffer.room(offset, length) {
            Ok(room) => room,
            // A closed socket is found before a bad argument.
            Err(errno) => return Err(self.shared.borrow().poll().err().unwrap_or(errno)),
        };
        let received = self.drive(|socket, turn| receive(socket, room, turn))?;
        buffer.write(offset, &received.data)?;
        Ok((count(received.data.len()), received))
    }
}

impl Calls for CoreSocket {
    type Buffer = OsBuffer;

    fn bind(&self, address: SocketAddr) -> Result<(), Errno> {
        self.shared.borrow_mut().bind(&mut Native, address)
    }

    fn listen(&self, backlog: i32) -> Result<(), Errno> {
        self.shared.borrow_mut().listen(&mut Native, backlog)
    }

    fn accept(&self) -> Result<(Self, SocketAddr), Errno> {
        let (socket, peer) = self.drive(Socket::accept)?;
        Ok((Self::new(socket), peer))
    }

    fn connect(&self, address: SocketAddr) -> Result<(), Errno> {
        self.drive(|socket, turn| socket.connect(&mut Native, address, turn))
    }

    fn disconnect(&self) -> Result<(), Errno> {
        self.shared.borrow_mut().disconnect()
    }

    fn recv(&self, length: u32, flags: MsgFlags) -> Result<Vec<u8>, Errno> {
        self.drive(|socket, turn| socket.recv(length as usize, flags, turn))
    }

    fn recvfrom(&self, length: u32, flags: MsgFlags) -> Result<Received, Errno> {
        self.drive(|socket, turn| socket.recvfrom(length as usize, flags, turn))
    }

    fn recv_into(
        &self,
        buffer: &OsBuffer,
        offset: u32,
        length: u32,
        flags: MsgFlags,
    ) -> Result<u32, Errno> {
        let receive = |socket: &mut Socket<Native>, room, turn| socket.recv_into(room, flags, turn);
        let (written, received) = self.receive_into(buffer, offset, length, receive)?;
        Ok(if flags.contains(MsgFlags::TRUNC) {
            count(received.length)
        } else {
            written
        })
    }

    fn recvfrom_into(
        &self,
        buffer: &OsBuffer,
        offset: u32,
        length: u32,
        flags: MsgFlags,
    ) -> Result<ReceivedInto, Errno> {
        let receive = |socket: &mut Socket<Native>, room, turn| socket.recvfrom(room, flags, turn);
        let (written, received) = self.receive_into(buffer, offset, length, receive)?;
        Ok(ReceivedInto {
            count: written,
            length: count(received.length),
            sender: received.sender,
        })
    }

    fn send(&self, data: &[u8], flags: MsgFlags) -> Result<u32, Errno> {
        let mut call = Sending::default();
        self.drive(|socket, turn| socket.send(&mut call, data, flags, turn))
            .map(count)
    }

    fn sendall(&self, data: &[u8], flags: MsgFlags) -> Result<(), Errno> {
        let mut call = Sending::default();
        self.drive(|socket, turn| socket.sendall(&mut call, data, flags, turn))
    }

    fn sendto(&self, data: &[u8], flags: MsgFlags, address: SocketAddr) -> Result<u32, Errno> {
        let mut call = Sending::default();
        self.drive(|socket, turn| socket.sendto(&mut call, data, flags, address, turn))
            .map(count)
    }

    fn shutdown(&self, how: Shutdown) -> Result<(), Errno> {
        self.shared.borrow_mut().shutdown(match how {
            Shutdown::Read => How::Read,
            Shutdown::Write => How::Write,
            Shutdown::Both => How::Both,
        })
    }

    /// The system has taken all that was sent, so nothing is left to deliver.
    fn close(&self) {
        drop(self.shared.borrow_mut().close());
    }

    fn getsockname(&self) -> Result<SocketAddr, Errno> {
        self.shared.borrow().getsockname()
    }

    fn getpeername(&self) -> Result<SocketAddr, Errno> {
        self.shared.borrow_mut().getpeername()
    }

    fn settimeout(&self, timeout: Option<Duration>) -> Result<(), Errno> {
        self.shared
            .borrow_mut()
            .set_timeout(Timeout::from_option(timeout))
    }

    fn gettimeout(&self) -> Option<Duration> {
        self.shared.borrow().timeout().to_option()
    }

    fn so_type(&self) -> Result<AnyType, Errno> {
        self.shared.borrow().kind().map(|kind| match kind {
            Kind::Stream(_) => AnyType::Stream,
            Kind::Datagram(_) => AnyType::Dgram,
        })
    }

    fn so_protocol(&self) -> Result<u32, Errno> {
        self.shared.borrow().kind().map(Kind::protocol)
    }

    fn so_domain(&self) -> Result<AnyFamily, Errno> {
        let kind = self.shared.borrow().kind()?;
        Ok(match kind.family() {
            Family::Inet => AnyFamily::Inet,
            Family::Inet6 => AnyFamily::Inet6,
        })
    }

    fn so_error(&self) -> Result<Option<Errno>, Errno> {
        self.shared.borrow_mut().take_error()
    }

    fn so_acceptconn(&self) -> Result<bool, Errno> {
        self.shared.borrow().is_listening()
    }

    fn getsockopt(&self, option: SockOpt) -> Result<i32, Errno> {
        self.shared.borrow_mut().getsockopt(&mut Native, option)
    }

    fn setsockopt(&self, option: SockOpt, value: i32) -> Result<(), Errno> {
        self.shared
            .borrow_mut()
            .setsockopt(&mut Native, option, value)
    }
}

impl Drop for CoreSocket {
    fn drop(&mut self) {
        self.close();
    }
}

/// Lengths of one call fit.
fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
