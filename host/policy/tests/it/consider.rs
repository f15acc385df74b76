//! Each line of a policy, asked about one request.

use wasock_policy::{Policy, PolicyBuilder, Protocol, Request};

use crate::{accept, answer, bind, connect, connect_as, listen, policy, resolve};

/// What the lines say, one a line.
fn said(policy: &Policy, request: &Request) -> Vec<String> {
    policy
        .consider(request)
        .lines
        .into_iter()
        .map(|considered| format!("{}: {}", considered.line, considered.role))
        .collect()
}

#[test]
fn each_line_says_why_it_is_not_about_a_connection() {
    let policy = policy(&[
        "--deny-outbound udp://any:443",
        "--deny-outbound tcp://any:25",
        "--deny-resolve db.internal",
        "--deny-inbound tcp://any:443",
        "--allow-outbound tcp://10.0.0.0/8:443",
        "--allow-outbound tcp://any:443",
        "--allow-outbound tcp://8.8.8.8:443",
        "--allow-outbound tcp://localhost:443",
        "--allow-outbound tcp://api.example.com:443",
        "--allow-outbound tcp://*.example.org:443",
        "--allow-outbound tcp://8.8.8.8:80",
        "--allow-resolve any",
    ]);
    assert_eq!(
        said(&policy, &connect("8.8.8.8:443")),
        [
            "--deny-outbound udp://any:443: is about udp",
            "--deny-outbound tcp://any:25: is about other ports",
            "--allow-outbound tcp://10.0.0.0/8:443: is about other addresses",
            "--allow-outbound tcp://any:443: decided",
            "--allow-outbound tcp://8.8.8.8:443: says the same",
            "--allow-outbound tcp://localhost:443: is about other addresses",
            "--allow-outbound tcp://api.example.com:443: is about a name, and the address was not looked up by one",
            "--allow-outbound tcp://*.example.org:443: is about a name, and the address was not looked up by one",
            "--allow-outbound tcp://8.8.8.8:80: is about other ports",
        ]
    );
    let by_name = connect_as(Protocol::Tcp, "8.8.8.8:443", &["api.example.com"]);
    assert_eq!(
        said(&policy, &by_name)[2..],
        [
            "--deny-resolve db.internal: is about another name",
            "--allow-outbound tcp://10.0.0.0/8:443: is about other addresses",
            "--allow-outbound tcp://any:443: decided",
            "--allow-outbound tcp://8.8.8.8:443: says the same",
            "--allow-outbound tcp://localhost:443: is about other addresses",
            "--allow-outbound tcp://api.example.com:443: says the same",
            "--allow-outbound tcp://*.example.org:443: is about another name",
            "--allow-outbound tcp://8.8.8.8:80: is about other ports",
        ]
    );
}

#[test]
fn a_grant_that_a_denial_overrules_says_so() {
    let policy = policy(&[
        "--deny-outbound tcp://10.0.0.0/8:any",
        "--allow-outbound tcp://10.0.0.5:80",
        "--allow-outbound tcp://any:80",
        "--allow-outbound tcp://db.internal:80#to=10.0.0.9",
    ]);
    let request = connect_as(Protocol::Tcp, "10.0.0.5:80", &["db.internal"]);
    assert_eq!(
        said(&policy, &request),
        [
            "--deny-outbound tcp://10.0.0.0/8:any: decided",
            "--allow-outbound tcp://10.0.0.5:80: would allow it, and is overruled",
            "--allow-outbound tcp://any:80: is too broad for 10.0.0.5 (private)",
            "--allow-outbound tcp://db.internal:80#to=10.0.0.9: its #to= leaves 10.0.0.5 out",
        ]
    );
}

#[test]
fn a_grant_that_a_ceiling_overrules_says_so() {
    let inner = policy(&["--allow-outbound tcp://any:80"]);
    let policy = PolicyBuilder::from(inner)
        .ceiling(Policy::default())
        .build();
    assert_eq!(
        said(&policy, &connect("8.8.8.8:80")),
        ["--allow-outbound tcp://any:80: would allow it, and is overruled"]
    );
}

