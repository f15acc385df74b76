//! Limits: their texts, their mistakes, and how they combine.

use std::time::Duration;

use wasock_policy::{Amount, Limit, LimitSetting, Limits, ParseError, Policy, Rate, Unit};

use crate::headline;

fn setting(text: &str) -> Result<LimitSetting, ParseError> {
    text.parse()
}

fn limits(texts: &[&str]) -> Limits {
    texts
        .iter()
        .map(|text| Limits::from(setting(text).unwrap()))
        .fold(Limits::default(), Limits::tightest)
}

#[test]
fn a_limit_is_shown_in_one_form() {
    for (text, expected) in [
        ("sockets=64", "sockets=64"),
        ("sockets=0064", "sockets=64"),
        ("connections=0", "connections=0"),
        (
            "total-connections=18446744073709551615",
            "total-connections=18446744073709551615",
        ),
        ("accept-rate=100/s", "accept-rate=100/s"),
        ("accept-rate=600/1min", "accept-rate=600/min"),
        ("accept-rate=5/10s", "accept-rate=5/10s"),
        ("bytes-in=4096", "bytes-in=4KiB"),
        ("bytes-in=4097", "bytes-in=4097"),
        ("bytes-in=1MB", "bytes-in=1MB"),
        ("bytes-in=1000KB", "bytes-in=1MB"),
        ("bytes-out=1024kB", "bytes-out=1000KiB"),
        ("bytes-out=1500KB", "bytes-out=1500kB"),
        ("bytes-out=1GiB", "bytes-out=1GiB"),
        ("bytes-out=0B", "bytes-out=0"),
        ("rate-in=10MiB/s", "rate-in=10MiB/s"),
        ("rate-out=1GiB/h", "rate-out=1GiB/h"),
        ("rate-out=1500/100ms", "rate-out=1500/100ms"),
        ("lookups=100", "lookups=100"),
        ("connect-time=500ms", "connect-time=500ms"),
        ("idle-time=300s", "idle-time=5min"),
        ("lifetime=48h", "lifetime=2d"),
        ("memory=64MiB", "memory=64MiB"),
        ("cpu-time=1us", "cpu-time=1us"),
    ] {
        assert_eq!(
            setting(text).map(|setting| setting.to_string()),
            Ok(expected.to_owned())
        );
    }
}

#[test]
fn a_limit_that_is_none_says_what_belongs_there() {
    for (text, expected) in [
        (
            "socket=1",
            "expected a limit (sockets, connections, total-connections, accept-rate, bytes-in, bytes-out, rate-in, \
             rate-out, lookups, connect-time, idle-time, lifetime, memory, cpu-time), but found \"socket\"",
        ),
        (
            "sockets",
            "expected \"=\" and a number such as 32, but found the end of the limit",
        ),
        (
            "sockets=",
            "expected a number such as 32, but found the end of the limit",
        ),
        (
            "sockets=-1",
            "expected a number such as 32, but found \"-1\"",
        ),
        (
            "sockets=1k",
            "expected a number such as 32, but found \"k\"",
        ),
        (
            "sockets=1.5",
            "expected a whole number, without separators, in a smaller unit if need be, but found \"1.5\"",
        ),
        (
            "sockets=18446744073709551616",
            "expected a smaller number, but found \"18446744073709551616\"",
        ),
        (
            "bytes-out=many",
            "expected a size such as 64KiB, 1MB or 4096, but found \"many\"",
        ),
        (
            "bytes-out=1gb",
            "expected B, kB, KiB, MB, MiB, GB, GiB, TB or TiB after the number, but found \"gb\"",
        ),
        (
            "bytes-out=99999999TiB",
            "expected a smaller number, but found \"99999999\"",
        ),
        (
            "rate-out=10MiB",
            "expected a rate such as 10MiB/s or 1GiB/h, but found the end of the limit",
        ),
        (
            "rate-out=10MiB/",
            "expected a rate such as 10MiB/s or 1GiB/h, but found the end of the limit",
        ),
        (
            "rate-out=10MiB/sec",
            "expected a rate such as 10MiB/s or 1GiB/h, but found \"sec\"",
        ),
        (
            "rate-out=0/s",
            "expected a rate above 0 (at 0, nothing would ever move), but found \"0\"",
        ),
        (
            "accept-rate=1KiB/s",
            "expected a rate such as 100/s or 600/min, but found \"KiB\"",
        ),
        (
            "idle-time=10",
            "expected ns, us, ms, s, min, h or d after the number, but found the end of the limit",
        ),
        (
            "idle-time=10 s",
            "expected ns, us, ms, s, min, h or d after the number, but found \" s\"",
        ),
        (
            "idle-time=10m",
            "expected ns, us, ms, s, min, h or d after the number, but found \"m\"",
        ),
        (
            "connect-time=0s",
            "expected more than 0 (for no limit, leave connect-time out), but found \"0s\"",
        ),
        (
            "memory=0",
            "expected more than 0 (for no limit, leave memory out), but found \"0\"",
        ),
    ] {
        assert_eq!(setting(text).map_err(headline), Err(expected.to_owned()));
    }
}

