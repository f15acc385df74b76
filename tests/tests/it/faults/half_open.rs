//! A peer that is gone without a word: its machine has lost its power, and knows nothing of the connection when it is back.

use crate::support::host::Host;
use crate::support::peer::{Listener, Peer};
use crate::support::puppet::Puppet;

use super::not_tested;

/// A puppet that is connected, as `c`, to a peer that has vanished. None where that cannot be tested.
fn with_a_vanished_peer(host: Host, name: &str) -> Option<Puppet> {
    let listener = Listener::v4();
    let mut puppet = Puppet::on(host);
    puppet.ok(&format!("connect c {}", listener.address()));
    let peer: Peer = listener.accept();
    match peer.vanish() {
        Ok(()) => Some(puppet),
        Err(error) => {
            not_tested(name, &format!("a socket cannot be made to vanish: {error}"));
            None
        }
    }
}

/// Who only receives never learns it; a timeout ends the waiting. Who sends does: what is sent meets a machine that answers
/// with a reset.
#[test]
fn a_peer_that_vanished_is_silence_to_a_receiver_and_a_reset_to_a_sender() {
    let name = "a_peer_that_vanished_is_silence_to_a_receiver_and_a_reset_to_a_sender";
    for host in Host::BOTH {
        let Some(mut puppet) = with_a_vanished_peer(host, name) else {
            return;
        };
        puppet.ok("timeout c 20");
        for _ in 0..2 {
            assert_eq!(puppet.ask("recv c 1"), "error etimedout", "{host:?}");
        }
        puppet.ok("timeout c 60000");
        assert_eq!(puppet.ok("send c 5"), "5", "{host:?}");
        assert_eq!(puppet.ask("recv c 1"), "error econnreset", "{host:?}");
        assert_eq!(puppet.ok("recv c 1"), "0", "{host:?}");
        assert_eq!(puppet.ask("send c 1"), "error epipe", "{host:?}");
        puppet.finish().expect_success();
    }
}

/// `SO_KEEPALIVE` asks in place of the program.
#[test]
fn keepalive_finds_out_that_a_peer_vanished() {
    let name = "keepalive_finds_out_that_a_peer_vanished";
    for host in Host::BOTH {
        let Some(mut puppet) = with_a_vanished_peer(host, name) else {
            return;
        };
        puppet.ok("keepalive c");
        assert_eq!(puppet.ask("recv c 1"), "error econnreset", "{host:?}");
        assert_eq!(puppet.ok("recv c 1"), "0", "{host:?}");
        puppet.finish().expect_success();
    }
}

/// Closing does not wait for a peer that will never answer, and neither does the end of the program.
#[test]
fn closing_does_not_wait_for_a_peer_that_vanished() {
    let name = "closing_does_not_wait_for_a_peer_that_vanished";
    for host in Host::BOTH {
        for end in ["shutdown c", "close c", "drop c", ""] {
            let Some(mut puppet) = with_a_vanished_peer(host, name) else {
                return;
            };
            if !end.is_empty() {
                puppet.ok(end);
                puppet.ok("churn 1");
            }
            puppet.finish().expect_success();
        }
    }
}
