//! `wasock check`: what it answers, and how it ends.

use super::{Output, file, wasock_command};

const POLICY: &str = "\
version = 1
map = [\"tcp://8.8.4.4:80=127.0.0.1:8080\", \"cache.internal=10.0.0.7\"]
[outbound]
allow = [
  \"tcp://api.example.com:443\",
  \"tcp://db.internal:5432#to=10.0.0.0/8\",
  \"tcp://cache.internal:6379#to=10.0.0.7\",
  \"tcp://127.0.0.1:8080\",
]
deny = [\"tcp://any:25\", \"tcp://10.0.3.9:any\"]
[inbound]
allow = [\"tcp://any:8080#from=10.0.0.0/8\"]
deny = [\"udp://any:53\"]
";

fn check(arguments: &[&str]) -> Output {
    let (folder, _) = file("policy.toml", POLICY.as_bytes());
    let options = ["check", "--policy", "policy.toml"];
    let mut command = wasock_command();
    Output::of(
        command
            .current_dir(folder.path())
            .args(options)
            .args(arguments),
    )
}

fn json(arguments: &[&str]) -> serde_json::Value {
    let output = check(&[arguments, &["--json"]].concat());
    serde_json::from_str(&output.stdout).unwrap()
}

#[test]
fn a_connection_names_the_line_that_decided_and_why_the_others_did_not() {
    let output = check(&["tcp://127.0.0.1:8080"]);
    assert_eq!(
        output.stdout,
        "allowed: outbound tcp 127.0.0.1:8080 (--allow-outbound tcp://127.0.0.1:8080, policy.toml:8)\n    \
             policy.toml:10: --deny-outbound tcp://any:25                           is about other ports\n    \
             policy.toml:10: --deny-outbound tcp://10.0.3.9:any                     is about other addresses\n    \
             policy.toml:5: --allow-outbound tcp://api.example.com:443              is about a name, and the address was not looked up by one\n    \
             policy.toml:6: --allow-outbound tcp://db.internal:5432#to=10.0.0.0/8   is about a name, and the address was not looked up by one\n    \
             policy.toml:7: --allow-outbound tcp://cache.internal:6379#to=10.0.0.7  is about a name, and the address was not looked up by one\n    \
             policy.toml:8: --allow-outbound tcp://127.0.0.1:8080                   decided\n"
    );
    assert_eq!((output.status, output.stderr.as_str()), (Some(0), ""));
}

#[test]
fn a_denied_connection_says_what_would_allow_it() {
    let output = check(&["udp://8.8.8.8:53"]);
    assert_eq!(output.status, Some(1));
    assert!(
        output.stdout.starts_with(
            "denied: outbound udp 8.8.8.8:53 (no rule)\n  allow it with: --allow-outbound udp://8.8.8.8:53\n"
        ),
        "{}",
        output.stdout
    );
    let output = check(&["tcp://8.8.8.8:25"]);
    assert_eq!(output.status, Some(1));
    assert!(
        output.stdout.contains("--deny-outbound tcp://any:25"),
        "{}",
        output.stdout
    );
    assert!(
        !output.stdout.contains("allow it with"),
        "{}",
        output.stdout
    );
}

#[test]
fn what_a_name_resolves_to_decides() {
    for (addresses, status, expected) in [
        (
            "93.184.216.34",
            0,
            "allowed: outbound tcp 93.184.216.34:443 (--allow-outbound tcp://api.example.com:443, policy.toml:5)",
        ),
        (
            "10.0.3.7",
            1,
            "api.example.com resolved to 10.0.3.7 (private): a name alone never reaches such an address; add #to=10.0.3.7",
        ),
        (
            "93.184.216.34,169.254.169.254",
            1,
            "denied: answer api.example.com with 169.254.169.254",
        ),
        ("::ffff:10.0.3.7", 1, "10.0.3.7 (private)"),
    ] {
        let output = check(&["tcp://api.example.com:443", "--resolves-to", addresses]);
        assert_eq!(
            output.status,
            Some(status),
            "{addresses}: {}",
            output.stdout
        );
        assert!(
            output.stdout.contains(expected),
            "{addresses}: {}",
            output.stdout
        );
    }
    let denied = check(&["tcp://db.internal:5432", "--resolves-to", "10.0.3.9"]);
    assert_eq!(denied.status, Some(1));
    assert!(
        denied.stdout.contains("would allow it, and is overruled"),
        "{}",
        denied.stdout
    );
}

#[test]
fn without_what_a_name_resolves_to_the_answer_has_conditions() {
    let output = check(&["tcp://api.example.com:443"]);
    assert_eq!(
        output.stdout.lines().take(7).collect::<Vec<_>>(),
        [
            "allowed: lookup api.example.com (--allow-outbound tcp://api.example.com:443, policy.toml:5)",
            "if api.example.com resolves to",
            "  an address of the internet: allowed (policy.toml:5: --allow-outbound tcp://api.example.com:443)",
            "  a private or another special address: denied (not meant by policy.toml:5: --allow-outbound tcp://api.example.com:443)",
            "    a name alone never reaches such an address; #to= says where it may lead",
            "  an address that one of these lines is about: that may be otherwise",
            "    policy.toml:10: --deny-outbound tcp://10.0.3.9:any",
        ]
    );
    assert_eq!(output.status, Some(0));

    let narrow = check(&["tcp://db.internal:5432"]);
    assert_eq!(narrow.status, Some(0));
    for part in [
        "an address of the internet: denied (#to= leaves it out: ",
        "an address in 10.0.0.0/8: allowed (policy.toml:6: ",
    ] {
        assert!(narrow.stdout.contains(part), "{}", narrow.stdout);
    }

    let nowhere = check(&["tcp://api.example.com:80"]);
    assert_eq!(nowhere.status, Some(1), "{}", nowhere.stdout);
    assert!(
        nowhere
            .stdout
            .contains("allow it with: --allow-outbound tcp://api.example.com:80\n"),
        "{}",
        nowhere.stdout
    );

    let unknown = check(&["tcp://other.example:443"]);
    assert_eq!(unknown.status, Some(1));
    assert!(
        unknown
            .stdout
            .starts_with("denied: lookup other.example (no rule)"),
        "{}",
        unknown.stdout
    );
}

#[test]
fn mapped_connections_and_names_are_decided_on_where_they_lead() {
    let socket = check(&["tcp://8.8.4.4:80"]);
    assert_eq!(socket.status, Some(0));
    assert!(
        socket
            .stdout
            .starts_with("8.8.4.4:80 is mapped:\nallowed: outbound tcp 127.0.0.1:8080 "),
        "{}",
        socket.stdout
    );
    let name = check(&["tcp://cache.internal:6379"]);
    assert_eq!(name.status, Some(0));
    assert!(
        name.stdout.contains("allowed: outbound tcp 10.0.0.7:6379 (--allow-outbound tcp://cache.internal:6379#to=10.0.0.7"),
        "{}",
        name.stdout
    );
}

#[test]
fn a_listener_and_who_comes_to_it() {
    for (arguments, status, expected) in [
        (
            &["--inbound", "tcp://any:8080"][..],
            0,
            "allowed: inbound tcp listen [::]:8080",
        ),
        (
            &["--inbound", "tcp://any:8080", "--from", "10.1.2.3"],
            0,
            "allowed: inbound tcp accept 0.0.0.0:8080 from 10.1.2.3:50000",
        ),
        (
            &["--inbound", "tcp://any:8080", "--from", "192.168.0.1:7"],
            1,
            "its #from= leaves the peer out",
        ),
        (
            &["--inbound", "tcp://localhost:8080", "--from", "10.0.0.1"],
            0,
            "accept 127.0.0.1:8080",
        ),
        (
            &["--inbound", "tcp://127.0.0.1:0"],
            1,
            "allow it with: --allow-inbound tcp://127.0.0.1:0",
        ),
        (
            &["--inbound", "udp://127.0.0.1:53", "--from", "10.0.0.1"],
            1,
            "--deny-inbound udp://any:53",
        ),
    ] {
        let output = check(arguments);
        assert_eq!(
            output.status,
            Some(status),
            "{arguments:?}: {}",
            output.stdout
        );
        assert!(
            output.stdout.contains(expected),
            "{arguments:?}: {}",
            output.stdout
        );
    }
}

#[test]
fn a_lookup_alone() {
    let output = check(&["--resolve", "API.example.com."]);
    assert_eq!(output.status, Some(0));
    assert!(
        output
            .stdout
            .starts_with("allowed: lookup api.example.com "),
        "{}",
        output.stdout
    );
    assert_eq!(check(&["--resolve", "evil.example"]).status, Some(1));
    let answer = check(&["--resolve", "api.example.com", "--resolves-to", "10.0.0.1"]);
    assert_eq!(answer.status, Some(1), "{}", answer.stdout);
}

#[test]
fn programs_are_told_the_same_in_json() {
    let answer = json(&["tcp://db.internal:5432", "--resolves-to", "10.0.3.9"]);
    assert_eq!(answer["v"], 1);
    assert_eq!(answer["allowed"], false);
    let steps = answer["steps"].as_array().unwrap();
    let verdicts: Vec<_> = steps
        .iter()
        .map(|step| step["verdict"].as_str().unwrap())
        .collect();
    assert_eq!(verdicts, ["allowed", "allowed", "denied"]);

    let last = &steps[2];
    assert_eq!(last["request"], "outbound tcp 10.0.3.9:5432");
    assert_eq!(last["rule"], "--deny-outbound tcp://10.0.3.9:any");
    assert_eq!(last["origin"], "policy.toml:10");
    assert!(last.get("suggestion").is_none());
    let roles: Vec<_> = last["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["role"].as_str().unwrap())
        .collect();
    assert_eq!(
        roles,
        [
            "differs",
            "decided",
            "differs",
            "overruled",
            "differs",
            "differs"
        ]
    );

    let open = json(&["tcp://api.example.com:443"]);
    assert_eq!(open["allowed"], true);
    let cases = open["conditions"]["cases"].as_array().unwrap();
    let told: Vec<_> = cases
        .iter()
        .map(|case| {
            (
                case["to"].as_str().unwrap(),
                case["verdict"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(told, [("internet", "allowed"), ("special", "denied")]);

    let mapped = json(&["tcp://8.8.4.4:80"]);
    assert_eq!(mapped["steps"][0]["asked"], "8.8.4.4:80");
    assert_eq!(
        json(&["udp://8.8.8.8:53"])["steps"][0]["suggestion"],
        "--allow-outbound udp://8.8.8.8:53"
    );
}

#[test]
fn what_is_not_understood_ends_with_two() {
    for (arguments, part) in [
        (&[][..], "required"),
        (
            &["tcp://any:80"],
            "expected one name or one address, but found any",
        ),
        (
            &["tcp://*.example.com:80"],
            "expected one name or one address",
        ),
        (
            &["tcp://10.0.0.0/8:80"],
            "expected one name or one address, but found 10.0.0.0/8",
        ),
        (
            &["tcp://a.example:80,81"],
            "expected one port, but found 80-81",
        ),
        (&["a.example:80"], "did you mean tcp://a.example:80?"),
        (
            &["tcp://10.0.0.1:80", "--resolves-to", "10.0.0.2"],
            "an address is not looked up",
        ),
        (
            &["tcp://a.example:80", "--resolves-to", "b.example"],
            "--resolves-to",
        ),
        (
            &["tcp://a.example:80", "--from", "10.0.0.1"],
            "cannot be used with",
        ),
        (
            &["tcp://a.example:80", "--resolve", "a.example"],
            "cannot be used with",
        ),
        (
            &["--inbound", "tcp://10.0.0.0/8:80"],
            "expected one local address",
        ),
        (
            &["--inbound", "tcp://any:80#from=10.0.0.1"],
            "--from says who comes",
        ),
        (
            &["--inbound", "tcp://127.0.0.1:80", "--from", "::1"],
            "of one family",
        ),
        (
            &["--inbound", "tcp://any:80", "--from", "nobody"],
            "expected an address such as",
        ),
        (
            &["--resolve", "127.0.0.1"],
            "expected a name (what ends in a number is an address)",
        ),
    ] {
        let output = check(arguments);
        assert_eq!(output.status, Some(2), "{arguments:?}: {}", output.stdout);
        assert!(
            output.stderr.contains(part),
            "{arguments:?}: {}",
            output.stderr
        );
        assert_eq!(output.stdout, "", "{arguments:?}");
    }
}

#[test]
fn the_advice_for_a_name_is_enough() {
    for (arguments, rule) in [
        (&["tcp://new.example:443"][..], "tcp://new.example:443"),
        (
            &["tcp://new.example:443", "--resolves-to", "93.184.216.34"],
            "tcp://new.example:443",
        ),
        (
            &["udp://new.example:53", "--resolves-to", "10.0.3.7"],
            "udp://new.example:53#to=10.0.3.7",
        ),
        (
            &[
                "tcp://new.example:443",
                "--report",
                "--resolves-to",
                "93.184.216.34",
            ],
            "tcp://new.example:443",
        ),
    ] {
        let advice = format!("--allow-outbound {rule}");
        let output = check(arguments);
        let told: Vec<_> = output
            .stdout
            .lines()
            .filter_map(|line| line.trim().strip_prefix("allow it with: "))
            .collect();
        assert!(!told.is_empty(), "{arguments:?}: {}", output.stdout);
        for told in told {
            assert_eq!(told, advice, "{arguments:?}: {}", output.stdout);
        }
        assert_eq!(json(arguments)["steps"][0]["suggestion"], *advice);

        let followed = check(&[arguments, &["--allow-outbound", rule]].concat());
        assert_eq!(followed.status, Some(0), "{}", followed.stdout);
        assert!(
            !followed.stdout.starts_with("denied"),
            "{}",
            followed.stdout
        );
    }

    // Who only looks up needs no more than that.
    let output = check(&["--resolve", "new.example"]);
    let advice =
        "denied: lookup new.example (no rule)\n  allow it with: --allow-resolve new.example\n";
    assert!(output.stdout.starts_with(advice), "{}", output.stdout);
}
