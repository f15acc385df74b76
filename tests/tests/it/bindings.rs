//! What the Rust bindings build above the interface.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use wasock_tests::artifacts::BINDINGS_PROGRAM;

use crate::support::host::{Host, run_wasock, wasock};
use crate::support::peer::Listener;
use crate::support::program::Program;

/// The rules that its documentation names.
const PAIR: [&str; 5] = [
    "run",
    "--allow-inbound",
    "tcp://127.0.0.1:0",
    "--allow-outbound",
    "tcp://127.0.0.1:any",
];

#[test]
fn a_socketpair_needs_the_rules_that_it_names_and_no_others() {
    Program::start(wasock(PAIR).args([BINDINGS_PROGRAM, "pair"]))
        .finish()
        .expect_success();
    let refused = run_wasock(["run", BINDINGS_PROGRAM, "pair"]);
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    assert!(
        refused.stderr.contains("--allow-inbound tcp://127.0.0.1:0"),
        "{refused:?}"
    );
}

/// A client that may not come in is told, and does not wait for itself.
#[test]
fn a_socketpair_whose_client_is_turned_away_is_an_error() {
    let rules = [
        "--allow-inbound",
        "tcp://127.0.0.1:0#from=10.0.0.0/8",
        "--allow-outbound",
        "tcp://127.0.0.1:any",
    ];
    let mut command = wasock(["run"]);
    let ended = Program::start(command.args(rules).args([BINDINGS_PROGRAM, "pair"])).finish();
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    for part in ["#from= leaves this peer out", "(ECONNABORTED)"] {
        assert!(ended.stderr.contains(part), "{ended:?}");
    }
}

#[test]
fn the_calls_of_the_bindings_hold_on_both_hosts() {
    for host in Host::BOTH {
        for call in ["pair", "clones", "lines", "options", "snippets"] {
            let mut command = host.command(BINDINGS_PROGRAM);
            Program::start(command.arg(call)).finish().expect_success();
        }
    }
}

#[test]
fn several_buffers_are_sent_and_filled_as_one() {
    let mut command = wasock(PAIR);
    for option in ["--allow-inbound", "--allow-outbound"] {
        command.args([option, "udp://127.0.0.1:any"]);
    }
    Program::start(command.args([BINDINGS_PROGRAM, "pieces"]))
        .finish()
        .expect_success();
}

#[test]
fn create_connection_keeps_its_source_and_timeout() {
    let listener = Listener::v4();
    let port = listener.address().port().to_string();
    let mut command = wasock(["run", "--allow-outbound"]);
    command.arg(format!("tcp://localhost:{port}"));
    command.args(["--allow-inbound", "tcp://127.0.0.1:0", BINDINGS_PROGRAM]);
    let client = Program::start(command.args(["connect", "localhost", &port]));

    let peer = listener.accept();
    assert_eq!(
        peer.stream().peer_addr().unwrap().ip().to_string(),
        "127.0.0.1"
    );
    peer.stream().write_all(b"welcome").expect("it reads");
    drop(peer);
    assert_eq!(client.finish().expect_success().stdout, "welcome\n");
}

#[test]
fn create_server_serves() {
    let mut command = wasock(["run", "--allow-inbound", "tcp://127.0.0.1:0"]);
    let mut server = Program::start(command.args([BINDINGS_PROGRAM, "serve"]));
    let address: SocketAddr = server.line().parse().expect("an address");
    let mut stream = TcpStream::connect(address).expect("it listens");
    let mut said = String::new();
    stream.read_to_string(&mut said).expect("it ends");
    assert_eq!(said, "served");
    server.finish().expect_success();
}
