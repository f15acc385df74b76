//! What is refused is an answer, whatever calls the program makes next.

use wasock_tests::artifacts::WASI_PROGRAM;

use crate::support::host::{Host, run_wasock};
use crate::support::peer::Listener;
use crate::support::program::Program;
use crate::support::puppet::Puppet;

/// A host may refuse at the start of an attempt or at its end, and programs may ask for the end at once.
#[test]
fn asking_for_the_end_of_a_refused_attempt_is_no_trap() {
    let listener = Listener::v4();
    let address = listener.address().to_string();

    for (host, answers) in [
        (
            Host::Ours,
            "start: access-denied\nfinish: not-in-progress\n",
        ),
        (Host::Stock, "start: ok\nfinish: access-denied\n"),
    ] {
        let mut command = host.denying_command(WASI_PROGRAM);
        command.args(["connect", &address]);
        let ended = Program::start(&mut command).finish().expect_success();
        assert_eq!(ended.stdout, answers, "{host:?}");
    }
}

/// On such a host the refusal comes when the attempt is looked at, and uses up the socket below.
#[test]
fn a_refusal_that_comes_late_is_the_same_to_a_program() {
    let listener = Listener::v4();
    let connect = format!("connect c {}", listener.address());
    for host in Host::BOTH {
        let mut puppet = Puppet::on_denying(host);
        for _ in 0..3 {
            assert_eq!(puppet.ask(&connect), "error eacces", "{host:?}");
        }
        puppet.ok("create l v4");
        assert_eq!(puppet.ask("bind l 127.0.0.1:0"), "error eacces", "{host:?}");
        puppet.finish().expect_success();
    }
}

#[test]
fn a_lookup_without_a_rule_is_refused_with_an_explanation() {
    let ended = run_wasock(["run", WASI_PROGRAM, "lookup", "example.com"]);
    assert_eq!(ended.code(), Some(1), "{ended:?}");
    assert_eq!(ended.stdout, "", "{ended:?}");
    for part in [
        "error: permanent-resolver-failure",
        "denied: lookup example.com (no rule)\n  allow it with: --allow-resolve example.com\n",
    ] {
        assert!(ended.stderr.contains(part), "{part}: {ended:?}");
    }
}

#[test]
fn what_asks_nobody_and_sends_nothing_needs_no_rule() {
    for (words, expected) in [
        (&["udp"][..], "made\n"),
        (&["lookup", "127.0.0.1"], "127.0.0.1\n"),
    ] {
        let ended = run_wasock(["run", WASI_PROGRAM].iter().chain(words).copied());
        assert_eq!(ended.code(), Some(0), "{ended:?}");
        assert_eq!(ended.stdout, expected, "{ended:?}");
        assert_eq!(ended.stderr, "", "{ended:?}");
    }
}
