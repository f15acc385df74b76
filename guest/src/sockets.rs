//! The exported interface `sockets`: the socket itself.

use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::RefCell;

use wasock_core::flags::MsgFlags;
use wasock_core::socket::{self, Below};
use wasock_core::stream::{Lingering, Sending};
use wasock_core::{Interest, Step, Turn};

use crate::Provider;
use crate::backend::Wasi;
use crate::bindings::exports::wasock::net::sockets::{
    self as wit, AddressFamily, BufferBorrow, Errno as WitErrno, EventSourceBorrow, Guest,
    GuestSocket, LookupBorrow, Readiness, Ready, Received, ReceivedInto, Seconds, ShutdownHow,
    Sockaddr, SocketBorrow, SocketType,
};
use crate::bindings::wasi::io::poll::Pollable;
use crate::buffers::Buffer;
use crate::convert::{
    address_from_wit, address_to_wit, errno_to_wit, family_from_wit, flags_from_wit, how_from_wit,
    timeout_from_wit, timeout_to_wit, type_from_wit,
};
use crate::poll::{self, EventSource};
use crate::poller::Poller;
use crate::tcp::Tcp;
use crate::wait::{Waitable, block_on, drive};

impl Guest for Provider {
    type Socket = Socket;
    type Buffer = Buffer;
    type EventSource = EventSource;
    type Poller = Poller;

    fn poll(
        sockets: Vec<(SocketBorrow<'_>, Readiness)>,
        lookups: Vec<LookupBorrow<'_>>,
        sources: Vec<EventSourceBorrow<'_>>,
        timeout: Option<Seconds>,
    ) -> Result<Ready, WitErrno> {
        timeout_from_wit(timeout)
            .and_then(|timeout| poll::poll(&sockets, &lookups, &sources, timeout))
            .map_err(errno_to_wit)
    }
}

/// A socket of core over WASI, which a poller knows too.
pub(crate) type Shared = Rc<RefCell<socket::Socket<Wasi>>>;

/// A socket as the program holds it.
pub(crate) struct Socket {
    pub(crate) shared: Shared,
}

impl Socket {
    fn handle(socket: socket::Socket<Wasi>) -> wit::Socket {
        wit::Socket::new(Self {
            shared: Rc::new(RefCell::new(socket)),
        })
    }

    /// Drives `operation` with the timeout of the socket.
    fn drive<T>(
        &self,
        mut operation: impl FnMut(&mut socket::Socket<Wasi>, Turn) -> Step<T>,
    ) -> Result<T, WitErrno> {
        let timeout = self.shared.borrow().timeout();
        let outcome = drive(
            timeout,
            |turn| operation(&mut self.shared.borrow_mut(), turn),
            |wait| block_on(pollable(&self.shared.borrow(), wait.interest), wait.until),
        );
        outcome.map_err(errno_to_wit)
    }

