//! The levels of one guest, and what is left at each.

use std::sync::Arc;
use std::time::{Duration, Instant};

use wasock_policy::{Limit, Limits, Rate};

use super::{Account, Exceeded};

/// By which a guest uses the network: its own limits, its tenant's and the host's. A change of one makes new terms, over
/// the same accounts.
#[derive(Debug)]
pub(crate) struct Terms {
    /// The store first, then those around it.
    tiers: Box<[Tier]>,
    /// A bit for each limit that some level sets.
    set: u16,
}

/// One level: what it has used, and what it may.
#[derive(Clone, Debug)]
pub(crate) struct Tier {
    pub(crate) account: Arc<Account>,
    pub(crate) limits: Limits,
}

impl Terms {
    pub(crate) fn new(tiers: impl IntoIterator<Item = Tier>) -> Self {
        let tiers: Box<[Tier]> = tiers.into_iter().collect();
        let limits = tiers.iter().flat_map(|tier| tier.limits.iter());
        let set = limits.fold(0, |set, (limit, _)| set | bit(limit));
        Self { tiers, set }
    }

    /// The limits of all levels: of each the smallest.
    pub(crate) fn limits(&self) -> Limits {
        let limits = self.tiers.iter().map(|tier| tier.limits);
        limits.fold(Limits::default(), Limits::tightest)
    }

    /// Whether any level sets `limit`.
    pub(crate) fn set(&self, limit: Limit) -> bool {
        self.set & bit(limit) != 0
    }

    /// Whether it takes a clock to know how a connection stands.
    pub(crate) fn need_a_clock(&self) -> bool {
        const TIMED: u16 =
            bit(Limit::RateIn) | bit(Limit::RateOut) | bit(Limit::IdleTime) | bit(Limit::Lifetime);
        self.set & TIMED != 0
    }

    /// Take `amount` at every level, or nothing at any.
    pub(crate) fn take(&self, limit: Limit, amount: u64) -> Result<(), Exceeded> {
        for (index, tier) in self.tiers.iter().enumerate() {
            tier.take(limit, amount).inspect_err(|_| {
                for earlier in &self.tiers[..index] {
                    earlier.account.give_back(limit, amount);
                }
            })?;
        }
        Ok(())
    }

    /// Take as much of `wanted` as every level has; returns how much that is.
    pub(crate) fn take_up_to(&self, limit: Limit, wanted: u64) -> u64 {
        if !self.set(limit) {
            self.add(limit, wanted);
            return wanted;
        }
        let mut taken = wanted;
        for (index, tier) in self.tiers.iter().enumerate() {
            let here = tier.take_up_to(limit, taken);
            for earlier in &self.tiers[..index] {
                earlier.account.give_back(limit, taken - here);
            }
            taken = here;
        }
        taken
    }

    /// Count what is no question of limits any more.
    pub(crate) fn add(&self, limit: Limit, amount: u64) {
        for tier in &self.tiers {
            tier.account.add(limit, amount);
        }
    }

    pub(crate) fn give_back(&self, limit: Limit, amount: u64) {
        for tier in &self.tiers {
            tier.account.give_back(limit, amount);
        }
    }

    /// How much there is left at every level.
    pub(crate) fn left(&self, limit: Limit) -> u64 {
        if !self.set(limit) {
            return u64::MAX;
        }
        let left = self.tiers.iter().map(|tier| tier.left(limit));
        left.min().unwrap_or(u64::MAX)
    }

    /// The first level that has nothing left.
    pub(crate) fn used_up(&self, limit: Limit) -> Option<Exceeded> {
        let tier = self.tiers.iter().find(|tier| tier.left(limit) == 0)?;
        tier.exceeded(limit)
    }

    /// The shortest time that a level sets.
    pub(crate) fn time(&self, limit: Limit) -> Option<Duration> {
        let times = self.tiers.iter().filter_map(|tier| tier.time(limit));
        times.min()
    }

