//! Answers of name servers: what the host makes of the records in one, however they point at each other.
//!
//! The walk is mounted from the host, so that fuzzing does not build the rest of it; the limits are those of this module, low
//! enough to be reached often.

#[path = "../../../host/src/names/chain.rs"]
mod chain;
mod records;

use std::net::IpAddr;
use std::time::Duration;

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
    let aliases: Vec<Option<Name>> = reachable.iter().skip(1).map(to_policy).collect();
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

/// The name that rules know, if there is one: what it is made of again has to be the same.
fn to_policy(name: &DnsName) -> Option<Name> {
    let labels = name.iter().map(String::from_utf8_lossy);
    let known = Name::parse(&labels.collect::<Vec<_>>().join(".")).ok()?;
    let again = DnsName::from_labels(known.as_str().split('.').map(str::as_bytes));
    again.is_ok_and(|again| again == *name).then_some(known)
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
    let lifetimes = lifetimes(reachable, records);
    let mut all: Vec<(IpAddr, u32)> = Vec::new();
    for record in records {
        let address = match &record.data {
            RData::A(address) => IpAddr::from(address.0),
            RData::AAAA(address) => IpAddr::from(address.0).to_canonical(),
            _ => continue,
        };
        let owner = reachable.iter().position(|name| *name == record.name);
        if let Some(owner) = owner {
            all.push((address, record.ttl.min(lifetimes[owner])));
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
            "{address} outlives its aliases"
        );
    }
    let found = |address: &IpAddr| trail.addresses.iter().any(|(other, _)| other == address);
    let is_full = trail.addresses.len() == MAX_ADDRESSES;
    assert!(trail.addresses.len() <= MAX_ADDRESSES);
    assert!(is_full || all.iter().all(|(address, _)| found(address)));
    if reachable.len() == 1 {
        // Without an alias, the order and the lifetimes are those of the answer.
        let mut rest = all.iter();
        for (address, time) in &trail.addresses {
            let said = rest.find(|(other, _)| other == address);
            let said = said.map(|(_, ttl)| Duration::from_secs((*ttl).into()));
            assert_eq!(said, Some(*time), "{address} out of order");
        }
    }
}

/// How long each of the names may be relied on: as long as the shortest of the aliases on the way, and of several ways the
/// best. Longer and longer, until nothing changes.
fn lifetimes(reachable: &[DnsName], records: &[Record]) -> Vec<u32> {
    let place = |name: &DnsName| reachable.iter().position(|known| known == name);
    let mut lifetimes = vec![0; reachable.len()];
    lifetimes[0] = u32::MAX;
    loop {
        let before = lifetimes.clone();
        for record in records {
            if let RData::CNAME(target) = &record.data
                && let (Some(from), Some(to)) = (place(&record.name), place(&target.0))
            {
                lifetimes[to] = lifetimes[to].max(lifetimes[from].min(record.ttl));
            }
        }
        if lifetimes == before {
            return lifetimes;
        }
    }
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
        // That of the name `any` means every name, and so this one too.
        let rule = alias.as_str().parse().expect("a rule can name it");
        let policy = Policy::builder()
            .allow_resolve("any".parse().expect("it is a rule"))
            .deny_resolve(rule)
            .build();
        let decision = policy.decide(&request);
        assert!(matches!(decision.reason(), Reason::DeniedBy { .. }));
        assert!(!decision.explain(&request).to_string().is_empty());
    }
}
