//! The time of a record: RFC 3339, in UTC, to the microsecond.

use std::time::{Duration, SystemTime};

const SECONDS_OF_A_DAY: i64 = 86_400;

/// `2026-01-31T23:59:59.000001Z`.
pub(super) fn rfc3339(time: SystemTime) -> String {
    let (seconds, micros) = since_the_epoch(time);
    let (days, second) = (
        seconds.div_euclid(SECONDS_OF_A_DAY),
        seconds.rem_euclid(SECONDS_OF_A_DAY),
    );
    let (year, month, day) = date(days);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}Z")
}

/// Seconds, and the microseconds after them. A clock that is set to before 1970 is not worth an error.
fn since_the_epoch(time: SystemTime) -> (i64, u32) {
    /// The last second of the year 9999, behind which RFC 3339 has no more digits.
    const LAST: i64 = 253_402_300_799;

    let whole = |duration: Duration| i64::try_from(duration.as_secs()).unwrap_or(LAST);
    let (seconds, micros) = match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(after) => (whole(after), after.subsec_micros()),
        Err(_) => (0, 0),
    };
    (seconds.min(LAST), micros)
}

/// The date of a day, counted from 1970-01-01, in the Gregorian calendar.
///
/// A year is taken to begin in March: then the leap day is the last of it, and the lengths of the months before repeat
/// every five (153 days).
fn date(days: i64) -> (i64, i64, i64) {
    /// From 0000-03-01 to 1970-01-01.
    const TO_EPOCH: i64 = 719_468;
    /// Of 400 years, after which the calendar repeats.
    const ERA: i64 = 146_097;

    let days = days + TO_EPOCH;
    let (era, of_era) = (days.div_euclid(ERA), days.rem_euclid(ERA));
    let leap_days = of_era / 1_460 - of_era / 36_524 + of_era / 146_096;
    let year_of_era = (of_era - leap_days) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_moments_have_their_texts() {
        for (seconds, micros, expected) in [
            (0, 0, "1970-01-01T00:00:00.000000Z"),
            (951_782_400, 1, "2000-02-29T00:00:00.000001Z"),
            (951_868_799, 999_999, "2000-02-29T23:59:59.999999Z"),
            (1_709_164_800, 0, "2024-02-29T00:00:00.000000Z"),
            (1_735_689_599, 500_000, "2024-12-31T23:59:59.500000Z"),
            (1_735_689_600, 0, "2025-01-01T00:00:00.000000Z"),
            (4_107_542_400, 0, "2100-03-01T00:00:00.000000Z"),
            (u64::MAX / 4, 0, "9999-12-31T23:59:59.000000Z"),
        ] {
            let Some(time) =
                SystemTime::UNIX_EPOCH.checked_add(Duration::new(seconds, micros * 1_000))
            else {
                continue;
            };
            assert_eq!(rfc3339(time), expected);
        }
    }

    #[test]
    fn each_day_follows_the_one_before() {
        let mut expected = (1970, 1, 1);
        for day in 0..200_000 {
            assert_eq!(date(day), expected);
            let (year, month, last) = expected;
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let length = match month {
                2 => 28 + i64::from(leap),
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            expected = match (month, last) {
                (12, 31) => (year + 1, 1, 1),
                (month, last) if last == length => (year, month + 1, 1),
                (month, last) => (year, month, last + 1),
            };
        }
    }

    #[test]
    fn a_clock_before_its_time_is_no_error() {
        let time = SystemTime::UNIX_EPOCH - Duration::from_secs(1);
        assert_eq!(rfc3339(time), "1970-01-01T00:00:00.000000Z");
    }
}
