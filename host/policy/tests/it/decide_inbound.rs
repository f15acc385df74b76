//! Which local addresses a guest takes, and who comes in.

use wasock_policy::{Policy, Protocol, Reason, Request};

use crate::{accept, addr, bind, listen, policy, verdict};

#[test]
fn binding_the_wildcard_to_an_ephemeral_port_needs_no_rule() {
    let nothing = Policy::default();
    let everything_denied = policy(&[
        "--deny-inbound tcp://any:any",
        "--deny-inbound udp://any:any",
    ]);
    for policy in [nothing, everything_denied] {
        for protocol in [Protocol::Tcp, Protocol::Udp] {
            for local in ["0.0.0.0:0", "[::]:0", "[::ffff:0.0.0.0]:0"] {
                let request = Request::Bind {
                    protocol,
                    local: addr(local),
                };
                assert_eq!(
                    policy.decide(&request).reason(),
                    &Reason::WildcardBind,
                    "{request}"
                );
            }
        }
    }
}

#[test]
fn what_that_bind_got_does_not_listen_without_a_rule() {
    let request = listen("0.0.0.0:40001", true);
    for (lines, expected) in [
        ([].as_slice(), "no: no rule"),
        (&["--allow-inbound tcp://localhost:0"], "no: no rule"),
        (&["--allow-inbound udp://any:0"], "no: no rule"),
        (&["--allow-inbound tcp://any:80"], "no: no rule"),
        (
            &["--allow-inbound tcp://any:0"],
            "yes: --allow-inbound tcp://any:0",
        ),
        (
            &["--allow-inbound tcp://0.0.0.0:0"],
            "yes: --allow-inbound tcp://0.0.0.0:0",
        ),
        (
            &["--allow-inbound tcp://any:any"],
            "yes: --allow-inbound tcp://any:any",
        ),
        (
            &["--allow-inbound tcp://any:40001"],
            "yes: --allow-inbound tcp://any:40001",
        ),
    ] {
        assert_eq!(verdict(&policy(lines), &request), expected, "{lines:?}");
    }
}

#[test]
fn port_0_in_a_rule_grants_ports_that_the_system_picks_and_no_others() {
    let policy = policy(&["--allow-inbound tcp://127.0.0.1:0"]);
    for (request, expected) in [
        (bind("127.0.0.1:0"), true),
        (listen("127.0.0.1:40001", true), true),
        (listen("127.0.0.1:40001", false), false),
        (bind("127.0.0.1:40001"), false),
        (bind("127.0.0.2:0"), false),
        (listen("127.0.0.2:40001", true), false),
    ] {
        assert_eq!(policy.decide(&request).is_allowed(), expected, "{request}");
    }
}

#[test]
fn any_port_includes_the_ones_that_the_system_picks_and_a_range_does_not() {
    let any = policy(&["--allow-inbound tcp://127.0.0.1:any"]);
    let range = policy(&["--allow-inbound tcp://127.0.0.1:1-65535"]);
    assert!(any.decide(&bind("127.0.0.1:0")).is_allowed());
    assert!(!range.decide(&bind("127.0.0.1:0")).is_allowed());
}

#[test]
fn a_denied_port_is_denied_also_where_the_system_picked_it() {
    let policy = policy(&[
        "--allow-inbound tcp://any:0",
        "--deny-inbound tcp://any:40000-40999",
    ]);
    for (request, expected) in [
        (
            listen("127.0.0.1:39999", true),
            "yes: --allow-inbound tcp://any:0",
        ),
        (
            listen("127.0.0.1:40001", true),
            "no: --deny-inbound tcp://any:40000-40999",
        ),
    ] {
        assert_eq!(verdict(&policy, &request), expected, "{request}");
    }
}

#[test]
fn the_wildcard_takes_denied_addresses_along_and_is_denied_with_them() {
    let policy = policy(&[
        "--allow-inbound tcp://any:8080",
        "--deny-inbound tcp://127.0.0.0/8:8080",
    ]);
    for (request, expected) in [
        (
            bind("192.0.2.1:8080"),
            "yes: --allow-inbound tcp://any:8080",
        ),
        (
            bind("127.0.0.1:8080"),
            "no: --deny-inbound tcp://127.0.0.0/8:8080",
        ),
        (
            bind("0.0.0.0:8080"),
            "no: --deny-inbound tcp://127.0.0.0/8:8080",
        ),
        (
            listen("0.0.0.0:8080", false),
            "no: --deny-inbound tcp://127.0.0.0/8:8080",
        ),
        (bind("[::]:8080"), "yes: --allow-inbound tcp://any:8080"),
    ] {
        assert_eq!(verdict(&policy, &request), expected, "{request}");
    }
}

