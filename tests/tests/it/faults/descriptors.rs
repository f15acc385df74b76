//! No descriptor is left in the process of the host.

use std::process::Command;

use crate::support::host::{Host, wasock};
use crate::support::peer::{Listener, Peer};
use crate::support::program::Program;
use crate::support::puppet::{Puppet, limited};

use super::not_tested;

/// Enough for a host and some sockets.
const FEW: usize = 64;
/// As many as a program may have opened and dropped.
const MANY: usize = 10_000;

/// A puppet that has taken all descriptors there are.
fn exhausted(puppet: &mut Puppet) {
    let answer = puppet.ok(&format!("hoard tcp {FEW}"));
    let (made, error) = answer.split_once(' ').expect("not that many");
    let made: usize = made.parse().expect("a number");
    assert!((10..FEW).contains(&made), "{answer}");
    assert_eq!(error, "emfile");
}

#[test]
fn a_socket_more_is_emfile_and_the_program_goes_on() {
    for host in Host::BOTH {
        let listener = Listener::v4();
        let mut puppet = Puppet::with_descriptors(host, FEW);
        puppet.ok(&format!("connect c {}", listener.address()));
        let mut peer = listener.accept();
        exhausted(&mut puppet);

        assert_eq!(puppet.ok("hoard udp 1"), "0 emfile", "{host:?}");
        assert_eq!(puppet.ask("create s v6"), "error emfile", "{host:?}");
        puppet.tell("sendall c 100000");
        peer.expect(100_000);
        assert_eq!(puppet.answer(), "ok", "{host:?}");

        puppet.ok("release 2");
        puppet.ok("create s v6");
        puppet.ok("udp d v4");
        assert_eq!(puppet.ask("create t v4"), "error emfile", "{host:?}");
        puppet.finish().expect_success();
    }
}

/// The connection stays in the queue of the system; nobody loses it.
#[test]
fn a_connection_waits_until_there_is_a_descriptor_for_it() {
    for host in Host::BOTH {
        let mut puppet = Puppet::with_descriptors(host, FEW);
        let address = puppet.listen("l");
        exhausted(&mut puppet);
        let mut clients = [Peer::connect(address), Peer::connect(address)];
        for client in &mut clients {
            client.send(6);
            client.shutdown();
        }

        for _ in 0..3 {
            assert_eq!(puppet.ask("accept l s"), "error emfile", "{host:?}");
        }
        for _ in &clients {
            puppet.ok("release 1");
            puppet.ok("accept l s");
            assert_eq!(puppet.ok("drain s"), "6", "{host:?}");
            puppet.ok("close s");
            exhausted_again(&mut puppet);
        }
        puppet.finish().expect_success();
    }
}

/// Takes the descriptor that has become free.
fn exhausted_again(puppet: &mut Puppet) {
    assert_eq!(puppet.ok("hoard tcp 2"), "1 emfile");
}

/// An attempt that was refused has used its socket up: another attempt needs another.
#[test]
fn a_socket_that_was_refused_needs_a_descriptor_to_try_again() {
    for host in Host::BOTH {
        let listener = Listener::v4();
        let mut puppet = Puppet::with_descriptors(host, FEW);
        let nobody = puppet.listen("l");
        puppet.ok("close l");
        let refused = puppet.ask(&format!("connect c {nobody}"));
        assert_eq!(refused, "error econnrefused", "{host:?}");
        exhausted(&mut puppet);

        let connect = format!("connect c {}", listener.address());
        assert_eq!(puppet.ask(&connect), "error emfile", "{host:?}");
        puppet.ok("release 1");
        puppet.ok(&connect);
        let mut peer = listener.accept();
        puppet.ok("sendall c 10");
        peer.expect(10);
        puppet.finish().expect_success();
    }
}

#[test]
fn ten_thousand_sockets_that_are_dropped_leave_no_descriptor() {
    for host in Host::BOTH {
        let mut puppet = Puppet::with_descriptors(host, FEW);
        puppet.ok("waste tcp 1");
        puppet.ok("waste udp 1");
        let before = puppet.descriptors();
        for kind in ["tcp", "udp"] {
            puppet.ok(&format!("waste {kind} {MANY}"));
            assert_eq!(puppet.descriptors(), before, "{host:?} {kind}");
        }
        puppet.finish().expect_success();
    }
}

/// All at once, and the program ends with them or without.
#[test]
fn ten_thousand_sockets_at_once_go_with_the_program() {
    let limit = (MANY + FEW).to_string();
    let allowed = limited(&Command::new("true"), &limit).status();
    if !allowed.is_ok_and(|status| status.success()) {
        let why = format!("no process may have {limit} descriptors");
        return not_tested("ten_thousand_sockets_at_once_go_with_the_program", &why);
    }
    for host in Host::BOTH {
        for exit in [true, false] {
            let mut puppet = Puppet::with_descriptors(host, MANY + FEW);
            assert_eq!(puppet.ok("hoard tcp 5000"), "5000", "{host:?}");
            assert_eq!(puppet.ok("hoard udp 5000"), "5000", "{host:?}");
            if exit {
                puppet.exit().expect_success();
            } else {
                puppet.finish().expect_success();
            }
        }
    }
}

/// A host that cannot even start says so.
#[test]
fn a_host_without_descriptors_says_so() {
    for limit in 8..20 {
        let command = wasock(["run", wasock_tests::artifacts::WASI_PROGRAM, "args"]);
        let ended = Program::start(&mut limited(&command, &limit.to_string())).finish();
        match ended.code() {
            Some(0) => {}
            Some(1) => assert!(ended.stderr.contains("Too many open files"), "{ended:?}"),
            _ => panic!("with {limit} descriptors: {ended:?}"),
        }
    }
}
