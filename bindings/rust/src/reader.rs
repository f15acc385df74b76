//! Reading up to a delimiter.

use alloc::vec::Vec;

use crate::error::Error;
use crate::queue::Queue;
use crate::stream::TcpStream;

/// How much is asked for at once: what WASI gives in one go.
const PIECE: usize = 64 * 1024;

/// A stream with a buffer in front, for protocols of lines: reads up to a delimiter, however the
/// data was cut into pieces on its way.
#[derive(Debug)]
pub struct BufReader<'a> {
    stream: &'a TcpStream,
    /// Received and not yet handed out. What bounds it is the limit of each call.
    buffer: Queue,
}

impl<'a> BufReader<'a> {
    /// A reader with an empty buffer.
    ///
    /// Reading from the stream itself misses what is in the buffer.
    #[must_use]
    pub fn new(stream: &'a TcpStream) -> Self {
        Self {
            stream,
            buffer: Queue::new(usize::MAX),
        }
    }

    /// Reads up to `delimiter`, which is part of the answer. `None` when there is no more data at all.
    ///
    /// # Errors
    /// - [`Error::LimitExceeded`]: `limit` bytes came without the delimiter.
    /// - [`Error::UnexpectedEnd`]: the data ended after some bytes, without the delimiter.
    /// - Those of [`TcpStream::read`].
    ///
    /// What was read stays in the buffer then, so that a call that ran out of time can be repeated.
    pub fn read_until(&mut self, delimiter: &[u8], limit: usize) -> Result<Option<Vec<u8>>, Error> {
        let mut searched = 0;
        loop {
            let end = find(self.buffer.bytes(), delimiter, searched);
            if let Some(end) = end.filter(|end| *end <= limit) {
                return Ok(Some(self.buffer.take(end)));
            }
            if self.buffer.len() >= limit {
                return Err(Error::LimitExceeded);
            }

            // The beginning of the delimiter may be there already.
            searched = (self.buffer.len() + 1).saturating_sub(delimiter.len());
            let data = self.stream.receive(PIECE)?;
            if data.is_empty() {
                return if self.buffer.is_empty() {
                    Ok(None)
                } else {
                    Err(Error::UnexpectedEnd)
                };
            }
            self.buffer.append(data);
        }
    }

    /// Reads what is there, from the buffer first, and answers how many bytes. 0 is the end of the data.
    ///
    /// # Errors
    /// Those of [`TcpStream::read`].
    pub fn read(&mut self, target: &mut [u8]) -> Result<usize, Error> {
        if self.buffer.is_empty() {
            return self.stream.read(target);
        }
        let taken = self.buffer.take(target.len());
        for (to, from) in target.iter_mut().zip(&taken) {
            *to = *from;
        }
        Ok(taken.len())
    }

    /// Hands `length` bytes to `sink`, or without a length all up to the end of the data, in pieces as they
    /// come. Answers how many they were.
    ///
    /// # Errors
    /// - [`Error::UnexpectedEnd`]: the data ended before `length` bytes.
    /// - Those of [`TcpStream::read`] and of `sink`.
    pub fn forward(
        &mut self,
        length: Option<u64>,
        mut sink: impl FnMut(&[u8]) -> Result<(), Error>,
    ) -> Result<u64, Error> {
        let mut passed = 0;
        loop {
            let left = length.map_or(u64::MAX, |length| length.saturating_sub(passed));
            if left == 0 {
                return Ok(passed);
            }
            let piece = self.read_piece(usize::try_from(left).unwrap_or(usize::MAX))?;
            if piece.is_empty() {
                return if length.is_none() {
                    Ok(passed)
                } else {
                    Err(Error::UnexpectedEnd)
                };
            }
            sink(&piece)?;
            passed += piece.len() as u64;
        }
    }

    /// Takes what is there, at most `most` bytes, as a list of its own.
    fn read_piece(&mut self, most: usize) -> Result<Vec<u8>, Error> {
        if self.buffer.is_empty() {
            return self.stream.receive(most.min(PIECE));
        }
        Ok(self.buffer.take(most))
    }
}

/// Where the first `delimiter` that begins at `start` or later ends.
pub(crate) fn find(data: &[u8], delimiter: &[u8], start: usize) -> Option<usize> {
    if delimiter.is_empty() {
        return Some(0);
    }
    let mut windows = data.get(start..)?.windows(delimiter.len());
    Some(start + windows.position(|window| window == delimiter)? + delimiter.len())
}
