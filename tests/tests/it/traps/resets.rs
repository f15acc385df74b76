//! A peer that resets the connection is an error to the program, at every stage, and never a trap.

use crate::support::host::Host;
use crate::support::peer::{Listener, Peer};
use crate::support::puppet::Puppet;

/// A puppet that is connected, as `c`, to the peer.
fn connected(host: Host) -> (Puppet, Peer) {
    let listener = Listener::v4();
    let mut puppet = Puppet::on(host);
    puppet.ok(&format!("connect c {}", listener.address()));
    let peer = listener.accept();
    (puppet, peer)
}

/// The program has met the reset: once it is told, then the connection is at its end.
#[track_caller]
fn check_end(mut puppet: Puppet) {
    assert_eq!(puppet.ok("recv c 1"), "0");
    assert_eq!(puppet.ask("send c 1"), "error epipe");
    puppet.ok("close c");
    puppet.ok("churn 1");
    puppet.finish().expect_success();
}

#[test]
fn before_anything_was_received() {
    for host in Host::BOTH {
        let (mut puppet, peer) = connected(host);
        peer.reset();
        assert_eq!(puppet.ask("recv c 1"), "error econnreset", "{host:?}");
        check_end(puppet);
    }
}

#[test]
fn while_the_program_waits_for_data() {
    for host in Host::BOTH {
        let (mut puppet, mut peer) = connected(host);
        peer.send(5);
        puppet.tell("recv c 5");
        puppet.tell("recv c 5");
        assert_eq!(puppet.answer(), "ok 5", "{host:?}");
        peer.reset();
        assert_eq!(puppet.answer(), "error econnreset", "{host:?}");
        check_end(puppet);
    }
}

#[test]
fn while_the_program_waits_for_room() {
    for host in Host::BOTH {
        let (mut puppet, mut peer) = connected(host);
        puppet.tell("sendall c 33554432");
        peer.expect(1);
        peer.reset();
        let answer = puppet.answer();
        assert!(
            ["error econnreset", "error epipe"].contains(&answer.as_str()),
            "{host:?}: {answer}"
        );
        puppet.ok("close c");
        puppet.finish().expect_success();
    }
}

#[test]
fn after_the_program_has_ended_its_data() {
    for host in Host::BOTH {
        let (mut puppet, mut peer) = connected(host);
        puppet.ok("shutdown c");
        assert_eq!(peer.drain(), 0);
        peer.reset();
        assert_eq!(puppet.ask("recv c 1"), "error econnreset", "{host:?}");
        check_end(puppet);
    }
}

#[test]
fn with_data_under_way() {
    for host in Host::BOTH {
        let (mut puppet, peer) = connected(host);
        puppet.count("fill c");
        peer.reset();
        puppet.ok("close c");
        puppet.ok("churn 1");
        puppet.finish().expect_success();
    }
}

#[test]
fn after_the_program_has_closed() {
    for host in Host::BOTH {
        let (mut puppet, peer) = connected(host);
        puppet.count("fill c");
        puppet.ok("close c");
        peer.reset();
        puppet.ok("churn 1");
        puppet.finish().expect_success();
    }
}
