//! What a guest looks up, and what it is told.

use crate::{answer, policy, resolve, verdict};

#[test]
fn a_name_is_looked_up_by_its_own_rule_or_by_what_needs_it() {
    for (lines, name, expected) in [
        ([].as_slice(), "example.com", "no: no rule"),
        (
            &["--allow-resolve example.com"],
            "EXAMPLE.com.",
            "yes: --allow-resolve example.com",
        ),
        (
            &["--allow-resolve example.com"],
            "api.example.com",
            "no: no rule",
        ),
        (
            &["--allow-resolve *.example.com"],
            "api.example.com",
            "yes: --allow-resolve *.example.com",
        ),
        (
            &["--allow-resolve any"],
            "api.example.com",
            "yes: --allow-resolve any",
        ),
        (
            &["--allow-outbound udp://example.com:53"],
            "example.com",
            "yes: --allow-outbound udp://example.com:53",
        ),
        (
            &["--allow-outbound tcp://.example.com:443"],
            "notexample.com",
            "no: no rule",
        ),
        (
            &["--allow-outbound tcp://any:443"],
            "example.com",
            "yes: --allow-outbound tcp://any:443",
        ),
        (
            &["--allow-outbound tcp://0.0.0.0/0:443"],
            "example.com",
            "no: no rule",
        ),
        (
            &["--allow-outbound tcp://localhost:80"],
            "localhost",
            "yes: --allow-outbound tcp://localhost:80",
        ),
        (
            &["--allow-outbound tcp://localhost:80"],
            "x.localhost",
            "no: no rule",
        ),
        (
            &["--allow-inbound tcp://any:80"],
            "example.com",
            "no: no rule",
        ),
        (
            &["--allow-inbound tcp://localhost:80"],
            "localhost",
            "no: no rule",
        ),
    ] {
        assert_eq!(
            verdict(&policy(lines), &resolve(name)),
            expected,
            "{lines:?}"
        );
    }
}

#[test]
fn a_name_that_is_denied_at_every_port_is_not_looked_up() {
    for (deny, name, expected) in [
        ("--deny-resolve evil.example", "evil.example", false),
        ("--deny-resolve *.evil.example", "evil.example", true),
        ("--deny-resolve any", "good.example", false),
        (
            "--deny-outbound tcp://evil.example:any",
            "evil.example",
            false,
        ),
        (
            "--deny-outbound udp://evil.example:1-65535",
            "evil.example",
            false,
        ),
        ("--deny-outbound tcp://*.example:any", "evil.example", false),
        ("--deny-outbound tcp://localhost:any", "localhost", false),
        // At some ports only, from some addresses only, or no name at all.
        (
            "--deny-outbound tcp://evil.example:25",
            "evil.example",
            true,
        ),
        (
            "--deny-outbound tcp://evil.example:any#to=10.0.0.0/8",
            "evil.example",
            true,
        ),
        ("--deny-outbound tcp://any:any", "evil.example", true),
        ("--deny-outbound tcp://0.0.0.0/0:any", "evil.example", true),
    ] {
        let policy = policy(&[
            "--allow-resolve any",
            "--allow-outbound tcp://any:any",
            deny,
        ]);
        assert_eq!(
            policy.decide(&resolve(name)).is_allowed(),
            expected,
            "{deny}"
        );
        assert_eq!(
            policy.decide(&answer(name, "8.8.8.8")).is_allowed(),
            expected,
            "{deny}"
        );
    }
}

#[test]
fn a_guest_is_told_what_it_may_reach() {
    let rules = policy(&[
        "--allow-outbound tcp://api.example:443",
        "--allow-outbound tcp://db.example:5432#to=10.0.0.0/8",
        "--allow-outbound tcp://any.example:1#to=0.0.0.0/0",
        "--allow-outbound tcp://localhost:80",
        "--allow-outbound udp://192.168.1.0/24:53",
    ]);
    for (name, address, expected) in [
        (
            "api.example",
            "8.8.8.8",
            "yes: --allow-outbound tcp://api.example:443",
        ),
        (
            "api.example",
            "::ffff:8.8.8.8",
            "yes: --allow-outbound tcp://api.example:443",
        ),
        (
            "api.example",
            "10.0.0.1",
            "no: not meant by --allow-outbound tcp://api.example:443",
        ),
        (
            "api.example",
            "::ffff:10.0.0.1",
            "no: not meant by --allow-outbound tcp://api.example:443",
        ),
        (
            "api.example",
            "169.254.169.254",
            "no: not meant by --allow-outbound tcp://api.example:443",
        ),
        (
            "api.example",
            "64:ff9b::a00:1",
            "no: not meant by --allow-outbound tcp://api.example:443",
        ),
        // Reached by its address, whatever it is called.
        (
            "api.example",
            "192.168.1.9",
            "yes: --allow-outbound udp://192.168.1.0/24:53",
        ),
        (
            "api.example",
            "127.0.0.1",
            "yes: --allow-outbound tcp://localhost:80",
        ),
        (
            "db.example",
            "10.1.2.3",
            "yes: --allow-outbound tcp://db.example:5432#to=10.0.0.0/8",
        ),
        (
            "db.example",
            "8.8.8.8",
            "no: #to= leaves this address out: --allow-outbound tcp://db.example:5432#to=10.0.0.0/8",
        ),
        (
            "any.example",
            "10.1.2.3",
            "no: not meant by --allow-outbound tcp://any.example:1#to=0.0.0.0/0",
        ),
        (
            "localhost",
            "127.0.0.1",
            "yes: --allow-outbound tcp://localhost:80",
        ),
        (
            "localhost",
            "::1",
            "yes: --allow-outbound tcp://localhost:80",
        ),
        ("localhost", "127.0.0.2", "no: no rule"),
        ("localhost", "8.8.8.8", "no: no rule"),
        ("other.example", "192.168.1.9", "no: no rule"),
    ] {
        assert_eq!(
            verdict(&rules, &answer(name, address)),
            expected,
            "{name} {address}"
        );
    }

    let everything = policy(&["--allow-outbound tcp://any:443"]);
    assert!(
        everything
            .decide(&answer("a.example", "8.8.8.8"))
            .is_allowed()
    );
    assert!(
        !everything
            .decide(&answer("a.example", "10.0.0.1"))
            .is_allowed()
    );
    let lookups = policy(&["--allow-resolve *.example"]);
    assert!(
        lookups
            .decide(&answer("a.example", "10.0.0.1"))
            .is_allowed()
    );
}

#[test]
fn an_answer_by_way_of_a_denied_name_is_refused() {
    let rules = policy(&[
        "--allow-resolve any",
        "--deny-resolve *.tracker.example",
        "--deny-outbound tcp://ads.example:any",
        "--deny-outbound tcp://cdn.example:any#to=10.0.0.0/8",
    ]);
    for (names, address, expected) in [
        ("a.example > b.example", "8.8.8.8", true),
        (
            "a.example > x.tracker.example > b.example",
            "8.8.8.8",
            false,
        ),
        ("a.example > b.example > ADS.example", "8.8.8.8", false),
        ("a.example > cdn.example", "8.8.8.8", true),
        ("a.example > cdn.example", "10.0.0.1", false),
        ("a.example > cdn.example", "64:ff9b::a00:1", false),
    ] {
        assert_eq!(
            rules.decide(&answer(names, address)).is_allowed(),
            expected,
            "{names} {address}"
        );
    }
}
