//! A TCP socket of the layer.

use std::cell::Cell;
use std::net::IpAddr;
use std::rc::Rc;

use wasock_core::addr::Family;
use wasock_core::backend::{Progress, Read, StreamSocket};
use wasock_core::create::Kind;
use wasock_core::sockopt::SockOpt;
use wasock_core::{Errno, Interest, SockAddr};

use super::options::Options;
use super::{Cause, Layer, given};
use crate::pattern::pattern;

/// The most that one read answers.
const LARGEST_READ: usize = 64 * 1024;

/// How a connection ends. Not by `EPIPE`, which core answers by itself and which could then not be told from this.
const ENDS: [Errno; 3] = [Errno::Econnreset, Errno::Etimedout, Errno::Eio];

/// A TCP socket.
#[derive(Debug)]
pub(crate) struct Wire<'a> {
    layer: Layer<'a>,
    family: Family,
    state: State,
    local: Option<SockAddr>,
    options: Options,
    /// What the last call of each kind answered with `Pending`: what there is to wait for.
    pending: Vec<Interest>,
}

#[derive(Debug)]
enum State {
    Unbound,
    Bound,
    Listening,
    Connecting,
    Connected(Connection),
    /// An error has used it up.
    Spent,
}

/// A connection.
#[derive(Debug, Default)]
pub(crate) struct Connection {
    /// How many bytes were read.
    pub(crate) read: usize,
    /// Whether a read has answered the end of the data, or an error.
    pub(crate) read_ended: bool,
    /// Whether it was an error.
    pub(crate) read_failed: bool,
    /// Whether a read had no memory for what there is: the next one does not have to wait.
    pub(crate) lacks_memory: bool,
    /// How many bytes were written.
    pub(crate) written: usize,
    /// Whether some of them would be lost if the socket went now.
    pub(crate) in_flight: bool,
    /// Whether a call has answered an error.
    pub(crate) failed: bool,
    /// Whether the peer sees an end behind what was written: by `shutdown_write`, or by an error. Shared, as whoever closes the
    /// socket asks later.
    pub(crate) sending_is_over: Rc<Cell<bool>>,
    /// Whether a write or a flush has.
    write_failed: bool,
    pub(crate) write_shut: bool,
    /// Whether it has no peer any more.
    pub(crate) is_gone: Cell<bool>,
}

impl Connection {
    fn fail(&mut self) {
        self.failed = true;
        self.sending_is_over.set(true);
    }
}

impl<'a> Wire<'a> {
    pub(super) fn new(layer: Layer<'a>, family: Family) -> Self {
        Self {
            layer,
            family,
            state: State::Unbound,
            local: None,
            options: Options::default(),
            pending: Vec::new(),
        }
    }

    /// The connection, if there is one.
    pub(crate) fn connection(&self) -> Option<&Connection> {
        match &self.state {
            State::Connected(connection) => Some(connection),
            _ => None,
        }
    }

    /// The local address.
    pub(crate) fn local(&self) -> Option<SockAddr> {
        self.local
    }

    /// Whether `interest` is what the socket has said it waits for.
    pub(crate) fn waits_for(&self, interest: Interest) -> bool {
        self.pending.contains(&interest)
    }

    /// Whether `interest` can ever happen.
    pub(crate) fn can_come(&self, interest: Interest) -> bool {
        match (interest, &self.state) {
            (Interest::Accept, State::Listening) | (Interest::Connect, State::Connecting) => true,
            (Interest::Read, State::Connected(connection)) => !connection.read_ended,
            (Interest::Write, State::Connected(connection)) => {
                !connection.write_failed && !connection.write_shut
            }
            _ => false,
        }
    }

    fn connected(&mut self, call: &str) -> &mut Connection {
        match &mut self.state {
            State::Connected(connection) => connection,
            other => panic!("{call} in state {other:?}"),
        }
    }

    fn note<T>(&mut self, interest: Interest, progress: &Progress<T>) {
        self.pending.retain(|other| *other != interest);
        if let Progress::Pending = progress {
            self.pending.push(interest);
        }
    }

    fn kind(&self) -> Kind {
        Kind::Stream(self.family)
    }

