//! Data in which each place can be told from its neighbours, so that a byte that is lost, doubled or moved shows.

use std::sync::OnceLock;

use wasock_core::stream::MAX_TRANSFER;

/// A prime, so that no buffer size is a multiple of it.
const PERIOD: usize = 251;

/// The bytes of a stream from `position` on, at most a little more than core takes at once.
pub(crate) fn pattern(position: usize, length: usize) -> &'static [u8] {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    let bytes = BYTES.get_or_init(|| {
        let places = 0..PERIOD + MAX_TRANSFER + 1;
        places.map(|place| (place % PERIOD) as u8).collect()
    });
    let start = position % PERIOD;
    &bytes[start..start + length]
}
