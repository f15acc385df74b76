//! The TCP socket of WASI as core's backend.

use core::cell::OnceCell;

use wasock_core::backend::{Progress, Read, StreamSocket};
use wasock_core::sockopt::SockOpt;
use wasock_core::{Errno, Interest, SockAddr};

use crate::bindings::wasi::io::poll::Pollable;
use crate::bindings::wasi::io::streams::{InputStream, OutputStream, StreamError};
use crate::bindings::wasi::sockets::instance_network::instance_network;
use crate::bindings::wasi::sockets::network::{ErrorCode, IpSocketAddress};
use crate::bindings::wasi::sockets::tcp::{ShutdownType, TcpSocket};
use crate::convert::{address_from_wasi, address_to_wasi};
use crate::errors::{Call, errno, stream_errno};
use crate::memory;
use crate::sockopt::{fixed, hops, nanoseconds, read, seconds, set, set_fixed};
use crate::wait::Waitable;

/// How much is asked of the host at once. wasmtime gives no more either.
const LONGEST_READ: usize = 64 * 1024;

/// A TCP socket of WASI.
///
/// The order of the fields is the order in which they are dropped, children before parents:
/// pollables, streams, socket. A host traps when a parent goes first.
pub(crate) struct Tcp {
    connection_or_accept: OnceCell<Pollable>,
    streams: Option<Streams>,
    socket: TcpSocket,
    listening: bool,
}

/// The two halves of a connection.
struct Streams {
    readable: OnceCell<Pollable>,
    writable: OnceCell<Pollable>,
    input: InputStream,
    output: OutputStream,
    /// How many bytes the next write may have: what `check-write` allowed and no write has used. A
    /// write without permit traps.
    permit: u64,
    /// Whether something was written that has not been flushed.
    dirty: bool,
}

impl Tcp {
    pub(crate) fn new(socket: TcpSocket) -> Self {
        Self {
            connection_or_accept: OnceCell::new(),
            streams: None,
            socket,
            listening: false,
        }
    }

    fn connected(socket: TcpSocket, input: InputStream, output: OutputStream) -> Self {
        Self {
            streams: Some(Streams::new(input, output)),
            ..Self::new(socket)
        }
    }

    /// Core uses the streams of connected sockets only.
    fn streams(&mut self) -> Result<&mut Streams, Errno> {
        self.streams.as_mut().ok_or(Errno::Enotconn)
    }

    /// Repeats `finish` until it has finished: no host lets `bind` or `listen` take long.
    fn finish(
        &self,
        call: Call,
        finish: impl Fn(&TcpSocket) -> Result<(), ErrorCode>,
    ) -> Result<(), Errno> {
        loop {
            match finish(&self.socket) {
                Ok(()) => return Ok(()),
                Err(ErrorCode::WouldBlock) => self.socket.subscribe().block(),
                Err(code) => return Err(errno(code, call)),
            }
        }
    }
}

impl StreamSocket for Tcp {
    fn bind(&mut self, address: &SockAddr) -> Result<(), Errno> {
        let address = address_to_wasi(address);
        self.socket
            .start_bind(&instance_network(), address)
            .map_err(|code| errno(code, Call::Bind))?;
        self.finish(Call::Bind, TcpSocket::finish_bind)
    }

    fn listen(&mut self, backlog: u32) -> Result<(), Errno> {
        match self.socket.set_listen_backlog_size(backlog.into()) {
            // A host that cannot change it keeps the one it has: the backlog is a hint.
            Ok(()) | Err(ErrorCode::NotSupported) => {}
            Err(code) => return Err(errno(code, Call::Listen)),
        }
        if self.listening {
            return Ok(());
        }
        self.socket
            .start_listen()
            .map_err(|code| errno(code, Call::Listen))?;
        self.finish(Call::Listen, TcpSocket::finish_listen)?;
        self.listening = true;
        Ok(())
    }

    fn accept(&mut self) -> Result<Progress<(Self, SockAddr)>, Errno> {
        memory::check(0)?;
        let (socket, input, output) = match self.socket.accept() {
            Ok(accepted) => accepted,
            Err(ErrorCode::WouldBlock) => return Ok(Progress::Pending),
            Err(code) => return Err(errno(code, Call::Accept)),
        };
        let accepted = Self::connected(socket, input, output);
        // A connection that was reset while it waited has no peer any more.
        match accepted.socket.remote_address() {
            Ok(peer) => Ok(Progress::Done((accepted, address_from_wasi(peer)))),
            Err(_) => Err(Errno::Econnaborted),
        }
    }

    fn start_connect(&mut self, peer: &SockAddr) -> Result<(), Errno> {
        self.socket
            .start_connect(&instance_network(), address_to_wasi(peer))
            .map_err(|code| errno(code, Call::Connect))
    }

    fn finish_connect(&mut self) -> Result<Progress<()>, Errno> {
        match self.socket.finish_connect() {
            Ok((input, output)) => {
                self.streams = Some(Streams::new(input, output));
                Ok(Progress::Done(()))
            }
            Err(ErrorCode::WouldBlock) => Ok(Progress::Pending),
            Err(code) => Err(errno(code, Call::Connect)),
        }
    }

    fn read(&mut self, max: usize) -> Result<Read, Errno> {
        self.streams()?.read(max)
    }

    fn write(&mut self, data: &[u8]) -> Result<Progress<usize>, Errno> {
        self.streams()?.write(data)
    }

