//! Rules, policies and requests, drawn from a world small enough for them to meet.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use proptest::prelude::*;
use proptest::sample::select;
use wasock_policy::{Effect, Listener, Mode, Name, PinnedName, Policy, Protocol, Request};

/// Addresses of every kind that the decision tells apart.
const ADDRESSES: &[&str] = &[
    "0.0.0.0",
    "::",
    "127.0.0.1",
    "127.0.0.2",
    "::1",
    "8.8.8.8",
    "8.8.4.4",
    "10.0.0.1",
    "10.1.0.1",
    "169.254.1.1",
    "169.254.169.254",
    "224.0.0.1",
    "255.255.255.255",
    "2606:4700::1",
    "fd00::1",
    "fd00:ec2::254",
    "fe80::1",
    "64:ff9b::808:808",
    "64:ff9b::a00:1",
    "64:ff9b:1::a00:1",
    "2002:a00:1::",
    "2001::f5ff:fffe",
    "::a00:1",
];

/// Names that are near each other, and those that mean something of their own.
pub(crate) const NAMES: &[&str] = &[
    "example.com",
    "api.example.com",
    "a.b.example.com",
    "notexample.com",
    "com",
    "db.internal",
    "localhost",
    "x.localhost",
    "any",
];

const PORTS: &[u16] = &[0, 22, 80, 443, 40001];

/// Special blocks of both families, without what is nested in them.
const SPECIAL: &[&str] = &[
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "168.63.129.16/32",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.2.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "::1/128",
    "::/96",
    "64:ff9b:1::/48",
    "100::/64",
    "2001::/32",
    "2001:db8::/32",
    "2002::/16",
    "fc00::/7",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
];

/// A line of a policy with the given effect.
pub(crate) fn line(effect: Effect) -> impl Strategy<Value = String> {
    let outbound = outbound_text().prop_map(|rule| format!("outbound {rule}"));
    let inbound = inbound_text().prop_map(|rule| format!("inbound {rule}"));
    let resolve = resolve_text().prop_map(|rule| format!("resolve {rule}"));
    prop_oneof![3 => outbound, 2 => inbound, 1 => resolve]
        .prop_map(move |line| format!("--{effect}-{line}"))
}

/// The text of an outbound rule, not always in canonical form.
pub(crate) fn outbound_text() -> impl Strategy<Value = String> {
    let by_address = (scheme(), host(), ports(1))
        .prop_map(|(scheme, host, ports)| format!("{scheme}://{host}:{ports}"));
    let by_name = (scheme(), name_pattern(), ports(1), option("to"))
        .prop_map(|(scheme, name, ports, to)| format!("{scheme}://{name}:{ports}{to}"));
    prop_oneof![by_address, by_name]
}

/// The text of a rule about lookups, not always in canonical form.
pub(crate) fn resolve_text() -> impl Strategy<Value = String> {
    prop_oneof![4 => name_pattern(), 1 => Just("any".to_owned())]
}

/// A pattern of names other than `any` and `localhost`, not always in canonical form.
fn name_pattern() -> impl Strategy<Value = String> {
    let known: Vec<_> = NAMES
        .iter()
        .copied()
        .filter(|name| !matches!(*name, "any" | "localhost"))
        .collect();
    let made_up = "[a-zA-Z0-9_-]{1,8}(\\.[a-zA-Z0-9_-]{1,8}){0,2}\\.[a-z]{1,6}";
    let name = prop_oneof![6 => select(known).prop_map(str::to_owned), 1 => made_up];
    (select(vec!["", "", "*.", "."]), spelled(name))
        .prop_map(|(mark, name)| format!("{mark}{name}"))
}

/// A name in another spelling.
pub(crate) fn spelled(name: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    (name, any::<u32>(), select(vec!["", "."])).prop_map(|(name, upper, dot)| {
        let respelled = name
            .chars()
            .enumerate()
            .map(|(at, c)| match upper >> (at % 32) & 1 {
                1 => c.to_ascii_uppercase(),
                _ => c,
            });
        respelled.collect::<String>() + dot
    })
}

pub(crate) fn name() -> impl Strategy<Value = Name> {
    select(NAMES).prop_map(|text| Name::parse(text).unwrap())
}

pub(crate) fn pinned() -> impl Strategy<Value = PinnedName> {
    (name(), prop::collection::vec(name(), 0..3)).prop_map(|(asked, chain)| PinnedName {
        asked,
        chain: chain.into(),
    })
}

fn names() -> impl Strategy<Value = std::sync::Arc<[PinnedName]>> {
    prop::collection::vec(pinned(), 0..3).prop_map(Into::into)
}

/// A policy with a handful of lines.
pub(crate) fn any_policy() -> impl Strategy<Value = Policy> {
    let lines = prop::collection::vec(prop_oneof![line(Effect::Allow), line(Effect::Deny)], 0..6);
    lines.prop_map(|lines| {
        lines
            .iter()
            .fold(Policy::builder(), |builder, line| crate::add(builder, line))
            .build()
    })
}

