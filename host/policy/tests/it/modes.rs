//! What lies around the rules: report mode, ceilings, and the host's own addresses.

use std::net::IpAddr;
use std::sync::Arc;

use wasock_policy::{Mode, OnRevoke, Policy, PolicyBuilder, Protocol, Request};

use crate::{add, answer, connect, connect_as, listen, policy, resolve, verdict};

fn builder(lines: &[&str]) -> PolicyBuilder {
    lines
        .iter()
        .fold(Policy::builder(), |builder, line| add(builder, line))
}

fn reporting(lines: &[&str]) -> Policy {
    builder(lines).mode(Mode::Report).build()
}

fn own(lines: &[&str], addresses: &[&str]) -> Policy {
    let addresses = addresses.iter().map(|text| text.parse::<IpAddr>().unwrap());
    builder(lines).own_addresses(addresses).build()
}

fn explained(policy: &Policy, request: &Request) -> String {
    policy.decide(request).explain(request).to_string()
}

#[test]
fn the_modes_have_names_and_defaults() {
    for mode in [Mode::Enforce, Mode::Report] {
        assert_eq!(mode.to_string().parse(), Ok(mode));
    }
    for word in [OnRevoke::Close, OnRevoke::Keep] {
        assert_eq!(word.to_string().parse(), Ok(word));
    }
    let error = "audit".parse::<Mode>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "expected enforce or report, but found \"audit\"\n  audit\n  ^^^^^"
    );
    assert!("drop".parse::<OnRevoke>().is_err());
    assert_eq!(
        (Policy::default().mode(), Policy::default().on_revoke()),
        (Mode::Enforce, OnRevoke::Close)
    );
}

#[test]
fn a_policy_that_reports_lets_through_what_it_would_refuse_and_says_so() {
    let policy = reporting(&["--deny-outbound tcp://any:25"]);
    let request = connect("8.8.8.8:443");
    let decision = policy.decide(&request);
    assert!(decision.is_allowed() && decision.is_reported());
    assert_eq!(
        explained(&policy, &request),
        "reported: outbound tcp 8.8.8.8:443 (no rule)\n  \
           let through, since the policy reports only\n  \
           allow it with: --allow-outbound tcp://8.8.8.8:443"
    );
    assert_eq!(
        explained(&policy, &connect("8.8.8.8:25")),
        "reported: outbound tcp 8.8.8.8:25 (--deny-outbound tcp://any:25)\n  \
           a deny rule wins over every allow rule\n  \
           let through, since the policy reports only"
    );
    for request in [
        resolve("example.com"),
        listen("0.0.0.0:80", false),
        answer("example.com", "8.8.8.8"),
    ] {
        assert!(policy.decide(&request).is_reported(), "{request}");
    }
}

#[test]
fn a_policy_that_reports_refuses_special_addresses_all_the_same() {
    let policy = reporting(&[
        "--allow-outbound tcp://any:any",
        "--allow-outbound tcp://db.internal:5432",
        "--allow-outbound tcp://10.0.0.0/8:80",
        "--deny-outbound tcp://10.0.0.9:80",
    ]);
    for (request, expected) in [
        (
            connect("169.254.169.254:80"),
            "no: not meant by --allow-outbound tcp://any:any",
        ),
        (
            connect("127.0.0.1:80"),
            "no: not meant by --allow-outbound tcp://any:any",
        ),
        (connect_as(Protocol::Udp, "10.0.0.1:80", &[]), "no: no rule"),
        (connect_as(Protocol::Udp, "8.8.8.8:80", &[]), "yes: no rule"),
        (
            connect("10.0.0.1:80"),
            "yes: --allow-outbound tcp://10.0.0.0/8:80",
        ),
        (
            connect("10.0.0.9:80"),
            "no: --deny-outbound tcp://10.0.0.9:80",
        ),
        (
            answer("db.internal", "192.168.3.7"),
            "no: not meant by --allow-outbound tcp://db.internal:5432",
        ),
    ] {
        assert_eq!(verdict(&policy, &request), expected, "{request}");
    }
}

