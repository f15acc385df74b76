//! What holds for the texts of limits and mappings.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::select;
use wasock_policy::{Amount, Limit, LimitSetting, Limits, Mapping, Policy, Protocol, Rate, Unit};

use super::strategy::{mapping_text, near_limit, near_mapping};

/// Any limit with any amount that it can have.
pub(crate) fn setting() -> impl Strategy<Value = LimitSetting> {
    let number = prop_oneof![0u64..5_000, any::<u64>()];
    let unit = select(vec![1u64, 1 << 10, 1_000, 1 << 20, 1_000_000, 1 << 40]);
    let time = select(vec![1u64, 1_000, 1_000_000, 1_000_000_000, 60_000_000_000]);
    (select(Limit::ALL.to_vec()), number, unit, time).prop_filter_map(
        "an amount that the limit can have",
        |(limit, number, unit, time)| {
            let count = number.saturating_mul(unit);
            let duration = Duration::from_nanos(number.saturating_mul(time));
            let amount = match limit.unit() {
                Unit::Count => Amount::Count(number),
                Unit::Bytes => Amount::Bytes(count),
                Unit::CountRate => Amount::CountRate(Rate::new(number, duration)?),
                Unit::ByteRate => Amount::ByteRate(Rate::new(count, duration)?),
                Unit::Time => Amount::Time(duration),
            };
            LimitSetting::new(limit, amount)
        },
    )
}

pub(crate) fn limits() -> impl Strategy<Value = Limits> {
    prop::collection::vec(setting(), 0..8).prop_map(|settings| {
        let each = settings.into_iter().map(Limits::from);
        each.fold(Limits::default(), Limits::tightest)
    })
}

/// How much of the limit is left; no limit leaves everything.
fn speed(amount: Option<Amount>) -> f64 {
    match amount {
        None => f64::INFINITY,
        Some(Amount::Count(count) | Amount::Bytes(count)) => count as f64,
        Some(Amount::CountRate(rate) | Amount::ByteRate(rate)) => {
            rate.amount() as f64 / rate.per().as_secs_f64()
        }
        Some(Amount::Time(time)) => time.as_secs_f64(),
    }
}

proptest! {
    #[test]
    fn a_limit_is_what_its_text_says(setting in setting()) {
        prop_assert_eq!(setting.to_string().parse::<LimitSetting>(), Ok(setting));
        if let Amount::CountRate(rate) | Amount::ByteRate(rate) = setting.amount() {
            prop_assert_eq!(rate.to_string().parse::<Rate>(), Ok(rate));
        }
    }

    #[test]
    fn the_longest_time_has_a_text(seconds: u64, nanos in 0u32..1_000_000_000) {
        let time = Duration::new(seconds.max(1), nanos);
        let setting = LimitSetting::new(Limit::Lifetime, Amount::Time(time)).unwrap();
        prop_assert_eq!(setting.to_string().parse::<LimitSetting>(), Ok(setting));
    }

    #[test]
    fn the_tightest_of_two_is_one_of_both_and_no_looser_than_either(a in limits(), b in limits()) {
        let both = a.tightest(b);
        for limit in Limit::ALL {
            let (a, b, both) = (a.get(limit), b.get(limit), both.get(limit));
            prop_assert!(both == a || both == b);
            // To within what a floating point number can tell.
            let least = speed(a).min(speed(b));
            prop_assert!(speed(both) <= least * (1.0 + 1e-9), "{limit} {both:?}");
        }
        prop_assert_eq!(both.tightest(a).tightest(b), both);
        prop_assert_eq!(a.tightest(Limits::default()), a);
    }

    #[test]
    fn a_mapping_is_what_its_text_says(text in mapping_text()) {
        let mapping: Mapping = text.parse()?;
        prop_assert_eq!(mapping.to_string().parse::<Mapping>(), Ok(mapping));
    }

    #[test]
    fn a_mapping_leads_to_its_target_and_stays_in_the_family(
        texts in prop::collection::vec(mapping_text(), 0..6), address: IpAddr, port in select(vec![80u16, 443]),
    ) {
        let mappings: Vec<Mapping> = texts.iter().map(|text| text.parse().unwrap()).collect();
        let policy = mappings.iter().cloned().fold(Policy::builder(), |builder, each| builder.map(each)).build();
        prop_assert_eq!(policy.mappings(), &mappings[..]);
        for protocol in [Protocol::Tcp, Protocol::Udp] {
            let remote = SocketAddr::new(address, port);
            let target = policy.map(protocol, remote);
            let listed = mappings.iter().any(|mapping| match mapping {
                Mapping::Socket(socket) => Some(socket.target()) == target,
                Mapping::Name(_) => false,
            });
            prop_assert!(target.is_none() || listed);
            let family = |address: SocketAddr| address.ip().to_canonical().is_ipv4();
            prop_assert!(target.is_none_or(|target| family(target) == family(remote)));
        }
    }

    #[test]
    fn no_limit_and_no_mapping_is_too_strange_to_be_refused(
        limit in prop_oneof![any::<String>(), near_limit()],
        mapping in prop_oneof![any::<String>(), near_mapping()],
    ) {
        let errors = [
            limit.parse::<LimitSetting>().err(),
            limit.parse::<Rate>().err(),
            mapping.parse::<Mapping>().err(),
        ];
        for error in errors.into_iter().flatten() {
            let said = error.to_string();
            prop_assert!(said.bytes().all(|b| b == b'\n' || (b' '..=b'~').contains(&b)), "{said:?}");
            prop_assert!(error.input().get(error.span()).is_some());
            if let Some(suggestion) = error.suggestion() {
                prop_assert!(suggestion.parse::<Mapping>().is_ok(), "{said}");
            }
        }
    }
}