    /// Not every socket is asked for every option.
    fn check_asked(&self, option: SockOpt) {
        assert_ne!(option, SockOpt::SoReuseaddr);
        assert!(
            !matches!(self.state, State::Connecting | State::Spent),
            "option of {self:?}"
        );
    }

    fn end_of_connection(&mut self) -> Errno {
        self.layer.fail(Cause::Connection, &ENDS)
    }
}

impl StreamSocket for Wire<'_> {
    fn bind(&mut self, address: &SockAddr) -> Result<(), Errno> {
        self.layer.called();
        assert!(matches!(self.state, State::Unbound), "bind: {self:?}");
        assert_eq!(Family::of(address), self.family);
        self.layer
            .try_to(Cause::Call, &[Errno::Eaddrinuse, Errno::Eacces])?;
        self.state = State::Bound;
        self.local = Some(given(address));
        Ok(())
    }

    fn listen(&mut self, backlog: u32) -> Result<(), Errno> {
        self.layer.called();
        assert!(
            matches!(self.state, State::Bound | State::Listening),
            "listen: {self:?}"
        );
        assert!(backlog >= 1);
        let outcome = self
            .layer
            .try_to(Cause::Call, &[Errno::Eaddrinuse, Errno::Eacces]);
        self.state = match (outcome, &self.state) {
            (Ok(()), _) | (_, State::Listening) => State::Listening,
            (Err(_), _) => State::Spent,
        };
        outcome
    }

    fn accept(&mut self) -> Result<Progress<(Self, SockAddr)>, Errno> {
        self.layer.called();
        assert!(matches!(self.state, State::Listening), "accept: {self:?}");
        let choice = self.layer.input().below(6);
        let progress = match choice {
            0..=2 => Progress::Pending,
            3 => {
                let mut accepted = Self::new(self.layer.clone(), self.family);
                accepted.state = State::Connected(Connection::default());
                accepted.local = self.local;
                accepted.options = self.options.clone();
                Progress::Done((accepted, peer(self.family)))
            }
            4 => return Err(self.layer.fail(Cause::Call, &[Errno::Emfile, Errno::Eio])),
            // Nobody is told of this one.
            _ => return Err(Errno::Econnaborted),
        };
        self.note(Interest::Accept, &progress);
        Ok(progress)
    }

    fn start_connect(&mut self, peer: &SockAddr) -> Result<(), Errno> {
        self.layer.called();
        assert!(
            matches!(self.state, State::Unbound | State::Bound),
            "start_connect: {self:?}"
        );
        assert_eq!(Family::of(peer), self.family);
        assert!(is_destination(peer), "connect to {peer}");
        let outcome = self
            .layer
            .try_to(Cause::Call, &[Errno::Ehostunreach, Errno::Enetdown]);
        self.state = match outcome {
            Ok(()) => State::Connecting,
            Err(_) => State::Spent,
        };
        outcome
    }

    fn finish_connect(&mut self) -> Result<Progress<()>, Errno> {
        self.layer.called();
        assert!(
            matches!(self.state, State::Connecting),
            "finish_connect: {self:?}"
        );
        let choice = self.layer.input().below(4);
        let progress = match choice {
            0 => Progress::Pending,
            1 | 2 => {
                self.state = State::Connected(Connection::default());
                Progress::Done(())
            }
            _ => {
                self.state = State::Spent;
                let errors = [Errno::Ehostunreach, Errno::Enetdown, Errno::Etimedout];
                return Err(self.layer.fail(Cause::Call, &errors));
            }
        };
        self.note(Interest::Connect, &progress);
        Ok(progress)
    }

    fn read(&mut self, max: usize) -> Result<Read, Errno> {
        self.layer.called();
        assert_ne!(max, 0);
        let choice = self.layer.input().byte();
        let connection = self.connected("read");
        assert!(!connection.read_ended, "read after the end");
        let lacked_memory = std::mem::take(&mut connection.lacks_memory);
        let length = match choice {
            0..=79 if !lacked_memory => {
                self.note(Interest::Read, &Progress::<()>::Pending);
                return Ok(Read::Pending);
            }
            // This ends nothing, and whoever has data to answer with keeps it to himself.
            0..=79 | 249 => {
                connection.lacks_memory = true;
                return Err(Errno::Enobufs);
            }
            80..=239 => usize::from(choice) - 79,
            240..=248 => LARGEST_READ,
            250..=252 => {
                connection.read_ended = true;
                return Ok(Read::End);
            }
            253..=255 => {
                connection.read_ended = true;
                connection.read_failed = true;
                connection.fail();
                return Err(self.end_of_connection());
            }
        };
        let data = pattern(connection.read, length.min(max));
        connection.read += data.len();
        self.note(Interest::Read, &Progress::Done(()));
        Ok(Read::Data(data.to_vec()))
    }

    fn write(&mut self, data: &[u8]) -> Result<Progress<usize>, Errno> {
        self.layer.called();
        assert!(!data.is_empty());
        let choice = self.layer.input().byte();
        let connection = self.connected("write");
        assert!(!connection.write_shut, "write after shutdown");
        assert!(!connection.write_failed, "write after an error");
        assert!(
            data == pattern(connection.written, data.len()),
            "what is written is not what comes next"
        );
        let progress = match choice {
            0..=79 => Progress::Pending,
            80..=239 => Progress::Done(data.len().min(usize::from(choice) - 79)),
            240..=252 => Progress::Done(data.len()),
            253..=255 => {
                connection.fail();
                connection.write_failed = true;
                return Err(self.end_of_connection());
            }
        };
        if let Progress::Done(taken) = progress {
            connection.written += taken;
            connection.in_flight = true;
        }
        self.note(Interest::Write, &progress);
        Ok(progress)
    }

    fn flushed(&mut self) -> Result<Progress<()>, Errno> {
        self.layer.called();
        let choice = self.layer.input().below(8);
        let connection = self.connected("flushed");
        let progress = match choice {
            0..=3 => Progress::Pending,
            4..=6 => {
                connection.in_flight = false;
                Progress::Done(())
            }
            _ => {
                connection.fail();
                connection.write_failed = true;
                return Err(self.end_of_connection());
            }
        };
        self.note(Interest::Write, &progress);
        Ok(progress)
    }

    fn shutdown_write(&mut self) -> Result<(), Errno> {
        self.layer.called();
        let gone = self.layer.input().below(4) == 3;
        let connection = self.connected("shutdown_write");
        assert!(!connection.write_shut, "shutdown after shutdown");
        if gone {
            // This does not say how it ended.
            connection.fail();
            connection.is_gone.set(true);
            return Err(Errno::Enotconn);
        }
        connection.write_shut = true;
        connection.sending_is_over.set(true);
        Ok(())
    }

    fn local_address(&self) -> Result<SockAddr, Errno> {
        self.layer.called();
        self.local.ok_or(Errno::Einval)
    }

    fn peer_address(&self) -> Result<SockAddr, Errno> {
        self.layer.called();
        let Some(connection) = self.connection() else {
            panic!("peer_address: {self:?}");
        };
        if connection.is_gone.get() || self.layer.input().below(4) == 3 {
            connection.is_gone.set(true);
            Err(Errno::Enotconn)
        } else {
            Ok(peer(self.family))
        }
    }

    fn getsockopt(&self, option: SockOpt) -> Result<i32, Errno> {
        self.check_asked(option);
        self.options.get(&self.layer, self.kind(), option)
    }

    fn setsockopt(&mut self, option: SockOpt, value: i32) -> Result<(), Errno> {
        self.check_asked(option);
        let kind = self.kind();
        self.options.set(&self.layer, kind, option, value)
    }
}

/// Who is at the other end of a connection.
pub(crate) fn peer(family: Family) -> SockAddr {
    family.loopback(50_000)
}

/// Whether this is something that TCP can reach. Of the rest, core answers what Linux does.
fn is_destination(peer: &SockAddr) -> bool {
    let is_one = match peer.ip() {
        IpAddr::V4(ip) => !ip.is_broadcast(),
        IpAddr::V6(ip) => ip.to_ipv4_mapped().is_none(),
    };
    is_one && peer.port() != 0 && !peer.ip().is_multicast() && !peer.ip().is_unspecified()
}

impl Drop for Wire<'_> {
    fn drop(&mut self) {
        let is_lost = self
            .connection()
            .is_some_and(|connection| connection.in_flight && !connection.failed);
        assert!(
            !is_lost || self.layer.is_over() || std::thread::panicking(),
            "dropped with data in flight"
        );
    }
}