/// A policy with a mode, with ceilings that have their own, and with addresses that are the host's.
pub(crate) fn surrounded_policy() -> impl Strategy<Value = Policy> {
    let around = |policy: Policy, mode, own: Vec<IpAddr>| {
        wasock_policy::PolicyBuilder::from(policy)
            .mode(mode)
            .own_addresses(own)
    };
    let one = || (any_policy(), mode(), own_addresses());
    let ceilings = prop::collection::vec((one(), prop::option::of(one())), 0..3);
    (one(), ceilings).prop_map(move |((policy, mode, own), ceilings)| {
        let mut builder = around(policy, mode, own);
        for ((policy, mode, own), above) in ceilings {
            let mut ceiling = around(policy, mode, own);
            if let Some((policy, mode, own)) = above {
                ceiling = ceiling.ceiling(around(policy, mode, own).build());
            }
            builder = builder.ceiling(ceiling.build());
        }
        builder.build()
    })
}

pub(crate) fn mode() -> impl Strategy<Value = Mode> {
    select(vec![Mode::Enforce, Mode::Report])
}

/// Some of the known addresses, special ones and others.
pub(crate) fn own_addresses() -> impl Strategy<Value = Vec<IpAddr>> {
    prop::collection::vec(address(), 0..4)
}

/// A request of any kind.
pub(crate) fn any_request() -> impl Strategy<Value = Request> {
    let protocol = || select(vec![Protocol::Tcp, Protocol::Udp]);
    let listener = || {
        (socket_address(), any::<bool>())
            .prop_map(|(address, ephemeral)| Listener { address, ephemeral })
    };
    prop_oneof![
        1 => name().prop_map(|name| Request::Resolve { name }),
        3 => (pinned(), address()).prop_map(|(name, address)| Request::Answer { name, address }),
        4 => (protocol(), socket_address(), names())
            .prop_map(|(protocol, remote, names)| Request::Connect { protocol, remote, names }),
        1 => (socket_address(), names()).prop_map(|(remote, names)| Request::Send { remote, names }),
        1 => (listener(), socket_address()).prop_map(|(listener, peer)| Request::Receive { listener, peer }),
        2 => (listener(), socket_address(), names())
            .prop_map(|(listener, peer, names)| Request::Reply { listener, peer, names }),
        2 => (listener(), socket_address(), names())
            .prop_map(|(listener, peer, names)| Request::ReceiveReply { listener, peer, names }),
        2 => (protocol(), socket_address()).prop_map(|(protocol, local)| Request::Bind { protocol, local }),
        2 => listener().prop_map(|listener| Request::Listen { listener }),
        2 => (listener(), socket_address(), socket_address())
            .prop_map(|(listener, local, peer)| Request::Accept { listener, local, peer }),
    ]
}

/// The text of an inbound rule, not always in canonical form.
pub(crate) fn inbound_text() -> impl Strategy<Value = String> {
    (scheme(), host(), ports(0), option("from"))
        .prop_map(|(scheme, host, ports, from)| format!("{scheme}://{host}:{ports}{from}"))
}

/// An option with a list of networks, or nothing.
fn option(name: &'static str) -> impl Strategy<Value = String> {
    prop::option::weighted(0.3, prop::collection::vec(net(), 1..3)).prop_map(move |nets| {
        nets.map_or(String::new(), |nets| {
            let nets: Vec<_> = nets.iter().map(ToString::to_string).collect();
            format!("#{name}={}", nets.join(","))
        })
    })
}

/// A text that is a rule, or was meant to be one.
pub(crate) fn near_rule() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        select(vec![
            "tcp",
            "udp",
            "://",
            ":",
            "/",
            "//",
            "[",
            "]",
            "#",
            "from",
            "=",
            ",",
            "-",
            "*",
            "any",
            "localhost",
            ".",
            "::",
            "0x",
            "%",
            " ",
            "\u{1b}",
            "\u{202e}",
            "é",
            "example.com",
            "ANY",
            "to",
            "xn--",
            "127.1",
            "10.0.0.1",
            "fd00::",
            "::ffff:1.2.3.4",
        ])
        .prop_map(str::to_owned),
        (0u32..70_000).prop_map(|number| number.to_string()),
    ];
    let soup = prop::collection::vec(part.clone(), 0..10).prop_map(|parts| parts.concat());
    let damaged = (
        prop_oneof![inbound_text(), outbound_text(), resolve_text()],
        any::<prop::sample::Index>(),
        part,
    )
        .prop_map(|(mut text, at, part)| {
            text.insert_str(at.index(text.len()), &part);
            text
        });
    prop_oneof![soup, damaged]
}

