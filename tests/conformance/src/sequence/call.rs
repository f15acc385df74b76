//! A call, as a line of text.

use core::fmt;
use core::str::FromStr;
use core::time::Duration;

use wasock_core::addr::Family;
use wasock_core::flags::MsgFlags;
use wasock_core::readiness::Readiness;
use wasock_core::sockopt::SockOpt;

use super::place::Place;
use super::words::{Events, FAMILIES, Flags, HOWS, NotUnderstood, OPTIONS, Words, name};
use crate::api::Shutdown;

/// The number of a socket.
pub type Name = u8;

/// A call of a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// The socket.
    pub socket: Name,
    /// What it is told to do.
    pub action: Action,
}

/// What a socket is told to do: the calls of the interface, and at the end the waits of a harness, which change
/// nothing that a program could see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// `create 0 v4 stream`: this is the new socket.
    Create(Family, Kind),
    /// `bind 0 lo`.
    Bind(Place),
    /// `listen 0 5`.
    Listen(i32),
    /// `accept 0 1`: the second number is that of the new socket.
    Accept(Name),
    /// `connect 1 @0`.
    Connect(Place),
    /// `disconnect 1`: `connect(2)` with `AF_UNSPEC`.
    Disconnect,
    /// `send 1 5 dontwait`: so many bytes.
    Send(u32, MsgFlags),
    /// `sendall 1 5 -`.
    Sendall(u32, MsgFlags),
    /// `sendto 1 5 - @0`.
    Sendto(u32, MsgFlags, Place),
    /// `recv 1 5 peek+waitall`.
    Recv(u32, MsgFlags),
    /// `recvfrom 1 5 -`.
    Recvfrom(u32, MsgFlags),
    /// `recv_into 1 2 5 -`: from offset 2 of the buffer on.
    RecvInto(u32, u32, MsgFlags),
    /// `recvfrom_into 1 2 5 -`.
    RecvfromInto(u32, u32, MsgFlags),
    /// `shutdown 1 wr`.
    Shutdown(Shutdown),
    /// `close 1`.
    Close,
    /// `getsockname 1`.
    Getsockname,
    /// `getpeername 1`.
    Getpeername,
    /// `settimeout 1 none`.
    Settimeout(Patience),
    /// `so_type 1`: `SO_TYPE`.
    SoType,
    /// `so_error 1`: `SO_ERROR`.
    SoError,
    /// `so_acceptconn 1`: `SO_ACCEPTCONN`.
    SoAcceptconn,
    /// `getsockopt 1 ip_ttl`.
    Getsockopt(SockOpt),
    /// `setsockopt 1 ip_ttl 5`.
    Setsockopt(SockOpt, i32),
    /// `poll 1 readable+writable`: without waiting.
    Poll(Readiness),
    /// `await 1 readable`: waits until it is ready for something of that.
    Await(Readiness),
    /// `gather 1 5`: waits until so many bytes can be received, or the data ends.
    Gather(u32),
    /// `lose 1`: waits until the connection is gone.
    Lose,
}

/// The type of a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `SOCK_STREAM`.
    Stream,
    /// `SOCK_DGRAM`.
    Dgram,
}

/// A timeout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// `none`: calls wait.
    Endless,
    /// `0`: calls do not wait.
    None,
    /// `short`: calls wait so long as a test can afford.
    Short,
}

impl Patience {
    /// As `settimeout` takes it.
    #[must_use]
    pub fn timeout(self) -> Option<Duration> {
        match self {
            Self::Endless => None,
            Self::None => Some(Duration::ZERO),
            Self::Short => Some(Duration::from_millis(5)),
        }
    }
}

const KINDS: [(&str, Kind); 2] = [("stream", Kind::Stream), ("dgram", Kind::Dgram)];

