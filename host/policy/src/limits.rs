//! How much of the network a guest may use, once it may use it at all.
//!
//! A rule says where a guest may go; a limit says how often, how fast and how long. This file says what can be limited
//! and how limits combine; the host counts.

mod amount;
mod rate;
mod setting;

use std::fmt;
use std::time::Duration;

pub use amount::{Amount, Unit};
pub(crate) use amount::{SIZES, TIMES};
pub use rate::Rate;
pub use setting::LimitSetting;

/// The limits of a guest. `None` is no limit.
///
/// Zero is not "no limit", it is "nothing": a guest with `lookups` of zero looks nothing up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Limits {
    /// Sockets open at a time, of any kind.
    pub sockets: Option<u64>,
    /// Connections open at a time, made and taken.
    pub connections: Option<u64>,
    /// Connections from first to last, made and taken.
    pub total_connections: Option<u64>,
    /// How fast connections are taken; more wait.
    pub accept_rate: Option<Rate>,
    /// Bytes that the guest receives, from first to last.
    pub bytes_in: Option<u64>,
    /// Bytes that the guest sends, from first to last.
    pub bytes_out: Option<u64>,
    /// How fast the guest receives; more waits.
    pub rate_in: Option<Rate>,
    /// How fast the guest sends; more waits.
    pub rate_out: Option<Rate>,
    /// Lookups of names, from first to last.
    pub lookups: Option<u64>,
    /// How long one attempt to connect may take.
    pub connect_time: Option<Duration>,
    /// How long a connection may go without a byte in either direction.
    pub idle_time: Option<Duration>,
    /// How long a connection may last.
    pub lifetime: Option<Duration>,
    /// Bytes of memory that the guest has.
    pub memory: Option<u64>,
    /// How long the guest may compute, from first to last.
    pub cpu_time: Option<Duration>,
}

/// What can be limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Limit {
    /// [`Limits::sockets`]
    Sockets,
    /// [`Limits::connections`]
    Connections,
    /// [`Limits::total_connections`]
    TotalConnections,
    /// [`Limits::accept_rate`]
    AcceptRate,
    /// [`Limits::bytes_in`]
    BytesIn,
    /// [`Limits::bytes_out`]
    BytesOut,
    /// [`Limits::rate_in`]
    RateIn,
    /// [`Limits::rate_out`]
    RateOut,
    /// [`Limits::lookups`]
    Lookups,
    /// [`Limits::connect_time`]
    ConnectTime,
    /// [`Limits::idle_time`]
    IdleTime,
    /// [`Limits::lifetime`]
    Lifetime,
    /// [`Limits::memory`]
    Memory,
    /// [`Limits::cpu_time`]
    CpuTime,
}

impl Limits {
    /// How much of it there may be; `None` for any amount.
    pub fn get(&self, limit: Limit) -> Option<Amount> {
        match limit {
            Limit::Sockets => self.sockets.map(Amount::Count),
            Limit::Connections => self.connections.map(Amount::Count),
            Limit::TotalConnections => self.total_connections.map(Amount::Count),
            Limit::AcceptRate => self.accept_rate.map(Amount::CountRate),
            Limit::BytesIn => self.bytes_in.map(Amount::Bytes),
            Limit::BytesOut => self.bytes_out.map(Amount::Bytes),
            Limit::RateIn => self.rate_in.map(Amount::ByteRate),
            Limit::RateOut => self.rate_out.map(Amount::ByteRate),
            Limit::Lookups => self.lookups.map(Amount::Count),
            Limit::ConnectTime => self.connect_time.map(Amount::Time),
            Limit::IdleTime => self.idle_time.map(Amount::Time),
            Limit::Lifetime => self.lifetime.map(Amount::Time),
            Limit::Memory => self.memory.map(Amount::Bytes),
            Limit::CpuTime => self.cpu_time.map(Amount::Time),
        }
    }

    /// Those that are set, in the order of [`Limit::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (Limit, Amount)> {
        Limit::ALL
            .into_iter()
            .filter_map(|limit| Some((limit, self.get(limit)?)))
    }

    /// Whether nothing is limited.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The smaller one of each: what both limits leave.
    #[must_use]
    pub fn tightest(self, other: Self) -> Self {
        Self {
            sockets: smaller(self.sockets, other.sockets),
            connections: smaller(self.connections, other.connections),
            total_connections: smaller(self.total_connections, other.total_connections),
            accept_rate: slower(self.accept_rate, other.accept_rate),
            bytes_in: smaller(self.bytes_in, other.bytes_in),
            bytes_out: smaller(self.bytes_out, other.bytes_out),
            rate_in: slower(self.rate_in, other.rate_in),
            rate_out: slower(self.rate_out, other.rate_out),
            lookups: smaller(self.lookups, other.lookups),
            connect_time: smaller(self.connect_time, other.connect_time),
            idle_time: smaller(self.idle_time, other.idle_time),
            lifetime: smaller(self.lifetime, other.lifetime),
            memory: smaller(self.memory, other.memory),
            cpu_time: smaller(self.cpu_time, other.cpu_time),
        }
    }
}

impl Limit {
    /// Every limit, in the order in which they are listed.
    pub const ALL: [Self; 14] = [
        Self::Sockets,
        Self::Connections,
        Self::TotalConnections,
        Self::AcceptRate,
        Self::BytesIn,
        Self::BytesOut,
        Self::RateIn,
        Self::RateOut,
        Self::Lookups,
        Self::ConnectTime,
        Self::IdleTime,
        Self::Lifetime,
        Self::Memory,
        Self::CpuTime,
    ];

    /// Its name in files, on the command line and in records: `total-connections`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sockets => "sockets",
            Self::Connections => "connections",
            Self::TotalConnections => "total-connections",
            Self::AcceptRate => "accept-rate",
            Self::BytesIn => "bytes-in",
            Self::BytesOut => "bytes-out",
            Self::RateIn => "rate-in",
            Self::RateOut => "rate-out",
            Self::Lookups => "lookups",
            Self::ConnectTime => "connect-time",
            Self::IdleTime => "idle-time",
            Self::Lifetime => "lifetime",
            Self::Memory => "memory",
            Self::CpuTime => "cpu-time",
        }
    }

    /// What it is counted in.
    pub fn unit(self) -> Unit {
        match self {
            Self::Sockets | Self::Connections | Self::TotalConnections | Self::Lookups => {
                Unit::Count
            }
            Self::AcceptRate => Unit::CountRate,
            Self::BytesIn | Self::BytesOut | Self::Memory => Unit::Bytes,
            Self::RateIn | Self::RateOut => Unit::ByteRate,
            Self::ConnectTime | Self::IdleTime | Self::Lifetime | Self::CpuTime => Unit::Time,
        }
    }

    /// Whether a limit of zero makes sense. No time and no memory are not little of it: nothing would ever run.
    pub(crate) fn may_be_zero(self) -> bool {
        match self.unit() {
            Unit::Count => true,
            Unit::Bytes => self != Self::Memory,
            Unit::CountRate | Unit::ByteRate | Unit::Time => false,
        }
    }
}

fn smaller<T: Ord>(a: Option<T>, b: Option<T>) -> Option<T> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

fn slower(a: Option<Rate>, b: Option<Rate>) -> Option<Rate> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.slower(b)),
        (a, b) => a.or(b),
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
