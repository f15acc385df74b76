//! Decisions: any policy about any request.

mod request;
mod rule;

use std::net::{IpAddr, SocketAddr};

use wasock_policy::{Effect, Policy, PolicyBuilder, Reason, Request, Rule};

use crate::input::Input;

/// The most rules of a policy.
const MOST: usize = 8;

/// A policy, one more rule, and a request.
pub(crate) fn decisions(data: &[u8]) {
    let mut input = Input::new(data);
    let request = request::any(&mut input);
    let count = input.below(MOST);
    let mut lines: Vec<(Effect, Rule)> = Vec::new();
    for _ in 0..count {
        lines.extend(rule::any(&mut input));
    }
    let policy = policy(&lines);
    let decision = check(&policy, &request);

    // The same by way of IPv4-mapped addresses.
    let mapped = mapped(request.clone());
    assert_eq!(policy.decide(&mapped), decision);
    assert_eq!(mapped.to_string(), request.to_string());

    if let Some((effect, rule)) = rule::any(&mut input) {
        one_more(&lines, effect, rule, &request, decision.is_allowed());
    }
}

/// What holds for each decision by itself.
fn check(policy: &Policy, request: &Request) -> wasock_policy::Decision {
    let decision = policy.decide(request);
    match decision.reason() {
        Reason::AllowedBy(line) => {
            assert_eq!(line.effect, Effect::Allow);
            assert!(policy.lines().any(|other| other == *line), "{line}");
        }
        Reason::DeniedBy { line, .. } => {
            assert_eq!(line.effect, Effect::Deny);
            assert!(policy.lines().any(|other| other == *line), "{line}");
        }
        Reason::NoRule
        | Reason::WildcardBind
        | Reason::SpecialAddress { .. }
        | Reason::OutsideTo { .. }
        | Reason::PeerNotListed { .. } => {}
        // These policies have no ceiling and enforce.
        Reason::Reported(_) | Reason::OutsideCeiling(_) => panic!("{decision:?}"),
    }
    let explanation = decision.explain(request);
    let said = explanation.to_string();
    let plain = |byte: u8| byte == b'\n' || (b' '..=b'~').contains(&byte);
    assert!(said.bytes().all(plain), "{said:?}");
    for warning in policy.warnings() {
        assert!(!warning.to_string().is_empty());
    }

    // Nobody is told to add what would not help.
    if let Some(line) = explanation.suggestion() {
        assert!(!decision.is_allowed());
        let helped = policy
            .lines()
            .map(|line| (line.effect, line.rule))
            .chain([(line.effect, line.rule.clone())])
            .fold(Policy::builder(), |policy, (effect, rule)| {
                add(policy, effect, &rule)
            });
        assert!(helped.build().decide(request).is_allowed(), "{line}");
    }
    decision
}

/// One more deny rule never allows more, and wins; one more allow rule never allows less.
fn one_more(lines: &[(Effect, Rule)], effect: Effect, rule: Rule, request: &Request, before: bool) {
    let alone = policy(&[(effect, rule.clone())]);
    let denies = matches!(alone.decide(request).reason(), Reason::DeniedBy { .. });
    let mut lines = lines.to_vec();
    lines.push((effect, rule));
    let after = policy(&lines).decide(request).is_allowed();
    match effect {
        Effect::Deny => {
            assert!(before || !after, "a deny rule allows");
            assert!(!denies || !after, "a deny rule is overruled");
        }
        Effect::Allow => assert!(after || !before, "an allow rule denies"),
    }
}

fn policy(lines: &[(Effect, Rule)]) -> Policy {
    lines
        .iter()
        .fold(Policy::builder(), |policy, (effect, rule)| {
            add(policy, *effect, rule)
        })
        .build()
}

fn add(policy: PolicyBuilder, effect: Effect, rule: &Rule) -> PolicyBuilder {
    match (effect, rule) {
        (Effect::Allow, Rule::Outbound(rule)) => policy.allow_outbound((**rule).clone()),
        (Effect::Deny, Rule::Outbound(rule)) => policy.deny_outbound((**rule).clone()),
        (Effect::Allow, Rule::Inbound(rule)) => policy.allow_inbound((**rule).clone()),
        (Effect::Deny, Rule::Inbound(rule)) => policy.deny_inbound((**rule).clone()),
        (Effect::Allow, Rule::Resolve(rule)) => policy.allow_resolve((**rule).clone()),
        (Effect::Deny, Rule::Resolve(rule)) => policy.deny_resolve((**rule).clone()),
    }
}

/// The same request by way of IPv4-mapped IPv6.
fn mapped(mut request: Request) -> Request {
    let map = |address: &mut SocketAddr| {
        let mut ip = address.ip();
        map_ip(&mut ip);
        *address = SocketAddr::new(ip, address.port());
    };
    match &mut request {
        Request::Resolve { .. } => {}
        Request::Answer { address, .. } => map_ip(address),
        Request::Connect { remote, .. } | Request::Send { remote, .. } => map(remote),
        Request::Bind { local, .. } => map(local),
        Request::Listen { listener } => map(&mut listener.address),
        Request::Accept {
            listener,
            local,
            peer,
        } => {
            map(&mut listener.address);
            map(local);
            map(peer);
        }
        Request::Receive { listener, peer }
        | Request::Reply { listener, peer, .. }
        | Request::ReceiveReply { listener, peer, .. } => {
            map(&mut listener.address);
            map(peer);
        }
    }
    request
}

fn map_ip(address: &mut IpAddr) {
    if let IpAddr::V4(ip) = *address {
        *address = ip.to_ipv6_mapped().into();
    }
}
