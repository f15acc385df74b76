//! Which options there are for whom, and what they may be set to.

use super::*;
use crate::Errno::*;

const KINDS: [Kind; 4] = [
    Kind::Stream(Family::Inet),
    Kind::Stream(Family::Inet6),
    Kind::Datagram(Family::Inet),
    Kind::Datagram(Family::Inet6),
];

#[test]
fn an_option_belongs_to_types_or_families() {
    for (option, kinds) in [
        (SockOpt::SoReuseaddr, [true, true, true, true]),
        (SockOpt::SoKeepalive, [true, true, false, false]),
        (SockOpt::TcpKeepidle, [true, true, false, false]),
        (SockOpt::TcpKeepintvl, [true, true, false, false]),
        (SockOpt::TcpKeepcnt, [true, true, false, false]),
        (SockOpt::SoRcvbuf, [true, true, true, true]),
        (SockOpt::SoSndbuf, [true, true, true, true]),
        (SockOpt::IpTtl, [true, false, true, false]),
        (SockOpt::Ipv6UnicastHops, [false, true, false, true]),
        (SockOpt::Ipv6V6only, [false, true, false, true]),
        (SockOpt::TcpNodelay, [true, true, false, false]),
        (SockOpt::SoBroadcast, [false, false, true, true]),
        (SockOpt::SoLinger, [true, true, false, false]),
        (SockOpt::SoReuseport, [true, true, true, true]),
        (SockOpt::IpTos, [true, false, true, false]),
        (SockOpt::Ipv6Tclass, [false, true, false, true]),
    ] {
        assert_eq!(KINDS.map(|kind| option.is_of(kind)), kinds, "{option:?}");
    }
}

#[test]
fn values_have_the_ranges_of_linux() {
    for (options, least, most) in [
        (
            &[SockOpt::TcpKeepidle, SockOpt::TcpKeepintvl][..],
            1,
            32_767,
        ),
        (&[SockOpt::TcpKeepcnt], 1, 127),
        (&[SockOpt::SoRcvbuf, SockOpt::SoSndbuf], 1, i32::MAX),
        (&[SockOpt::IpTtl, SockOpt::Ipv6UnicastHops], 1, 255),
        (&[SockOpt::IpTos, SockOpt::Ipv6Tclass], 0, 255),
        (&[SockOpt::SoLinger], NO_LINGER, 32_767),
        (&[SockOpt::SoReuseaddr, SockOpt::TcpNodelay], 0, 1),
    ] {
        for option in options {
            assert_eq!(option.check_value(least), Ok(()), "{option:?} {least}");
            assert_eq!(option.check_value(most), Ok(()), "{option:?} {most}");
            let outside = [i64::from(least) - 1, i64::from(most) + 1];
            for value in outside
                .into_iter()
                .filter_map(|value| i32::try_from(value).ok())
            {
                assert_eq!(option.check_value(value), Err(Einval), "{option:?} {value}");
            }
        }
    }
}

#[test]
fn times_are_whole_seconds() {
    for (time, whole) in [
        (0.0, 0),
        (-0.0, 0),
        (1.0, 1),
        (32_767.0, 32_767),
        (f64::from(i32::MAX), i32::MAX),
    ] {
        assert_eq!(whole_seconds(time), whole, "{time}");
    }
    for time in [
        0.5,
        1.000_000_1,
        -1.0,
        f64::from(i32::MAX) + 1.0,
        f64::MIN_POSITIVE,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
    ] {
        let value = whole_seconds(time);
        for option in [
            SockOpt::TcpKeepidle,
            SockOpt::TcpKeepintvl,
            SockOpt::SoLinger,
        ] {
            assert_eq!(option.check_value(value), Err(Einval), "{time} {option:?}");
        }
    }
}
