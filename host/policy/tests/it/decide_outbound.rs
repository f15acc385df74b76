//! Which destinations a guest reaches.

use wasock_policy::{Protocol, Reason};

use crate::{connect, connect_as, policy, verdict};

#[test]
fn a_rule_is_about_its_protocol_its_addresses_and_its_ports() {
    let policy = policy(&[
        "--allow-outbound tcp://192.31.196.0/24:80,8000-8999",
        "--allow-outbound udp://[2606:4700::]/32:any",
    ]);
    for (protocol, remote, expected) in [
        (Protocol::Tcp, "192.31.196.7:80", true),
        (Protocol::Tcp, "192.31.196.7:8000", true),
        (Protocol::Tcp, "192.31.196.7:8999", true),
        (Protocol::Tcp, "192.31.196.7:9000", false),
        (Protocol::Tcp, "192.31.197.7:80", false),
        (Protocol::Udp, "192.31.196.7:80", false),
        (Protocol::Udp, "[2606:4700::1]:53", true),
        (Protocol::Tcp, "[2606:4700::1]:53", false),
        (Protocol::Udp, "[2606:4701::1]:53", false),
        (Protocol::Tcp, "[::ffff:192.31.196.7]:80", true),
    ] {
        let request = connect_as(protocol, remote, &[]);
        assert_eq!(policy.decide(&request).is_allowed(), expected, "{request}");
    }
}

#[test]
fn deny_wins_wherever_it_stands() {
    for lines in [
        [
            "--allow-outbound tcp://any:any",
            "--deny-outbound tcp://8.8.8.0/24:any",
        ],
        [
            "--deny-outbound tcp://8.8.8.0/24:any",
            "--allow-outbound tcp://any:any",
        ],
    ] {
        let policy = policy(&lines);
        for (remote, expected) in [
            ("8.8.8.8:53", "no: --deny-outbound tcp://8.8.8.0/24:any"),
            (
                "[::ffff:8.8.8.8]:53",
                "no: --deny-outbound tcp://8.8.8.0/24:any",
            ),
            ("8.8.4.4:53", "yes: --allow-outbound tcp://any:any"),
        ] {
            assert_eq!(verdict(&policy, &connect(remote)), expected, "{remote}");
        }
    }
}

#[test]
fn deny_looks_inside_and_behind_an_address_and_allow_does_not() {
    let everything = [
        "--allow-outbound tcp://any:any",
        "--allow-outbound tcp://[64:ff9b:1::]/48:any",
        "--allow-outbound tcp://[2002::]/16:any",
        "--allow-outbound tcp://[2001::]/32:any",
        "--allow-outbound tcp://[::]/96:any",
        "--allow-outbound tcp://0.0.0.0:any",
        "--allow-outbound tcp://[::]:any",
    ];
    let denied = "--deny-outbound tcp://8.8.0.0/16:any";
    let this_host = "--deny-outbound tcp://localhost:any";
    let policy = policy(&[everything.as_slice(), &[denied, this_host]].concat());
    for (remote, line) in [
        ("[64:ff9b::8.8.8.8]:53", denied),
        ("[64:ff9b:1::8.8.8.8]:53", denied),
        ("[64:ff9b:1:808:8:800::]:53", denied),
        ("[2002:808:808::1]:53", denied),
        ("[2001:0:102:304:0:0:f7f7:f7f7]:53", denied),
        ("[::8.8.8.8]:53", denied),
        ("0.0.0.0:53", this_host),
        ("[::ffff:0.0.0.0]:53", this_host),
        ("[::]:53", this_host),
    ] {
        assert_eq!(
            verdict(&policy, &connect(remote)),
            format!("no: {line}"),
            "{remote}"
        );
    }

    let inner_only = crate::policy(&["--allow-outbound tcp://8.8.8.8:53"]);
    assert_eq!(
        verdict(&inner_only, &connect("[64:ff9b::8.8.8.8]:53")),
        "no: no rule"
    );
}

#[test]
fn a_broad_rule_does_not_reach_special_addresses() {
    for rule in [
        "tcp://any:any",
        "tcp://0.0.0.0/0:any",
        "tcp://[::]/0:any",
        "tcp://8.0.0.0/5:any",
    ] {
        let policy = policy(&[&format!("--allow-outbound {rule}")]);
        for remote in [
            "127.0.0.1:80",
            "10.0.0.1:80",
            "169.254.169.254:80",
            "168.63.129.16:80",
            "0.0.0.0:80",
            "255.255.255.255:80",
            "224.0.0.251:80",
            "[::1]:80",
            "[::]:80",
            "[::ffff:127.0.0.1]:80",
            "[fe80::1]:80",
            "[fd00:ec2::254]:80",
            "[ff02::fb]:80",
            "[64:ff9b::10.0.0.1]:80",
            "[2002:a00:1::]:80",
        ] {
            assert!(
                !policy.decide(&connect(remote)).is_allowed(),
                "{rule} {remote}"
            );
        }
    }
}

#[test]
fn a_rule_inside_the_special_block_reaches_it_also_beside_a_broad_one() {
    let policy = policy(&[
        "--allow-outbound tcp://any:80",
        "--allow-outbound tcp://localhost:80",
        "--allow-outbound tcp://10.1.0.0/16:80",
        "--allow-outbound tcp://169.254.0.0/16:80",
        "--allow-outbound tcp://[64:ff9b::a00:0]/104:80",
    ]);
    for (remote, expected) in [
        ("127.0.0.1:80", "yes: --allow-outbound tcp://localhost:80"),
        ("[::1]:80", "yes: --allow-outbound tcp://localhost:80"),
        (
            "127.0.0.2:80",
            "no: not meant by --allow-outbound tcp://any:80",
        ),
        ("10.1.2.3:80", "yes: --allow-outbound tcp://10.1.0.0/16:80"),
        (
            "10.2.2.3:80",
            "no: not meant by --allow-outbound tcp://any:80",
        ),
        (
            "169.254.1.1:80",
            "yes: --allow-outbound tcp://169.254.0.0/16:80",
        ),
        (
            "169.254.169.254:80",
            "no: not meant by --allow-outbound tcp://any:80",
        ),
        (
            "[64:ff9b::10.1.1.1]:80",
            "yes: --allow-outbound tcp://[64:ff9b::a00:0]/104:80",
        ),
        (
            "[64:ff9b::127.0.0.1]:80",
            "no: not meant by --allow-outbound tcp://any:80",
        ),
    ] {
        assert_eq!(verdict(&policy, &connect(remote)), expected, "{remote}");
    }
}

#[test]
fn an_inbound_rule_says_nothing_about_destinations() {
    let policy = policy(&["--allow-inbound tcp://any:any"]);
    assert_eq!(
        policy.decide(&connect("8.8.8.8:53")).reason(),
        &Reason::NoRule
    );
}
