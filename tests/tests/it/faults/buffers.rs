//! Buffers that are full.

use crate::support::host::Host;
use crate::support::peer::Listener;
use crate::support::puppet::Puppet;

/// Each side has sent all there is room for and neither reads: a program that goes on sending would wait for ever. It can bound its
/// patience, and what was sent is not lost.
#[test]
fn when_both_directions_are_full_patience_ends_and_nothing_is_lost() {
    for host in Host::BOTH {
        let listener = Listener::v4();
        let mut puppet = Puppet::on(host);
        puppet.ok(&format!("connect c {}", listener.address()));
        let mut peer = listener.accept();
        let to_peer = puppet.count("fill c");
        let to_puppet = peer.fill();

        puppet.ok("timeout c 20");
        for _ in 0..2 {
            assert_eq!(puppet.ask("send c 1"), "error etimedout", "{host:?}");
        }
        peer.expect(to_peer);
        puppet.ok(&format!("take c {to_puppet}"));

        puppet.ok("timeout c 60000");
        puppet.ok("sendall c 100000");
        puppet.ok("shutdown c");
        assert_eq!(peer.drain(), to_peer + 100_000, "{host:?}");
        puppet.finish().expect_success();
    }
}

/// One connection that is full does not keep the others from moving.
#[test]
fn a_connection_that_is_full_leaves_the_others_alone() {
    for host in Host::BOTH {
        let (stuck, moving) = (Listener::v4(), Listener::v4());
        let mut puppet = Puppet::on(host);
        puppet.ok(&format!("connect a {}", stuck.address()));
        puppet.ok(&format!("connect b {}", moving.address()));
        let _stuck = stuck.accept();
        let mut peer = moving.accept();
        puppet.count("fill a");

        puppet.tell("sendall b 1000000");
        peer.expect(1_000_000);
        assert_eq!(puppet.answer(), "ok", "{host:?}");
        peer.send(1000);
        puppet.ok("take b 1000");
        puppet.ok("close a");
        puppet.finish().expect_success();
    }
}
