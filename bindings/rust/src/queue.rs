//! Bytes between sockets that do not block.

use alloc::vec::Vec;

use crate::error::Error;
use crate::reader::find;
use crate::stream::TcpStream;

/// A queue of bytes with a limit, for streams that do not block: what was received and is not yet understood, or
/// what could not be sent yet.
#[derive(Debug)]
pub struct Queue {
    bytes: Vec<u8>,
    /// How many of the first bytes have left.
    gone: usize,
    limit: usize,
}

impl Queue {
    /// An empty queue that never holds more than `limit` bytes.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self {
            bytes: Vec::new(),
            gone: 0,
            limit,
        }
    }

    /// How many bytes are in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len() - self.gone
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether nothing more fits.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.len() >= self.limit
    }

    /// Appends all of `data`, or nothing.
    ///
    /// # Errors
    /// - [`Error::LimitExceeded`]: it does not fit.
    pub fn push(&mut self, data: &[u8]) -> Result<(), Error> {
        if data.len() > self.limit.saturating_sub(self.len()) {
            return Err(Error::LimitExceeded);
        }
        self.close_up();
        self.bytes.extend_from_slice(data);
        Ok(())
    }

    /// Appends what `stream` receives, as much as fits, by one call. Answers how many bytes; 0 is the end of the data,
    /// `None` that nothing is there yet.
    ///
    /// # Errors
    /// - [`Error::LimitExceeded`]: the queue is full.
    /// - Those of [`TcpStream::read`].
    pub fn receive(&mut self, stream: &TcpStream) -> Result<Option<usize>, Error> {
        if self.is_full() {
            return Err(Error::LimitExceeded);
        }
        let Some(data) = unless_blocked(stream.receive(self.limit - self.len()))? else {
            return Ok(None);
        };
        let count = data.len();
        if count > self.limit - self.len() {
            return Err(Error::LimitExceeded);
        }
        self.append(data);
        Ok(Some(count))
    }

    /// Appends all of `data`, whatever the limit.
    pub(crate) fn append(&mut self, data: Vec<u8>) {
        if self.is_empty() {
            (self.bytes, self.gone) = (data, 0);
        } else {
            self.close_up();
            self.bytes.extend_from_slice(&data);
        }
    }

    /// Sends what `stream` takes, by one call; that leaves the queue.
    ///
    /// # Errors
    /// Those of [`TcpStream::write`].
    pub fn send(&mut self, stream: &TcpStream) -> Result<(), Error> {
        let data = self.bytes();
        if !data.is_empty() {
            let count = unless_blocked(stream.write(data))?.unwrap_or(0);
            self.gone += count.min(data.len());
        }
        Ok(())
    }

    /// Takes the bytes up to `delimiter` out, which is part of the answer; nothing when it is not there yet.
    pub fn take_until(&mut self, delimiter: &[u8]) -> Option<Vec<u8>> {
        let end = find(self.bytes(), delimiter, 0)?;
        Some(self.take(end))
    }

    /// Takes the first bytes out, at most `most`. Those behind them stay where they are.
    pub(crate) fn take(&mut self, most: usize) -> Vec<u8> {
        if self.gone == 0 && most >= self.bytes.len() {
            return core::mem::take(&mut self.bytes);
        }
        let data = self.bytes();
        let taken = Vec::from(data.get(..most).unwrap_or(data));
        self.gone += taken.len();
        taken
    }

    /// What is in it.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.bytes.get(self.gone..).unwrap_or_default()
    }

    /// Drops what has left.
    fn close_up(&mut self) {
        self.bytes.drain(..self.gone);
        self.gone = 0;
    }
}

fn unless_blocked<T>(outcome: Result<T, Error>) -> Result<Option<T>, Error> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.would_block() => Ok(None),
        Err(error) => Err(error),
    }
}