#[test]
fn each_line_says_why_it_is_not_about_a_lookup() {
    let policy = policy(&[
        "--deny-outbound tcp://any:any",
        "--deny-outbound tcp://example.com:25",
        "--deny-resolve other.example",
        "--allow-outbound tcp://8.8.8.8:80",
        "--allow-outbound tcp://other.example:80",
        "--allow-outbound tcp://example.com:80",
        "--allow-resolve *.com",
    ]);
    assert_eq!(
        said(&policy, &resolve("example.com")),
        [
            "--deny-outbound tcp://any:any: is about addresses, not about lookups",
            "--deny-outbound tcp://example.com:25: denies some ports of the name, not its lookup",
            "--deny-resolve other.example: is about another name",
            "--allow-outbound tcp://8.8.8.8:80: is about addresses, not about lookups",
            "--allow-outbound tcp://other.example:80: is about another name",
            "--allow-outbound tcp://example.com:80: says the same",
            "--allow-resolve *.com: decided",
        ]
    );
    assert_eq!(
        said(&policy, &answer("example.com", "10.0.0.1"))[4..],
        [
            "--allow-outbound tcp://other.example:80: is about another name",
            "--allow-outbound tcp://example.com:80: is too broad for 10.0.0.1 (private)",
            "--allow-resolve *.com: decided",
        ]
    );
}

#[test]
fn each_line_says_why_it_is_not_about_a_local_place() {
    let policy = policy(&[
        "--deny-outbound tcp://any:any",
        "--deny-inbound tcp://10.0.0.0/8:80#from=8.8.8.8",
        "--allow-inbound udp://any:80",
        "--allow-inbound tcp://127.0.0.1:80",
        "--allow-inbound tcp://10.0.0.1:80#from=9.9.9.9",
        "--allow-inbound tcp://any:0",
        "--allow-inbound tcp://any:80",
    ]);
    assert_eq!(
        said(&policy, &listen("0.0.0.0:80", false)),
        [
            "--deny-inbound tcp://10.0.0.0/8:80#from=8.8.8.8: is about peers, once they come",
            "--allow-inbound udp://any:80: is about udp",
            "--allow-inbound tcp://127.0.0.1:80: is about some local addresses, and the wildcard takes all",
            "--allow-inbound tcp://10.0.0.1:80#from=9.9.9.9: is about some local addresses, and the wildcard takes all",
            "--allow-inbound tcp://any:0: is about other ports",
            "--allow-inbound tcp://any:80: decided",
        ]
    );
    assert_eq!(
        said(&policy, &accept("10.0.0.1:80", "10.0.0.1:80", "7.7.7.7:5")),
        [
            "--deny-inbound tcp://10.0.0.0/8:80#from=8.8.8.8: is about other peers",
            "--allow-inbound udp://any:80: is about udp",
            "--allow-inbound tcp://127.0.0.1:80: is about other addresses",
            "--allow-inbound tcp://10.0.0.1:80#from=9.9.9.9: its #from= leaves the peer out",
            "--allow-inbound tcp://any:0: is about other ports",
            "--allow-inbound tcp://any:80: decided",
        ]
    );
    assert_eq!(
        said(&policy, &bind("0.0.0.0:0"))[5],
        "--allow-inbound tcp://any:80: is about other ports"
    );
    assert!(policy.consider(&bind("0.0.0.0:0")).decision.is_allowed());
}

#[test]
fn of_lines_that_say_the_same_the_first_decided() {
    let policy = policy(&[
        "--allow-outbound tcp://any:80",
        "--allow-outbound tcp://any:80",
    ]);
    assert_eq!(
        said(&policy, &connect("8.8.8.8:80")),
        [
            "--allow-outbound tcp://any:80: decided",
            "--allow-outbound tcp://any:80: says the same",
        ]
    );
}
