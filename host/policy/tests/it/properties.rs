//! What holds for every rule, every policy and every request.

mod around;
mod consider;
mod file;
mod names;
mod strategy;
mod texts;

use std::net::{IpAddr, SocketAddr};

use proptest::prelude::*;
use wasock_policy::{
    Effect, Host, InboundRule, OutboundRule, Policy, Reason, Request, ResolveRule, Rule,
};

use self::strategy::{
    any_policy, any_request, inbound_text, line, near_rule, outbound_text, resolve_text, special,
};

fn with_line(policy: &Policy, line: &str) -> Policy {
    crate::add(policy.clone().into(), line).build()
}

/// The same request by way of IPv4-mapped IPv6.
fn mapped(mut request: Request) -> Request {
    let map_ip = |address: &mut IpAddr| {
        if let IpAddr::V4(ip) = *address {
            *address = ip.to_ipv6_mapped().into();
        }
    };
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

/// Whether a rule of the line's kind can decide on the request. A lookup is implied by what needs it, and datagrams that
/// come back may be granted in either direction.
fn suits(rule: &Rule, request: &Request) -> bool {
    match request {
        Request::Resolve { .. } | Request::Answer { .. } => !matches!(rule, Rule::Inbound(_)),
        Request::Reply { .. } | Request::ReceiveReply { .. } => true,
        Request::Connect { .. } | Request::Send { .. } => rule.direction() == request.direction(),
        _ => matches!(rule, Rule::Inbound(_)),
    }
}

proptest! {
    #[test]
    fn a_rule_is_what_its_text_says(text in inbound_text()) {
        let rule: InboundRule = text.parse()?;
        prop_assert_eq!(rule.to_string().parse::<InboundRule>(), Ok(rule.clone()));
        if let Ok(rule) = text.parse::<OutboundRule>() {
            prop_assert_eq!(rule.to_string().parse::<OutboundRule>(), Ok(rule.clone()));
        }
    }

    #[test]
    fn a_rule_with_a_name_is_what_its_text_says(outbound in outbound_text(), resolve in resolve_text()) {
        let rule: OutboundRule = outbound.parse()?;
        prop_assert_eq!(rule.to_string().parse::<OutboundRule>(), Ok(rule.clone()));
        let rule: ResolveRule = resolve.parse()?;
        prop_assert_eq!(rule.to_string().parse::<ResolveRule>(), Ok(rule.clone()));
    }

    #[test]
    fn no_text_is_too_strange_to_be_refused(text in prop_oneof![any::<String>(), "\\PC*", near_rule()]) {
        let results = [
            text.parse::<OutboundRule>().map(|rule| rule.to_string()),
            text.parse::<InboundRule>().map(|rule| rule.to_string()),
            text.parse::<ResolveRule>().map(|rule| rule.to_string()),
        ];
        for error in results.into_iter().filter_map(Result::err) {
            let said = error.to_string();
            prop_assert!(said.bytes().all(|b| b == b'\n' || (b' '..=b'~').contains(&b)), "{said:?}");
            prop_assert!(text.get(error.span()).is_some());

            let lines: Vec<_> = said.lines().collect();
            match lines.as_slice() {
                [_] => prop_assert!(text.is_empty()),
                [_, shown, marks] => prop_assert!(marks.len() <= shown.len() + 1, "{said}"),
                _ => prop_assert!(false, "{said}"),
            }
        }
    }

    #[test]
    fn what_is_suggested_for_a_mistake_is_a_rule(text in near_rule()) {
        if let Err(error) = text.parse::<InboundRule>()
            && let Some(suggestion) = error.suggestion()
        {
            prop_assert!(suggestion.parse::<InboundRule>().is_ok(), "{}", error);
        }
        if let Err(error) = text.parse::<OutboundRule>()
            && let Some(suggestion) = error.suggestion()
        {
            prop_assert!(suggestion.parse::<OutboundRule>().is_ok(), "{}", error);
        }
        if let Err(error) = text.parse::<ResolveRule>()
            && let Some(suggestion) = error.suggestion()
        {
            prop_assert!(suggestion.parse::<ResolveRule>().is_ok(), "{}", error);
        }
    }

    #[test]
    fn the_empty_policy_denies(request in any_request()) {
        let decision = Policy::default().decide(&request);
        prop_assert_eq!(decision.is_allowed(), decision.reason() == &Reason::WildcardBind);
    }

    #[test]
    fn one_more_deny_rule_never_allows_more(
        policy in any_policy(), extra in line(Effect::Deny), request in any_request(),
    ) {
        let before = policy.decide(&request).is_allowed();
        let after = with_line(&policy, &extra).decide(&request).is_allowed();
        prop_assert!(before || !after);
    }

    #[test]
    fn one_more_allow_rule_never_allows_less(
        policy in any_policy(), extra in line(Effect::Allow), request in any_request(),
    ) {
        let before = policy.decide(&request).is_allowed();
        let after = with_line(&policy, &extra).decide(&request).is_allowed();
        prop_assert!(after || !before);
    }

    #[test]
    fn what_one_deny_rule_covers_no_allow_rule_gives_back(
        policy in any_policy(), extra in line(Effect::Deny), request in any_request(),
    ) {
        let alone = crate::policy(&[&extra]);
        if matches!(alone.decide(&request).reason(), Reason::DeniedBy { .. }) {
            prop_assert!(!with_line(&policy, &extra).decide(&request).is_allowed());
        }
    }

    #[test]
    fn a_mapped_address_is_decided_on_like_its_ipv4_form(policy in any_policy(), request in any_request()) {
        let mapped = mapped(request.clone());
        prop_assert_eq!(policy.decide(&mapped), policy.decide(&request));
        prop_assert_eq!(mapped.to_string(), request.to_string());
    }

    #[test]
    fn what_is_suggested_for_a_denial_allows_it(policy in any_policy(), request in any_request()) {
        let decision = policy.decide(&request);
        if let Some(line) = decision.explain(&request).suggestion() {
            prop_assert!(!decision.is_allowed());
            prop_assert!(with_line(&policy, &line.to_string()).decide(&request).is_allowed(), "{}", line);
        }
    }

    #[test]
    fn the_rule_that_decided_is_one_of_the_policy(policy in any_policy(), request in any_request()) {
        let decision = policy.decide(&request);
        if let Reason::AllowedBy(line) | Reason::DeniedBy { line, .. } = decision.reason() {
            prop_assert!(policy.lines().any(|listed| &listed == line));
            prop_assert!(suits(&line.rule, &request), "{} {}", line, request);
            prop_assert_eq!(line.effect == Effect::Allow, decision.is_allowed());
        }
    }

    #[test]
    fn nothing_broader_than_its_block_reaches_a_special_address((address, block) in special(), length in 0u8..128) {
        let length = length % (block.prefix_len().max(1));
        let broader = ipnet::IpNet::new(address, length)?.trunc();
        let host = match broader.addr() {
            IpAddr::V4(ip) => format!("{ip}/{length}"),
            IpAddr::V6(ip) => format!("[{ip}]/{length}"),
        };
        let policy = crate::policy(&[
            "--allow-outbound tcp://any:any",
            "--allow-outbound tcp://0.0.0.0/0:any",
            "--allow-outbound tcp://[::]/0:any",
            &format!("--allow-outbound tcp://{host}:any"),
        ]);
        let request = crate::connect(&SocketAddr::new(address, 80).to_string());
        let decision = policy.decide(&request);
        prop_assert!(matches!(decision.reason(), Reason::SpecialAddress { .. }), "{:?}", decision);
    }

    #[test]
    fn an_allowed_special_destination_was_meant(policy in any_policy(), (address, block) in special()) {
        let request = crate::connect(&SocketAddr::new(address, 80).to_string());
        if let Reason::AllowedBy(line) = policy.decide(&request).reason() {
            let Rule::Outbound(rule) = &line.rule else { panic!("{line} is not outbound") };
            match &rule.remote().host {
                Host::Any | Host::Name(_) => prop_assert!(false, "{line}"),
                Host::Localhost => {}
                Host::Net(net) => prop_assert!(block.contains(net), "{line}"),
            }
        }
    }
}
