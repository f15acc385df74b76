//! What a call answered, as a line of text.

use core::fmt;
use core::str::FromStr;

use wasock_core::readiness::Readiness;
use wasock_core::{Errno, SockAddr};

use super::words::{Events, NotUnderstood, Words};

/// What a call answered, and what is to be seen of the socket then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// The answer.
    pub answer: Answer,
    /// The local address of the socket; none when it is closed.
    pub local: Option<SockAddr>,
}

/// What a call answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// `ok`: that it is done.
    Done,
    /// `count 5`: how many bytes it took.
    Count(u32),
    /// `data 5:1a2b3c4d`.
    Data(Digest),
    /// `received 5:1a2b3c4d 9 127.0.0.1:80`: data, the length of the whole, and who sent it.
    Received(Digest, u32, Option<SockAddr>),
    /// `address 127.0.0.1:80`.
    Address(SockAddr),
    /// `accepted 127.0.0.1:80 127.0.0.1:4000`: the address of the peer, and the local one of the new socket.
    Accepted(SockAddr, SockAddr),
    /// `ready readable`.
    Ready(Readiness),
    /// `value 64`: that of an option.
    Value(i32),
    /// `error ECONNRESET`, `error none`: what `SO_ERROR` has.
    Error(Option<Errno>),
    /// `ECONNREFUSED`: that it failed.
    Failed(Errno),
    /// `absent`: that there is no such socket.
    Absent,
    /// `late`: that what a harness waits for has not happened.
    Late,
}

/// Bytes in short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digest {
    /// How many.
    pub length: u32,
    /// A hash of them.
    pub hash: u32,
}

impl Digest {
    /// That of `data`: FNV-1a with 32 bits.
    #[must_use]
    pub fn of(data: &[u8]) -> Self {
        let step = |hash: u32, byte: &u8| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
        Self {
            length: u32::try_from(data.len()).unwrap_or(u32::MAX),
            hash: data.iter().fold(0x811c_9dc5, step),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.answer, Maybe(self.local))
    }
}

impl FromStr for Outcome {
    type Err = NotUnderstood;

    fn from_str(line: &str) -> Result<Self, NotUnderstood> {
        let (answer, local) = line.split_once(" at ").ok_or(NotUnderstood)?;
        Ok(Self {
            answer: answer.parse()?,
            local: Words::of(local).parse::<Maybe>()?.0,
        })
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done => f.write_str("ok"),
            Self::Count(count) => write!(f, "count {count}"),
            Self::Data(digest) => write!(f, "data {digest}"),
            Self::Received(digest, whole, sender) => {
                write!(f, "received {digest} {whole} {}", Maybe(*sender))
            }
            Self::Address(address) => write!(f, "address {address}"),
            Self::Accepted(peer, local) => write!(f, "accepted {peer} {local}"),
            Self::Ready(readiness) => write!(f, "ready {}", Events(*readiness)),
            Self::Value(value) => write!(f, "value {value}"),
            Self::Error(error) => write!(f, "error {}", error.map_or("none", Errno::name)),
            Self::Failed(errno) => f.write_str(errno.name()),
            Self::Absent => f.write_str("absent"),
            Self::Late => f.write_str("late"),
        }
    }
}

impl FromStr for Answer {
    type Err = NotUnderstood;

    fn from_str(line: &str) -> Result<Self, NotUnderstood> {
        let mut words = Words::of(line);
        let answer = match words.next()? {
            "ok" => Self::Done,
            "count" => Self::Count(words.parse()?),
            "data" => Self::Data(words.parse()?),
            "received" => Self::Received(words.parse()?, words.parse()?, words.parse::<Maybe>()?.0),
            "address" => Self::Address(words.parse()?),
            "accepted" => Self::Accepted(words.parse()?, words.parse()?),
            "ready" => Self::Ready(words.readiness()?),
            "value" => Self::Value(words.parse()?),
            "error" => Self::Error(match words.next()? {
                "none" => None,
                name => Some(errno(name)?),
            }),
            "absent" => Self::Absent,
            "late" => Self::Late,
            name => Self::Failed(errno(name)?),
        };
        words.end()?;
        Ok(answer)
    }
}

fn errno(name: &str) -> Result<Errno, NotUnderstood> {
    let errno = Errno::ALL.iter().find(|errno| errno.name() == name);
    errno.copied().ok_or(NotUnderstood)
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{:08x}", self.length, self.hash)
    }
}

impl FromStr for Digest {
    type Err = NotUnderstood;

    fn from_str(word: &str) -> Result<Self, NotUnderstood> {
        let (length, hash) = word.split_once(':').ok_or(NotUnderstood)?;
        Ok(Self {
            length: length.parse().map_err(|_| NotUnderstood)?,
            hash: u32::from_str_radix(hash, 16).map_err(|_| NotUnderstood)?,
        })
    }
}

/// An address that may be none.
struct Maybe(Option<SockAddr>);

impl fmt::Display for Maybe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(address) => address.fmt(f),
            None => f.write_str("none"),
        }
    }
}

impl FromStr for Maybe {
    type Err = NotUnderstood;

    fn from_str(word: &str) -> Result<Self, NotUnderstood> {
        match word {
            "none" => Ok(Self(None)),
            address => address
                .parse()
                .map(|it| Self(Some(it)))
                .map_err(|_| NotUnderstood),
        }
    }
}
