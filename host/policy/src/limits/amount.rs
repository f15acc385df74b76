//! How much, in the unit of a limit, and its text.

use std::fmt;
use std::time::Duration;

use super::Rate;

/// How much there may be of what is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Amount {
    /// `32`
    Count(u64),
    /// `64KiB`, `1MB`, `4096`
    Bytes(u64),
    /// `100/s`, `600/min`
    CountRate(Rate),
    /// `10MiB/s`, `1GiB/h`
    ByteRate(Rate),
    /// `500ms`, `10s`, `5min`, `1h`
    Time(Duration),
}

/// What an amount counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Things.
    Count,
    /// Bytes.
    Bytes,
    /// Things in a time.
    CountRate,
    /// Bytes in a time.
    ByteRate,
    /// Time.
    Time,
}

/// Units of size, and what they are worth in bytes. Of two that are worth the same, the last one is shown.
pub(crate) const SIZES: [(&str, u64); 10] = [
    ("B", 1),
    // Not in any standard, and what most people write.
    ("KB", 1_000),
    ("kB", 1_000),
    ("KiB", 1 << 10),
    ("MB", 1_000_000),
    ("MiB", 1 << 20),
    ("GB", 1_000_000_000),
    ("GiB", 1 << 30),
    ("TB", 1_000_000_000_000),
    ("TiB", 1 << 40),
];

/// Units of time, and what they are worth in nanoseconds.
pub(crate) const TIMES: [(&str, u64); 7] = [
    ("ns", 1),
    ("us", 1_000),
    ("ms", 1_000_000),
    ("s", SECOND),
    ("min", 60 * SECOND),
    ("h", 3_600 * SECOND),
    ("d", 86_400 * SECOND),
];

const SECOND: u64 = 1_000_000_000;

impl Amount {
    /// What it counts.
    pub fn unit(self) -> Unit {
        match self {
            Self::Count(_) => Unit::Count,
            Self::Bytes(_) => Unit::Bytes,
            Self::CountRate(_) => Unit::CountRate,
            Self::ByteRate(_) => Unit::ByteRate,
            Self::Time(_) => Unit::Time,
        }
    }

    /// Whether it is nothing.
    pub fn is_zero(self) -> bool {
        match self {
            Self::Count(amount) | Self::Bytes(amount) => amount == 0,
            Self::CountRate(_) | Self::ByteRate(_) => false,
            Self::Time(time) => time.is_zero(),
        }
    }
}

/// The text in the unit that makes the number smallest and leaves no rest.
fn size(bytes: u64) -> String {
    if bytes == 0 {
        return "0".to_owned();
    }
    let whole = SIZES
        .into_iter()
        .filter(|(_, worth)| bytes.is_multiple_of(*worth));
    match whole.max_by_key(|(_, worth)| *worth) {
        Some((unit, worth)) if worth > 1 => format!("{}{unit}", bytes / worth),
        _ => bytes.to_string(),
    }
}

/// The text in the largest unit that leaves no rest.
pub(super) fn time(time: Duration) -> String {
    let nanos = time.as_nanos();
    if nanos == 0 {
        return "0s".to_owned();
    }
    let mut whole = TIMES
        .into_iter()
        .filter(|(_, worth)| nanos.is_multiple_of(u128::from(*worth)));
    // One nanosecond always fits.
    let (unit, worth) = whole.next_back().unwrap_or(("ns", 1));
    format!("{}{unit}", nanos / u128::from(worth))
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(amount) => write!(f, "{amount}"),
            Self::Bytes(bytes) => f.write_str(&size(*bytes)),
            Self::CountRate(rate) => write!(f, "{rate}"),
            Self::ByteRate(rate) => rate.write(f, size(rate.amount())),
            Self::Time(duration) => f.write_str(&time(*duration)),
        }
    }
}

/// What such an amount looks like.
impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Count => "a number such as 32",
            Self::Bytes => "a size such as 64KiB, 1MB or 4096",
            Self::CountRate => "a rate such as 100/s or 600/min",
            Self::ByteRate => "a rate such as 10MiB/s or 1GiB/h",
            Self::Time => "a time such as 500ms, 10s, 5min or 1h",
        })
    }
}
