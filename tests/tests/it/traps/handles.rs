//! Handles are dropped in any order, and in any number.

use crate::support::host::Host;
use crate::support::peer::{Listener, Stalled};
use crate::support::puppet::Puppet;

/// What is below a socket (streams, pollables) must go in an order; what a program holds need not.
#[test]
fn a_listener_and_its_connections_go_in_any_order() {
    for host in Host::BOTH {
        for order in [
            ["l", "s", "c"],
            ["s", "l", "c"],
            ["c", "s", "l"],
            ["l", "c", "s"],
        ] {
            let mut puppet = Puppet::on(host);
            let address = puppet.listen("l");
            puppet.ok(&format!("connect c {address}"));
            puppet.ok("accept l s");
            puppet.ok("sendall c 5");
            assert_eq!(puppet.ok("recv s 5"), "5");

            for name in order {
                puppet.ok(&format!("drop {name}"));
            }
            puppet.ok("churn 1");
            puppet.finish().expect_success();
        }
    }
}

#[test]
fn connections_outlive_their_listener() {
    for host in Host::BOTH {
        let mut puppet = Puppet::on(host);
        let address = puppet.listen("l");
        puppet.ok(&format!("connect c {address}"));
        puppet.ok("accept l s");
        puppet.ok("drop l");

        puppet.ok("sendall c 70000");
        puppet.ok("drop c");
        assert_eq!(puppet.ok("drain s"), "70000", "{host:?}");
        puppet.finish().expect_success();
    }
}

#[test]
fn a_listener_goes_with_connections_that_nobody_has_accepted() {
    for host in Host::BOTH {
        let mut puppet = Puppet::on(host);
        let address = puppet.listen("l");
        puppet.ok(&format!("connect c {address}"));
        puppet.ok("drop l");
        assert_eq!(puppet.ask("recv c 1"), "error econnreset", "{host:?}");
        puppet.finish().expect_success();
    }
}

/// Before it is connected a socket has no streams.
#[test]
fn a_socket_goes_in_every_state() {
    for host in Host::BOTH {
        let mut puppet = Puppet::on(host);
        let states: [&[&str]; 5] = [
            &["create x v4"],
            &["create x v4", "bind x 127.0.0.1:0"],
            &["create x v4", "bind x 127.0.0.1:0", "listen x"],
            &["create x v6", "close x"],
            &["create x v4", "close x", "close x"],
        ];
        for state in states {
            for command in state {
                puppet.ok(command);
            }
            puppet.ok("drop x");
        }
        puppet.finish().expect_success();
    }
}

/// While a socket connects, the layer below works on it.
#[test]
fn a_socket_that_is_connecting_goes_too() {
    let stalled = Stalled::v4();
    let connect = format!("connect x {}", stalled.address());
    for host in Host::BOTH {
        for end in ["drop x", "close x", "exit", ""] {
            let mut puppet = Puppet::on(host);
            puppet.ok("create x v4");
            puppet.ok("non-blocking x");
            assert_eq!(puppet.ask(&connect), "error einprogress", "{host:?}");
            assert_eq!(puppet.ask(&connect), "error ealready", "{host:?}");
            match end {
                "exit" => puppet.tell(end),
                "" => {}
                end => {
                    puppet.ok(end);
                    puppet.ok("churn 1");
                }
            }
            puppet.finish().expect_success();
        }
    }
}

/// The end of the program takes whatever there is.
#[test]
fn a_program_ends_with_sockets_in_every_state() {
    for host in Host::BOTH {
        for exit in [true, false] {
            let listener = Listener::v4();
            let mut puppet = Puppet::on(host);
            puppet.ok("create a v4");
            let address = puppet.listen("b");
            puppet.ok(&format!("connect c {address}"));
            puppet.ok("accept b d");
            puppet.ok(&format!("connect e {address}"));
            puppet.ok(&format!("connect f {}", listener.address()));
            puppet.ok("sendall f 1000");

            if exit {
                puppet.exit().expect_success();
            } else {
                puppet.finish().expect_success();
            }
            assert_eq!(listener.accept().drain(), 1000, "{host:?}");
        }
    }
}

#[test]
fn thousands_of_sockets_leave_nothing_behind() {
    for host in Host::BOTH {
        let mut puppet = Puppet::on(host);
        // More than a process may have open at a time, in most places.
        puppet.ok("churn 5000");
        puppet.finish().expect_success();
    }
}

#[test]
fn hundreds_of_connections_leave_nothing_behind() {
    for host in Host::BOTH {
        let listener = Listener::v4();
        let mut puppet = Puppet::on(host);
        for _ in 0..300 {
            puppet.ok(&format!("connect c {}", listener.address()));
            let mut peer = listener.accept();
            puppet.ok("sendall c 10");
            puppet.ok("drop c");
            assert_eq!(peer.drain(), 10);
        }
        puppet.finish().expect_success();
    }
}
