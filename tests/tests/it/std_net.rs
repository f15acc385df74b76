//! Programs over `std::net` that know nothing of wasock, under the policy.
//!
//! Their component needs a toolchain with the standard library for WebAssembly. Where there is none, these tests
//! are shown as ignored, with the reason.

#![cfg_attr(
    not(std_guests),
    allow(dead_code, unused_imports, reason = "nothing to run")
)]

use std::io::{Read, Write};

use crate::support::host::{run_wasock, wasock, wasock_connecting_to};
use crate::support::peer::{Listener, Peer};
use crate::support::program::{Ended, Program};

#[cfg(std_guests)]
use wasock_tests::artifacts::STD_PROGRAM;
#[cfg(not(std_guests))]
const STD_PROGRAM: &str = "it was not built";

#[test]
#[cfg_attr(not(std_guests), ignore = "needs std: rustup target add wasm32-wasip2")]
fn a_client_is_refused_without_a_grant() {
    for listener in [Listener::v4(), Listener::v6()] {
        let address = listener.address();
        let ended = run_wasock(["run", STD_PROGRAM, "client", &address.to_string(), "hello"]);
        check_refusal(
            &ended,
            &format!(
                "denied: outbound tcp {address} (no rule)\n  \
                 allow it with: --allow-outbound tcp://{address}\n"
            ),
        );
    }
}

#[test]
#[cfg_attr(not(std_guests), ignore = "needs std: rustup target add wasm32-wasip2")]
fn a_client_works_with_a_grant() {
    for listener in [Listener::v4(), Listener::v6()] {
        let address = listener.address();
        let mut command = wasock_connecting_to(address, STD_PROGRAM);
        command.args(["client", &address.to_string(), "hello"]);
        let client = Program::start(&mut command);

        let peer = listener.accept();
        let mut line = [0; 6];
        peer.stream().read_exact(&mut line).expect("a line");
        assert_eq!(&line, b"hello\n");
        peer.stream().write_all(b"welcome\n").expect("it reads");
        let ended = client.finish().expect_success();
        assert_eq!((&*ended.stdout, &*ended.stderr), ("welcome\n", ""));
    }
}

#[test]
#[cfg_attr(not(std_guests), ignore = "needs std: rustup target add wasm32-wasip2")]
fn a_server_is_refused_without_a_grant() {
    let ended = run_wasock(["run", STD_PROGRAM, "server", "127.0.0.1:0"]);
    check_refusal(
        &ended,
        "denied: inbound tcp bind 127.0.0.1:0 (no rule)\n  \
         allow it with: --allow-inbound tcp://127.0.0.1:0\n",
    );
}

#[test]
#[cfg_attr(not(std_guests), ignore = "needs std: rustup target add wasm32-wasip2")]
fn a_server_works_with_a_grant() {
    let rule = ["run", "--allow-inbound", "tcp://127.0.0.1:0", STD_PROGRAM];
    let mut server = Program::start(wasock(rule).args(["server", "127.0.0.1:0"]));
    let line = server.line();
    let address = line.strip_prefix("listening on ").expect("it listens");
    let address: std::net::SocketAddr = address.parse().expect("an address");

    let mut client = Peer::connect(address);
    client.send(100_000);
    client.shutdown();
    assert_eq!(client.drain(), 100_000);
    assert_eq!(server.finish().expect_success().stderr, "");
}

#[test]
#[cfg_attr(not(std_guests), ignore = "needs std: rustup target add wasm32-wasip2")]
fn datagrams_and_names_are_refused_with_an_explanation() {
    let ended = run_wasock(["run", STD_PROGRAM, "udp", "127.0.0.1:0"]);
    assert_eq!(ended.code(), Some(1), "{ended:?}");
    for part in [
        "error: PermissionDenied",
        "denied: inbound udp bind 127.0.0.1:0 (no rule)\n  allow it with: --allow-inbound udp://127.0.0.1:0\n",
    ] {
        assert!(ended.stderr.contains(part), "{part}: {ended:?}");
    }

    let ended = run_wasock(["run", STD_PROGRAM, "lookup", "example.com:80"]);
    assert_eq!(ended.code(), Some(1), "{ended:?}");
    assert!(
        ended
            .stderr
            .contains("denied: lookup example.com (no rule)"),
        "{ended:?}"
    );
}

#[test]
#[cfg_attr(not(std_guests), ignore = "needs std: rustup target add wasm32-wasip2")]
fn a_datagram_socket_works_with_a_grant() {
    let rule = ["--allow-inbound", "udp://127.0.0.1:0"];
    let words = ["udp", "127.0.0.1:0"];
    let ended = run_wasock(
        ["run"]
            .into_iter()
            .chain(rule)
            .chain([STD_PROGRAM])
            .chain(words),
    );
    assert_eq!(ended.code(), Some(0), "{ended:?}");
    assert_eq!(ended.stdout, "bound\n", "{ended:?}");
}

#[test]
#[cfg_attr(not(std_guests), ignore = "needs std: rustup target add wasm32-wasip2")]
fn its_exit_status_is_that_of_wasock() {
    // The standard library of this target makes every failure a 1.
    for status in [0, 1] {
        let ended = run_wasock(["run", STD_PROGRAM, "exit", &status.to_string()]);
        assert_eq!(ended.code(), Some(status), "{ended:?}");
    }
}

/// It ends with the error of the standard library, and the operator reads what to allow.
#[track_caller]
fn check_refusal(ended: &Ended, denial: &str) {
    assert_eq!(ended.code(), Some(1), "{ended:?}");
    assert_eq!(ended.stdout, "", "{ended:?}");
    assert_eq!(ended.stderr, format!("{denial}error: PermissionDenied\n"));
}