    /// Whose time it is that is over.
    pub(crate) fn time_over(&self, limit: Limit) -> Option<Exceeded> {
        let timed = self.tiers.iter().filter(|tier| tier.time(limit).is_some());
        timed.min_by_key(|tier| tier.time(limit))?.exceeded(limit)
    }

    /// How much may pass now by the rates of every level, or how long that takes.
    pub(crate) fn ready(&self, rate: Limit, now: Instant) -> Result<u64, Duration> {
        let mut least = Ok(u64::MAX);
        for tier in &self.tiers {
            let Some((bucket, rate)) = tier.account.bucket(rate).zip(tier.rate(rate)) else {
                continue;
            };
            least = match (least, bucket.ready(rate, now)) {
                (Ok(a), Ok(b)) => Ok(a.min(b)),
                (Err(a), Err(b)) => Err(a.max(b)),
                (Err(wait), Ok(_)) | (Ok(_), Err(wait)) => Err(wait),
            };
        }
        least
    }

    /// Count what has passed against the rates.
    pub(crate) fn pass(&self, rate: Limit, amount: u64, now: Instant) {
        for tier in &self.tiers {
            if let Some((bucket, rate)) = tier.account.bucket(rate).zip(tier.rate(rate)) {
                bucket.take(amount, rate, now);
            }
        }
    }
}

impl Tier {
    fn take(&self, limit: Limit, amount: u64) -> Result<(), Exceeded> {
        let Some(most) = self.most(limit) else {
            self.account.add(limit, amount);
            return Ok(());
        };
        if self.account.add_below(limit, amount, most) {
            return Ok(());
        }
        self.exceeded(limit).map_or(Ok(()), Err)
    }

    fn take_up_to(&self, limit: Limit, wanted: u64) -> u64 {
        match self.most(limit) {
            Some(most) => self.account.add_up_to(limit, wanted, most),
            None => {
                self.account.add(limit, wanted);
                wanted
            }
        }
    }

    fn left(&self, limit: Limit) -> u64 {
        let left = |most: u64| most.saturating_sub(self.account.used(limit));
        self.most(limit).map_or(u64::MAX, left)
    }

    /// How much there may be, of what is counted.
    fn most(&self, limit: Limit) -> Option<u64> {
        let limits = &self.limits;
        match limit {
            Limit::Sockets => limits.sockets,
            Limit::Connections => limits.connections,
            Limit::TotalConnections => limits.total_connections,
            Limit::BytesIn => limits.bytes_in,
            Limit::BytesOut => limits.bytes_out,
            Limit::Lookups => limits.lookups,
            Limit::Memory => limits.memory,
            Limit::CpuTime => limits.cpu_time.map(nanos),
            Limit::AcceptRate
            | Limit::RateIn
            | Limit::RateOut
            | Limit::ConnectTime
            | Limit::IdleTime
            | Limit::Lifetime => None,
        }
    }

    fn time(&self, limit: Limit) -> Option<Duration> {
        match limit {
            Limit::ConnectTime => self.limits.connect_time,
            Limit::IdleTime => self.limits.idle_time,
            Limit::Lifetime => self.limits.lifetime,
            _ => None,
        }
    }

    fn rate(&self, limit: Limit) -> Option<Rate> {
        match limit {
            Limit::AcceptRate => self.limits.accept_rate,
            Limit::RateIn => self.limits.rate_in,
            Limit::RateOut => self.limits.rate_out,
            _ => None,
        }
    }

    /// That `limit` is used up, if there is one.
    fn exceeded(&self, limit: Limit) -> Option<Exceeded> {
        Some(Exceeded {
            limit,
            amount: self.limits.get(limit)?,
            level: self.account.level.clone(),
        })
    }
}

const fn bit(limit: Limit) -> u16 {
    1 << limit as u16
}

/// Five centuries are as good as forever.
fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
