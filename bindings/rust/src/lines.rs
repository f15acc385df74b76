//! A connection of lines, one of many.

use alloc::vec::Vec;

use crate::error::Error;
use crate::net::sockets::Readiness;
use crate::poller::Poller;
use crate::queue::Queue;
use crate::stream::TcpStream;

/// A stream of lines that does not block: one of many in the hands of a [`Poller`].
///
/// What it keeps is bounded, whatever the peer sends or does not read. Dropping it closes the stream.
#[derive(Debug)]
pub struct LineStream {
    stream: TcpStream,
    token: u32,
    /// The beginning of a line.
    received: Queue,
    unsent: Queue,
    /// Whether the poller waits for room to send, too.
    blocked: bool,
}

impl LineStream {
    /// Adds a stream to the poller. Neither a line that it receives nor what it has to send may become longer than
    /// `limit` bytes.
    ///
    /// # Errors
    /// Those of [`Poller::add`].
    pub fn new(
        poller: &Poller,
        stream: TcpStream,
        token: u32,
        limit: usize,
    ) -> Result<Self, Error> {
        stream.set_nonblocking(true)?;
        poller.add(&stream, Readiness::READABLE, token)?;
        Ok(Self {
            stream,
            token,
            received: Queue::new(limit),
            unsent: Queue::new(limit),
            blocked: false,
        })
    }

    /// Receives once and answers the lines that are complete now, with their line feeds; `None` at the end of the
    /// data.
    ///
    /// # Errors
    /// - [`Error::LimitExceeded`]: a line is longer than the limit.
    /// - [`Error::UnexpectedEnd`]: the data ended in the middle of a line.
    /// - Those of [`TcpStream::read`].
    pub fn receive(&mut self) -> Result<Option<Vec<Vec<u8>>>, Error> {
        if self.received.receive(&self.stream)? == Some(0) {
            return if self.received.is_empty() {
                Ok(None)
            } else {
                Err(Error::UnexpectedEnd)
            };
        }
        let lines = core::iter::from_fn(|| self.received.take_until(b"\n"));
        Ok(Some(lines.collect()))
    }

    /// Appends `data` to what is to be sent; [`flush`](Self::flush) sends it.
    ///
    /// # Errors
    /// - [`Error::LimitExceeded`]: too much is to be sent already, as the peer does not read.
    pub fn push(&mut self, data: &[u8]) -> Result<(), Error> {
        self.unsent.push(data)
    }

    /// Sends what can be sent now; the poller is told to wait for room for the rest. To be called after
    /// [`push`](Self::push) and when the stream is writable.
    ///
    /// # Errors
    /// Those of [`TcpStream::write`].
    pub fn flush(&mut self, poller: &Poller) -> Result<(), Error> {
        self.unsent.send(&self.stream)?;
        let blocked = !self.unsent.is_empty();
        if blocked != self.blocked {
            let mut interest = Readiness::READABLE;
            interest.set(Readiness::WRITABLE, blocked);
            poller.modify(self.token, interest)?;
            self.blocked = blocked;
        }
        Ok(())
    }
}
