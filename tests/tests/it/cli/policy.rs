//! Rules on the command line, and what is said when they refuse.

use std::net::SocketAddr;

use crate::support::host::run_wasock;
use crate::support::peer::{Listener, Peer};
use crate::support::puppet::Puppet;

#[test]
fn a_mistake_in_a_rule_is_marked() {
    for (option, rule, message) in [
        (
            "--allow-outbound",
            "example.com:443",
            "expected tcp:// or udp://, but found \"example.com:443\"; \
             did you mean tcp://example.com:443?\n  \
             example.com:443\n  \
             ^^^^^^^^^^^^^^^\n",
        ),
        (
            "--deny-inbound",
            "tcp://127.0.0.1:70000",
            "ports are 0 to 65535, but found 70000\n  \
             tcp://127.0.0.1:70000\n  \
             \u{20}               ^^^^^\n",
        ),
        (
            "--deny-outbound",
            "tcp://10.0.0.1/8:443",
            "expected the address of the network (write 10.0.0.0/8), but found \"10.0.0.1/8\"",
        ),
    ] {
        let ended = run_wasock(["run", option, rule, "app.wasm"]);
        assert_eq!(ended.code(), Some(2), "{ended:?}");
        assert_eq!(ended.stdout, "", "{ended:?}");
        assert!(ended.stderr.contains(message), "{}", ended.stderr);
        assert!(ended.stderr.contains(option), "{}", ended.stderr);
    }
}

#[test]
fn a_denial_is_two_lines_and_the_second_allows_it() {
    for listener in [Listener::v4(), Listener::v6()] {
        let address = listener.address();
        let connect = format!("connect c {address}");
        let mut puppet = Puppet::under([]);
        assert_eq!(puppet.ask(&connect), "error eacces");
        let ended = puppet.finish().expect_success();
        let (denial, hint) = ended.stderr.split_once('\n').expect("two lines");
        assert_eq!(denial, format!("denied: outbound tcp {address} (no rule)"));
        let option = hint.trim_end().strip_prefix("  allow it with: ");
        let option = option.unwrap_or_else(|| panic!("{hint}"));
        assert_eq!(option, format!("--allow-outbound tcp://{address}"));

        let mut puppet = Puppet::under(option.split(' '));
        puppet.ok(&connect);
        assert_eq!(puppet.finish().expect_success().stderr, "");
    }
}

#[test]
fn a_server_that_is_denied_is_told_how_to_be_allowed() {
    for (address, family) in [("127.0.0.1:0", "v4"), ("[::1]:0", "v6")] {
        let create = format!("create l {family}");
        let bind = format!("bind l {address}");
        let mut puppet = Puppet::under([]);
        puppet.ok(&create);
        assert_eq!(puppet.ask(&bind), "error eacces");
        let ended = puppet.finish().expect_success();
        assert_eq!(
            ended.stderr,
            format!(
                "denied: inbound tcp bind {address} (no rule)\n  \
                 allow it with: --allow-inbound tcp://{address}\n"
            )
        );

        let rule = format!("tcp://{address}");
        let mut puppet = Puppet::under(["--allow-inbound", &rule]);
        puppet.ok(&create);
        puppet.ok(&bind);
        let address: SocketAddr = puppet.ok("listen l").parse().expect("an address");
        let _client = Peer::connect(address);
        puppet.ok("accept l s");
        assert_eq!(puppet.finish().expect_success().stderr, "");
    }
}

#[test]
fn a_grant_reaches_what_it_names_and_nothing_beside_it() {
    let (granted, other) = (Listener::v4(), Listener::v4());
    let v6 = Listener::v6();
    let rule = format!("tcp://{}", granted.address());
    let mut puppet = Puppet::under(["--allow-outbound", &rule]);
    puppet.ok(&format!("connect a {}", granted.address()));
    for address in [other.address(), v6.address()] {
        let name = if address.is_ipv4() { "b" } else { "c" };
        assert_eq!(
            puppet.ask(&format!("connect {name} {address}")),
            "error eacces"
        );
    }
    puppet.finish().expect_success();
}

/// An address of this machine has to be meant: a rule for any address is about the world outside.
#[test]
fn any_does_not_reach_this_machine() {
    let listener = Listener::v4();
    let mut puppet = Puppet::under(["--allow-outbound", "tcp://any:any"]);
    let connect = format!("connect c {}", listener.address());
    assert_eq!(puppet.ask(&connect), "error eacces");
    puppet.finish().expect_success();
}

