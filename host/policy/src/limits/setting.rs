//! One limit and its amount.

use std::fmt;
use std::str::FromStr;

use super::{Amount, Limit, Limits};
use crate::{ParseError, parse};

/// One limit and its amount: `connections=32`. The amount is in the limit's unit, and zero only where that makes sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LimitSetting {
    limit: Limit,
    amount: Amount,
}

impl LimitSetting {
    /// `None` if the amount is in another unit, or zero where nothing would ever run.
    pub fn new(limit: Limit, amount: Amount) -> Option<Self> {
        let fits = limit.unit() == amount.unit() && (limit.may_be_zero() || !amount.is_zero());
        fits.then_some(Self { limit, amount })
    }

    /// What is limited.
    pub fn limit(self) -> Limit {
        self.limit
    }

    /// To how much.
    pub fn amount(self) -> Amount {
        self.amount
    }
}

/// These limits alone.
impl From<LimitSetting> for Limits {
    fn from(LimitSetting { limit, amount }: LimitSetting) -> Self {
        let mut limits = Self::default();
        match amount {
            Amount::Count(count) | Amount::Bytes(count) => {
                let place = match limit {
                    Limit::Sockets => &mut limits.sockets,
                    Limit::Connections => &mut limits.connections,
                    Limit::TotalConnections => &mut limits.total_connections,
                    Limit::BytesIn => &mut limits.bytes_in,
                    Limit::BytesOut => &mut limits.bytes_out,
                    Limit::Lookups => &mut limits.lookups,
                    Limit::Memory => &mut limits.memory,
                    _ => return limits,
                };
                *place = Some(count);
            }
            Amount::CountRate(rate) | Amount::ByteRate(rate) => {
                let place = match limit {
                    Limit::AcceptRate => &mut limits.accept_rate,
                    Limit::RateIn => &mut limits.rate_in,
                    Limit::RateOut => &mut limits.rate_out,
                    _ => return limits,
                };
                *place = Some(rate);
            }
            Amount::Time(time) => {
                let place = match limit {
                    Limit::ConnectTime => &mut limits.connect_time,
                    Limit::IdleTime => &mut limits.idle_time,
                    Limit::Lifetime => &mut limits.lifetime,
                    Limit::CpuTime => &mut limits.cpu_time,
                    _ => return limits,
                };
                *place = Some(time);
            }
        }
        limits
    }
}

impl FromStr for LimitSetting {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        parse::limit(text)
    }
}

impl fmt::Display for LimitSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.limit, self.amount)
    }
}
