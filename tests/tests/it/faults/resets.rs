//! A reset before there is a connection. After that: `traps::accept` and `traps::resets`.

use crate::support::host::Host;
use crate::support::peer::Stalled;
use crate::support::puppet::Puppet;

/// The listening socket goes while an attempt waits for it: the attempt is refused when it asks again.
#[test]
fn in_the_handshake() {
    for host in Host::BOTH {
        let stalled = Stalled::v4();
        let mut puppet = Puppet::on(host);
        let connect = format!("connect c {}", stalled.address());
        puppet.ok("create c v4");
        puppet.ok("timeout c 20");
        assert_eq!(puppet.ask(&connect), "error etimedout", "{host:?}");

        drop(stalled);
        puppet.ok("timeout c 60000");
        assert_eq!(puppet.ask(&connect), "error econnrefused", "{host:?}");
        assert_eq!(puppet.ask("recv c 1"), "error enotconn", "{host:?}");
        assert_eq!(puppet.ask(&connect), "error econnrefused", "{host:?}");
        puppet.finish().expect_success();
    }
}
