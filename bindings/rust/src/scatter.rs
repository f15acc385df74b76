//! Several buffers where a call takes one.

use alloc::vec::Vec;

use crate::error::Error;
use crate::net::types::Errno;

/// What is in `pieces`, one after the other, up to `limit` bytes.
pub(crate) fn gather(pieces: &[&[u8]], limit: usize) -> Vec<u8> {
    // The same piece may be in it again and again, so that the sum is more than there is memory.
    let length = pieces
        .iter()
        .fold(0, |sum: usize, piece| sum.saturating_add(piece.len()));
    let mut data = Vec::with_capacity(length.min(limit));
    for piece in pieces {
        let room = limit - data.len();
        data.extend_from_slice(piece.get(..room).unwrap_or(piece));
    }
    data
}

/// Puts `data` into `buffers`, filling one after the other, and answers how many bytes there were.
///
/// # Errors
/// `EIO` if they do not fit: a supplier that answers more than it was asked for is broken.
pub(crate) fn scatter(data: &[u8], buffers: &mut [&mut [u8]]) -> Result<usize, Error> {
    let mut rest = data;
    for buffer in buffers {
        let count = rest.len().min(buffer.len());
        let (now, later) = rest.split_at_checked(count).ok_or(Errno::Eio)?;
        buffer
            .get_mut(..count)
            .ok_or(Errno::Eio)?
            .copy_from_slice(now);
        rest = later;
    }
    if rest.is_empty() {
        Ok(data.len())
    } else {
        Err(Errno::Eio.into())
    }
}
