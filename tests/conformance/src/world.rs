//! What a case is given, and the steps that many cases share.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use core::time::Duration;

use wasock_core::addr::Family;
use wasock_core::{Errno, SockAddr};

use crate::api::{AnyFamily, AnyType, Api, Socket};
use crate::failure::{Failure, OrFail, expect_err, expect_that};
use crate::peer::Command;
use crate::transfer::{NONE, give, take, take_line};

/// What a case is given.
#[derive(Debug)]
pub struct World<'a, A> {
    /// The calls to test.
    pub api: &'a A,
    /// The family to test them with.
    pub family: Family,
    /// Where the native peer listens, an address of that family.
    pub peer: SockAddr,
}

/// Two sockets that are connected with each other, without the listening one.
pub(crate) struct Pair<S> {
    /// The one that connected.
    pub(crate) client: S,
    /// The one that was accepted.
    pub(crate) server: S,
}

impl<A: Api> World<'_, A> {
    /// The family under test, as `create` takes it.
    pub(crate) fn any_family(&self) -> AnyFamily {
        match self.family {
            Family::Inet => AnyFamily::Inet,
            Family::Inet6 => AnyFamily::Inet6,
        }
    }

    /// The family that is not under test.
    pub(crate) fn other_family(&self) -> Family {
        match self.family {
            Family::Inet => Family::Inet6,
            Family::Inet6 => Family::Inet,
        }
    }

    /// Loopback in the family under test.
    pub(crate) fn loopback(&self, port: u16) -> SockAddr {
        self.family.loopback(port)
    }

    /// A new stream socket.
    pub(crate) fn stream(&self) -> Result<A::Socket, Failure> {
        self.api
            .create(self.any_family(), AnyType::Stream, 0)
            .or_fail("create")
    }

    /// A socket that is bound to loopback and an ephemeral port.
    pub(crate) fn bound(&self) -> Result<A::Socket, Failure> {
        let socket = self.stream()?;
        socket
            .bind(self.loopback(0))
            .or_fail("bind to loopback, port 0")?;
        Ok(socket)
    }

    /// A socket that listens on loopback, and its address.
    pub(crate) fn listener(&self) -> Result<(A::Socket, SockAddr), Failure> {
        let socket = self.bound()?;
        socket.listen(16).or_fail("listen")?;
        let address = socket
            .getsockname()
            .or_fail("getsockname of the listening socket")?;
        Ok((socket, address))
    }

    /// A socket that is connected to `address`.
    pub(crate) fn connected(&self, address: SockAddr) -> Result<A::Socket, Failure> {
        let socket = self.stream()?;
        socket.connect(address).or_fail("connect")?;
        Ok(socket)
    }

    /// A non-blocking socket whose attempt to connect goes on until the port is told to take or to refuse it. The socket tries again
    /// now and then, so it takes a moment to know.
    pub(crate) fn attempt(&self) -> Result<(A::Socket, Port<A::Socket>), Failure> {
        let port = self.stalling_port()?;
        let socket = self.stream()?;
        socket
            .settimeout(Some(Duration::ZERO))
            .or_fail("settimeout")?;
        expect_err!(socket.connect(port.address), Einprogress, "connect");
        Ok((socket, port))
    }

    /// Two sockets that are connected with each other.
    pub(crate) fn pair(&self) -> Result<Pair<A::Socket>, Failure> {
        let (listener, address) = self.listener()?;
        let client = self.connected(address)?;
        let (server, _) = listener.accept().or_fail("accept")?;
        Ok(Pair { client, server })
    }

    /// A connection to the native peer, which has been told what to do.
    pub(crate) fn peer(&self, command: &Command) -> Result<A::Socket, Failure> {
        let socket = self.connected(self.peer)?;
        give(
            &socket,
            format!("{command}\n").as_bytes(),
            "the line to the peer",
        )?;
        Ok(socket)
    }

    /// Lets the native peer connect to `listener`; see [`Visit`].
    pub(crate) fn visit(
        &self,
        listener: SockAddr,
        then: Command,
    ) -> Result<Visit<A::Socket>, Failure> {
        let control = self.peer(&Command::ConnectBack(listener.port(), Box::new(then)))?;
        Ok(Visit { control })
    }

    /// A port that refuses connections, and nobody else gets.
    pub(crate) fn refusing_port(&self) -> Result<Port<A::Socket>, Failure> {
        self.port(&Command::Refuse)
    }

    /// A port where a connection attempt neither succeeds nor fails.
    pub(crate) fn stalling_port(&self) -> Result<Port<A::Socket>, Failure> {
        self.port(&Command::Stall)
    }

    fn port(&self, command: &Command) -> Result<Port<A::Socket>, Failure> {
        let control = self.peer(command)?;
        let line = take_line(&control, "the port from the peer")?;
        let port = line
            .parse()
            .map_err(|_| Failure::new(format!("the port from the peer: found `{line}`")))?;
        Ok(Port {
            control,
            address: self.loopback(port),
        })
    }

    /// Repeats a non-blocking call until it stops to answer `not_yet`.
    ///
    /// In between it really waits, for one byte there and back, so that whoever supplies the sockets gets
    /// a chance to work on them.
    pub(crate) fn until_done<T>(
        &self,
        not_yet: Errno,
        mut call: impl FnMut() -> Result<T, Errno>,
    ) -> Result<Result<T, Errno>, Failure> {
        let echo = self.peer(&Command::Echo)?;
        loop {
            match call() {
                Err(errno) if errno == not_yet => {
                    give(&echo, b".", "a byte to the peer")?;
                    take(&echo, 1, "a byte from the peer")?;
                }
                answer => return Ok(answer),
            }
        }
    }
}

