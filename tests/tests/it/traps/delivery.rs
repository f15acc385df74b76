//! What was sent arrives, although the program goes on, closes or ends.

use crate::support::host::Host;
use crate::support::peer::Listener;
use crate::support::puppet::Puppet;

/// What surely fits between two sockets when one side has stopped reading.
const IN_FLIGHT: usize = 64 * 1024;

/// `sendall` returns when the system has everything, so that the end of the program takes nothing with it.
#[test]
fn a_program_may_end_right_after_sendall_to_a_slow_reader() {
    const LENGTH: usize = 8 << 20;
    for host in Host::BOTH {
        let listener = Listener::v4();
        let mut puppet = Puppet::on(host);
        puppet.ok(&format!("connect c {}", listener.address()));
        let mut peer = listener.accept();

        puppet.tell(&format!("sendall c {LENGTH}"));
        puppet.tell("exit");
        // A page at a time, and the rest only when the program is gone.
        for _ in 0..(LENGTH - IN_FLIGHT) / 4096 {
            peer.expect(4096);
        }
        assert_eq!(puppet.answer(), "ok", "{host:?}");
        puppet.finish().expect_success();
        assert_eq!(peer.drain(), LENGTH, "{host:?}");
    }
}

/// A non-blocking `send` cannot wait for the system; our host goes on delivering after the program ended.
#[test]
fn a_program_may_end_right_after_a_non_blocking_send() {
    for close in [false, true] {
        let listener = Listener::v4();
        let mut puppet = Puppet::on(Host::Ours);
        puppet.ok(&format!("connect c {}", listener.address()));
        let mut peer = listener.accept();

        let sent = puppet.count("fill c");
        assert!(sent > 0);
        if close {
            puppet.ok("close c");
        }
        puppet.tell("exit");
        // The socket is full and nobody has read yet: some of it is still in the host.
        assert_eq!(peer.drain(), sent, "closed: {close}");
        puppet.finish().expect_success();
    }
}

#[test]
fn close_does_not_wait_for_a_peer_that_does_not_read() {
    for host in Host::BOTH {
        for verb in ["close", "drop"] {
            let listener = Listener::v4();
            let mut puppet = Puppet::on(host);
            puppet.ok(&format!("connect c {}", listener.address()));
            let mut peer = listener.accept();

            let sent = puppet.count("fill c");
            // The answer comes while the peer has not read a byte.
            puppet.ok(&format!("{verb} c"));

            // The end of the data too, although the program makes no call any more.
            assert_eq!(peer.drain(), sent, "{host:?} {verb}");
            puppet.ok("churn 1");
            puppet.finish().expect_success();
        }
    }
}

/// A write needs a permit, and a permit is asked for; a program that just sends must not meet that.
#[test]
fn sends_in_a_row_need_nothing_between_them() {
    for host in Host::BOTH {
        for (times, count) in [(5_000, 1), (64, 64 * 1024 + 1), (3, 2 << 20)] {
            let listener = Listener::v4();
            let mut puppet = Puppet::on(host);
            puppet.ok(&format!("connect c {}", listener.address()));
            let mut peer = listener.accept();

            puppet.tell(&format!("sends c {times} {count}"));
            puppet.tell("shutdown c");
            assert_eq!(peer.drain(), times * count, "{host:?}");
            assert_eq!(puppet.answer(), "ok");
            assert_eq!(puppet.answer(), "ok");
            puppet.finish().expect_success();
        }
    }
}

/// On a host with one thread, the guest that computes keeps the sockets from being looked after.
#[test]
fn a_program_that_never_waits_still_sees_its_data() {
    for host in Host::BOTH {
        let listener = Listener::v4();
        let mut puppet = Puppet::on(host);
        puppet.ok(&format!("connect c {}", listener.address()));
        let mut peer = listener.accept();

        puppet.tell("spin c 300000");
        peer.send(100_000);
        peer.send(200_000);
        assert_eq!(puppet.answer(), "ok", "{host:?}");
        puppet.finish().expect_success();
    }
}
