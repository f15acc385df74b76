//! Answers of name servers: what the host makes of the records in one, however they point at each other.
//!
//! The walk is mounted from the host, so that fuzzing does not build the rest of it; the limits are those of this module, low
//! enough to be reached often.

#[path = "../../../host/src/names/chain.rs"]
mod chain;
mod records;

use std::net::IpAddr;

use hickory_resolver::proto::op::Message;
use hickory_resolver::proto::rr::{Name as DnsName, RData, Record};
use wasock_policy::{Name, PinnedName, Policy, Reason, Request};

use crate::input::Input;
use chain::{Trail, follow};

/// As in the host.
const MAX_ADDRESSES: usize = 8;
const MAX_CHAIN: usize = 4;

/// The one failure of the walk.
#[derive(Debug, PartialEq, Eq)]
enum LookupFailure {
    Failed,
}

/// A message as a server sends it, or records that are sure to meet.
pub(crate) fn answers(data: &[u8]) {
    let mut input = Input::new(data);
    if input.flag() {
        let records = records::any(&mut input);
        check(&records::name(0), &records);
    } else if let Ok(message) = Message::from_vec(input.rest()) {
        let asked = message.queries.first().map(|query| query.name().clone());
        check(&asked.unwrap_or_else(DnsName::root), &message.answers);
    }
}

fn check(asked: &DnsName, records: &[Record]) {
    let reachable = reachable(asked, records);
    let aliases: Vec<Option<Name>> = reachable
        .iter()
        .skip(1)
        .map(|name| Name::parse(&name.to_ascii()).ok())
        .collect();
    let is_readable = aliases.len() <= MAX_CHAIN && aliases.iter().all(Option::is_some);
    let trail = match follow(asked, records) {
        Ok(trail) => trail,
        Err(LookupFailure::Failed) => {
            assert!(!is_readable, "a chain that can be checked is refused");
            return;
        }
    };

    assert!(is_readable, "a chain that cannot be checked is followed");
    for alias in aliases.into_iter().flatten() {
        assert!(trail.chain.contains(&alias), "{alias} is kept from rules");
    }
    assert!(trail.chain.len() < reachable.len());
    check_addresses(&trail, &reachable, records);
    check_denials(&trail);
}

/// The names that aliases lead to from `asked`, which comes first. Written unlike the walk of the host: until nothing
/// is new.
fn reachable(asked: &DnsName, records: &[Record]) -> Vec<DnsName> {
    let mut reached = vec![asked.clone()];
    loop {
        let known = reached.len();
        for record in records {
            if let RData::CNAME(target) = &record.data
                && reached.contains(&record.name)
                && !reached.contains(&target.0)
            {
                reached.push(target.0.clone());
            }
        }
        if reached.len() == known {
            return reached;
        }
    }
}

fn check_addresses(trail: &Trail, reachable: &[DnsName], records: &[Record]) {
    let mut all: Vec<(IpAddr, u32)> = Vec::new();
    for record in records {
        let address = match &record.data {
            RData::A(address) => IpAddr::from(address.0),
            RData::AAAA(address) => IpAddr::from(address.0).to_canonical(),
            _ => continue,
        };
        if reachable.contains(&record.name) {
            all.push((address, lifetime(record, reachable, records)));
        }
    }
    for (place, (address, time)) in trail.addresses.iter().enumerate() {
        let before = &trail.addresses[..place];
        assert!(before.iter().all(|(other, _)| other != address));
        let limit = all
            .iter()
            .filter(|(other, _)| other == address)
            .map(|(_, limit)| *limit)
            .max()
            .expect("the question leads to it");
        assert!(
            time.as_secs() <= limit.into(),
            "{address} outlives its alias"
        );
    }
    let found = |address: &IpAddr| trail.addresses.iter().any(|(other, _)| other == address);
    let is_full = trail.addresses.len() == MAX_ADDRESSES;
    assert!(trail.addresses.len() <= MAX_ADDRESSES);
    assert!(is_full || all.iter().all(|(address, _)| found(address)));
}

/// The longest that the address of a record may be relied on: as long as the record, and as one alias that leads there.
fn lifetime(record: &Record, reachable: &[DnsName], records: &[Record]) -> u32 {
    if reachable.first() == Some(&record.name) {
        return record.ttl;
    }
    let aliases = records.iter().filter(|alias| {
        matches!(&alias.data, RData::CNAME(target) if target.0 == record.name)
            && reachable.contains(&alias.name)
    });
    aliases
        .map(|alias| alias.ttl)
        .max()
        .map_or(0, |longest| longest.min(record.ttl))
}

/// A rule against any of the names that the answer leads through keeps the guest from all its addresses.
fn check_denials(trail: &Trail) {
    let Some((address, _)) = trail.addresses.first() else {
        return;
    };
    let asked = Name::parse("asked.example").expect("it is a name");
    let request = Request::Answer {
        name: PinnedName {
            asked,
            chain: trail.chain.clone().into(),
        },
        address: *address,
    };
    for alias in &trail.chain {
        // No rule can say the name `any`: there, it means every name.
        let Ok(rule) = alias.as_str().parse() else {
            continue;
        };
        let policy = Policy::builder()
            .allow_resolve("any".parse().expect("it is a rule"))
            .deny_resolve(rule)
            .build();
        let decision = policy.decide(&request);
        assert!(matches!(decision.reason(), Reason::DeniedBy { .. }));
        assert!(!decision.explain(&request).to_string().is_empty());
    }
}