    /// Receives into `buffer` by `receive`, and answers what it received with how much is in the buffer.
    fn receive_into(
        &self,
        buffer: &BufferBorrow<'_>,
        offset: u32,
        length: u32,
        mut receive: impl FnMut(&mut socket::Socket<Wasi>, usize, Turn) -> Step<wasock_core::Received>,
    ) -> Result<(usize, wasock_core::Received), WitErrno> {
        let (buffer, offset) = (buffer.get::<Buffer>(), offset as usize);
        let room = buffer.with(|buffer| buffer.room(offset, length as usize));
        // A closed socket is found before a bad argument.
        let room = match self.shared.borrow().poll() {
            Err(error) if room.is_err() => return Err(errno_to_wit(error)),
            _ => room?,
        };
        let received = self.drive(|socket, turn| receive(socket, room, turn))?;
        buffer.with(|buffer| buffer.write(offset, &received.data))?;
        Ok((received.data.len(), received))
    }
}

/// What to wait on for `interest`.
pub(crate) fn pollable(socket: &socket::Socket<Wasi>, interest: Interest) -> Option<&Pollable> {
    match socket.below()? {
        Below::Stream(tcp) => tcp.pollable(interest),
        Below::Datagram(udp) => udp.pollable(interest),
    }
}

impl GuestSocket for Socket {
    fn create(
        family: AddressFamily,
        r#type: SocketType,
        protocol: u32,
    ) -> Result<wit::Socket, WitErrno> {
        LINGERING.release();
        socket::Socket::create(
            &mut Wasi,
            family_from_wit(family),
            type_from_wit(r#type),
            protocol,
        )
        .map(Self::handle)
        .map_err(errno_to_wit)
    }

    fn bind(&self, address: Sockaddr) -> Result<(), WitErrno> {
        let address = address_from_wit(address);
        self.shared
            .borrow_mut()
            .bind(&mut Wasi, address)
            .map_err(errno_to_wit)
    }

    fn listen(&self, backlog: i32) -> Result<(), WitErrno> {
        self.shared
            .borrow_mut()
            .listen(&mut Wasi, backlog)
            .map_err(errno_to_wit)
    }

    fn accept(&self) -> Result<(wit::Socket, Sockaddr), WitErrno> {
        LINGERING.release();
        let (socket, peer) = self.drive(socket::Socket::accept)?;
        Ok((Self::handle(socket), address_to_wit(peer)))
    }

    fn connect(&self, address: Sockaddr) -> Result<(), WitErrno> {
        let address = address_from_wit(address);
        self.drive(|socket, turn| socket.connect(&mut Wasi, address, turn))
    }

    fn disconnect(&self) -> Result<(), WitErrno> {
        self.shared.borrow_mut().disconnect().map_err(errno_to_wit)
    }

    fn recv(&self, length: u32, flags: wit::MsgFlags) -> Result<Vec<u8>, WitErrno> {
        self.drive(|socket, turn| socket.recv(length as usize, flags_from_wit(flags), turn))
    }

    fn recvfrom(&self, length: u32, flags: wit::MsgFlags) -> Result<Received, WitErrno> {
        let received = self
            .drive(|socket, turn| socket.recvfrom(length as usize, flags_from_wit(flags), turn))?;
        Ok(Received {
            length: count(received.length),
            address: received.sender.map(address_to_wit),
            data: received.data,
        })
    }

    fn recv_into(
        &self,
        buffer: BufferBorrow<'_>,
        offset: u32,
        length: u32,
        flags: wit::MsgFlags,
    ) -> Result<u32, WitErrno> {
        let flags = flags_from_wit(flags);
        let (count_in, received) =
            self.receive_into(&buffer, offset, length, |socket, room, turn| {
                socket.recv_into(room, flags, turn)
            })?;
        Ok(count(if flags.contains(MsgFlags::TRUNC) {
            received.length
        } else {
            count_in
        }))
    }

    fn recvfrom_into(
        &self,
        buffer: BufferBorrow<'_>,
        offset: u32,
        length: u32,
        flags: wit::MsgFlags,
    ) -> Result<ReceivedInto, WitErrno> {
        let flags = flags_from_wit(flags);
        let (count_in, received) =
            self.receive_into(&buffer, offset, length, |socket, room, turn| {
                socket.recvfrom(room, flags, turn)
            })?;
        Ok(ReceivedInto {
            count: count(count_in),
            length: count(received.length),
            address: received.sender.map(address_to_wit),
        })
    }

    fn send(&self, data: Vec<u8>, flags: wit::MsgFlags) -> Result<u32, WitErrno> {
        let mut call = Sending::default();
        self.drive(|socket, turn| socket.send(&mut call, &data, flags_from_wit(flags), turn))
            .map(count)
    }

    fn sendall(&self, data: Vec<u8>, flags: wit::MsgFlags) -> Result<(), WitErrno> {
        let mut call = Sending::default();
        self.drive(|socket, turn| socket.sendall(&mut call, &data, flags_from_wit(flags), turn))
    }

    fn sendto(
        &self,
        data: Vec<u8>,
        flags: wit::MsgFlags,
        address: Sockaddr,
    ) -> Result<u32, WitErrno> {
        let (mut call, to) = (Sending::default(), address_from_wit(address));
        self.drive(|socket, turn| socket.sendto(&mut call, &data, flags_from_wit(flags), to, turn))
            .map(count)
    }

    fn shutdown(&self, how: ShutdownHow) -> Result<(), WitErrno> {
        self.shared
            .borrow_mut()
            .shutdown(how_from_wit(how))
            .map_err(errno_to_wit)
    }

    fn close(&self) {
        LINGERING.close(&mut self.shared.borrow_mut());
    }

    fn getsockname(&self) -> Result<Sockaddr, WitErrno> {
        self.shared
            .borrow()
            .getsockname()
            .map(address_to_wit)
            .map_err(errno_to_wit)
    }

    fn getpeername(&self) -> Result<Sockaddr, WitErrno> {
        self.shared
            .borrow_mut()
            .getpeername()
            .map(address_to_wit)
            .map_err(errno_to_wit)
    }

    fn settimeout(&self, timeout: Option<Seconds>) -> Result<(), WitErrno> {
        let mut socket = self.shared.borrow_mut();
        timeout_from_wit(timeout)
            .and_then(|timeout| socket.set_timeout(timeout))
            .map_err(errno_to_wit)
    }

    fn gettimeout(&self) -> Option<Seconds> {
        timeout_to_wit(self.shared.borrow().timeout())
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.close();
    }
}

/// Lengths of a 32-bit component are never longer.
fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// The closed connections that are still delivering: they outlive their handles.
struct Closed(RefCell<Lingering<Tcp>>);

static LINGERING: Closed = Closed(RefCell::new(Lingering::new()));

// SAFETY: a component of WASI 0.2 has one thread.
unsafe impl Sync for Closed {}

impl Closed {
    fn close(&self, socket: &mut socket::Socket<Wasi>) {
        let closing = socket.close();
        let mut lingering = self.0.borrow_mut();
        lingering.release();
        lingering.keep(closing);
    }

    fn release(&self) {
        self.0.borrow_mut().release();
    }
}