/// The native peer as a client of the case: it connects, says so, and goes on when it is told.
pub(crate) struct Visit<S> {
    control: S,
}

impl<S: Socket> Visit<S> {
    /// Waits until the peer has connected: the connection can be accepted now. Answers with its
    /// address.
    pub(crate) fn connected(&self) -> Result<SockAddr, Failure> {
        let line = take_line(&self.control, "the report of the peer")?;
        let address = line
            .strip_prefix("connected ")
            .and_then(|text| text.parse().ok());
        address.ok_or_else(|| Failure::new(format!("the peer should connect, it says `{line}`")))
    }

    /// Lets the peer go on, without waiting for it.
    pub(crate) fn go(&self) -> Result<(), Failure> {
        give(&self.control, b"go\n", "the word to go on")
    }

    /// Waits until the peer has done what it was told.
    pub(crate) fn done(&self) -> Result<(), Failure> {
        let line = take_line(&self.control, "the report of the peer")?;
        expect_that!(line == "done", "the peer should be done, it says `{line}`");
        Ok(())
    }
}

/// A port of the native peer that does not serve yet.
pub(crate) struct Port<S> {
    control: S,
    /// Its address.
    pub(crate) address: SockAddr,
}

impl<S: Socket> Port<S> {
    /// From now on connections to the port are taken.
    pub(crate) fn open(&self) -> Result<(), Failure> {
        self.tell("open", "opened")
    }

    /// From now on connections to the port are refused.
    pub(crate) fn refuse(&self) -> Result<(), Failure> {
        self.tell("refuse", "refusing")
    }

    fn tell(&self, word: &str, report: &str) -> Result<(), Failure> {
        give(
            &self.control,
            format!("{word}\n").as_bytes(),
            "the word to the peer",
        )?;
        let line = take_line(&self.control, "the report of the peer")?;
        expect_that!(
            line == report,
            "the peer should say `{report}` of the port, it says `{line}`"
        );
        Ok(())
    }
}

/// A record that the native peer keeps of a connection.
pub(crate) struct Record<'a, 'b, A: Api> {
    world: &'a World<'b, A>,
    /// The connection.
    pub(crate) socket: A::Socket,
    number: u64,
}

impl<'b, A: Api> World<'b, A> {
    /// A connection of which the native peer remembers how much came and how it ended.
    pub(crate) fn record(&self) -> Result<Record<'_, 'b, A>, Failure> {
        let socket = self.peer(&Command::Record)?;
        let line = take_line(&socket, "the number of the record")?;
        let number = line
            .parse()
            .map_err(|_| Failure::new(format!("the number of the record: found `{line}`")))?;
        Ok(Record {
            world: self,
            socket,
            number,
        })
    }
}

impl<A: Api> Record<'_, '_, A> {
    /// Drops the connection and answers what the peer saw of it: `COUNT eof` or `COUNT reset`.
    pub(crate) fn dropped(self) -> Result<String, Failure> {
        let Self {
            world,
            socket,
            number,
        } = self;
        drop(socket);
        recall(world, number)
    }

    /// Closes the connection and answers what the peer saw of it.
    pub(crate) fn closed(self) -> Result<String, Failure> {
        self.socket.close();
        let seen = recall(self.world, self.number)?;
        expect_that!(
            self.socket.recv(1, NONE) == Err(Errno::Ebadf),
            "recv of the closed socket: expected EBADF"
        );
        Ok(seen)
    }
}

fn recall<A: Api>(world: &World<'_, A>, number: u64) -> Result<String, Failure> {
    let socket = world.peer(&Command::Recall(number))?;
    take_line(&socket, "what the peer saw")
}
