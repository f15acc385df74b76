//! What is found, against a look at one rule after the other.

use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::{Host, ResolveRule};

const ADDRESSES: [&str; 10] = [
    "10.0.0.1",
    "10.1.0.0",
    "8.8.8.8",
    "127.0.0.1",
    "0.0.0.0",
    "::",
    "::1",
    "::a00:1",
    "fd00::1",
    "fd00::2",
];

const HOSTS: [&str; 15] = [
    "any",
    "localhost",
    "10.0.0.0/8",
    "10.0.0.0/16",
    "10.0.0.1",
    "0.0.0.0/0",
    "0.0.0.0/8",
    "0.0.0.0",
    "127.0.0.1",
    "[::]/0",
    "[::]",
    "[::1]",
    "[::a00:0]/120",
    "[fd00::]/8",
    "[fd00::1]",
];

const NAMES: [&str; 6] = [
    "a.example",
    "b.a.example",
    "example",
    "localhost",
    "x.localhost",
    "c.b.a.example",
];

const PATTERNS: [&str; 6] = [
    "a.example",
    "*.a.example",
    "*.example",
    "b.a.example",
    "example",
    "*.localhost",
];

const PORTS: [&str; 8] = ["0", "1", "2", "1-3", "2,5", "any", "1-65535", "0,3"];

const PEERS: [&str; 6] = [
    "",
    "#from=10.0.0.1",
    "#from=10.0.0.0/8",
    "#from=10.0.0.0/8,::/0",
    "#from=8.8.8.8,8.8.8.8",
    "#from=0.0.0.0/0",
];

const DESTINATIONS: [&str; 4] = ["", "#to=10.0.0.0/8", "#to=10.0.0.1,::1", "#to=0.0.0.0/0"];

fn set<R>(texts: &[String]) -> RuleSet<R>
where
    R: Indexed + std::str::FromStr<Err = crate::ParseError>,
{
    let mut set = RuleSet::default();
    for text in texts {
        set.push(Arc::new(text.parse().unwrap()), None);
    }
    set.seal();
    set
}

fn scheme() -> impl Strategy<Value = &'static str> {
    select(vec!["tcp", "udp"])
}

/// Up to more rules than are looked at one by one.
fn inbound() -> impl Strategy<Value = RuleSet<InboundRule>> {
    let rule = (
        scheme(),
        select(&HOSTS[..]),
        select(&PORTS[..]),
        select(&PEERS[..]),
    )
        .prop_map(|(scheme, host, ports, from)| format!("{scheme}://{host}:{ports}{from}"));
    prop::collection::vec(rule, 0..3 * FEW).prop_map(|texts| set(&texts))
}

fn outbound() -> impl Strategy<Value = RuleSet<OutboundRule>> {
    let ports = || select(vec!["1", "2", "1-3", "2,5", "any", "1-65535"]);
    let by_address = (scheme(), select(&HOSTS[..]), ports())
        .prop_map(|(scheme, host, ports)| format!("{scheme}://{host}:{ports}"));
    let by_name = (
        scheme(),
        select(&PATTERNS[..]),
        ports(),
        select(&DESTINATIONS[..]),
    )
        .prop_map(|(scheme, name, ports, to)| format!("{scheme}://{name}:{ports}{to}"));
    prop::collection::vec(prop_oneof![by_address, by_name], 0..30).prop_map(|texts| set(&texts))
}

fn resolve() -> impl Strategy<Value = RuleSet<ResolveRule>> {
    let patterns: Vec<_> = PATTERNS
        .into_iter()
        .chain(["any", "localhost"])
        .map(str::to_owned)
        .collect();
    prop::collection::vec(select(patterns), 0..8).prop_map(|texts| set(&texts))
}

fn place() -> impl Strategy<Value = Place> {
    let protocol = select(vec![Protocol::Tcp, Protocol::Udp]);
    (protocol, address(), 0u16..7, any::<bool>()).prop_map(
        |(protocol, address, port, ephemeral)| Place {
            protocol,
            address,
            port,
            ephemeral,
        },
    )
}

fn address() -> impl Strategy<Value = IpAddr> {
    select(&ADDRESSES[..]).prop_map(|text| text.parse().unwrap())
}

