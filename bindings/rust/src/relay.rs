//! Two connections made into one.

use crate::error::Error;
use crate::net::sockets::{Readiness, ShutdownHow};
use crate::net::types::Errno;
use crate::poller::Poller;
use crate::queue::Queue;
use crate::stream::TcpStream;

/// How much is on its way in one direction at most.
const IN_FLIGHT: usize = 64 * 1024;

/// Passes what each of two streams sends to the other, without blocking: one of many in the hands of a [`Poller`].
///
/// The end of the data is passed on in each direction by itself. An end that does not read makes the other one
/// wait: at most 64 KiB in each direction are kept here. Dropping a relay closes both streams.
#[derive(Debug)]
pub struct Relay {
    ends: [End; 2],
}

/// One of the streams, and what it sent.
#[derive(Debug)]
struct End {
    stream: TcpStream,
    token: u32,
    /// What the poller waits for; when that is nothing, the stream is not in the set.
    awaited: Readiness,
    /// Received from this end and not yet sent to the other.
    queue: Queue,
    half: Half,
}

/// How far a direction has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Half {
    /// Data may come.
    Open,
    /// The end of the data has come.
    Ended,
    /// It has been passed on.
    Done,
}

impl Relay {
    /// Joins two streams, each of which gets a token. One may still be connecting:
    /// [`TcpStream::connect_nonblocking`].
    ///
    /// # Errors
    /// Those of [`Poller::add`].
    pub fn new(poller: &Poller, streams: [TcpStream; 2], tokens: [u32; 2]) -> Result<Self, Error> {
        let [left, right] = streams;
        let mut relay = Self {
            ends: [End::new(left, tokens[0])?, End::new(right, tokens[1])?],
        };
        relay.wait(poller)?;
        Ok(relay)
    }

    /// Does what can be done now, after an event of one of its tokens. Answers whether both directions have
    /// ended, so that the relay can be dropped.
    ///
    /// # Errors
    /// Those of the streams. The relay is of no more use then.
    pub fn advance(&mut self, poller: &Poller) -> Result<bool, Error> {
        let [left, right] = &mut self.ends;
        left.pass_to(right)?;
        right.pass_to(left)?;
        if left.half == Half::Done && right.half == Half::Done {
            return Ok(true);
        }
        self.wait(poller)?;
        Ok(false)
    }

    fn wait(&mut self, poller: &Poller) -> Result<(), Error> {
        let [left, right] = &mut self.ends;
        let (to_left, to_right) = (right.has_for_other(), left.has_for_other());
        left.wait(poller, to_left)?;
        right.wait(poller, to_right)
    }
}

impl End {
    fn new(stream: TcpStream, token: u32) -> Result<Self, Error> {
        stream.set_nonblocking(true)?;
        Ok(Self {
            stream,
            token,
            awaited: Readiness::empty(),
            queue: Queue::new(IN_FLIGHT),
            half: Half::Open,
        })
    }

    fn pass_to(&mut self, other: &Self) -> Result<(), Error> {
        if self.may_receive() && self.queue.receive(&self.stream)? == Some(0) {
            self.half = Half::Ended;
        }
        self.queue.send(&other.stream)?;
        if self.half == Half::Ended && self.queue.is_empty() {
            match other.stream.shutdown(ShutdownHow::Write) {
                Ok(()) => self.half = Half::Done,
                // It is still connecting; if it is gone, receiving from it says so.
                Err(Error::Errno(Errno::Enotconn)) if other.may_receive() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn may_receive(&self) -> bool {
        self.half == Half::Open && !self.queue.is_full()
    }

    fn has_for_other(&self) -> bool {
        !self.queue.is_empty() || self.half == Half::Ended
    }

    /// Keeps the stream in the set as long as there is something to do, for a hangup would be answered without end.
    fn wait(&mut self, poller: &Poller, to_send: bool) -> Result<(), Error> {
        let mut wanted = Readiness::empty();
        wanted.set(Readiness::READABLE, self.may_receive());
        wanted.set(Readiness::WRITABLE, to_send);
        if wanted == self.awaited {
            return Ok(());
        }
        if wanted.is_empty() {
            poller.remove(self.token)?;
        } else if self.awaited.is_empty() {
            poller.add(&self.stream, wanted, self.token)?;
        } else {
            poller.modify(self.token, wanted)?;
        }
        self.awaited = wanted;
        Ok(())
    }
}
