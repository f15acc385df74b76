//! Connections that are gone before they are accepted.

use crate::support::host::Host;
use crate::support::peer::Peer;
use crate::support::puppet::Puppet;

/// Such a connection has no peer any more, which no host expects to be asked about.
#[test]
fn a_connection_that_was_reset_is_passed_over() {
    for host in Host::BOTH {
        let mut puppet = Puppet::on(host);
        let address = puppet.listen("l");
        for _ in 0..3 {
            Peer::connect(address).reset();
        }
        let mut client = Peer::connect(address);
        client.send(6);
        client.shutdown();

        puppet.ok("accept l s");
        assert_eq!(puppet.ok("drain s"), "6", "{host:?}");
        puppet.finish().expect_success();
    }
}

#[test]
fn a_connection_that_was_reset_while_accept_waits_does_not_end_the_waiting() {
    for host in Host::BOTH {
        let mut puppet = Puppet::on(host);
        let address = puppet.listen("l");
        puppet.tell("accept l s");
        Peer::connect(address).reset();
        let mut client = Peer::connect(address);
        client.send(6);
        client.shutdown();

        // Whether accept took the first one is a matter of who was faster.
        assert_eq!(puppet.answer(), "ok", "{host:?}");
        if puppet.ask("recv s 6") != "ok 6" {
            puppet.ok("accept l s");
            assert_eq!(puppet.ok("drain s"), "6", "{host:?}");
        }
        puppet.finish().expect_success();
    }
}

/// What a peer has sent before it left is there to be read.
#[test]
fn a_connection_that_was_ended_before_accept_still_has_its_data() {
    for host in Host::BOTH {
        let mut puppet = Puppet::on(host);
        let address = puppet.listen("l");
        let mut client = Peer::connect(address);
        client.send(6);
        drop(client);

        puppet.ok("accept l s");
        assert_eq!(puppet.ok("drain s"), "6", "{host:?}");
        puppet.finish().expect_success();
    }
}
