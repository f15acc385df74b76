//! Where a name leads a guest.

use wasock_policy::{Policy, Protocol};

use crate::{answer, connect, connect_as, policy, verdict};

fn connect_by(remote: &str, names: &[&str]) -> wasock_policy::Request {
    connect_as(Protocol::Tcp, remote, names)
}

#[test]
fn a_name_grants_what_its_lookup_found_and_nothing_else() {
    let rules = policy(&[
        "--allow-outbound tcp://api.example:443",
        "--allow-outbound tcp://*.internal:5432#to=10.0.0.0/8,169.254.169.254",
    ]);
    let api = "yes: --allow-outbound tcp://api.example:443";
    let to = "--allow-outbound tcp://*.internal:5432#to=10.0.0.0/8,169.254.169.254";
    for (remote, names, expected) in [
        ("8.8.8.8:443", [].as_slice(), "no: no rule".to_owned()),
        ("8.8.8.8:443", &["api.example"], api.to_owned()),
        ("[::ffff:8.8.8.8]:443", &["api.example"], api.to_owned()),
        (
            "8.8.8.8:443",
            &["other.example", "api.example"],
            api.to_owned(),
        ),
        (
            "8.8.8.8:443",
            &["api.example > cdn.example"],
            api.to_owned(),
        ),
        // What grants is what was asked for, not what it is an alias of.
        (
            "8.8.8.8:443",
            &["other.example > api.example"],
            "no: no rule".to_owned(),
        ),
        ("8.8.8.8:80", &["api.example"], "no: no rule".to_owned()),
        (
            "10.0.0.1:443",
            &["api.example"],
            "no: not meant by --allow-outbound tcp://api.example:443".to_owned(),
        ),
        ("10.0.0.1:5432", &["db.internal"], format!("yes: {to}")),
        (
            "169.254.169.254:5432",
            &["db.internal"],
            format!("yes: {to}"),
        ),
        (
            "8.8.8.8:5432",
            &["db.internal"],
            format!("no: #to= leaves this address out: {to}"),
        ),
        (
            "[64:ff9b::10.0.0.1]:5432",
            &["db.internal"],
            format!("no: #to= leaves this address out: {to}"),
        ),
        ("10.0.0.1:5432", &["internal"], "no: no rule".to_owned()),
        ("10.0.0.1:5432", &["notinternal"], "no: no rule".to_owned()),
    ] {
        assert_eq!(
            verdict(&rules, &connect_by(remote, names)),
            expected,
            "{remote} {names:?}"
        );
    }
    assert_eq!(
        verdict(
            &rules,
            &connect_as(Protocol::Udp, "8.8.8.8:443", &["api.example"])
        ),
        "no: no rule"
    );
}

#[test]
fn deny_wins_between_names_and_addresses() {
    for (lines, remote, names, expected) in [
        // By address, against a name.
        (
            [
                "--allow-outbound tcp://api.example:443",
                "--deny-outbound tcp://8.8.0.0/16:any",
            ],
            "8.8.8.8:443",
            ["api.example"].as_slice(),
            false,
        ),
        // By name, against an address.
        (
            [
                "--allow-outbound tcp://8.8.8.8:443",
                "--deny-outbound tcp://evil.example:443",
            ],
            "8.8.8.8:443",
            &["evil.example"],
            false,
        ),
        (
            [
                "--allow-outbound tcp://8.8.8.8:443",
                "--deny-outbound tcp://evil.example:443",
            ],
            "8.8.8.8:443",
            &[],
            true,
        ),
        (
            [
                "--allow-outbound tcp://any:any",
                "--deny-outbound tcp://evil.example:25",
            ],
            "8.8.8.8:443",
            &["evil.example"],
            true,
        ),
        // By another name of the same address, and by an alias.
        (
            [
                "--allow-outbound tcp://good.example:443",
                "--deny-outbound tcp://evil.example:443",
            ],
            "8.8.8.8:443",
            &["good.example", "evil.example"],
            false,
        ),
        (
            [
                "--allow-outbound tcp://good.example:443",
                "--deny-outbound tcp://*.evil.example:443",
            ],
            "8.8.8.8:443",
            &["good.example > a.evil.example"],
            false,
        ),
        // By a lookup that was allowed when it was made.
        (
            [
                "--allow-outbound tcp://any:443",
                "--deny-resolve evil.example",
            ],
            "8.8.8.8:443",
            &["evil.example"],
            false,
        ),
        (
            [
                "--allow-outbound tcp://any:443",
                "--deny-outbound udp://evil.example:any",
            ],
            "8.8.8.8:443",
            &["evil.example"],
            false,
        ),
        // At some of its addresses.
        (
            [
                "--allow-outbound tcp://x.example:443",
                "--deny-outbound tcp://x.example:443#to=8.8.4.0/24",
            ],
            "8.8.4.4:443",
            &["x.example"],
            false,
        ),
        (
            [
                "--allow-outbound tcp://x.example:443",
                "--deny-outbound tcp://x.example:443#to=8.8.4.0/24",
            ],
            "8.8.8.8:443",
            &["x.example"],
            true,
        ),
    ] {
        let decision = policy(&lines).decide(&connect_by(remote, names));
        assert_eq!(
            decision.is_allowed(),
            expected,
            "{lines:?} {remote} {names:?}"
        );
    }
}

