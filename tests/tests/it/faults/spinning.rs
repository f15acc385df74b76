//! A program that never waits, but asks again and again: it sees what happens all the same. Receiving is in `traps::delivery`.
//!
//! On a host with one thread nobody would look after the sockets.

use std::net::UdpSocket;

use crate::support::host::Host;
use crate::support::peer::{Listener, Peer, Stalled};
use crate::support::puppet::Puppet;

#[test]
fn a_program_that_spins_on_accept_sees_the_client() {
    for host in Host::BOTH {
        let mut puppet = Puppet::on(host);
        let address = puppet.listen("l");
        puppet.tell("spin-accept l s");
        let mut client = Peer::connect(address);
        assert_eq!(puppet.answer(), "ok", "{host:?}");
        client.send(6);
        puppet.ok("take s 6");
        puppet.finish().expect_success();
    }
}

#[test]
fn a_program_that_spins_on_connect_gets_its_connection() {
    for host in Host::BOTH {
        let stalled = Stalled::v4();
        let mut puppet = Puppet::on(host);
        puppet.tell(&format!("spin-connect c {}", stalled.address()));
        stalled.open();
        assert_eq!(puppet.answer(), "ok", "{host:?}");
        assert_eq!(puppet.ok("peer c"), stalled.address().to_string());
        puppet.finish().expect_success();
    }
}

#[test]
fn a_program_that_spins_on_recvfrom_gets_its_datagram() {
    for host in Host::BOTH {
        let sender = UdpSocket::bind("127.0.0.1:0").expect("loopback has ports");
        let from = sender.local_addr().expect("it is bound");
        let mut puppet = Puppet::on(host);
        puppet.ok("udp d v4");
        puppet.ok("bind d 127.0.0.1:0");
        let address = puppet.ok("name d");
        puppet.tell("spin-recvfrom d");
        sender.send_to(b"hello", &address).expect("it is sent");
        assert_eq!(puppet.answer(), format!("ok {from} hello"), "{host:?}");
        puppet.finish().expect_success();
    }
}

/// Sending, with the peer reading: room is seen without waiting for it.
#[test]
fn a_program_that_spins_on_send_gets_everything_through() {
    for host in Host::BOTH {
        let listener = Listener::v4();
        let mut puppet = Puppet::on(host);
        puppet.ok(&format!("connect c {}", listener.address()));
        let mut peer = listener.accept();
        puppet.tell("spin-send c 8000000");
        puppet.tell("shutdown c");
        assert_eq!(peer.drain(), 8_000_000, "{host:?}");
        assert_eq!(puppet.answer(), "ok", "{host:?}");
        assert_eq!(puppet.answer(), "ok", "{host:?}");
        puppet.finish().expect_success();
    }
}

/// In many small pieces: some hosts hand out a number of operations, and then wait for the guest to wait.
#[test]
fn a_program_that_spins_on_recv_gets_every_piece() {
    for host in Host::BOTH {
        let listener = Listener::v4();
        let mut puppet = Puppet::on(host);
        puppet.ok(&format!("connect c {}", listener.address()));
        let mut peer = listener.accept();
        for _ in 0..1000 {
            puppet.tell("spin c 10");
            peer.send(10);
            assert_eq!(puppet.answer(), "ok", "{host:?}");
        }
        puppet.tell("spin c 200000");
        for _ in 0..2000 {
            peer.send(100);
        }
        assert_eq!(puppet.answer(), "ok", "{host:?}");
        puppet.finish().expect_success();
    }
}
