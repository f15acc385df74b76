//! From the records of an answer to addresses and the names that lead there.

use std::net::IpAddr;
use std::time::Duration;

use hickory_resolver::proto::rr::{self, RData, Record};
use wasock_policy::Name;

use super::{LookupFailure, MAX_ADDRESSES, MAX_CHAIN};

/// The addresses of one family, and the aliases on the way.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Trail {
    pub(super) addresses: Vec<(IpAddr, Duration)>,
    pub(super) chain: Vec<Name>,
}

/// Follow `records` from `name`.
///
/// Only what the question leads to counts: the address of another name, slipped into the answer, is nobody's business. A
/// chain that is too long, or that leads through what is not a name, is a failure, since nobody could tell whether
/// a rule forbids it.
pub(super) fn follow(name: &rr::Name, records: &[Record]) -> Result<Trail, LookupFailure> {
    let mut reached = vec![name.clone()];
    let mut trail = Trail::default();
    let mut at = 0;
    // An address is known by way of its aliases for no longer than the shortest of them.
    let mut shortest = u32::MAX;
    while let Some(owner) = reached.get(at).cloned() {
        at += 1;
        for record in records.iter().filter(|record| record.name == owner) {
            let address = match &record.data {
                RData::CNAME(target) => {
                    if !reached.contains(target) {
                        if trail.chain.len() == MAX_CHAIN {
                            return Err(LookupFailure::Failed);
                        }
                        trail.chain.push(to_policy(target)?);
                        reached.push(target.0.clone());
                        shortest = shortest.min(record.ttl);
                    }
                    continue;
                }
                RData::A(address) => IpAddr::from(address.0),
                RData::AAAA(address) => IpAddr::from(address.0).to_canonical(),
                _ => continue,
            };
            let is_known = trail.addresses.iter().any(|(known, _)| *known == address);
            if trail.addresses.len() < MAX_ADDRESSES && !is_known {
                let ttl = Duration::from_secs(record.ttl.min(shortest).into());
                trail.addresses.push((address, ttl));
            }
        }
    }
    Ok(trail)
}

/// A label can have any octet in it, dots too: then the text would be another name. It is put together here, as hickory's
/// own text escapes more than what is no name of ours: a hyphen at the start of a label, which resolvers do not mind.
fn to_policy(name: &rr::Name) -> Result<Name, LookupFailure> {
    let labels: Option<Vec<&str>> = name
        .iter()
        .map(|label| {
            str::from_utf8(label)
                .ok()
                .filter(|text| !text.contains('.'))
        })
        .collect();
    labels
        .and_then(|labels| Name::parse(&labels.join(".")).ok())
        .ok_or(LookupFailure::Failed)
}

#[cfg(test)]
mod tests {
    use hickory_resolver::proto::rr::rdata::{A, CNAME};

    use super::*;

    fn dns(text: &str) -> rr::Name {
        rr::Name::from_ascii(text).unwrap()
    }

    fn alias(from: &str, to: &str) -> Record {
        Record::from_rdata(dns(from), 60, RData::CNAME(CNAME(dns(to))))
    }

    fn address(of: &str, address: [u8; 4]) -> Record {
        Record::from_rdata(dns(of), 60, RData::A(A(address.into())))
    }

    #[test]
    fn only_what_the_question_leads_to_counts() {
        let records = [
            address("stranger.example.", [10, 0, 0, 1]),
            alias("stranger.example.", "another.example."),
            address("target.example.", [192, 0, 2, 2]),
            alias("middle.example.", "target.example."),
            alias("App.example.", "middle.example."),
        ];
        let trail = follow(&dns("app.example."), &records).unwrap();
        assert_eq!(
            trail.addresses,
            [([192, 0, 2, 2].into(), Duration::from_secs(60))]
        );
        assert_eq!(
            trail.chain,
            ["middle.example", "target.example"].map(|name| name.parse().unwrap())
        );
    }

    #[test]
    fn a_circle_ends() {
        let records = [
            alias("a.example.", "b.example."),
            alias("b.example.", "a.example."),
        ];
        let trail = follow(&dns("a.example."), &records).unwrap();
        assert_eq!(trail.addresses, []);
    }

    #[test]
    fn an_alias_is_any_name_that_can_be_asked_for() {
        for text in ["-edge.example", "_dns.-.example", "a--b.example-", "any"] {
            let labels = text.split('.').map(str::as_bytes);
            let target = rr::Name::from_labels(labels).unwrap();
            let record = Record::from_rdata(dns("a.example."), 60, RData::CNAME(CNAME(target)));
            let trail = follow(&dns("a.example."), &[record]).unwrap();
            assert_eq!(trail.chain, [text.parse().unwrap()], "{text}");
        }
    }

    #[test]
    fn an_address_is_known_no_longer_than_any_alias_before_it() {
        let with_ttl = |mut record: Record, ttl| {
            record.ttl = ttl;
            record
        };
        let records = [
            with_ttl(address("c.example.", [192, 0, 2, 1]), 60),
            with_ttl(alias("b.example.", "c.example."), 50),
            with_ttl(alias("a.example.", "b.example."), 10),
        ];
        let trail = follow(&dns("a.example."), &records).unwrap();
        let told = ([192, 0, 2, 1].into(), Duration::from_secs(10));
        assert_eq!(trail.addresses, [told]);
    }

    #[test]
    fn a_chain_that_cannot_be_checked_is_a_failure() {
        let long: Vec<Record> = (0..=MAX_CHAIN)
            .map(|number| {
                alias(
                    &format!("n{number}.example."),
                    &format!("n{}.example.", number + 1),
                )
            })
            .collect();
        assert_eq!(
            follow(&dns("n0.example."), &long),
            Err(LookupFailure::Failed)
        );
        assert!(follow(&dns("n1.example."), &long).is_ok());

        for label in [&b"a.b"[..], b"a\x1b[2J", b"\xff", b"*"] {
            let target = rr::Name::from_labels([label, b"example"]).unwrap();
            let record = Record::from_rdata(dns("a.example."), 60, RData::CNAME(CNAME(target)));
            assert_eq!(
                follow(&dns("a.example."), &[record]),
                Err(LookupFailure::Failed),
                "{label:?}"
            );
        }
    }

    #[test]
    fn there_is_an_end_to_addresses() {
        let many: Vec<Record> = (0..10_000_u32)
            .map(|number| {
                let [_, b, c, d] = number.to_be_bytes();
                address("a.example.", [192, b, c, d])
            })
            .collect();
        let trail = follow(&dns("a.example."), &many).unwrap();
        assert_eq!(trail.addresses.len(), MAX_ADDRESSES);
    }
}