const PATIENCE: [(&str, Patience); 3] = [
    ("none", Patience::Endless),
    ("0", Patience::None),
    ("short", Patience::Short),
];

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let socket = self.socket;
        match self.action {
            Action::Create(family, kind) => {
                let (family, kind) = (name(&FAMILIES, family), name(&KINDS, kind));
                write!(f, "create {socket} {family} {kind}")
            }
            Action::Bind(place) => write!(f, "bind {socket} {place}"),
            Action::Listen(backlog) => write!(f, "listen {socket} {backlog}"),
            Action::Accept(new) => write!(f, "accept {socket} {new}"),
            Action::Connect(place) => write!(f, "connect {socket} {place}"),
            Action::Disconnect => write!(f, "disconnect {socket}"),
            Action::Send(length, flags) => write!(f, "send {socket} {length} {}", Flags(flags)),
            Action::Sendall(length, flags) => {
                write!(f, "sendall {socket} {length} {}", Flags(flags))
            }
            Action::Sendto(length, flags, place) => {
                write!(f, "sendto {socket} {length} {} {place}", Flags(flags))
            }
            Action::Recv(length, flags) => write!(f, "recv {socket} {length} {}", Flags(flags)),
            Action::Recvfrom(length, flags) => {
                write!(f, "recvfrom {socket} {length} {}", Flags(flags))
            }
            Action::RecvInto(offset, length, flags) => {
                write!(f, "recv_into {socket} {offset} {length} {}", Flags(flags))
            }
            Action::RecvfromInto(offset, length, flags) => {
                let flags = Flags(flags);
                write!(f, "recvfrom_into {socket} {offset} {length} {flags}")
            }
            Action::Shutdown(how) => write!(f, "shutdown {socket} {}", name(&HOWS, how)),
            Action::Close => write!(f, "close {socket}"),
            Action::Getsockname => write!(f, "getsockname {socket}"),
            Action::Getpeername => write!(f, "getpeername {socket}"),
            Action::Settimeout(patience) => {
                write!(f, "settimeout {socket} {}", name(&PATIENCE, patience))
            }
            Action::SoType => write!(f, "so_type {socket}"),
            Action::SoError => write!(f, "so_error {socket}"),
            Action::SoAcceptconn => write!(f, "so_acceptconn {socket}"),
            Action::Getsockopt(option) => {
                write!(f, "getsockopt {socket} {}", name(&OPTIONS, option))
            }
            Action::Setsockopt(option, value) => {
                write!(f, "setsockopt {socket} {} {value}", name(&OPTIONS, option))
            }
            Action::Poll(wanted) => write!(f, "poll {socket} {}", Events(wanted)),
            Action::Await(wanted) => write!(f, "await {socket} {}", Events(wanted)),
            Action::Gather(length) => write!(f, "gather {socket} {length}"),
            Action::Lose => write!(f, "lose {socket}"),
        }
    }
}

impl FromStr for Call {
    type Err = NotUnderstood;

    fn from_str(line: &str) -> Result<Self, NotUnderstood> {
        let mut words = Words::of(line);
        let verb = words.next()?;
        let socket = words.parse()?;
        let action = Action::parse(verb, &mut words)?;
        words.end()?;
        Ok(Self { socket, action })
    }
}

impl Action {
    fn parse(verb: &str, words: &mut Words<'_>) -> Result<Self, NotUnderstood> {
        Ok(match verb {
            "create" => Self::Create(words.choose(&FAMILIES)?, words.choose(&KINDS)?),
            "bind" => Self::Bind(words.parse()?),
            "listen" => Self::Listen(words.parse()?),
            "accept" => Self::Accept(words.parse()?),
            "connect" => Self::Connect(words.parse()?),
            "disconnect" => Self::Disconnect,
            "send" => Self::Send(words.parse()?, words.flags()?),
            "sendall" => Self::Sendall(words.parse()?, words.flags()?),
            "sendto" => Self::Sendto(words.parse()?, words.flags()?, words.parse()?),
            "recv" => Self::Recv(words.parse()?, words.flags()?),
            "recvfrom" => Self::Recvfrom(words.parse()?, words.flags()?),
            "recv_into" => Self::RecvInto(words.parse()?, words.parse()?, words.flags()?),
            "recvfrom_into" => Self::RecvfromInto(words.parse()?, words.parse()?, words.flags()?),
            "shutdown" => Self::Shutdown(words.choose(&HOWS)?),
            "close" => Self::Close,
            "getsockname" => Self::Getsockname,
            "getpeername" => Self::Getpeername,
            "settimeout" => Self::Settimeout(words.choose(&PATIENCE)?),
            "so_type" => Self::SoType,
            "so_error" => Self::SoError,
            "so_acceptconn" => Self::SoAcceptconn,
            "getsockopt" => Self::Getsockopt(words.choose(&OPTIONS)?),
            "setsockopt" => Self::Setsockopt(words.choose(&OPTIONS)?, words.parse()?),
            "poll" => Self::Poll(words.readiness()?),
            "await" => Self::Await(words.readiness()?),
            "gather" => Self::Gather(words.parse()?),
            "lose" => Self::Lose,
            _ => return Err(NotUnderstood),
        })
    }
}
