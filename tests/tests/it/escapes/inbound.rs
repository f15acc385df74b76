//! Being reached where nobody was let in.

use std::io::Read;
use std::net::{SocketAddr, TcpStream};

use rustix::net::{AddressFamily, SocketType, bind, connect, socket};

use super::Prisoner;

/// Connects to `server` from `source`.
fn connect_from(source: &str, server: SocketAddr) -> TcpStream {
    let source: SocketAddr = format!("{source}:0").parse().expect("an address");
    let socket = socket(AddressFamily::INET, SocketType::STREAM, None).expect("a socket");
    bind(&socket, &source).expect("loopback has addresses");
    connect(&socket, &server).expect("it listens");
    socket.into()
}

#[test]
fn an_implicit_bind_is_no_way_to_listen() {
    let mut prisoner = Prisoner::under(["--allow-inbound", "tcp://127.0.0.1:0"]);
    prisoner.does("create sly v4");
    prisoner.tries(
        "listen sly",
        "eacces",
        "denied: inbound tcp listen 0.0.0.0:",
    );
    prisoner.does("create bold v4");
    prisoner.does("bind bold 0.0.0.0:0");
    prisoner.tries(
        "listen bold",
        "eacces",
        "denied: inbound tcp listen 0.0.0.0:",
    );

    prisoner.does("create honest v4");
    prisoner.does("bind honest 127.0.0.1:0");
    let server: SocketAddr = prisoner.does("listen honest").parse().expect("an address");
    let _client = TcpStream::connect(server).expect("it listens");
    prisoner.does("accept honest connection");
    prisoner.ends();
}

#[test]
fn a_rule_for_an_ephemeral_port_is_none_for_a_port_of_choice() {
    let mut prisoner = Prisoner::under(["--allow-inbound", "tcp://127.0.0.1:0"]);
    prisoner.does("create s v4");
    let denial = "denied: inbound tcp bind 127.0.0.1:7 (no rule)";
    prisoner.tries("bind s 127.0.0.1:7", "eacces", denial);
    let denial = "denied: inbound tcp bind 0.0.0.0:7 (no rule)";
    prisoner.tries("bind s 0.0.0.0:7", "eacces", denial);
    prisoner.does("bind s 127.0.0.1:0");
    prisoner.does("listen s");
    prisoner.ends();
}

#[test]
fn a_peer_that_is_not_let_in_is_never_seen() {
    let rule = "tcp://127.0.0.1:0#from=127.0.0.3";
    let mut prisoner = Prisoner::under(["--allow-inbound", rule]);
    prisoner.does("create s v4");
    prisoner.does("bind s 127.0.0.1:0");
    let server: SocketAddr = prisoner.does("listen s").parse().expect("an address");

    let mut stranger = connect_from("127.0.0.2", server);
    let friend = connect_from("127.0.0.3", server);
    prisoner.does("accept s connection");
    let peer = friend.local_addr().expect("it is connected");
    assert_eq!(prisoner.does("peer connection"), peer.to_string());
    // It gets an end or a reset, and never a byte.
    assert!(matches!(stranger.read(&mut [0; 1]), Ok(0) | Err(_)));
    prisoner.reports.push("from 127.0.0.2:".to_owned());
    prisoner.ends();
}
