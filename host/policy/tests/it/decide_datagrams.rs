//! Which datagrams leave, and which arrive.

use wasock_policy::{Listener, Protocol, Request};

use crate::{addr, connect_as, pinned, policy, verdict};

fn send(remote: &str, names: &[&str]) -> Request {
    Request::Send {
        remote: addr(remote),
        names: names.iter().map(|names| pinned(names)).collect(),
    }
}

fn socket(local: &str, ephemeral: bool) -> Listener {
    Listener {
        address: addr(local),
        ephemeral,
    }
}

fn receive(listener: Listener, peer: &str) -> Request {
    Request::Receive {
        listener,
        peer: addr(peer),
    }
}

fn receive_reply(listener: Listener, peer: &str, names: &[&str]) -> Request {
    Request::ReceiveReply {
        listener,
        peer: addr(peer),
        names: names.iter().map(|names| pinned(names)).collect(),
    }
}

fn reply(listener: Listener, peer: &str) -> Request {
    Request::Reply {
        listener,
        peer: addr(peer),
        names: [].into(),
    }
}

#[test]
fn a_datagram_is_sent_where_a_peer_could_be_set() {
    let rules = policy(&[
        "--allow-outbound udp://any:53",
        "--allow-outbound udp://ntp.example:123",
        "--allow-outbound udp://224.0.0.251:5353",
        "--allow-outbound tcp://any:80",
        "--deny-outbound udp://8.8.4.0/24:any",
    ]);
    for (remote, names, expected) in [
        ("8.8.8.8:53", [].as_slice(), true),
        ("8.8.4.4:53", &[], false),
        ("8.8.8.8:80", &[], false),
        ("8.8.8.8:123", &[], false),
        ("8.8.8.8:123", &["ntp.example"], true),
        ("10.0.0.1:123", &["ntp.example"], false),
        ("10.0.0.1:53", &[], false),
        ("255.255.255.255:53", &[], false),
        ("224.0.0.1:53", &[], false),
        ("[ff02::1]:53", &[], false),
        ("224.0.0.251:5353", &[], true),
    ] {
        for request in [
            send(remote, names),
            connect_as(Protocol::Udp, remote, names),
        ] {
            assert_eq!(rules.decide(&request).is_allowed(), expected, "{request}");
        }
    }
}

#[test]
fn unasked_datagrams_need_an_inbound_rule_for_the_place_and_the_peer() {
    let rules = policy(&[
        "--allow-inbound udp://any:53",
        "--allow-inbound udp://127.0.0.1:0",
        "--allow-inbound udp://any:123#from=10.0.0.0/8",
        "--deny-inbound udp://any:any#from=192.0.2.0/24",
        "--allow-inbound tcp://any:any",
        "--allow-outbound udp://any:any",
    ]);
    for (listener, peer, expected) in [
        (socket("0.0.0.0:53", false), "8.8.8.8:5000", true),
        (socket("[::]:53", false), "8.8.8.8:5000", true),
        (socket("0.0.0.0:53", false), "192.0.2.1:5000", false),
        (socket("[::]:53", false), "[::ffff:192.0.2.1]:5000", false),
        (socket("0.0.0.0:54", false), "8.8.8.8:5000", false),
        (socket("127.0.0.1:40001", true), "127.0.0.1:5000", true),
        (socket("127.0.0.1:40001", false), "127.0.0.1:5000", false),
        (socket("0.0.0.0:40001", true), "127.0.0.1:5000", false),
        (socket("0.0.0.0:123", false), "10.0.0.1:5000", true),
        (socket("0.0.0.0:123", false), "8.8.8.8:5000", false),
    ] {
        let request = receive(listener, peer);
        assert_eq!(rules.decide(&request).is_allowed(), expected, "{request}");
    }
}

#[test]
fn who_may_be_sent_to_may_send_back() {
    let here = socket("0.0.0.0:40001", true);
    let dns = "--allow-outbound udp://8.8.8.8:53";
    for (lines, peer, names, expected) in [
        (vec![], "8.8.8.8:53", [].as_slice(), "no: no rule"),
        (
            vec![dns],
            "8.8.8.8:53",
            &[],
            "yes: --allow-outbound udp://8.8.8.8:53",
        ),
        (
            vec![dns],
            "[::ffff:8.8.8.8]:53",
            &[],
            "yes: --allow-outbound udp://8.8.8.8:53",
        ),
        (vec![dns], "8.8.8.8:54", &[], "no: no rule"),
        (
            vec!["--allow-outbound udp://ntp.example:123"],
            "8.8.4.4:123",
            &["ntp.example"],
            "yes: --allow-outbound udp://ntp.example:123",
        ),
        (
            vec!["--allow-outbound udp://ntp.example:123"],
            "8.8.4.4:123",
            &[],
            "no: no rule",
        ),
        // A deny rule about local places is not about asking somebody; one about the peer is.
        (
            vec![dns, "--deny-inbound udp://any:any"],
            "8.8.8.8:53",
            &[],
            "yes: --allow-outbound udp://8.8.8.8:53",
        ),
        (
            vec![dns, "--deny-inbound udp://any:any#from=8.8.0.0/16"],
            "8.8.8.8:53",
            &[],
            "no: --deny-inbound udp://any:any#from=8.8.0.0/16",
        ),
        (
            vec![
                dns,
                "--deny-outbound udp://8.8.0.0/16:any",
                "--allow-inbound udp://any:0",
            ],
            "8.8.8.8:53",
            &[],
            "no: --deny-outbound udp://8.8.0.0/16:any",
        ),
        // Whoever may come in unasked may come in asked.
        (
            vec!["--allow-inbound udp://any:0"],
            "8.8.8.8:53",
            &[],
            "yes: --allow-inbound udp://any:0",
        ),
    ] {
        let request = receive_reply(here, peer, names);
        assert_eq!(
            verdict(&policy(&lines), &request),
            expected,
            "{lines:?} {peer}"
        );
    }
}

#[test]
fn who_may_come_in_may_be_answered() {
    let here = socket("0.0.0.0:53", false);
    let server = "--allow-inbound udp://any:53#from=10.0.0.0/8,8.0.0.0/8";
    for (lines, peer, expected) in [
        (vec![], "10.0.0.1:5000", "no: no rule"),
        (
            vec!["--allow-inbound tcp://any:53"],
            "10.0.0.1:5000",
            "no: no rule",
        ),
        // Special as a destination, but this one has come by itself.
        (
            vec![server],
            "10.0.0.1:5000",
            "yes: --allow-inbound udp://any:53#from=10.0.0.0/8,8.0.0.0/8",
        ),
        (vec![server], "192.168.0.1:5000", "no: no rule"),
        (
            vec![server, "--deny-inbound udp://any:53#from=10.0.0.1"],
            "10.0.0.1:5000",
            "no: no rule",
        ),
        (
            vec![server, "--deny-outbound udp://10.0.0.0/8:any"],
            "10.0.0.1:5000",
            "no: --deny-outbound udp://10.0.0.0/8:any",
        ),
        (
            vec![server, "--allow-outbound udp://any:any"],
            "8.8.8.8:5000",
            "yes: --allow-outbound udp://any:any",
        ),
    ] {
        assert_eq!(
            verdict(&policy(&lines), &reply(here, peer)),
            expected,
            "{lines:?} {peer}"
        );
    }
    assert_eq!(
        verdict(&policy(&[server]), &send("10.0.0.1:5000", &[])),
        "no: no rule"
    );
}
