//! Socket options: which sockets have them, and which values they take.

use alloc::vec::Vec;

use crate::Errno;
use crate::addr::Family;
use crate::backend::StreamSocket;
use crate::create::Kind;

/// An option that is set and read, by its name in the C headers.
///
/// Its value is an `int`, as there. A switch is 0 or 1; times are in seconds, sizes in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SockOpt {
    /// `SO_REUSEADDR`, a switch.
    SoReuseaddr,
    /// `SO_KEEPALIVE`, a switch.
    SoKeepalive,
    /// `TCP_KEEPIDLE`, a time.
    TcpKeepidle,
    /// `TCP_KEEPINTVL`, a time.
    TcpKeepintvl,
    /// `TCP_KEEPCNT`.
    TcpKeepcnt,
    /// `SO_RCVBUF`, a size: what is set is read back, and not its double.
    SoRcvbuf,
    /// `SO_SNDBUF`, as `SO_RCVBUF`.
    SoSndbuf,
    /// `IP_TTL`.
    IpTtl,
    /// `IPV6_UNICAST_HOPS`.
    Ipv6UnicastHops,
    /// `IPV6_V6ONLY`, a switch.
    Ipv6V6only,
    /// `TCP_NODELAY`, a switch.
    TcpNodelay,
    /// `SO_BROADCAST`, a switch.
    SoBroadcast,
    /// `SO_LINGER`, a time; [`NO_LINGER`] where it is off.
    SoLinger,
    /// `SO_REUSEPORT`, a switch.
    SoReuseport,
    /// `IP_TOS`.
    IpTos,
    /// `IPV6_TCLASS`.
    Ipv6Tclass,
}

/// The value of `SO_LINGER` where `l_onoff` is 0.
pub const NO_LINGER: i32 = -1;

/// The longest time that Linux counts to for keep-alive, and the BSDs for lingering.
const LONGEST: i32 = 32_767;

impl SockOpt {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::SoReuseaddr,
        Self::SoKeepalive,
        Self::TcpKeepidle,
        Self::TcpKeepintvl,
        Self::TcpKeepcnt,
        Self::SoRcvbuf,
        Self::SoSndbuf,
        Self::IpTtl,
        Self::Ipv6UnicastHops,
        Self::Ipv6V6only,
        Self::TcpNodelay,
        Self::SoBroadcast,
        Self::SoLinger,
        Self::SoReuseport,
        Self::IpTos,
        Self::Ipv6Tclass,
    ];

    /// Whether sockets of this kind have the option. One that they would accept and ignore, as Linux does with
    /// `SO_KEEPALIVE` of a datagram socket, they do not have.
    #[must_use]
    pub const fn is_of(self, kind: Kind) -> bool {
        match self {
            Self::SoReuseaddr | Self::SoRcvbuf | Self::SoSndbuf | Self::SoReuseport => true,
            Self::SoKeepalive
            | Self::TcpKeepidle
            | Self::TcpKeepintvl
            | Self::TcpKeepcnt
            | Self::TcpNodelay
            | Self::SoLinger => matches!(kind, Kind::Stream(_)),
            Self::SoBroadcast => matches!(kind, Kind::Datagram(_)),
            Self::IpTtl | Self::IpTos => matches!(kind.family(), Family::Inet),
            Self::Ipv6UnicastHops | Self::Ipv6V6only | Self::Ipv6Tclass => {
                matches!(kind.family(), Family::Inet6)
            }
        }
    }

    /// # Errors
    /// `ENOPROTOOPT` where sockets of this kind do not have the option.
    pub(crate) fn check_kind(self, kind: Kind) -> Result<(), Errno> {
        if self.is_of(kind) {
            Ok(())
        } else {
            Err(Errno::Enoprotoopt)
        }
    }

    /// # Errors
    /// `EINVAL` for a value out of range.
    pub(crate) fn check_value(self, value: i32) -> Result<(), Errno> {
        let (least, most) = match self {
            Self::TcpKeepidle | Self::TcpKeepintvl => (1, LONGEST),
            Self::TcpKeepcnt => (1, 127),
            Self::SoRcvbuf | Self::SoSndbuf => (1, i32::MAX),
            Self::IpTtl | Self::Ipv6UnicastHops => (1, 255),
            Self::IpTos | Self::Ipv6Tclass => (0, 255),
            Self::SoLinger => (NO_LINGER, LONGEST),
            Self::SoReuseaddr
            | Self::SoKeepalive
            | Self::Ipv6V6only
            | Self::TcpNodelay
            | Self::SoBroadcast
            | Self::SoReuseport => (0, 1),
        };
        if (least..=most).contains(&value) {
            Ok(())
        } else {
            Err(Errno::Einval)
        }
    }
}

/// A time as an option has it: whole seconds. What is none becomes a value that is out of range for every option.
#[must_use]
pub fn whole_seconds(time: f64) -> i32 {
    // The conversion rounds towards zero and stops at either end of the range.
    let whole = time as i32;
    if whole >= 0 && f64::from(whole) == time {
        whole
    } else {
        i32::MIN
    }
}

/// What a program has set, in the order in which it did: to be set again where one socket below takes the place of
/// another.
#[derive(Debug, Clone, Default)]
pub(crate) struct Chosen(Vec<(SockOpt, i32)>);

impl Chosen {
    pub(crate) fn get(&self, option: SockOpt) -> Option<i32> {
        let mut chosen = self.0.iter();
        chosen
            .find(|(known, _)| *known == option)
            .map(|(_, value)| *value)
    }

    pub(crate) fn set(&mut self, option: SockOpt, value: i32) {
        self.0.retain(|(known, _)| *known != option);
        self.0.push((option, value));
    }

    /// Sets all of it for a TCP socket below.
    ///
    /// # Errors
    /// Those of [`StreamSocket::setsockopt`].
    pub(crate) fn apply(&self, socket: &mut impl StreamSocket) -> Result<(), Errno> {
        self.0
            .iter()
            .filter(|(option, _)| *option != SockOpt::SoReuseaddr)
            .try_for_each(|(option, value)| socket.setsockopt(*option, *value))
    }
}

#[cfg(test)]
mod tests;
