//! The exported interface `sockets`.

use alloc::vec::Vec;
use core::cell::RefCell;

use wasock_core::backend::Backend;
use wasock_core::create::{self, Kind};
use wasock_core::stream::{Lingering, Sending, Stream};
use wasock_core::{Step, Turn};

use crate::Provider;
use crate::bindings::exports::wasock::net::sockets::{
    AddressFamily, Duration, Errno as WitErrno, Guest, GuestSocket, MsgFlags, ShutdownHow,
    Sockaddr, Socket as Handle, SocketType,
};
use crate::convert::{
    address_from_wit, address_to_wit, errno_to_wit, family_from_wit, flags_from_wit, how_from_wit,
    timeout_from_wit, timeout_to_wit, type_from_wit,
};
use crate::tcp::{Tcp, Wasi};
use crate::wait::{block_on, drive};

impl Guest for Provider {
    type Socket = Socket;
}

/// A socket as the program holds it.
pub(crate) struct Socket {
    stream: RefCell<Stream<Tcp>>,
}

impl Socket {
    fn new(stream: Stream<Tcp>) -> Self {
        Self {
            stream: RefCell::new(stream),
        }
    }

    /// Drives `operation` with the timeout of the socket.
    fn drive<T>(
        &self,
        mut operation: impl FnMut(&mut Stream<Tcp>, Turn) -> Step<T>,
    ) -> Result<T, WitErrno> {
        let mut stream = self.stream.borrow_mut();
        let timeout = stream.timeout();
        let stream = RefCell::new(&mut *stream);
        let outcome = drive(
            timeout,
            |turn| operation(&mut stream.borrow_mut(), turn),
            |wait| {
                if let Some(socket) = stream.borrow().backend() {
                    block_on(socket, wait);
                }
            },
        );
        outcome.map_err(errno_to_wit)
    }
}

impl GuestSocket for Socket {
    fn create(
        family: AddressFamily,
        r#type: SocketType,
        protocol: u32,
    ) -> Result<Handle, WitErrno> {
        LINGERING.release();
        create::kind(family_from_wit(family), type_from_wit(r#type), protocol)
            .and_then(|Kind::Stream(family)| Ok(Stream::new(family, Wasi.create_stream(family)?)))
            .map(|stream| Handle::new(Self::new(stream)))
            .map_err(errno_to_wit)
    }

    fn bind(&self, address: Sockaddr) -> Result<(), WitErrno> {
        let address = address_from_wit(address);
        self.stream
            .borrow_mut()
            .bind(&mut Wasi, address)
            .map_err(errno_to_wit)
    }

    fn listen(&self, backlog: i32) -> Result<(), WitErrno> {
        self.stream
            .borrow_mut()
            .listen(&mut Wasi, backlog)
            .map_err(errno_to_wit)
    }

    fn accept(&self) -> Result<(Handle, Sockaddr), WitErrno> {
        LINGERING.release();
        let (stream, peer) = self.drive(Stream::accept)?;
        Ok((Handle::new(Self::new(stream)), address_to_wit(peer)))
    }

    fn connect(&self, address: Sockaddr) -> Result<(), WitErrno> {
        let address = address_from_wit(address);
        self.drive(|stream, turn| stream.connect(&mut Wasi, address, turn))
    }

    fn recv(&self, length: u32, flags: MsgFlags) -> Result<Vec<u8>, WitErrno> {
        self.drive(|stream, turn| stream.recv(length as usize, flags_from_wit(flags), turn))
    }

    fn recvfrom(
        &self,
        length: u32,
        flags: MsgFlags,
    ) -> Result<(Vec<u8>, Option<Sockaddr>), WitErrno> {
        let (data, sender) = self
            .drive(|stream, turn| stream.recvfrom(length as usize, flags_from_wit(flags), turn))?;
        Ok((data, sender.map(address_to_wit)))
    }

    fn send(&self, data: Vec<u8>, flags: MsgFlags) -> Result<u32, WitErrno> {
        let mut call = Sending::default();
        let sent =
            self.drive(|stream, turn| stream.send(&mut call, &data, flags_from_wit(flags), turn))?;
        // A list of a 32-bit component is never longer.
        Ok(u32::try_from(sent).unwrap_or(u32::MAX))
    }

    fn sendall(&self, data: Vec<u8>, flags: MsgFlags) -> Result<(), WitErrno> {
        let mut call = Sending::default();
        self.drive(|stream, turn| stream.sendall(&mut call, &data, flags_from_wit(flags), turn))
    }

    fn shutdown(&self, how: ShutdownHow) -> Result<(), WitErrno> {
        self.stream
            .borrow_mut()
            .shutdown(how_from_wit(how))
            .map_err(errno_to_wit)
    }

    fn close(&self) {
        LINGERING.close(&mut self.stream.borrow_mut());
    }

    fn getsockname(&self) -> Result<Sockaddr, WitErrno> {
        self.stream
            .borrow()
            .getsockname()
            .map(address_to_wit)
            .map_err(errno_to_wit)
    }

    fn getpeername(&self) -> Result<Sockaddr, WitErrno> {
        self.stream
            .borrow_mut()
            .getpeername()
            .map(address_to_wit)
            .map_err(errno_to_wit)
    }

    fn settimeout(&self, timeout: Option<Duration>) -> Result<(), WitErrno> {
        let timeout = timeout_from_wit(timeout);
        self.stream
            .borrow_mut()
            .set_timeout(timeout)
            .map_err(errno_to_wit)
    }

    fn gettimeout(&self) -> Option<Duration> {
        timeout_to_wit(self.stream.borrow().timeout())
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        LINGERING.close(self.stream.get_mut());
    }
}

/// The closed connections that are still delivering: they outlive their handles.
struct Closed(RefCell<Lingering<Tcp>>);

static LINGERING: Closed = Closed(RefCell::new(Lingering::new()));

// SAFETY: a component of WASI 0.2 has one thread.
unsafe impl Sync for Closed {}

impl Closed {
    fn close(&self, stream: &mut Stream<Tcp>) {
        let closing = stream.close();
        let mut lingering = self.0.borrow_mut();
        lingering.release();
        lingering.keep(closing);
    }

    fn release(&self) {
        self.0.borrow_mut().release();
    }
}
