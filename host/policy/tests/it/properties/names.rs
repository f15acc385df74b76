//! What holds for names.

use std::net::{IpAddr, SocketAddr};

use proptest::prelude::*;
use wasock_policy::{
    Effect, Host, Name, PinnedName, Policy, Protocol, Reason, Request, ResolveRule, Rule,
};

use super::strategy::{NAMES, any_policy, name, outbound_text, pinned, special, spelled};
use super::with_line;

fn reach(address: IpAddr, pins: &[PinnedName]) -> Request {
    Request::Connect {
        protocol: Protocol::Tcp,
        remote: SocketAddr::new(address, 80),
        names: pins.into(),
    }
}

fn resolve(name: &Name) -> Request {
    Request::Resolve { name: name.clone() }
}

fn answer(pin: &PinnedName, address: IpAddr) -> Request {
    Request::Answer {
        name: pin.clone(),
        address,
    }
}

fn allowed(policy: &Policy, request: &Request) -> bool {
    policy.decide(request).is_allowed()
}

proptest! {
    #[test]
    fn no_text_is_too_strange_for_a_name(text in prop_oneof![any::<String>(), "[a-zA-Z0-9_.*-]*"]) {
        if let Ok(name) = Name::parse(&text) {
            prop_assert_eq!(Name::parse(name.as_str()), Ok(name.clone()));
            prop_assert!(name.as_str().len() <= 253);
            prop_assert!(!name.as_str().contains(|c: char| c.is_ascii_uppercase()));
            prop_assert!(name.as_str().parse::<IpAddr>().is_err());
        }
    }

    #[test]
    fn case_and_trailing_dot_do_not_matter(
        policy in any_policy(), text in spelled(proptest::sample::select(NAMES).prop_map(str::to_owned)),
    ) {
        let spelled = Name::parse(&text)?;
        let plain = Name::parse(&text.trim_end_matches('.').to_ascii_lowercase())?;
        prop_assert_eq!(&spelled, &plain);
        prop_assert_eq!(
            policy.decide(&resolve(&spelled)),
            policy.decide(&resolve(&plain))
        );
    }

    #[test]
    fn a_suffix_matches_below_it_and_nothing_that_looks_like_it(
        parent in name(), labels in "([a-z0-9-]{1,9}\\.){1,3}", glued in "[a-z0-9_-]{1,9}",
    ) {
        let rule: ResolveRule = format!("*.{parent}").parse()?;
        let pattern = rule.pattern().unwrap();
        for (name, expected) in [
            (format!("{labels}{parent}"), true),
            (parent.to_string(), false),
            (format!("{glued}{parent}"), false),
            (format!("{parent}.z{glued}"), false),
        ] {
            prop_assert_eq!(pattern.matches(&Name::parse(&name)?), expected, "{}", name);
        }
    }

    #[test]
    fn no_name_reaches_a_special_address_without_to(pin in pinned(), (address, _) in special()) {
        let mut lines = vec!["--allow-outbound tcp://any:any".to_owned()];
        for name in NAMES.iter().filter(|name| !matches!(**name, "any" | "localhost")) {
            lines.push(format!("--allow-outbound tcp://{name}:any"));
            lines.push(format!("--allow-outbound tcp://*.{name}:any"));
            lines.push(format!("--allow-outbound tcp://{name}:any#to=0.0.0.0/0,::/0"));
        }
        let lines: Vec<_> = lines.iter().map(String::as_str).collect();
        let policy = crate::policy(&lines);
        let request = reach(address, std::slice::from_ref(&pin));
        prop_assert!(!allowed(&policy, &request), "{}", request);
        prop_assert!(!allowed(&policy, &answer(&pin, address)), "{}", address);
    }

    #[test]
    fn an_allowed_special_destination_was_meant_by_name_or_by_address(
        policy in any_policy(), pin in pinned(), (address, block) in special(),
    ) {
        for request in [reach(address, std::slice::from_ref(&pin)), answer(&pin, address)] {
            let decision = policy.decide(&request);
            let Reason::AllowedBy(line) = decision.reason() else { continue };
            let Rule::Outbound(rule) = &line.rule else { continue };
            match &rule.remote().host {
                Host::Any => prop_assert!(false, "{line}"),
                Host::Localhost => prop_assert!(address.is_loopback(), "{line}"),
                Host::Net(net) => prop_assert!(block.contains(net), "{line}"),
                Host::Name(_) => prop_assert!(
                    rule.to().iter().any(|net| net.contains(&address) && block.contains(net)),
                    "{line}"
                ),
            }
        }
    }

    #[test]
    fn a_denied_name_is_neither_looked_up_nor_reached(
        policy in any_policy(), pin in pinned(), step in any::<prop::sample::Index>(), address: IpAddr,
    ) {
        let names: Vec<_> = pin.names().cloned().collect();
        let denied = step.get(&names).clone();
        if denied.as_str() == "any" {
            return Ok(());
        }
        for line in [format!("--deny-resolve {denied}"), format!("--deny-outbound tcp://{denied}:any")] {
            let policy = with_line(&policy, &line);
            prop_assert!(!allowed(&policy, &resolve(&denied)));
            prop_assert!(!allowed(&policy, &answer(&pin, address)));
            prop_assert!(!allowed(&policy, &reach(address, std::slice::from_ref(&pin))));
        }
    }

    #[test]
    fn what_is_told_was_allowed_to_be_looked_up(policy in any_policy(), pin in pinned(), address: IpAddr) {
        if allowed(&policy, &answer(&pin, address)) {
            prop_assert!(allowed(&policy, &resolve(&pin.asked)));
        }
    }

    #[test]
    fn what_a_name_rule_reaches_is_told_to_who_asks(policy in any_policy(), pin in pinned(), address: IpAddr) {
        let decision = policy.decide(&reach(address, std::slice::from_ref(&pin)));
        if let Reason::AllowedBy(line) = decision.reason()
            && let Rule::Outbound(rule) = &line.rule
            && matches!(rule.remote().host, Host::Name(_))
        {
            prop_assert!(allowed(&policy, &answer(&pin, address)));
        }
    }

    #[test]
    fn one_more_lookup_grants_only_by_name(policy in any_policy(), pin in pinned(), address: IpAddr) {
        let decision = policy.decide(&reach(address, std::slice::from_ref(&pin)));
        if decision.is_allowed() && !allowed(&policy, &reach(address, &[])) {
            let Reason::AllowedBy(line) = decision.reason() else { panic!("{decision:?}") };
            let Rule::Outbound(rule) = &line.rule else { panic!("{line} is not outbound") };
            prop_assert!(matches!(rule.remote().host, Host::Name(_)), "{}", line);
            prop_assert_eq!(line.effect, Effect::Allow);
        }
    }

    #[test]
    fn an_inbound_rule_has_no_name(text in outbound_text()) {
        if let Ok(rule) = text.parse::<wasock_policy::InboundRule>() {
            prop_assert!(!matches!(rule.local().host, Host::Name(_)));
        }
    }
}
