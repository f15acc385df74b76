//! What becomes of the answers of a resolver.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::{IpAddr, Ipv6Addr};

use crate::create::{AddressFamily, SocketType};
use crate::names::lookup::MAX_ADDRESSES;
use crate::names::{Families, Lookup};

use super::{AddrInfoFlags, Eai, Plan, Query, address, plan, query};

const NEITHER: Families = Families {
    inet: false,
    inet6: false,
};
const ONLY_INET: Families = Families {
    inet: true,
    inet6: false,
};
const ONLY_INET6: Families = Families {
    inet: false,
    inet6: true,
};

fn lookup(family: AddressFamily, flags: AddrInfoFlags) -> Lookup {
    let query = Query {
        family,
        flags,
        ..query("example")
    };
    match plan(&query) {
        Ok(Plan::Lookup(lookup)) => lookup,
        other => panic!("{other:?}"),
    }
}

fn resolved(answers: &str) -> Vec<IpAddr> {
    let answers = answers.split_whitespace();
    answers.map(|answer| answer.parse().unwrap()).collect()
}

fn finish(lookup: &Lookup, answers: &str, machine: Families) -> Result<String, Eai> {
    let answer = lookup.finish(resolved(answers), None, machine)?;
    let addresses: Vec<_> = answer.iter().map(address).collect();
    Ok(addresses.join(" "))
}

#[test]
fn families_are_filtered_and_mapped_in_the_order_of_the_resolver() {
    use AddressFamily::{Inet, Inet6, Unspec};
    let none = AddrInfoFlags::NONE;
    let (mapped, all) = (AddrInfoFlags::V4MAPPED, AddrInfoFlags::ALL);
    let both = "192.0.2.1 2001:db8::2 192.0.2.3 2001:db8::1";
    for (family, flags, answers, expected) in [
        (Unspec, none, both, Ok(both)),
        (Unspec, mapped | all, both, Ok(both)),
        (Inet, none, both, Ok("192.0.2.1 192.0.2.3")),
        (Inet, mapped | all, both, Ok("192.0.2.1 192.0.2.3")),
        (Inet6, none, both, Ok("2001:db8::2 2001:db8::1")),
        (Inet6, all, both, Ok("2001:db8::2 2001:db8::1")),
        (Inet6, mapped, both, Ok("2001:db8::2 2001:db8::1")),
        (
            Inet6,
            mapped | all,
            both,
            Ok("2001:db8::2 2001:db8::1 ::ffff:192.0.2.1 ::ffff:192.0.2.3"),
        ),
        (Inet6, mapped, "192.0.2.1", Ok("::ffff:192.0.2.1")),
        (Inet6, none, "192.0.2.1", Err(Eai::Nodata)),
        (Inet6, all, "192.0.2.1", Err(Eai::Nodata)),
        (Inet, none, "2001:db8::1", Err(Eai::Nodata)),
        (Unspec, none, "", Err(Eai::Nodata)),
        // Once each, also where mapping makes two the same.
        (
            Unspec,
            none,
            "192.0.2.1 ::1 192.0.2.1 ::1",
            Ok("192.0.2.1 ::1"),
        ),
        (
            Inet6,
            mapped | all,
            "192.0.2.1 ::ffff:192.0.2.1",
            Ok("::ffff:192.0.2.1"),
        ),
    ] {
        let answered = finish(&lookup(family, flags), answers, NEITHER);
        let expected = expected.map(String::from);
        assert_eq!(answered, expected, "{family:?} {flags:?} {answers}");
    }
}

#[test]
fn addrconfig_leaves_out_what_the_machine_has_not() {
    use AddressFamily::{Inet, Inet6, Unspec};
    let config = AddrInfoFlags::ADDRCONFIG;
    let mapped = config | AddrInfoFlags::V4MAPPED;
    let both = "192.0.2.1 2001:db8::1";
    for (family, flags, machine, expected) in [
        (Unspec, config, Families::BOTH, Ok(both)),
        (Unspec, config, ONLY_INET, Ok("192.0.2.1")),
        (Unspec, config, ONLY_INET6, Ok("2001:db8::1")),
        (Unspec, config, NEITHER, Ok(both)),
        (Inet, config, ONLY_INET6, Err(Eai::Nodata)),
        (Inet6, config, ONLY_INET, Err(Eai::Nodata)),
        (Inet6, mapped, ONLY_INET, Ok("::ffff:192.0.2.1")),
        (Inet6, mapped, ONLY_INET6, Ok("2001:db8::1")),
    ] {
        let lookup = lookup(family, flags);
        assert!(lookup.asks_for_machine());
        let answered = finish(&lookup, both, machine);
        let expected = expected.map(String::from);
        assert_eq!(answered, expected, "{family:?} {flags:?} {machine:?}");
    }
    assert!(!lookup(Unspec, AddrInfoFlags::NONE).asks_for_machine());
}

#[test]
fn a_resolver_is_asked_for_the_families_of_use() {
    use AddressFamily::{Inet, Inet6, Unspec};
    let (none, mapped) = (AddrInfoFlags::NONE, AddrInfoFlags::V4MAPPED);
    for (family, flags, expected) in [
        (Unspec, none, Families::BOTH),
        (Inet, none, ONLY_INET),
        (Inet, mapped, ONLY_INET),
        (Inet6, none, ONLY_INET6),
        (Inet6, mapped, Families::BOTH),
    ] {
        assert_eq!(lookup(family, flags).families(), expected);
    }
}

#[test]
fn each_address_is_answered_for_each_socket() {
    let query = Query {
        service: Some("https"),
        r#type: SocketType::Unspec,
        flags: AddrInfoFlags::CANONNAME,
        ..query("example")
    };
    let Ok(Plan::Lookup(lookup)) = plan(&query) else {
        panic!("{query:?}");
    };
    for (canonical, expected) in [(Some("real.example"), "real.example"), (None, "example")] {
        let answers = resolved("192.0.2.1 2001:db8::1");
        let answer = lookup
            .finish(answers, canonical.map(String::from), Families::BOTH)
            .unwrap();
        let shape: Vec<_> = answer
            .iter()
            .map(|info| {
                let name = info.canonname.as_deref();
                (info.address.to_string(), info.protocol, name)
            })
            .collect();
        assert_eq!(
            shape,
            [
                ("192.0.2.1:443".into(), 6, Some(expected)),
                ("192.0.2.1:443".into(), 17, None),
                ("[2001:db8::1]:443".into(), 6, None),
                ("[2001:db8::1]:443".into(), 17, None),
            ]
        );
    }
}

#[test]
fn the_canonical_name_is_told_only_when_asked_for() {
    let lookup = lookup(AddressFamily::Unspec, AddrInfoFlags::NONE);
    let answer = lookup
        .finish(resolved("::1"), Some("real.example".into()), NEITHER)
        .unwrap();
    assert!(answer.iter().all(|info| info.canonname.is_none()));
}

#[test]
fn a_long_answer_is_cut() {
    let lookup = lookup(AddressFamily::Unspec, AddrInfoFlags::NONE);
    let v6 = (0..1000_u32).map(|n| IpAddr::V6(Ipv6Addr::from(u128::from(n))));
    let v4 = (0..1000_u32).map(|n| IpAddr::V4(n.into()));
    let answer = lookup.finish(v4.chain(v6), None, NEITHER).unwrap();
    assert_eq!(answer.len(), MAX_ADDRESSES);
}
