//! What is composed with the provider runs on a host that has nothing of wasock.

use std::io::{Read, Write};
use std::thread;

use wasock_conformance::peer::pattern_byte;
use wasock_tests::artifacts::{ECHO_SERVER, HTTP_GET};

use crate::support::host::{Host, run_wasock};
use crate::support::peer::{Listener, Peer};
use crate::support::program::{Program, run_with};

const LENGTH: usize = 3 << 20;

#[test]
fn the_echo_server_sends_back_megabytes() {
    for host in Host::BOTH {
        for address in ["127.0.0.1:0", "[::1]:0"] {
            let mut server = Program::start(host.command(ECHO_SERVER).arg(address));
            check_echo(&mut server);
        }
    }
}

#[test]
fn what_wasock_compose_writes_runs_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let composed = folder.path().join("composed.wasm");
    let composed = composed.to_str().expect("its name is text");
    run_wasock(["compose", ECHO_SERVER, "-o", composed]).expect_success();

    let mut server = Program::start(Host::Stock.command(composed).arg("127.0.0.1:0"));
    check_echo(&mut server);
}

/// Two clients of a server that has just started, the second after the first.
fn check_echo(server: &mut Program) {
    let line = server.line();
    let address = line.strip_prefix("listening on ").expect("it listens");
    for length in [LENGTH, 1] {
        let mut client = Peer::connect(address.parse::<std::net::SocketAddr>().expect("address"));
        let mut sender = client.clone_handle();
        thread::scope(|scope| {
            scope.spawn(move || {
                sender.send(length);
                sender.shutdown();
            });
            assert_eq!(client.drain(), length);
        });
    }
}

#[test]
fn http_get_fetches_megabytes() {
    for host in Host::BOTH {
        for listener in [Listener::v4(), Listener::v6()] {
            let address = listener.address().to_string();
            let server = thread::spawn(move || serve_page(&listener));
            let mut command = host.command(HTTP_GET);
            let (status, page) =
                run_with(command.args([format!("http://{address}/page")]), Vec::new());

            assert!(status.success(), "{host:?}");
            assert_eq!(page.len(), LENGTH, "{host:?}");
            let is_pattern = |(index, byte): (usize, &u8)| *byte == pattern_byte(index);
            assert!(page.iter().enumerate().all(is_pattern), "{host:?}");
            assert_eq!(
                server.join().expect("the server works"),
                "GET /page HTTP/1.1"
            );
        }
    }
}

/// Answers one request and returns its first line.
fn serve_page(listener: &Listener) -> String {
    let mut client = listener.accept();
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        client.stream().read_exact(&mut byte).expect("a request");
        request.extend(byte);
    }
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {LENGTH}\r\n\r\n");
    client
        .stream()
        .write_all(head.as_bytes())
        .expect("a reader");
    client.send(LENGTH);

    let request = String::from_utf8_lossy(&request);
    request.lines().next().unwrap_or_default().to_owned()
}
