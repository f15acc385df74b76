//! A peer whose machine is gone, and stays away: nobody answers, not even with a reset. In a network of its own, where an address can
//! be taken away.

use std::process::Command;

use wasock_tests::artifacts::PUPPET;

use crate::support::host::Host;
use crate::support::namespace::inside;
use crate::support::peer::{Listener, Peer};
use crate::support::program::Program;
use crate::support::puppet::Puppet;

use super::not_tested;

/// A wire that leads nowhere, with an address of ours and that of the peer, both on this machine at first.
const SET_UP: &str = "\
    ip link set lo up && \
    ip link add near type veth peer name far && \
    ip link set near arp off up && ip link set far arp off up && \
    ip addr add 192.0.2.1/24 dev near";

const PEER: &str = "192.0.2.9/24";

/// A puppet that is connected, as `c`, to a peer that does not answer any more.
fn with_a_silent_peer(host: Host) -> (Puppet, Peer) {
    address("add");
    let listener = Listener::at("192.0.2.9:0");
    let mut puppet = Puppet::started(&mut command(host));
    puppet.ok("create c v4");
    puppet.ok("bind c 192.0.2.1:0");
    puppet.ok(&format!("connect c {}", listener.address()));
    let peer = listener.accept();
    address("del");
    (puppet, peer)
}

/// Gives the machine the address of the peer, or takes it away.
fn address(verb: &str) {
    let mut ip = Command::new("ip");
    let status = ip.args(["addr", verb, PEER, "dev", "near"]).status();
    assert!(status.is_ok_and(|status| status.success()), "{verb}");
}

fn command(host: Host) -> Command {
    match host {
        Host::Ours => crate::support::host::wasock([
            "run",
            "--allow-outbound",
            "tcp://192.0.2.9:any",
            "--allow-inbound",
            "tcp://192.0.2.1:0",
            PUPPET,
        ]),
        Host::Stock => host.command(PUPPET),
    }
}

fn test(name: &str, test: impl FnOnce()) {
    // What it needs is built outside, where cargo can reach whom it wants.
    for host in Host::BOTH {
        Program::start(&mut host.command(PUPPET)).finish();
    }
    let full = format!("faults::silence::{name}");
    if let Err(missing) = inside(&full, SET_UP, test) {
        not_tested(name, &missing);
    }
}

#[test]
fn keepalive_gives_a_silent_peer_up() {
    test("keepalive_gives_a_silent_peer_up", || {
        for host in Host::BOTH {
            let (mut puppet, _peer) = with_a_silent_peer(host);
            puppet.ok("timeout c 20");
            assert_eq!(puppet.ask("recv c 1"), "error etimedout", "{host:?}");
            puppet.ok("timeout c 60000");
            puppet.ok("keepalive c");
            // This is the answer of the system; the timeout of the socket is far away.
            assert_eq!(puppet.ask("recv c 1"), "error etimedout", "{host:?}");
            assert_eq!(puppet.ok("recv c 1"), "0", "{host:?}");
            assert_eq!(puppet.ask("send c 1"), "error epipe", "{host:?}");
            puppet.finish().expect_success();
        }
    });
}

#[test]
fn what_is_sent_to_a_silent_peer_fills_the_buffers_and_patience_ends() {
    test(
        "what_is_sent_to_a_silent_peer_fills_the_buffers_and_patience_ends",
        || {
            for host in Host::BOTH {
                let (mut puppet, _peer) = with_a_silent_peer(host);
                puppet.count("fill c");
                puppet.ok("timeout c 20");
                assert_eq!(puppet.ask("send c 1"), "error etimedout", "{host:?}");
                assert_eq!(puppet.ask("sendall c 9"), "error etimedout", "{host:?}");
                assert_eq!(puppet.ask("recv c 1"), "error etimedout", "{host:?}");
                puppet.ok("close c");
                puppet.ok("churn 1");
            }
        },
    );
}