#[test]
fn special_addresses_are_nothing_special_as_local_ones() {
    let policy = policy(&["--allow-inbound tcp://any:8080"]);
    for local in [
        "127.0.0.1:8080",
        "10.0.0.1:8080",
        "[::1]:8080",
        "0.0.0.0:8080",
        "[::]:8080",
    ] {
        assert!(policy.decide(&bind(local)).is_allowed(), "{local}");
    }
}

#[test]
fn peers_come_in_where_the_rule_of_the_listener_lets_them() {
    let policy = policy(&[
        "--allow-inbound tcp://0.0.0.0:8080#from=10.0.0.0/8,fd00::/8",
        "--allow-inbound tcp://127.0.0.1:9090",
        "--allow-inbound tcp://any:7070#from=10.0.0.0/8",
        "--allow-inbound tcp://any:7070#from=192.168.0.0/16",
    ]);
    for (listener, local, peer, expected) in [
        ("0.0.0.0:8080", "192.0.2.1:8080", "10.1.1.1:5000", true),
        (
            "0.0.0.0:8080",
            "192.0.2.1:8080",
            "[::ffff:10.1.1.1]:5000",
            true,
        ),
        ("0.0.0.0:8080", "192.0.2.1:8080", "11.1.1.1:5000", false),
        (
            "0.0.0.0:8080",
            "192.0.2.1:8080",
            "[64:ff9b::10.1.1.1]:5000",
            false,
        ),
        ("127.0.0.1:9090", "127.0.0.1:9090", "203.0.113.9:5000", true),
        (
            "127.0.0.1:9091",
            "127.0.0.1:9091",
            "203.0.113.9:5000",
            false,
        ),
        ("[::]:7070", "[2001:db8::1]:7070", "10.1.1.1:5000", true),
        ("[::]:7070", "[2001:db8::1]:7070", "192.168.1.1:5000", true),
        ("[::]:7070", "[2001:db8::1]:7070", "172.16.1.1:5000", false),
    ] {
        let request = accept(listener, local, peer);
        assert_eq!(policy.decide(&request).is_allowed(), expected, "{request}");
    }
    assert!(policy.decide(&bind("0.0.0.0:8080")).is_allowed());
    assert!(policy.decide(&listen("0.0.0.0:8080", false)).is_allowed());
}

#[test]
fn a_deny_rule_with_peers_refuses_those_peers_only() {
    let policy = policy(&[
        "--allow-inbound tcp://any:8080",
        "--deny-inbound tcp://any:8080#from=203.0.113.0/24",
    ]);
    assert!(policy.decide(&bind("0.0.0.0:8080")).is_allowed());
    assert!(policy.decide(&listen("0.0.0.0:8080", false)).is_allowed());
    for (peer, expected) in [
        ("198.51.100.1:5000", true),
        ("203.0.113.1:5000", false),
        ("[::ffff:203.0.113.1]:5000", false),
        ("[64:ff9b::203.0.113.1]:5000", false),
    ] {
        let request = accept("0.0.0.0:8080", "192.0.2.1:8080", peer);
        assert_eq!(policy.decide(&request).is_allowed(), expected, "{request}");
    }
}

#[test]
fn a_connection_to_a_denied_local_address_is_refused_on_the_wildcard() {
    let policy = policy(&[
        "--allow-inbound tcp://any:8080",
        "--deny-inbound tcp://127.0.0.1:8080#from=127.0.0.0/8",
    ]);
    for (local, peer, expected) in [
        ("127.0.0.1:8080", "127.0.0.1:5000", false),
        ("127.0.0.2:8080", "127.0.0.1:5000", true),
        ("192.0.2.1:8080", "127.0.0.1:5000", true),
        ("127.0.0.1:8080", "192.0.2.9:5000", true),
    ] {
        let request = accept("0.0.0.0:8080", local, peer);
        assert_eq!(policy.decide(&request).is_allowed(), expected, "{request}");
    }
}

#[test]
fn an_outbound_rule_says_nothing_about_local_addresses() {
    let policy = policy(&[
        "--allow-outbound tcp://any:any",
        "--allow-outbound tcp://localhost:any",
    ]);
    assert_eq!(verdict(&policy, &bind("127.0.0.1:8080")), "no: no rule");
}