#[test]
fn the_place_of_a_mistake_is_marked() {
    assert_eq!(
        setting("rate-out=10MB/sec").unwrap_err().to_string(),
        "expected a rate such as 10MiB/s or 1GiB/h, but found \"sec\"\n  rate-out=10MB/sec\n                ^^^"
    );
}

#[test]
fn every_limit_has_its_place() {
    for limit in Limit::ALL {
        let text = match limit.unit() {
            Unit::Count => "7",
            Unit::Bytes => "7KiB",
            Unit::CountRate => "7/s",
            Unit::ByteRate => "7KiB/s",
            Unit::Time => "7s",
        };
        let set = setting(&format!("{limit}={text}")).unwrap();
        assert_eq!(
            (set.limit(), set.amount().to_string()),
            (limit, text.to_owned())
        );

        let all = Limits::from(set);
        assert_eq!(all.iter().collect::<Vec<_>>(), [(limit, set.amount())]);
        assert_eq!(all.get(limit), Some(set.amount()));
        assert!(!all.is_empty());
    }
    assert!(Limits::default().is_empty());
}

#[test]
fn an_amount_fits_its_limit() {
    let second = Amount::Time(Duration::from_secs(1));
    assert!(LimitSetting::new(Limit::IdleTime, second).is_some());
    assert!(LimitSetting::new(Limit::Sockets, second).is_none());
    assert!(LimitSetting::new(Limit::IdleTime, Amount::Time(Duration::ZERO)).is_none());
    assert!(Rate::new(0, Duration::from_secs(1)).is_none());
    assert!(Rate::new(1, Duration::ZERO).is_none());
    assert!(Rate::new(1, Duration::MAX).is_none());
}

#[test]
fn the_smaller_limit_wins() {
    let both = limits(&["sockets=5", "rate-out=600/min", "idle-time=1min"]).tightest(limits(&[
        "sockets=7",
        "rate-out=9/s",
        "idle-time=59s",
        "lookups=3",
    ]));
    assert_eq!(
        both,
        limits(&["sockets=5", "rate-out=9/s", "idle-time=59s", "lookups=3"])
    );
    let faster: Rate = "10MiB/s".parse().unwrap();
    let slower: Rate = "1GiB/h".parse().unwrap();
    assert_eq!(faster.slower(slower), slower);
    assert_eq!(slower.slower(faster), slower);
}

#[test]
fn a_policy_has_the_tightest_of_its_limits_and_its_ceilings() {
    let ceiling = |text: &str| Policy::builder().limit(setting(text).unwrap()).build();
    let top = ceiling("bytes-in=1MB");
    let middle = Policy::builder()
        .limits(limits(&["sockets=2", "lookups=9"]))
        .ceiling(top)
        .build();
    let policy = Policy::builder()
        .limit(setting("sockets=8").unwrap())
        .limit(setting("lookups=3").unwrap())
        .limit(setting("lookups=5").unwrap())
        .ceiling(middle)
        .build();
    assert_eq!(
        policy.limits(),
        limits(&["sockets=2", "lookups=3", "bytes-in=1MB"])
    );
}
