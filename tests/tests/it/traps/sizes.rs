//! Lengths beyond what the layer below takes at once.

use crate::support::host::Host;
use crate::support::peer::Listener;
use crate::support::puppet::Puppet;

#[test]
fn recv_takes_the_largest_length_there_is() {
    for host in Host::BOTH {
        let listener = Listener::v4();
        let mut puppet = Puppet::on(host);
        puppet.ok(&format!("connect c {}", listener.address()));
        let mut peer = listener.accept();

        peer.send(3);
        assert_eq!(puppet.ok("recv c 4294967295"), "3", "{host:?}");
        puppet.tell("drain c");
        peer.send(3 << 20);
        peer.shutdown();
        assert_eq!(puppet.answer(), format!("ok {}", 3 << 20), "{host:?}");
        puppet.finish().expect_success();
    }
}

#[test]
fn sendall_takes_a_list_of_32_megabytes() {
    const LENGTH: usize = 32 << 20;
    for host in Host::BOTH {
        let listener = Listener::v4();
        let mut puppet = Puppet::on(host);
        puppet.ok(&format!("connect c {}", listener.address()));
        let mut peer = listener.accept();

        puppet.tell(&format!("sendall c {LENGTH}"));
        puppet.tell("shutdown c");
        assert_eq!(peer.drain(), LENGTH, "{host:?}");
        assert_eq!(puppet.answer(), "ok");
        puppet.finish().expect_success();
    }
}

/// One call takes at most 1 MiB, whatever it is given.
#[test]
fn send_takes_a_part_of_a_long_list() {
    for host in Host::BOTH {
        let listener = Listener::v4();
        let mut puppet = Puppet::on(host);
        puppet.ok(&format!("connect c {}", listener.address()));
        let mut peer = listener.accept();

        puppet.tell("send c 4000000");
        let reader = std::thread::spawn(move || peer.drain());
        let answer = puppet.answer();
        let taken = answer
            .strip_prefix("ok ")
            .and_then(|count| count.parse().ok());
        assert!(matches!(taken, Some(1..=0x10_0000)), "{host:?}: {answer}");
        puppet.finish().expect_success();
        assert_eq!(reader.join().ok(), taken, "{host:?}");
    }
}
