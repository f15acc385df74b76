//! The other end of a connection: a native socket, which never waits for ever.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use rustix::net::sockopt::set_socket_linger;
use wasock_conformance::peer::{Command, pattern_byte};
use wasock_core::addr::Family;

use super::program::LIMIT;

/// A native listener at a port of its own.
pub(crate) struct Listener(TcpListener);

/// A port where attempts to connect are neither taken nor refused, while this lives.
pub(crate) struct Stalled {
    address: SocketAddr,
    control: TcpStream,
}

/// A native connection. It sends the pattern and expects it.
pub(crate) struct Peer {
    stream: TcpStream,
    sent: usize,
    received: usize,
}

impl Listener {
    pub(crate) fn v4() -> Self {
        Self(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has ports"))
    }

    /// At an address of this machine.
    pub(crate) fn at(address: &str) -> Self {
        Self(TcpListener::bind(address).expect("an address of this machine"))
    }

    pub(crate) fn v6() -> Self {
        Self(TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).expect("loopback has ports"))
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.0.local_addr().expect("it is bound")
    }

    /// Waits for a connection.
    pub(crate) fn accept(&self) -> Peer {
        let listener = self.0.try_clone().expect("a second handle");
        let (sender, accepted) = channel();
        thread::spawn(move || sender.send(listener.accept()));
        let (stream, _) = accepted
            .recv_timeout(LIMIT)
            .expect("nobody connects")
            .expect("accept fails");
        Peer::new(stream)
    }
}

impl Stalled {
    pub(crate) fn v4() -> Self {
        let server = wasock_tests::peer::Peer::start().expect("loopback has ports");
        let address = server.address(Family::Inet);
        let mut control = TcpStream::connect(address).expect("it listens");
        writeln!(control, "{}", Command::Stall).expect("it reads");
        let mut port = String::new();
        BufReader::new(&control)
            .read_line(&mut port)
            .expect("it answers");
        let port = port.trim_end().parse().expect("a port");
        Self {
            address: SocketAddr::new(address.ip(), port),
            control,
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on attempts are taken.
    pub(crate) fn open(&self) {
        writeln!(&self.control, "open").expect("it reads");
    }
}

impl Peer {
    fn new(stream: TcpStream) -> Self {
        for set in [TcpStream::set_read_timeout, TcpStream::set_write_timeout] {
            set(&stream, Some(LIMIT)).expect("a limit can be set");
        }
        Self {
            stream,
            sent: 0,
            received: 0,
        }
    }

    pub(crate) fn connect(address: impl Into<SocketAddr>) -> Self {
        Self::new(TcpStream::connect_timeout(&address.into(), LIMIT).expect("it listens"))
    }

    /// The same connection for another thread, which sends or receives all there is.
    pub(crate) fn clone_handle(&self) -> Self {
        Self::new(self.stream.try_clone().expect("a second handle"))
    }

    /// Sends so many bytes of the pattern.
    pub(crate) fn send(&mut self, count: usize) {
        let data: Vec<u8> = (self.sent..self.sent + count).map(pattern_byte).collect();
        self.stream.write_all(&data).expect("the guest reads");
        self.sent += count;
    }

    /// Sends as much of the pattern as there is room for. Returns how much that is.
    pub(crate) fn fill(&mut self) -> usize {
        let before = self.sent;
        self.stream.set_nonblocking(true).expect("a socket");
        let full = loop {
            let data: Vec<u8> = (self.sent..self.sent + 64 * 1024)
                .map(pattern_byte)
                .collect();
            match self.stream.write(&data) {
                Ok(count) => self.sent += count,
                Err(error) => break error,
            }
        };
        assert_eq!(full.kind(), ErrorKind::WouldBlock, "{full}");
        self.stream.set_nonblocking(false).expect("a socket");
        self.sent - before
    }

    /// Reads so many bytes, which must be the pattern.
    #[track_caller]
    pub(crate) fn expect(&mut self, count: usize) {
        let mut data = vec![0; count];
        self.stream.read_exact(&mut data).expect("more data");
        self.check(&data);
    }

    /// Reads to the end of the data, which must be the pattern. Returns how much came in all.
    #[track_caller]
    pub(crate) fn drain(&mut self) -> usize {
        let mut data = Vec::new();
        self.stream.read_to_end(&mut data).expect("an end");
        self.check(&data);
        self.received
    }

    #[track_caller]
    fn check(&mut self, data: &[u8]) {
        for byte in data {
            assert_eq!(
                *byte,
                pattern_byte(self.received),
                "byte {} of the data",
                self.received
            );
            self.received += 1;
        }
    }

    /// The other side closes or resets without having sent a byte.
    #[track_caller]
    pub(crate) fn expect_refusal(mut self) {
        let read = self.stream.read(&mut [0]);
        let refused = match &read {
            Ok(count) => *count == 0,
            Err(error) => error.kind() == ErrorKind::ConnectionReset,
        };
        assert!(refused, "{read:?}");
    }

    pub(crate) fn shutdown(&self) {
        self.stream.shutdown(Shutdown::Write).expect("it is open");
    }

    /// Closes with a reset.
    pub(crate) fn reset(self) {
        set_socket_linger(&self.stream, Some(Duration::ZERO)).expect("a socket of TCP");
    }

    /// Goes away without a word, as a machine does that loses its power: what comes for the connection then is answered as by
    /// one that has never heard of it.
    ///
    /// # Errors
    /// That this process may not do that: it takes `CAP_NET_ADMIN`.
    #[expect(unsafe_code, reason = "no crate of ours has this option")]
    pub(crate) fn vanish(self) -> io::Result<()> {
        let on: libc::c_int = 1;
        // SAFETY: the descriptor is open, and the value is an integer of the size that is given.
        let outcome = unsafe {
            libc::setsockopt(
                self.stream.as_raw_fd(),
                libc::IPPROTO_TCP,
                libc::TCP_REPAIR,
                (&raw const on).cast(),
                size_of_val(&on) as libc::socklen_t,
            )
        };
        // A socket in repair is closed without a word.
        match outcome {
            0 => Ok(()),
            _ => Err(io::Error::last_os_error()),
        }
    }

    /// The stream itself, for what is no pattern.
    pub(crate) fn stream(&self) -> &TcpStream {
        &self.stream
    }
}
