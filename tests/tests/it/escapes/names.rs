//! Names that lead somewhere else.

use std::net::UdpSocket;

use super::Prisoner;
use crate::support::peer::Listener;
use crate::support::zone::Zone;

/// A policy for one name at the port of a server that it may lead to.
fn under(zone: &Zone, rules: &[&str]) -> Prisoner {
    let dns = zone.address.to_string();
    Prisoner::under([&["--dns", &dns], rules].concat())
}

#[test]
fn a_second_answer_changes_nothing() {
    let (zone, listener) = (Zone::start(), Listener::v4());
    let port = listener.address().port();
    zone.set("turncoat.example.test", &["127.0.0.1"]);
    let rule = format!("tcp://turncoat.example.test:{port}#to=127.0.0.1");
    let mut prisoner = under(&zone, &["--allow-outbound", &rule]);
    assert_eq!(prisoner.does("resolve turncoat.example.test"), "127.0.0.1");

    zone.set("turncoat.example.test", &["127.0.0.9"]);
    let denial = format!("denied: outbound tcp 127.0.0.9:{port} (no rule)");
    prisoner.tries(&format!("connect a 127.0.0.9:{port}"), "eacces", &denial);
    let denial = "denied: answer turncoat.example.test with 127.0.0.9";
    prisoner.tries("resolve turncoat.example.test", "eai-fail", denial);
    prisoner.tries(
        &format!("connect b 127.0.0.9:{port}"),
        "eacces",
        &format!("outbound tcp 127.0.0.9:{port}"),
    );

    // What was told before stays good.
    prisoner.does(&format!("connect c 127.0.0.1:{port}"));
    listener.accept();
    prisoner.ends();
}

#[test]
fn a_name_does_not_lead_to_special_addresses() {
    let (zone, listener) = (Zone::start(), Listener::v4());
    let friend = format!("tcp://{}", listener.address());
    let rules = [
        "--allow-outbound",
        "tcp://*.example.test:any",
        "--allow-outbound",
        &friend,
    ];
    let mut prisoner = under(&zone, &rules);
    for (index, address) in [
        "127.0.0.5",
        "::1",
        "10.0.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "168.63.129.16",
        "fd00:ec2::254",
        "0.0.0.0",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("evil{index}.example.test");
        zone.set(&name, &[address]);
        let report = format!("denied: answer {name} with {address} (not meant by");
        prisoner.tries(&format!("resolve {name}"), "eai-fail", &report);
    }
    prisoner.does(&format!("connect friend {}", listener.address()));
    listener.accept();
    prisoner.ends();
}

#[test]
fn one_good_address_does_not_carry_a_bad_one_along() {
    let (zone, listener) = (Zone::start(), Listener::v4());
    let port = listener.address().port();
    zone.set(
        "mixed.example.test",
        &["127.0.0.1", "169.254.169.254", "10.0.0.1"],
    );
    let rule = "tcp://mixed.example.test:any#to=127.0.0.1";
    let mut prisoner = under(&zone, &["--allow-outbound", rule]);
    assert_eq!(prisoner.does("resolve mixed.example.test"), "127.0.0.1");
    for address in ["169.254.169.254", "10.0.0.1"] {
        let denial = format!("denied: outbound tcp {address}:80 (no rule)");
        prisoner.tries(
            &format!("connect a{address} {address}:80"),
            "eacces",
            &denial,
        );
    }
    prisoner.does(&format!("connect friend 127.0.0.1:{port}"));
    listener.accept();
    prisoner.ends();
}

#[test]
fn an_alias_of_a_denied_name_is_denied() {
    let (zone, listener) = (Zone::start(), Listener::v4());
    let friend = format!("tcp://{}", listener.address());
    let mut prisoner = under(
        &zone,
        &[
            "--allow-outbound",
            "tcp://innocent.example.test:any#to=127.0.0.2",
            "--allow-outbound",
            &friend,
            "--deny-resolve",
            "*.tracker.example.test",
        ],
    );
    prisoner.tries(
        "resolve innocent.example.test",
        "eai-fail",
        "this one covers x.tracker.example.test, which the lookup went through",
    );
    prisoner.tries(
        "connect a 127.0.0.2:80",
        "eacces",
        "denied: outbound tcp 127.0.0.2:80 (no rule)",
    );
    prisoner.does(&format!("connect friend {}", listener.address()));
    listener.accept();
    prisoner.ends();
}

#[test]
fn a_number_is_an_address_however_it_is_written() {
    let (zone, listener) = (Zone::start(), Listener::v4());
    let port = listener.address().port();
    let friend = format!("tcp://{}", listener.address());
    let rules = [
        "--allow-outbound",
        "tcp://any:80",
        "--allow-outbound",
        &friend,
    ];
    let mut prisoner = under(&zone, &rules);
    for number in ["0x7f.1", "2130706434", "0177.0.0.2", "127.2"] {
        // What it says is no secret, and no grant.
        let address = prisoner.does(&format!("resolve {number}"));
        assert!(address.starts_with("127.0.0."), "{number}: {address}");
        let denial = format!("denied: outbound tcp {address}:80 (not meant by");
        prisoner.tries(
            &format!("connect a{number} {address}:80"),
            "eacces",
            &denial,
        );
    }
    prisoner.does(&format!("connect friend 127.0.0.1:{port}"));
    listener.accept();
    prisoner.ends();
}

#[test]
fn a_name_is_not_asked_for_without_a_rule_whatever_it_carries_away() {
    let zone = Zone::start();
    let mut prisoner = under(
        &zone,
        &["--allow-outbound", "tcp://www.example.test:80#to=127.0.0.2"],
    );
    for name in [
        "secret-in-a-label.example.test",
        "example.test",
        "www.example.test.evil.test",
    ] {
        let denial = format!("denied: lookup {name} (no rule)");
        prisoner.tries(&format!("resolve {name}"), "eai-fail", &denial);
    }
    assert_eq!(prisoner.does("resolve www.example.test"), "127.0.0.2");
    prisoner.ends();
}

#[test]
fn a_server_that_never_answers_holds_up_nobody_else() {
    let silent = UdpSocket::bind("127.0.0.1:0").expect("loopback has ports");
    let dns = silent.local_addr().expect("it is bound").to_string();
    let listener = Listener::v4();
    let friend = format!("tcp://{}", listener.address());
    // What fails is no denial, so it is told on demand.
    let rules = [
        "--verbose",
        "--dns",
        &dns,
        "--allow-outbound",
        "tcp://slow.test:80",
        "--allow-outbound",
        &friend,
    ];
    let (mut waits, mut goes_on) = (Prisoner::under(rules), Prisoner::under(rules));
    waits.puppet.tell("resolve slow.test");
    goes_on.does(&format!("connect friend {}", listener.address()));
    listener.accept();
    assert_eq!(waits.puppet.answer(), "error eai-again");
    waits.reports.push("failed: lookup slow.test (".to_owned());

    waits.does(&format!("connect friend {}", listener.address()));
    listener.accept();
    waits.ends();
    goes_on.ends();
}
