//! Using up what others need.

use std::net::SocketAddr;

use super::Prisoner;
use crate::support::peer::Listener;
use crate::support::zone::Zone;

#[test]
fn sockets_run_out_and_come_back() {
    let listener = Listener::v4();
    let friend = format!("tcp://{}", listener.address());
    let rules = ["--limit", "sockets=4", "--allow-outbound", &friend];
    let mut prisoner = Prisoner::under(rules);
    for name in ["a", "b", "c", "d"] {
        prisoner.does(&format!("create {name} v4"));
    }
    prisoner.tries("create e v4", "emfile", "sockets");
    prisoner.tries("udp e v4", "emfile", "sockets");
    prisoner.does("drop d");
    prisoner.does(&format!("connect friend {}", listener.address()));
    listener.accept();
    prisoner.ends();
}

#[test]
fn sockets_that_are_dropped_leave_nothing_behind() {
    let mut prisoner = Prisoner::under(["--limit", "sockets=2"]);
    prisoner.does("churn 10000");
    prisoner.ends();
}

#[test]
fn connections_run_out() {
    let listener = Listener::v4();
    let friend = format!("tcp://{}", listener.address());
    let rules = [
        "--limit",
        "total-connections=2",
        "--allow-outbound",
        &friend,
    ];
    let mut prisoner = Prisoner::under(rules);
    for name in ["a", "b"] {
        prisoner.does(&format!("connect {name} {}", listener.address()));
        listener.accept();
        prisoner.does(&format!("drop {name}"));
    }
    let attempt = format!("connect c {}", listener.address());
    prisoner.tries(&attempt, "emfile", "total-connections");
    prisoner.ends();
}

#[test]
fn bytes_run_out() {
    let listener = Listener::v4();
    let friend = format!("tcp://{}", listener.address());
    let rules = ["--limit", "bytes-out=64KiB", "--allow-outbound", &friend];
    let mut prisoner = Prisoner::under(rules);
    prisoner.does(&format!("connect friend {}", listener.address()));
    let mut peer = listener.accept();
    prisoner.does("sendall friend 65536");
    prisoner.tries("sendall friend 1", "enobufs", "bytes-out");
    peer.expect(65536);
    prisoner.ends();
}

#[test]
fn lookups_run_out() {
    let zone = Zone::start();
    let dns = zone.address.to_string();
    let rules = [
        "--dns",
        &dns,
        "--limit",
        "lookups=2",
        "--allow-resolve",
        "any",
    ];
    let mut prisoner = Prisoner::under(rules);
    prisoner.does("resolve www.example.test");
    prisoner.does("resolve v6.example.test");
    prisoner.tries("resolve private.example.test", "eai-again", "lookups");
    // Nobody is asked for this one.
    prisoner.does("resolve localhost");
    prisoner.ends();
}

/// Who reads what the operator reads is not buried.
#[test]
fn the_log_is_not_flooded() {
    let listener = Listener::v4();
    let friend = format!("tcp://{}", listener.address());
    let mut prisoner = Prisoner::under(["--allow-outbound", &friend]);
    prisoner.does("create knocker v4");
    for port in 1..=600 {
        let address = SocketAddr::from(([192, 0, 2, 1], port));
        let answer = prisoner.puppet.ask(&format!("connect knocker {address}"));
        assert_eq!(answer, "error eacces");
    }
    prisoner.does(&format!("connect friend {}", listener.address()));
    listener.accept();
    let ended = prisoner.ends();
    let lines = ended.stderr.lines().count();
    assert!(lines < 600, "{lines} lines");
    assert!(
        ended.stderr.contains(" more, not shown"),
        "{}",
        ended.stderr
    );
}