/// A special address and the block it is in.
pub(crate) fn special() -> impl Strategy<Value = (IpAddr, IpNet)> {
    (select(SPECIAL), any::<u128>()).prop_map(|(block, random)| {
        let block: IpNet = block.parse().unwrap();
        let address = match (block.network(), block.hostmask()) {
            (IpAddr::V4(network), IpAddr::V4(mask)) => {
                IpAddr::V4((network.to_bits() | random as u32 & mask.to_bits()).into())
            }
            (IpAddr::V6(network), IpAddr::V6(mask)) => {
                IpAddr::V6((network.to_bits() | random & mask.to_bits()).into())
            }
            _ => unreachable!("a network and its mask are of one family"),
        };
        (address, block)
    })
}

fn scheme() -> impl Strategy<Value = &'static str> {
    select(vec!["tcp", "udp"])
}

fn address() -> impl Strategy<Value = IpAddr> {
    select(ADDRESSES).prop_map(|text| text.parse().unwrap())
}

fn socket_address() -> impl Strategy<Value = SocketAddr> {
    (address(), select(PORTS)).prop_map(|(ip, port)| SocketAddr::new(ip, port))
}

/// Networks around the known addresses, and any others.
fn net() -> impl Strategy<Value = IpNet> {
    let around = prop_oneof![4 => address(), 1 => any::<IpAddr>()];
    (around, 0u8..=128).prop_map(|(ip, length)| {
        let max = if ip.is_ipv4() { 32 } else { 128 };
        IpNet::new(ip, length.min(max)).unwrap().trunc()
    })
}

fn host() -> impl Strategy<Value = String> {
    let bracketed = net().prop_map(|net| match net.addr() {
        IpAddr::V4(_) => net.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]/{}", net.prefix_len()),
    });
    prop_oneof![
        2 => select(vec!["any", "*", "localhost"]).prop_map(str::to_owned),
        1 => net().prop_filter("brackets", |net| net.addr().is_ipv6()).prop_map(|net| format!("[{net}]")),
        4 => bracketed,
    ]
}

fn ports(lowest: u16) -> impl Strategy<Value = String> {
    let known: Vec<u16> = PORTS
        .iter()
        .copied()
        .filter(|port| *port >= lowest)
        .collect();
    let one = prop_oneof![
        2 => Just("any".to_owned()),
        3 => select(known).prop_map(|port| port.to_string()),
        1 => (lowest..=u16::MAX).prop_map(|port| port.to_string()),
        2 => (1..=u16::MAX, 1..=u16::MAX).prop_map(|(a, b)| format!("{}-{}", a.min(b), a.max(b))),
    ];
    prop::collection::vec(one, 1..4).prop_map(|ports| ports.join(","))
}

/// The text of a mapping, not always in canonical form.
pub(crate) fn mapping_text() -> impl Strategy<Value = String> {
    let port = || select(vec![1u16, 80, 443]);
    let socket = (
        scheme(),
        host(),
        port(),
        any::<u32>(),
        any::<u128>(),
        port(),
    )
        .prop_map(|(scheme, host, port, v4, v6, target)| {
            let left = format!("{scheme}://{host}:{port}=");
            let v4 = SocketAddr::new(IpAddr::V4(v4.into()), target);
            let v6 = SocketAddr::new(IpAddr::V6(v6.into()), target);
            // The right side has the family of the left one.
            let text = format!("{left}{v4}");
            if text.parse::<wasock_policy::Mapping>().is_ok() {
                text
            } else {
                format!("{left}{v6}")
            }
        });
    let known = NAMES
        .iter()
        .filter(|name| !matches!(**name, "any" | "localhost"));
    let names = spelled(select(known.copied().collect::<Vec<_>>()).prop_map(str::to_owned));
    let name = (names, address()).prop_map(|(name, address)| format!("{name}={address}"));
    prop_oneof![socket, name]
}

/// A text that is a mapping, or was meant to be one.
pub(crate) fn near_mapping() -> impl Strategy<Value = String> {
    let part = select(vec![
        "=", "->", ":", "tcp://", "any", "[", "]", "%", "0x", "80", ",", " ", "é", "#",
    ]);
    damaged(mapping_text(), part)
}

/// A text that is a limit, or was meant to be one.
pub(crate) fn near_limit() -> impl Strategy<Value = String> {
    let amount = prop_oneof!["[0-9]{1,30}", "[0-9]{1,4}(KiB|MB|s|ms|/s|MiB/s|/10s)"];
    let limit = (select(wasock_policy::Limit::ALL.to_vec()), amount)
        .prop_map(|(limit, amount)| format!("{limit}={amount}"));
    let part = select(vec![
        "=",
        "/",
        "-",
        ".",
        "0",
        "KiB",
        "s",
        " ",
        "é",
        "99999999999999999999",
    ]);
    damaged(limit, part)
}

fn damaged(
    text: impl Strategy<Value = String>,
    part: impl Strategy<Value = &'static str>,
) -> impl Strategy<Value = String> {
    (text, any::<prop::sample::Index>(), part).prop_map(|(mut text, at, part)| {
        text.insert_str(at.index(text.len()), part);
        text
    })
}