    fn flushed(&mut self) -> Result<Progress<()>, Errno> {
        self.streams()?.flushed()
    }

    fn shutdown_write(&mut self) -> Result<(), Errno> {
        self.socket
            .shutdown(ShutdownType::Send)
            .map_err(|code| errno(code, Call::Shutdown))
    }

    fn local_address(&self) -> Result<SockAddr, Errno> {
        name(self.socket.local_address())
    }

    fn getsockopt(&self, option: SockOpt) -> Result<i32, Errno> {
        let socket = &self.socket;
        read(match option {
            SockOpt::SoKeepalive => socket.keep_alive_enabled().map(u64::from),
            SockOpt::TcpKeepidle => socket.keep_alive_idle_time().map(seconds),
            SockOpt::TcpKeepintvl => socket.keep_alive_interval().map(seconds),
            SockOpt::TcpKeepcnt => socket.keep_alive_count().map(u64::from),
            SockOpt::SoRcvbuf => socket.receive_buffer_size(),
            SockOpt::SoSndbuf => socket.send_buffer_size(),
            SockOpt::IpTtl | SockOpt::Ipv6UnicastHops => socket.hop_limit().map(u64::from),
            _ => fixed(option),
        })
    }

    fn setsockopt(&mut self, option: SockOpt, value: i32) -> Result<(), Errno> {
        let socket = &self.socket;
        let number = u64::from(value.unsigned_abs());
        set(match option {
            SockOpt::SoKeepalive => socket.set_keep_alive_enabled(value != 0),
            SockOpt::TcpKeepidle => socket.set_keep_alive_idle_time(nanoseconds(number)),
            SockOpt::TcpKeepintvl => socket.set_keep_alive_interval(nanoseconds(number)),
            SockOpt::TcpKeepcnt => socket.set_keep_alive_count(value.unsigned_abs()),
            SockOpt::SoRcvbuf => socket.set_receive_buffer_size(number),
            SockOpt::SoSndbuf => socket.set_send_buffer_size(number),
            SockOpt::IpTtl | SockOpt::Ipv6UnicastHops => socket.set_hop_limit(hops(value)),
            _ => set_fixed(option, number),
        })
    }

    fn peer_address(&self) -> Result<SockAddr, Errno> {
        name(self.socket.remote_address())
    }
}

fn name(address: Result<IpSocketAddress, ErrorCode>) -> Result<SockAddr, Errno> {
    address
        .map(address_from_wasi)
        .map_err(|code| errno(code, Call::Name))
}

impl Waitable for Tcp {
    fn pollable(&self, interest: Interest) -> Option<&Pollable> {
        match (interest, &self.streams) {
            (Interest::Connect | Interest::Accept, _) => Some(
                self.connection_or_accept
                    .get_or_init(|| self.socket.subscribe()),
            ),
            (Interest::Read, Some(streams)) => {
                Some(streams.readable.get_or_init(|| streams.input.subscribe()))
            }
            (Interest::Write, Some(streams)) => {
                Some(streams.writable.get_or_init(|| streams.output.subscribe()))
            }
            (Interest::Read | Interest::Write, None) | (Interest::Never, _) => None,
        }
    }
}

impl Streams {
    fn new(input: InputStream, output: OutputStream) -> Self {
        Self {
            readable: OnceCell::new(),
            writable: OnceCell::new(),
            input,
            output,
            permit: 0,
            dirty: false,
        }
    }

    fn read(&mut self, max: usize) -> Result<Read, Errno> {
        let max = max.min(LONGEST_READ);
        // For less there is always room enough.
        if max > memory::SMALL {
            memory::check(max)?;
        }
        match self.input.read(max as u64) {
            Ok(data) if data.is_empty() => Ok(Read::Pending),
            Ok(data) => Ok(Read::Data(data)),
            Err(StreamError::Closed) => Ok(Read::End),
            Err(StreamError::LastOperationFailed(error)) => Err(stream_errno(&error)),
        }
    }

    fn write(&mut self, data: &[u8]) -> Result<Progress<usize>, Errno> {
        if self.permit == 0 {
            self.ask_permit()?;
        }
        let length = usize::try_from(self.permit)
            .unwrap_or(usize::MAX)
            .min(data.len());
        let Some(chunk) = data.get(..length).filter(|chunk| !chunk.is_empty()) else {
            return Ok(Progress::Pending);
        };
        self.permit = 0;
        self.dirty = true;
        self.output.write(chunk).map_err(write_errno)?;
        Ok(Progress::Done(length))
    }

    /// A new permit is given when nothing is under way any more.
    fn flushed(&mut self) -> Result<Progress<()>, Errno> {
        if core::mem::take(&mut self.dirty) {
            self.output.flush().map_err(write_errno)?;
        }
        if self.permit == 0 {
            self.ask_permit()?;
        }
        Ok(if self.permit == 0 {
            Progress::Pending
        } else {
            Progress::Done(())
        })
    }

    fn ask_permit(&mut self) -> Result<(), Errno> {
        self.permit = self.output.check_write().map_err(write_errno)?;
        Ok(())
    }
}

/// `closed` on the sending side is what POSIX calls a broken pipe.
fn write_errno(error: StreamError) -> Errno {
    match error {
        StreamError::Closed => Errno::Epipe,
        StreamError::LastOperationFailed(error) => stream_errno(&error),
    }
}
