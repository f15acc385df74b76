//! How a component ends is how `wasock` ends.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::Command;

use wasock_tests::artifacts::WASI_PROGRAM;

use crate::support::host::{run_wasock, wasock};
use crate::support::peer::Peer;
use crate::support::program::Program;
use crate::support::puppet::Puppet;

const SIGNALS: [(&str, i32); 2] = [("INT", 2), ("TERM", 15)];

#[test]
fn the_exit_status_is_that_of_the_component() {
    for (words, status) in [
        (&["exit", "0"][..], 0),
        (&["exit", "1"], 1),
        (&["exit", "42"], 42),
        (&["exit", "255"], 255),
        (&["args"], 0),
        (&["fail"], 1),
    ] {
        let arguments = ["run", WASI_PROGRAM].into_iter();
        let ended = run_wasock(arguments.chain(words.iter().copied()));
        assert_eq!(ended.code(), Some(status), "{words:?}: {ended:?}");
    }
}

#[test]
fn a_trap_has_a_status_of_its_own() {
    let ended = run_wasock(["run", WASI_PROGRAM, "trap"]);
    assert_eq!(ended.code(), Some(134), "{ended:?}");
    assert!(
        ended.stderr.starts_with("error: the component trapped\n"),
        "{ended:?}"
    );
    assert!(ended.stderr.contains("unreachable"), "{ended:?}");
}

#[test]
fn a_signal_ends_a_component_that_computes() {
    for (name, number) in SIGNALS {
        let mut command = hearing(&mut wasock(["run", WASI_PROGRAM, "spin"]));
        let mut program = Program::start(&mut command);
        assert_eq!(program.line(), "spinning");
        program.signal(name);
        program.outlast();
        assert_eq!(program.finish().status.signal(), Some(number), "{name}");
    }
}

#[test]
fn a_signal_ends_a_component_that_waits_for_a_connection() {
    for (name, number) in SIGNALS {
        let mut command = wasock(["run", "--allow-inbound", "tcp://127.0.0.1:0"]);
        command
            .arg(wasock_tests::artifacts::ECHO_SERVER)
            .arg("127.0.0.1:0");
        let mut server = Program::start(&mut hearing(&mut command));
        let line = server.line();
        // After a first client it waits for the next, whatever it did before.
        let address = line.strip_prefix("listening on ").expect("it listens");
        let mut client = Peer::connect(address.parse::<std::net::SocketAddr>().expect("address"));
        client.shutdown();
        assert_eq!(client.drain(), 0);

        server.signal(name);
        server.outlast();
        assert_eq!(server.finish().status.signal(), Some(number), "{name}");
    }
}

/// What was counted so far is told before the end.
#[test]
fn a_signal_lets_the_summary_be_said() {
    let mut puppet = Puppet::under([]);
    for _ in 0..2 {
        assert_eq!(puppet.ask("connect c 127.0.0.1:1"), "error eacces");
    }
    let ended = puppet.end_by("TERM");
    assert_eq!(ended.status.signal(), Some(15), "{ended:?}");
    assert!(ended.stderr.ends_with("(no rule): 2 times\n"), "{ended:?}");
}

/// The command in a process that hears Ctrl-C. Shells start background jobs deaf to it, tests too, and
/// `wasock` stays as it was started.
fn hearing(command: &mut Command) -> Command {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .is_some_and(|mask| mask & 2 != 0);
    let mut hearing = if ignored {
        let mut env = Command::new("env");
        env.arg("--default-signal=INT").arg(command.get_program());
        env
    } else {
        Command::new(command.get_program())
    };
    hearing.args(command.get_args());
    hearing
}
