//! What the native peer can be told to do.
//!
//! The peer is a TCP server on loopback. A client connects, sends one [`Command`] as a line of text, and the
//! peer does that with this connection. Where two sides have to agree on an order they exchange lines,
//! so that no case depends on how fast anything is.

use alloc::boxed::Box;
use core::fmt;
use core::str::{FromStr, SplitAsciiWhitespace};

/// One line to the peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Sends back what comes, until the end; then closes.
    Echo,
    /// Reads to the end, then answers how much that was: 8 bytes, big-endian.
    Discard,
    /// As [`Discard`](Self::Discard), with a small buffer and in small pieces.
    SlowDiscard,
    /// Reads so slowly that a transfer of megabytes does not end.
    Drip,
    /// Keeps the connection and reads nothing.
    NeverRead,
    /// Reads this many bytes, then sends them all back and ends the data.
    Mirror(usize),
    /// Sends this many bytes of the [pattern](pattern_byte) and ends the data; reads to the end.
    Send(usize),
    /// Sends the first number of bytes; when the client has sent one byte, the second number; then
    /// ends the data.
    Split(usize, usize),
    /// Closes at once.
    Close,
    /// Closes while data of the client is unread, which resets the connection.
    CloseUnread,
    /// Resets the connection at once.
    Reset,
    /// Reads this many bytes, then resets the connection.
    ResetAfter(usize),
    /// Sends `hello`, then resets the connection.
    HelloThenReset,
    /// Connects to this port of loopback, answers `connected ADDRESS`; after a line `go`, does the
    /// command over there and answers `done`.
    ConnectBack(u16, Box<Self>),
    /// Answers with a port that refuses connections; after a line `open` they are taken: it
    /// answers `opened`.
    Refuse,
    /// Answers with a port where connections are neither taken nor refused; after a line `refuse` they are refused: it
    /// answers `refusing`; after a line `open` they are taken: it answers `opened`.
    Stall,
    /// Waits a moment, then sends `hello` as a datagram to this port of loopback.
    Datagram(u16),
    /// Answers with a number, then reads to the end.
    Record,
    /// Waits until the record with this number has ended and answers `COUNT eof` or `COUNT reset`.
    Recall(u64),
}

/// The byte at `index` of what the peer sends and the cases send: no short period, so that a piece that
/// is lost, doubled or moved is seen.
#[must_use]
pub fn pattern_byte(index: usize) -> u8 {
    let index = index as u64;
    (index.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Echo => write!(f, "echo"),
            Self::Discard => write!(f, "discard"),
            Self::SlowDiscard => write!(f, "slow-discard"),
            Self::Drip => write!(f, "drip"),
            Self::NeverRead => write!(f, "never-read"),
            Self::Mirror(length) => write!(f, "mirror {length}"),
            Self::Send(length) => write!(f, "send {length}"),
            Self::Split(first, second) => write!(f, "split {first} {second}"),
            Self::Close => write!(f, "close"),
            Self::CloseUnread => write!(f, "close-unread"),
            Self::Reset => write!(f, "reset"),
            Self::ResetAfter(length) => write!(f, "reset-after {length}"),
            Self::HelloThenReset => write!(f, "hello-then-reset"),
            Self::ConnectBack(port, then) => write!(f, "connect-back {port} {then}"),
            Self::Refuse => write!(f, "refuse"),
            Self::Stall => write!(f, "stall"),
            Self::Datagram(port) => write!(f, "datagram {port}"),
            Self::Record => write!(f, "record"),
            Self::Recall(number) => write!(f, "recall {number}"),
        }
    }
}

/// The line is not a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownCommand;

impl FromStr for Command {
    type Err = UnknownCommand;

    fn from_str(line: &str) -> Result<Self, UnknownCommand> {
        Self::parse(&mut line.split_ascii_whitespace()).ok_or(UnknownCommand)
    }
}

impl Command {
    fn parse(words: &mut SplitAsciiWhitespace<'_>) -> Option<Self> {
        fn next<T: FromStr>(words: &mut SplitAsciiWhitespace<'_>) -> Option<T> {
            words.next()?.parse().ok()
        }

        Some(match words.next()? {
            "echo" => Self::Echo,
            "discard" => Self::Discard,
            "slow-discard" => Self::SlowDiscard,
            "drip" => Self::Drip,
            "never-read" => Self::NeverRead,
            "mirror" => Self::Mirror(next(words)?),
            "send" => Self::Send(next(words)?),
            "split" => Self::Split(next(words)?, next(words)?),
            "close" => Self::Close,
            "close-unread" => Self::CloseUnread,
            "reset" => Self::Reset,
            "reset-after" => Self::ResetAfter(next(words)?),
            "hello-then-reset" => Self::HelloThenReset,
            "connect-back" => Self::ConnectBack(next(words)?, Box::new(Self::parse(words)?)),
            "refuse" => Self::Refuse,
            "stall" => Self::Stall,
            "datagram" => Self::Datagram(next(words)?),
            "record" => Self::Record,
            "recall" => Self::Recall(next(words)?),
            _ => return None,
        })
    }
}