#[test]
fn a_ceiling_has_to_allow_it_too() {
    let ceiling = Arc::new(policy(&[
        "--allow-outbound tcp://8.8.0.0/16:any",
        "--deny-outbound tcp://any:25",
    ]));
    let policy = builder(&["--allow-outbound tcp://any:any"])
        .ceiling(Arc::clone(&ceiling))
        .build();
    for (request, expected) in [
        (
            connect("8.8.8.8:443"),
            "yes: --allow-outbound tcp://any:any",
        ),
        (connect("8.9.9.9:443"), "no: no rule"),
        (connect("8.8.8.8:25"), "no: --deny-outbound tcp://any:25"),
        (connect_as(Protocol::Udp, "8.8.8.8:53", &[]), "no: no rule"),
    ] {
        assert_eq!(verdict(&policy, &request), expected, "{request}");
    }
    assert_eq!(
        explained(&policy, &connect("8.9.9.9:443")),
        "denied: outbound tcp 8.9.9.9:443 (no rule)\n  \
           that is what the ceiling says, within which the policy has to stay"
    );
    assert_eq!(policy.ceilings(), [ceiling]);
}

#[test]
fn every_ceiling_counts_and_none_of_them_reports() {
    let top = builder(&["--allow-outbound tcp://8.8.0.0/16:any"])
        .mode(Mode::Report)
        .build();
    let middle = builder(&["--allow-outbound tcp://any:443"])
        .ceiling(top)
        .build();
    let policy = builder(&[])
        .mode(Mode::Report)
        .ceiling(middle)
        .ceiling(policy(&["--allow-outbound tcp://any:any"]))
        .build();
    for (remote, allowed) in [
        ("8.8.8.8:443", true),
        ("8.9.9.9:443", false),
        ("8.8.8.8:80", false),
    ] {
        let decision = policy.decide(&connect(remote));
        assert_eq!(decision.is_allowed(), allowed, "{remote}");
        assert_eq!(decision.is_reported(), allowed, "{remote}");
    }
}

#[test]
fn an_own_address_takes_a_rule_that_means_it() {
    let policy = own(
        &[
            "--allow-outbound tcp://any:80",
            "--allow-outbound tcp://10.0.0.0/8:80",
            "--allow-outbound tcp://10.0.0.5:80",
        ],
        &[
            "203.0.114.7",
            "10.0.0.5",
            "10.0.0.6",
            "2600::7",
            "127.0.0.1",
            "::ffff:9.9.9.9",
        ],
    );
    for (remote, expected) in [
        (
            "203.0.114.7:80",
            "no: not meant by --allow-outbound tcp://any:80",
        ),
        ("203.0.114.8:80", "yes: --allow-outbound tcp://any:80"),
        (
            "[2600::7]:80",
            "no: not meant by --allow-outbound tcp://any:80",
        ),
        (
            "9.9.9.9:80",
            "no: not meant by --allow-outbound tcp://any:80",
        ),
        (
            "[64:ff9b::9.9.9.9]:80",
            "no: not meant by --allow-outbound tcp://any:80",
        ),
        ("10.0.0.5:80", "yes: --allow-outbound tcp://10.0.0.5:80"),
        (
            "10.0.0.6:80",
            "no: not meant by --allow-outbound tcp://any:80",
        ),
        ("10.0.0.7:80", "yes: --allow-outbound tcp://10.0.0.0/8:80"),
    ] {
        assert_eq!(verdict(&policy, &connect(remote)), expected, "{remote}");
    }
    assert_eq!(
        explained(&policy, &connect("203.0.114.7:80")),
        "denied: outbound tcp 203.0.114.7:80 (not meant by --allow-outbound tcp://any:80)\n  \
           203.0.114.7 is this host's own address (203.0.114.7/32, of an interface): \
           only a rule for that very address reaches it\n  \
           allow it with: --allow-outbound tcp://203.0.114.7:80"
    );
}

#[test]
fn a_loopback_address_is_not_the_host_s_own_but_loopback() {
    let policy = own(
        &["--allow-outbound tcp://127.0.0.0/8:80"],
        &["127.0.0.1", "::1"],
    );
    assert!(policy.decide(&connect("127.0.0.1:80")).is_allowed());
}

#[test]
fn a_name_that_leads_to_the_host_itself_is_suggested_with_to() {
    let policy = own(&[], &["203.0.114.7"]);
    let request = connect_as(Protocol::Tcp, "203.0.114.7:80", &["example.com"]);
    assert_eq!(
        explained(&policy, &request),
        "denied: outbound tcp 203.0.114.7:80 (no rule)\n  \
           allow it with: --allow-outbound tcp://example.com:80#to=203.0.114.7"
    );
}
