//! What holds for modes, ceilings and the host's own addresses.

use std::net::IpAddr;

use proptest::prelude::*;
use wasock_policy::{Effect, Mode, Policy, PolicyBuilder, Reason, Request, Rule};

use super::strategy::{any_policy, any_request, line, own_addresses, special, surrounded_policy};
use super::with_line;

fn allows(policy: &Policy, request: &Request) -> bool {
    policy.decide(request).is_allowed()
}

fn in_mode(policy: &Policy, mode: Mode) -> Policy {
    PolicyBuilder::from(policy.clone()).mode(mode).build()
}

/// Where something would go, or the guest be led.
fn destination(request: &Request) -> Option<IpAddr> {
    match request {
        Request::Answer { address, .. } => Some(address.to_canonical()),
        Request::Connect { remote, .. } | Request::Send { remote, .. } => {
            Some(remote.ip().to_canonical())
        }
        Request::ReceiveReply { peer, .. } | Request::Reply { peer, .. } => {
            Some(peer.ip().to_canonical())
        }
        _ => None,
    }
}

/// Whether a rule for everything leaves the address out.
fn is_special(address: IpAddr) -> bool {
    let everything = crate::policy(&["--allow-outbound tcp://any:any"]);
    !allows(
        &everything,
        &crate::connect(&std::net::SocketAddr::new(address, 1).to_string()),
    )
}

proptest! {
    #[test]
    fn a_policy_within_a_ceiling_never_allows_what_the_ceiling_does_not(
        policy in surrounded_policy(), ceiling in surrounded_policy(), request in any_request(),
    ) {
        let within = PolicyBuilder::from(policy.clone()).ceiling(ceiling.clone()).build();
        let ceiling = in_mode(&ceiling, Mode::Enforce);
        prop_assert_eq!(
            allows(&within, &request),
            allows(&policy, &request) && allows(&ceiling, &request)
        );
    }

    #[test]
    fn no_ceiling_reports(policy in any_policy(), ceiling in any_policy(), request in any_request()) {
        let under = |mode| PolicyBuilder::from(policy.clone()).ceiling(in_mode(&ceiling, mode)).build();
        prop_assert_eq!(
            under(Mode::Report).decide(&request),
            under(Mode::Enforce).decide(&request)
        );
    }

    #[test]
    fn to_report_reaches_no_special_address_that_to_enforce_does_not(
        policy in surrounded_policy(), request in any_request(),
    ) {
        let report = in_mode(&policy, Mode::Report).decide(&request);
        let enforce = in_mode(&policy, Mode::Enforce).decide(&request);
        if destination(&request).is_some_and(is_special) {
            prop_assert_eq!(&report, &enforce);
        }
        prop_assert!(report.is_allowed() || !enforce.is_allowed());
        prop_assert_eq!(report.is_reported(), report.is_allowed() && !enforce.is_allowed());
    }

    #[test]
    fn to_report_is_to_let_through_what_leads_nowhere_special(policy in any_policy(), request in any_request()) {
        if !destination(&request).is_some_and(is_special) {
            prop_assert!(allows(&in_mode(&policy, Mode::Report), &request));
        }
    }

    #[test]
    fn what_is_reported_has_the_reason_it_would_be_denied_for(
        policy in surrounded_policy(), request in any_request(),
    ) {
        let report = in_mode(&policy, Mode::Report).decide(&request);
        let enforce = in_mode(&policy, Mode::Enforce).decide(&request);
        match report.reason() {
            Reason::Reported(reason) => prop_assert_eq!(&**reason, enforce.reason()),
            reason => prop_assert_eq!(reason, enforce.reason()),
        }
        prop_assert_eq!(
            report.explain(&request).suggestion(),
            enforce.explain(&request).suggestion()
        );
    }

    #[test]
    fn one_more_deny_rule_never_allows_more_whatever_is_around(
        policy in surrounded_policy(), extra in line(Effect::Deny), request in any_request(),
    ) {
        let after = allows(&with_line(&policy, &extra), &request);
        prop_assert!(allows(&policy, &request) || !after);
    }

    #[test]
    fn one_more_allow_rule_never_allows_less_whatever_is_around(
        policy in surrounded_policy(), extra in line(Effect::Allow), request in any_request(),
    ) {
        let after = allows(&with_line(&policy, &extra), &request);
        prop_assert!(after || !allows(&policy, &request));
    }

    #[test]
    fn what_is_suggested_allows_it_whatever_is_around(policy in surrounded_policy(), request in any_request()) {
        let decision = policy.decide(&request);
        if let Some(line) = decision.explain(&request).suggestion() {
            let after = with_line(&policy, &line.to_string()).decide(&request);
            prop_assert!(after.is_allowed() && !after.is_reported(), "{}", line);
        }
        if matches!(decision.reason(), Reason::OutsideCeiling(_)) {
            prop_assert_eq!(decision.explain(&request).suggestion(), None);
        }
    }

    #[test]
    fn to_know_more_own_addresses_never_allows_more(
        policy in surrounded_policy(), own in own_addresses(), request in any_request(),
    ) {
        let policy = in_mode(&policy, Mode::Enforce);
        let knowing = PolicyBuilder::from(policy.clone()).own_addresses(own).build();
        prop_assert!(allows(&policy, &request) || !allows(&knowing, &request));
    }

    #[test]
    fn an_own_address_is_reached_by_rules_for_that_very_address(
        policy in any_policy(), address: IpAddr, (in_block, _) in special(), pick: bool,
    ) {
        let own = if pick { in_block } else { address }.to_canonical();
        if own.is_loopback() || own.is_unspecified() {
            return Ok(());
        }
        let policy = PolicyBuilder::from(policy).own_addresses([own]);
        let policy = ["tcp://any:any", "tcp://0.0.0.0/0:any", "tcp://[::]/1:any"]
            .iter()
            .fold(policy, |builder, rule| builder.allow_outbound(rule.parse().unwrap()))
            .build();
        let request = crate::connect(&std::net::SocketAddr::new(own, 80).to_string());
        if let Reason::AllowedBy(line) = policy.decide(&request).reason() {
            let Rule::Outbound(rule) = &line.rule else { panic!("{line} is not outbound") };
            prop_assert_eq!(&rule.remote().host, &own.into(), "{}", line);
        }
    }
}