fn name() -> impl Strategy<Value = Name> {
    select(&NAMES[..]).prop_map(|text| Name::parse(text).unwrap())
}

fn text<R: std::fmt::Display>(found: Option<&Entry<R>>) -> Option<String> {
    found.map(|rule| rule.to_string())
}

fn covers(rule: &InboundRule, place: Place, covers: fn(&Host, IpAddr) -> bool) -> bool {
    place.is_at_port_of(rule.local()) && covers(&rule.local().host, place.address)
}

fn lists(rule: &InboundRule, peer: IpAddr) -> bool {
    rule.from().is_empty() || rule.from().iter().any(|net| net.contains(&peer))
}

proptest! {
    #[test]
    fn inbound_rules_are_found(set in inbound(), listener in place(), local in address(), peer in address()) {
        let connection = Place { address: local, ..listener };
        let find = |wanted: &dyn Fn(&InboundRule) -> bool| text(set.iter().find(|rule| wanted(rule)));
        prop_assert_eq!(
            text(set.first_granting(listener)),
            find(&|rule| covers(rule, listener, Host::grants_local))
        );
        prop_assert_eq!(
            text(set.first_granting_to(listener, peer)),
            find(&|rule| covers(rule, listener, Host::grants_local) && lists(rule, peer))
        );
        prop_assert_eq!(
            text(set.first_touching(listener)),
            find(&|rule| covers(rule, listener, Host::touches_local) && rule.from().is_empty())
        );
        for limited in [false, true] {
            let counts = |rule: &InboundRule| !limited || !rule.from().is_empty();
            let about = |rule: &InboundRule| {
                covers(rule, listener, Host::contains) || covers(rule, connection, Host::touches_local)
            };
            prop_assert_eq!(
                text(set.first_about_peer(listener, connection, peer, limited)),
                find(&|rule| counts(rule) && about(rule) && lists(rule, peer))
            );
        }
    }

    #[test]
    fn outbound_rules_are_found(set in outbound(), place in place(), name in name(), to in address()) {
        let place = Place { ephemeral: false, ..place };
        let find = |wanted: &dyn Fn(&OutboundRule) -> bool| text(set.iter().find(|rule| wanted(rule)));
        let names = |rule: &OutboundRule| rule.remote().host.names(&name);
        let contains = |rule: &OutboundRule| rule.remote().host.contains(place.address);
        let at_port = |rule: &OutboundRule| place.is_at_port_of(rule.remote());
        prop_assert_eq!(
            text(set.first_containing(place)),
            find(&|rule| at_port(rule) && contains(rule))
        );
        prop_assert_eq!(
            text(set.first_naming(&name, place, std::iter::once(to))),
            find(&|rule| at_port(rule) && names(rule) && rule.concerns(std::iter::once(to)))
        );
        prop_assert_eq!(
            text(set.first_naming_everywhere(&name, std::iter::once(to))),
            find(&|rule| rule.remote().ports.are_all() && names(rule) && rule.concerns(std::iter::once(to)))
        );
        prop_assert_eq!(
            text(set.first_for_lookup(&name)),
            find(&|rule| rule.remote().host == Host::Any || names(rule))
        );

        let pins = [PinnedName::from(name.clone())];
        let texts = |rules: Vec<&Entry<OutboundRule>>| -> Vec<String> {
            rules.into_iter().map(|rule| rule.to_string()).collect()
        };
        let concerned = |rule: &OutboundRule| contains(rule) || names(rule);
        prop_assert_eq!(
            texts(set.candidates(place.address, &pins, Some(place)).collect()),
            texts(set.iter().filter(|rule| at_port(rule) && concerned(rule)).collect())
        );

        // One rule stands for those that differ by the port alone.
        let mut seen = std::collections::HashSet::new();
        let first = |rule: &&Entry<OutboundRule>| {
            seen.insert((rule.remote().host.clone(), rule.to().to_vec()))
        };
        prop_assert_eq!(
            texts(set.candidates(place.address, &pins, None).collect()),
            texts(set.iter().filter(|rule| concerned(rule)).filter(first).collect())
        );
    }

    #[test]
    fn rules_about_lookups_are_found(set in resolve(), name in name()) {
        prop_assert_eq!(
            text(set.first_for_lookup(&name)),
            text(set.iter().find(|rule| rule.concerns(&name)))
        );
    }
}
