//! What a person reads about names and datagrams, word for word.

use wasock_policy::{Listener, Policy, Protocol, Request};

use crate::{addr, answer, connect_as, pinned, policy, resolve};

fn explained(policy: &Policy, request: &Request) -> String {
    policy.decide(request).explain(request).to_string()
}

fn connect(remote: &str, name: &str) -> Request {
    connect_as(Protocol::Tcp, remote, &[name])
}

fn socket() -> Listener {
    Listener {
        address: addr("0.0.0.0:40001"),
        ephemeral: true,
    }
}

#[test]
fn what_no_rule_covers_comes_with_the_line_that_would() {
    let names: std::sync::Arc<[_]> = [pinned("ntp.example")].into();
    let peer = addr("8.8.8.8:123");
    let listener = socket();
    for (request, asked, line) in [
        (
            resolve("DB.internal."),
            "lookup db.internal",
            "--allow-resolve db.internal",
        ),
        (
            answer("db.internal > a.internal", "::ffff:10.0.3.7"),
            "answer db.internal with 10.0.3.7",
            "--allow-resolve db.internal",
        ),
        (
            connect("8.8.8.8:443", "api.example"),
            "outbound tcp 8.8.8.8:443",
            "--allow-outbound tcp://api.example:443",
        ),
        (
            connect("10.0.3.7:443", "api.example"),
            "outbound tcp 10.0.3.7:443",
            "--allow-outbound tcp://api.example:443#to=10.0.3.7",
        ),
        (
            connect("127.0.0.1:80", "localhost"),
            "outbound tcp 127.0.0.1:80",
            "--allow-outbound tcp://localhost:80",
        ),
        // The word for everything is no line for one name.
        (
            connect("8.8.8.8:443", "any"),
            "outbound tcp 8.8.8.8:443",
            "--allow-outbound tcp://8.8.8.8:443",
        ),
        (
            Request::Send {
                remote: peer,
                names: names.clone(),
            },
            "outbound udp send 8.8.8.8:123",
            "--allow-outbound udp://ntp.example:123",
        ),
        (
            Request::ReceiveReply {
                listener,
                peer,
                names: names.clone(),
            },
            "outbound udp receive 0.0.0.0:40001 from 8.8.8.8:123",
            "--allow-outbound udp://ntp.example:123",
        ),
        (
            Request::Receive { listener, peer },
            "inbound udp receive 0.0.0.0:40001 from 8.8.8.8:123",
            "--allow-inbound udp://0.0.0.0:0#from=8.8.8.8",
        ),
        (
            Request::Reply {
                listener,
                peer,
                names: [].into(),
            },
            "inbound udp reply 8.8.8.8:123 from 0.0.0.0:40001",
            "--allow-outbound udp://8.8.8.8:123",
        ),
    ] {
        let expected = format!("denied: {asked} (no rule)\n  allow it with: {line}");
        assert_eq!(explained(&Policy::default(), &request), expected);
    }
    assert_eq!(
        explained(&Policy::default(), &resolve("any")),
        "denied: lookup any (no rule)"
    );
}

#[test]
fn a_name_that_leads_to_a_special_address_says_where_and_what_to_add() {
    let rules = policy(&[
        "--allow-outbound tcp://db.internal:5432",
        "--allow-outbound tcp://any:80,443",
    ]);
    for (request, expected) in [
        (
            connect("10.0.3.7:5432", "db.internal"),
            "denied: outbound tcp 10.0.3.7:5432 (not meant by --allow-outbound tcp://db.internal:5432)\n  \
             db.internal resolved to 10.0.3.7 (private): \
             a name alone never reaches such an address; add #to=10.0.3.7\n  \
             allow it with: --allow-outbound tcp://db.internal:5432#to=10.0.3.7",
        ),
        (
            answer("db.internal", "169.254.169.254"),
            "denied: answer db.internal with 169.254.169.254 (not meant by --allow-outbound tcp://db.internal:5432)\n  \
             db.internal resolved to 169.254.169.254 (a cloud metadata service): \
             a name alone never reaches such an address; add #to=169.254.169.254\n  \
             allow it with: --allow-outbound tcp://db.internal:5432#to=169.254.169.254",
        ),
        (
            answer("x.example", "64:ff9b::a00:1"),
            "denied: answer x.example with 64:ff9b::a00:1 (not meant by --allow-outbound tcp://any:80,443)\n  \
             x.example resolved to 64:ff9b::a00:1 (carries 10.0.0.1, private): \
             a name alone never reaches such an address; add #to=64:ff9b::a00:1\n  \
             allow it with: --allow-outbound tcp://x.example:80,443#to=64:ff9b::a00:1",
        ),
        (
            answer("localhost", "127.0.0.1"),
            "denied: answer localhost with 127.0.0.1 (not meant by --allow-outbound tcp://any:80,443)\n  \
             127.0.0.1 is loopback (127.0.0.0/8, RFC 1122): \
             only a rule whose address lies inside that block reaches it\n  \
             allow it with: --allow-outbound tcp://localhost:80,443",
        ),
    ] {
        assert_eq!(explained(&rules, &request), expected);
    }
}

#[test]
fn a_name_that_leads_elsewhere_says_where() {
    let rules = policy(&["--allow-outbound tcp://*.internal:5432#to=10.0.0.0/8"]);
    for (request, asked) in [
        (
            answer("db.internal", "8.8.8.8"),
            "answer db.internal with 8.8.8.8",
        ),
        (
            connect("8.8.8.8:5432", "db.internal"),
            "outbound tcp 8.8.8.8:5432",
        ),
    ] {
        assert_eq!(
            explained(&rules, &request),
            format!(
                "denied: {asked} (#to= leaves this address out: \
                 --allow-outbound tcp://*.internal:5432#to=10.0.0.0/8)\n  \
                 db.internal resolved to 8.8.8.8\n  \
                 allow it with: --allow-outbound tcp://db.internal:5432#to=8.8.8.8"
            )
        );
    }
}

#[test]
fn a_denied_alias_is_named() {
    let rules = policy(&["--allow-resolve any", "--deny-resolve *.tracker.example"]);
    let chain = "a.example > x.tracker.example";
    for (request, asked) in [
        (answer(chain, "8.8.8.8"), "answer a.example with 8.8.8.8"),
        (connect("8.8.8.8:443", chain), "outbound tcp 8.8.8.8:443"),
    ] {
        assert_eq!(
            explained(&rules, &request),
            format!(
                "denied: {asked} (--deny-resolve *.tracker.example)\n  \
                 a deny rule wins over every allow rule; \
                 this one covers x.tracker.example, which the lookup went through"
            )
        );
    }
    assert_eq!(
        explained(&rules, &resolve("x.tracker.example")),
        "denied: lookup x.tracker.example (--deny-resolve *.tracker.example)\n  \
         a deny rule wins over every allow rule"
    );
}

#[test]
fn what_is_allowed_takes_one_line() {
    let rules = policy(&["--allow-outbound udp://*.example:53"]);
    let request = Request::Send {
        remote: addr("8.8.8.8:53"),
        names: [pinned("a.example")].into(),
    };
    for (request, asked) in [
        (resolve("a.example"), "lookup a.example"),
        (
            answer("a.example", "8.8.8.8"),
            "answer a.example with 8.8.8.8",
        ),
        (request, "outbound udp send 8.8.8.8:53"),
    ] {
        assert_eq!(
            explained(&rules, &request),
            format!("allowed: {asked} (--allow-outbound udp://*.example:53)")
        );
    }
}