#[test]
fn a_deny_rule_beats_every_grant() {
    for listener in [Listener::v4(), Listener::v6()] {
        let address = listener.address();
        let (grant, denial) = (
            format!("tcp://{address}"),
            format!("tcp://{}:any", host(address)),
        );
        for order in [
            ["--allow-outbound", &grant, "--deny-outbound", &denial],
            ["--deny-outbound", &denial, "--allow-outbound", &grant],
        ] {
            let mut puppet = Puppet::under(order);
            assert_eq!(puppet.ask(&format!("connect c {address}")), "error eacces");
            let ended = puppet.finish().expect_success();
            assert!(
                ended
                    .stderr
                    .contains("a deny rule wins over every allow rule"),
                "{ended:?}"
            );
            assert!(!ended.stderr.contains("allow it with"), "{ended:?}");
        }
    }
}

/// A peer that `#from=` leaves out meets a connection that is closed at once; the next one gets in.
#[test]
fn a_peer_that_is_not_listed_does_not_get_in() {
    let rule = "tcp://127.0.0.1:0#from=127.0.0.2";
    let mut puppet = Puppet::under(["--allow-inbound", rule]);
    let address = puppet.listen("l");
    puppet.tell("accept l s");
    Peer::connect(address).expect_refusal();

    let ended = puppet.end_by("TERM");
    assert!(
        ended.stderr.contains("#from= leaves this peer out"),
        "{ended:?}"
    );
}

/// The host is asked for the names below `localhost`, so that they are pinned and mapped as others are.
#[test]
fn names_below_localhost_are_this_machine_under_the_policy() {
    let listener = Listener::v4();
    let address = listener.address();
    let rule = format!("tcp://app.localhost:{}#to=127.0.0.1", address.port());
    let mut puppet = Puppet::under(["--allow-outbound", &rule]);
    assert_eq!(puppet.ask("resolve other.localhost"), "error eai-fail");
    assert_eq!(puppet.ok("resolve app.localhost"), "127.0.0.1");
    puppet.ok(&format!("connect c {address}"));
    listener.accept();
    puppet.finish().expect_success();

    let name = "app.localhost";
    let to = "127.0.0.9";
    let mapping = format!("{name}={to}");
    let options = ["--map", &mapping, "--allow-resolve", name];
    let mut puppet = Puppet::under(options);
    assert_eq!(puppet.ok("resolve app.localhost"), to);
    puppet.finish().expect_success();
    let target = "tcp://app.localhost:80";
    let checked = run_wasock(["check", "--map", &mapping, target]);
    assert_eq!(checked.code(), Some(1), "{checked:?}");
    let checked = run_wasock([&["check"], &options[..], &[target]].concat());
    assert!(
        checked
            .stdout
            .contains("answer app.localhost with 127.0.0.9"),
        "{checked:?}"
    );
}

/// `localhost` itself a component of `wasock:net` knows, and `check` tells that one from the others.
#[test]
fn localhost_needs_no_rule_for_its_addresses() {
    let mut puppet = Puppet::under([]);
    assert_eq!(puppet.ok("resolve localhost"), "::1 127.0.0.1");
    assert_eq!(puppet.finish().expect_success().stderr, "");
    let checked = run_wasock(["check", "--resolve", "localhost"]);
    assert_eq!(
        checked.stdout,
        "denied: lookup localhost (no rule)\n  \
         allow it with: --allow-resolve localhost\n  \
         a component of wasock:net asks nobody for localhost: it is told ::1 and 127.0.0.1 all the same\n"
    );
}

#[test]
fn repeated_denials_are_told_once_and_counted() {
    let listener = Listener::v4();
    let connect = format!("connect c {}", listener.address());
    let mut puppet = Puppet::under([]);
    for _ in 0..3 {
        assert_eq!(puppet.ask(&connect), "error eacces");
    }
    let ended = puppet.finish().expect_success();
    assert_eq!(
        ended.stderr.matches("allow it with").count(),
        1,
        "{ended:?}"
    );
    assert!(ended.stderr.ends_with("(no rule): 3 times\n"), "{ended:?}");
}

#[test]
fn verbose_tells_of_what_is_allowed_too() {
    let listener = Listener::v4();
    let address = listener.address();
    let rule = format!("tcp://{address}");
    let mut puppet = Puppet::under(["-v", "--allow-outbound", &rule]);
    puppet.ok(&format!("connect c {address}"));
    let ended = puppet.finish().expect_success();
    let line = format!(
        "allowed: outbound tcp {address} (--allow-outbound {rule})\n\
         closed: outbound tcp {address} (received 0 bytes; sent 0; open "
    );
    assert!(ended.stderr.starts_with(&line), "{}", ended.stderr);
}

/// The host of an address as rules write it.
fn host(address: SocketAddr) -> String {
    match address {
        SocketAddr::V4(address) => address.ip().to_string(),
        SocketAddr::V6(address) => format!("[{}]", address.ip()),
    }
}
