//! What a person reads, word for word.

use wasock_policy::{Policy, Protocol, Request};

use crate::{accept, addr, bind, connect, listen, policy};

fn explained(policy: &Policy, request: Request) -> String {
    policy.decide(&request).explain(&request).to_string()
}

#[test]
fn what_no_rule_covers_comes_with_the_line_that_would() {
    let udp = |local| Request::Bind {
        protocol: Protocol::Udp,
        local: addr(local),
    };
    for (request, asked, line) in [
        (
            connect("93.184.216.34:80"),
            "outbound tcp 93.184.216.34:80",
            "--allow-outbound tcp://93.184.216.34:80",
        ),
        (
            connect("[2001:db8::1]:80"),
            "outbound tcp [2001:db8::1]:80",
            "--allow-outbound tcp://[2001:db8::1]:80",
        ),
        (
            connect("[::ffff:8.8.8.8]:53"),
            "outbound tcp 8.8.8.8:53",
            "--allow-outbound tcp://8.8.8.8:53",
        ),
        (
            bind("127.0.0.1:0"),
            "inbound tcp bind 127.0.0.1:0",
            "--allow-inbound tcp://127.0.0.1:0",
        ),
        (
            udp("0.0.0.0:53"),
            "inbound udp bind 0.0.0.0:53",
            "--allow-inbound udp://0.0.0.0:53",
        ),
        (
            listen("[::]:8080", false),
            "inbound tcp listen [::]:8080",
            "--allow-inbound tcp://[::]:8080",
        ),
        (
            listen("0.0.0.0:40001", true),
            "inbound tcp listen 0.0.0.0:40001",
            "--allow-inbound tcp://0.0.0.0:0",
        ),
        (
            accept("0.0.0.0:80", "192.0.2.1:80", "[2001:db8::2]:5000"),
            "inbound tcp accept 192.0.2.1:80 from [2001:db8::2]:5000",
            "--allow-inbound tcp://0.0.0.0:80#from=2001:db8::2",
        ),
    ] {
        let expected = format!("denied: {asked} (no rule)\n  allow it with: {line}");
        assert_eq!(explained(&Policy::default(), request), expected);
    }
}

#[test]
fn where_no_rule_helps_none_is_suggested() {
    assert_eq!(
        explained(&Policy::default(), connect("8.8.8.8:0")),
        "denied: outbound tcp 8.8.8.8:0 (no rule)"
    );
}

#[test]
fn what_is_allowed_takes_one_line() {
    let policy = policy(&["--allow-outbound tcp://localhost:8080"]);
    assert_eq!(
        explained(&policy, connect("127.0.0.1:8080")),
        "allowed: outbound tcp 127.0.0.1:8080 (--allow-outbound tcp://localhost:8080)"
    );
    assert_eq!(
        explained(&policy, bind("0.0.0.0:0")),
        "allowed: inbound tcp bind 0.0.0.0:0 (the wildcard address at an ephemeral port grants nothing)"
    );
}

#[test]
fn a_special_address_says_what_it_is_and_how_to_mean_it() {
    let policy = policy(&["--allow-outbound tcp://any:80"]);
    assert_eq!(
        explained(&policy, connect("127.0.0.1:80")),
        "denied: outbound tcp 127.0.0.1:80 (not meant by --allow-outbound tcp://any:80)\n  \
         127.0.0.1 is loopback (127.0.0.0/8, RFC 1122): \
         only a rule whose address lies inside that block reaches it\n  \
         allow it with: --allow-outbound tcp://127.0.0.1:80"
    );
}

#[test]
fn a_deny_rule_is_named_and_nothing_is_suggested_against_it() {
    let policy = policy(&[
        "--deny-outbound tcp://10.0.0.0/8:any",
        "--deny-outbound tcp://localhost:any",
        "--deny-inbound tcp://127.0.0.1:80",
        "--deny-inbound tcp://any:90#from=203.0.113.0/24",
    ]);
    for (request, expected) in [
        (
            connect("10.0.0.1:25"),
            "denied: outbound tcp 10.0.0.1:25 (--deny-outbound tcp://10.0.0.0/8:any)\n  \
             a deny rule wins over every allow rule",
        ),
        (
            connect("[64:ff9b::10.0.0.1]:25"),
            "denied: outbound tcp [64:ff9b::a00:1]:25 (--deny-outbound tcp://10.0.0.0/8:any)\n  \
             a deny rule wins over every allow rule; this one covers 10.0.0.1, carried inside (NAT64, RFC 6052)",
        ),
        (
            connect("0.0.0.0:25"),
            "denied: outbound tcp 0.0.0.0:25 (--deny-outbound tcp://localhost:any)\n  \
             a deny rule wins over every allow rule; this one covers 127.0.0.1, which is where it would lead",
        ),
        (
            bind("0.0.0.0:80"),
            "denied: inbound tcp bind 0.0.0.0:80 (--deny-inbound tcp://127.0.0.1:80)\n  \
             a deny rule wins over every allow rule; the wildcard address takes every local address, this one too",
        ),
        (
            accept("0.0.0.0:90", "192.0.2.1:90", "203.0.113.1:5000"),
            "denied: inbound tcp accept 192.0.2.1:90 from 203.0.113.1:5000 \
             (--deny-inbound tcp://any:90#from=203.0.113.0/24)\n  \
             a deny rule wins over every allow rule",
        ),
    ] {
        assert_eq!(explained(&policy, request), expected);
    }
}

#[test]
fn a_peer_that_is_left_out_is_told_apart_from_a_listener_without_rule() {
    let policy = policy(&["--allow-inbound tcp://127.0.0.1:80#from=10.0.0.0/8"]);
    assert_eq!(
        explained(
            &policy,
            accept("127.0.0.1:80", "127.0.0.1:80", "192.0.2.1:5000")
        ),
        "denied: inbound tcp accept 127.0.0.1:80 from 192.0.2.1:5000 \
         (#from= leaves this peer out: --allow-inbound tcp://127.0.0.1:80#from=10.0.0.0/8)\n  \
         allow it with: --allow-inbound tcp://127.0.0.1:80#from=192.0.2.1"
    );
}

#[test]
fn a_policy_lists_its_lines_as_options() {
    let lines = [
        "--deny-outbound tcp://any:25",
        "--allow-outbound tcp://10.0.0.0/8:443",
        "--deny-inbound tcp://any:22",
        "--allow-inbound tcp://any:8080#from=10.0.0.0/8",
        "--deny-resolve tracker.example",
        "--allow-resolve *.example",
    ];
    let listed: Vec<_> = policy(&lines)
        .lines()
        .map(|line| line.to_string())
        .collect();
    assert_eq!(listed, lines);
}