#[test]
fn who_answers_for_a_name_does_not_choose_among_special_addresses() {
    for rule in [
        "tcp://any:any",
        "tcp://*.example:any",
        "tcp://x.example:any#to=0.0.0.0/0,::/0",
    ] {
        let policy = policy(&[&format!("--allow-outbound {rule}")]);
        for address in [
            "127.0.0.1",
            "10.0.0.1",
            "169.254.169.254",
            "0.0.0.0",
            "224.0.0.1",
        ] {
            assert!(
                !policy.decide(&answer("x.example", address)).is_allowed(),
                "{rule} {address}"
            );
            let request = connect_by(&format!("{address}:80"), &["x.example"]);
            assert!(!policy.decide(&request).is_allowed(), "{rule} {address}");
        }
    }
}

#[test]
fn a_name_that_an_address_rule_gives_back_is_warned_about() {
    let warnings = |lines: &[&str]| -> Vec<String> {
        policy(lines)
            .warnings()
            .map(|warning| warning.to_string())
            .collect()
    };
    assert_eq!(
        warnings(&[
            "--deny-outbound tcp://evil.example:any",
            "--allow-outbound tcp://any:443"
        ]),
        [
            "--deny-outbound tcp://evil.example:any denies a name, not the address behind it: \
             --allow-outbound tcp://any:443 lets a guest there that knows the address without a lookup"
        ]
    );
    for lines in [
        [
            "--deny-outbound tcp://evil.example:25",
            "--allow-outbound tcp://any:443",
        ],
        [
            "--deny-outbound udp://evil.example:any",
            "--allow-outbound tcp://any:443",
        ],
        [
            "--deny-outbound tcp://evil.example:any",
            "--allow-outbound tcp://*.example:443",
        ],
        [
            "--deny-outbound tcp://8.8.8.8:any",
            "--allow-outbound tcp://any:443",
        ],
    ] {
        assert_eq!(warnings(&lines), [""; 0], "{lines:?}");
    }
}

#[test]
fn without_a_rule_a_lookup_grants_nothing() {
    assert!(
        !Policy::default()
            .decide(&connect_by("8.8.8.8:443", &["a.example"]))
            .is_allowed()
    );
    let lookups = policy(&["--allow-resolve any"]);
    assert_eq!(
        verdict(&lookups, &connect_by("8.8.8.8:443", &["a.example"])),
        "no: no rule"
    );
    assert_eq!(verdict(&lookups, &connect("8.8.8.8:443")), "no: no rule");
}

#[test]
fn what_a_name_is_denied_restricts_who_knows_it() {
    let rules = policy(&[
        "--allow-outbound tcp://any:443",
        "--deny-outbound tcp://*.port.example:22",
        "--deny-outbound tcp://place.example:any#to=10.0.0.0/8",
        "--deny-outbound tcp://192.0.2.1:any",
        "--deny-resolve asked.example",
    ]);
    let within = Policy::builder().ceiling(rules.clone()).build();
    for (name, expected) in [
        ("a.port.example", true),
        ("place.example", true),
        ("asked.example", true),
        ("port.example", false),
        ("other.example", false),
    ] {
        for policy in [&rules, &within] {
            assert_eq!(policy.denies_by(&name.parse().unwrap()), expected, "{name}");
        }
    }
}
