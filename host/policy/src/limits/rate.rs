//! So much in so long.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::amount;
use crate::ParseError;
use crate::parse;

/// So much in so long: `100/s`, `600/min`, `10MiB/s`. Neither part is zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rate {
    amount: u64,
    /// Fits in 64 bits of nanoseconds, so that two rates can be compared.
    per: Duration,
}

impl Rate {
    /// `None` if one of the two is zero, or the time is longer than five centuries.
    pub fn new(amount: u64, per: Duration) -> Option<Self> {
        let fits = u64::try_from(per.as_nanos()).is_ok();
        (amount > 0 && !per.is_zero() && fits).then_some(Self { amount, per })
    }

    /// How much: connections or bytes.
    pub fn amount(self) -> u64 {
        self.amount
    }

    /// In how long.
    pub fn per(self) -> Duration {
        self.per
    }

    /// The slower one; this one if they are the same speed.
    #[must_use]
    pub fn slower(self, other: Self) -> Self {
        // Two factors of 64 bits each.
        let speed = |of: Self, by: Self| u128::from(of.amount) * by.per.as_nanos();
        if speed(other, self) < speed(self, other) {
            other
        } else {
            self
        }
    }

    /// The text, with the amount written in its own way.
    pub(super) fn write(
        self,
        f: &mut fmt::Formatter<'_>,
        amount: impl fmt::Display,
    ) -> fmt::Result {
        let per = amount::time(self.per);
        // `100/s`, not `100/1s`.
        let unit = per
            .strip_prefix('1')
            .filter(|unit| !unit.starts_with(|c: char| c.is_ascii_digit()));
        write!(f, "{amount}/{}", unit.unwrap_or(&per))
    }
}

/// The amount may be a size: `10MiB/s`.
impl FromStr for Rate {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        parse::rate(text)
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, self.amount)
    }
}
