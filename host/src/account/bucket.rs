//! A token bucket: what passes now, and when the rest does.
//!
//! It holds one second's worth and is full in the beginning. What is taken beyond that is owed, so that something too large
//! to fit, a datagram say, passes and makes the next one wait.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use wasock_policy::Rate;

/// How long a full bucket takes to fill, unless that is not enough for one.
const BURST: Duration = Duration::from_secs(1);

/// Where little is left, this part of a full bucket has to gather before more passes: bytes that trickled one by one
/// would cost more than they are worth.
const PORTIONS: u64 = 64;

/// How much of a rate is used. The rate itself is an argument, for it may change.
#[derive(Debug, Default)]
pub(super) struct Bucket {
    /// When it is full again, if nothing more is taken. Nothing was taken yet: it is full.
    full_at: Mutex<Option<Instant>>,
}

impl Bucket {
    /// How much may pass, at least one, or how long that takes.
    pub(super) fn ready(&self, rate: Rate, now: Instant) -> Result<u64, Duration> {
        let burst = BURST.max(time_for(1, rate));
        let portion = (worth_of(burst, rate) / PORTIONS).max(1);
        let missing = self.missing(now);
        let after = (missing + time_for(portion, rate)).saturating_sub(burst);
        if after.is_zero() {
            Ok(worth_of(burst - missing, rate).max(1))
        } else {
            Err(after)
        }
    }

    /// Something has passed.
    pub(super) fn take(&self, amount: u64, rate: Rate, now: Instant) {
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let from = full_at.map_or(now, |full_at| full_at.max(now));
        // Beyond what a clock can say, it is never full again.
        *full_at = from.checked_add(time_for(amount, rate)).or(*full_at);
    }

    fn missing(&self, now: Instant) -> Duration {
        let full_at = *self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        full_at.map_or(Duration::ZERO, |full_at| {
            full_at.saturating_duration_since(now)
        })
    }
}

/// How long `amount` takes, rounded up.
fn time_for(amount: u64, rate: Rate) -> Duration {
    let nanos = (u128::from(amount) * rate.per().as_nanos()).div_ceil(u128::from(rate.amount()));
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

/// How much comes together in `time`, rounded down.
fn worth_of(time: Duration, rate: Rate) -> u64 {
    let amount = time.as_nanos() * u128::from(rate.amount()) / rate.per().as_nanos();
    u64::try_from(amount).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(amount: u64, seconds: u64) -> Rate {
        Rate::new(amount, Duration::from_secs(seconds)).unwrap()
    }

    #[test]
    fn a_second_of_it_passes_at_once_and_then_it_is_the_rate() {
        let (bucket, rate, start) = (Bucket::default(), rate(64_000, 1), Instant::now());
        assert_eq!(bucket.ready(rate, start), Ok(64_000));
        bucket.take(64_000, rate, start);

        let portion = Duration::from_secs(1) / 64;
        assert_eq!(bucket.ready(rate, start), Err(portion));
        assert_eq!(bucket.ready(rate, start + portion), Ok(1_000));

        let mut passed = 0;
        for tick in 1..=6_400 {
            let now = start + Duration::from_millis(tick * 10);
            if let Ok(amount) = bucket.ready(rate, now) {
                bucket.take(amount, rate, now);
                passed += amount;
            }
        }
        // 64 seconds, and what has not made up a portion yet.
        assert!((64 * 63_000..=64 * 64_000).contains(&passed), "{passed}");
    }

    #[test]
    fn what_is_not_taken_gathers_for_a_second_and_no_longer() {
        let (bucket, rate, start) = (Bucket::default(), rate(100, 1), Instant::now());
        bucket.take(100, rate, start);
        let hour = start + Duration::from_secs(3_600);
        assert_eq!(bucket.ready(rate, hour), Ok(100));
    }

    #[test]
    fn what_is_too_large_passes_and_is_owed() {
        let (bucket, rate, start) = (Bucket::default(), rate(100, 1), Instant::now());
        bucket.take(1_000, rate, start);
        assert_eq!(bucket.ready(rate, start), Err(Duration::from_millis(9_010)));
        assert_eq!(bucket.ready(rate, start + Duration::from_secs(10)), Ok(100));
    }

    #[test]
    fn one_an_hour_is_one_at_once_and_the_next_in_an_hour() {
        let (bucket, rate, start) = (Bucket::default(), rate(1, 3_600), Instant::now());
        assert_eq!(bucket.ready(rate, start), Ok(1));
        bucket.take(1, rate, start);
        let hour = Duration::from_secs(3_600);
        assert_eq!(bucket.ready(rate, start), Err(hour));
        assert_eq!(bucket.ready(rate, start + hour), Ok(1));
    }

    #[test]
    fn no_rate_and_no_amount_is_too_large_to_be_counted_with() {
        let now = Instant::now();
        let century = Duration::from_secs(100 * 365 * 86_400);
        for (amount, per, owes) in [
            (u64::MAX, Duration::from_nanos(1), false),
            (u64::MAX, century, true),
            (1, century, true),
            (1, Duration::from_nanos(1), true),
        ] {
            let (bucket, rate) = (Bucket::default(), Rate::new(amount, per).unwrap());
            assert!(bucket.ready(rate, now).is_ok(), "{rate}");
            for _ in 0..3 {
                bucket.take(u64::MAX, rate, now);
            }
            assert_eq!(bucket.ready(rate, now).is_err(), owes, "{rate}");
        }
    }
}
