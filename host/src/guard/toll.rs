//! What a datagram costs: its bytes, as a whole or not at all.
//!
//! Rates are not refused but waited for. A datagram may pass as long as nothing is owed, and what it is too large for is
//! owed then.

use super::link::Way;
use super::open::Open;
use crate::account::Exceeded;

impl Open {
    /// How many of `wanted` datagrams may pass now by the rates: where there are any, one at a time.
    pub(crate) fn permit(&self, way: Way, wanted: u64) -> u64 {
        let rate = way.rate();
        let terms = self.guard().in_force().terms;
        if !terms.set(rate) {
            return wanted;
        }
        match terms.ready(rate, self.guard().now()) {
            Ok(_) => wanted.min(1),
            Err(_) => 0,
        }
    }

    /// Pay for a datagram that is about to pass.
    pub(crate) fn pay(&self, way: Way, bytes: u64) -> Result<(), Exceeded> {
        let terms = self.guard().in_force().terms;
        terms.take(way.bytes(), bytes).inspect_err(|exceeded| {
            self.guard().exhausted(exceeded, || self.refused());
            self.set_refused_by(Some(exceeded.limit));
        })?;
        if terms.set(way.rate()) {
            terms.pass(way.rate(), bytes, self.guard().now());
        }
        Ok(())
    }

    /// It has not passed.
    pub(crate) fn pay_back(&self, way: Way, bytes: u64) {
        let terms = self.guard().in_force().terms;
        terms.give_back(way.bytes(), bytes);
    }
}
