//! The examples, each under exactly the policy that it needs, and refused with a rule less.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream, UdpSocket};
use std::process::{Child, ChildStdout, Stdio};
use std::time::Duration;

use crate::cli::{Output, wasock, wasock_command};
use crate::guests::example;
use crate::server::{Server, echo, http_server};
use crate::zone::Zone;

const LIMIT: Option<Duration> = Some(Duration::from_secs(20));

/// An example that listens.
pub(crate) struct Listening {
    guest: Child,
    address: SocketAddr,
    _stdout: BufReader<ChildStdout>,
}

impl Listening {
    /// `wasock run RULES APP ARGUMENTS`.
    pub(crate) fn start(rules: &[&str], app: &str, arguments: &[&str]) -> Self {
        let mut guest = wasock_command()
            .arg("run")
            .args(rules)
            .arg(example(app))
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(guest.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on ").unwrap();
        Self {
            address: address.parse().unwrap(),
            guest,
            _stdout: stdout,
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(LIMIT).unwrap();
        stream
    }

    /// End it; returns what it and its host had to say.
    pub(crate) fn end(mut self) -> String {
        self.guest.kill().unwrap();
        let output = self.guest.wait_with_output().unwrap();
        String::from_utf8(output.stderr).unwrap()
    }
}

/// It has ended with an error, and what would allow it is told.
#[track_caller]
fn check_refused(output: &Output, allow: &str) {
    assert_eq!(output.status, Some(1), "{}", output.stderr);
    assert_eq!(output.stdout, "");
    let allow = format!("\n  allow it with: {allow}\n");
    assert!(output.stderr.contains(&allow), "{}", output.stderr);
}

fn line(reader: &mut impl BufRead) -> String {
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    line
}

#[test]
fn the_echo_server_serves_one_client_after_another() {
    let arguments = ["127.0.0.1:0"];
    let app = example("echo-server").to_str().unwrap();
    let rule = ["--allow-inbound", "tcp://127.0.0.1:0"];
    check_refused(&wasock(["run", app, arguments[0]]), &rule.join(" "));

    let server = Listening::start(&rule, "echo-server", &arguments);
    for length in [1, 100_000] {
        let stream = server.connect();
        let bytes = vec![7; length];
        let mut echo = Vec::new();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                (&stream).write_all(&bytes).unwrap();
                stream.shutdown(Shutdown::Write).unwrap();
            });
            (&stream).read_to_end(&mut echo).unwrap();
        });
        assert!(echo == bytes, "{} of {length}", echo.len());
    }
    let said = server.end();
    assert!(!said.contains("denied"), "{said}");
}

#[test]
fn the_port_forwarder_passes_on_many_connections_at_once() {
    const CONNECTIONS: usize = 50;

    let target = Server::start("127.0.0.1:0");
    let inbound = ["--allow-inbound", "tcp://127.0.0.1:0"];
    let (rule, to) = (target.rule(), target.address.to_string());
    let outbound = ["--allow-outbound", &*rule];
    let arguments = ["127.0.0.1:0", &*to];

    let app = example("port-forward").to_str().unwrap();
    let refused = wasock([&["run"], &outbound[..], &[app], &arguments].concat());
    check_refused(&refused, &inbound.join(" "));

    // Without the other rule it listens, and every connection comes to nothing.
    let forwarder = Listening::start(&inbound, "port-forward", &arguments);
    let mut nothing = Vec::new();
    _ = forwarder.connect().read_to_end(&mut nothing);
    assert!(nothing.is_empty());
    let said = forwarder.end();
    let denial = format!("denied: outbound tcp {to} (no rule)\n  allow it with: --allow-outbound");
    assert!(said.contains(&denial), "{said}");
    assert_eq!(target.connections(), 0);

    let rules = [inbound, outbound].concat();
    let forwarder = Listening::start(&rules, "port-forward", &arguments);
    let mut clients: Vec<_> = (0..CONNECTIONS)
        .map(|_| BufReader::new(forwarder.connect()))
        .collect();
    for round in 0..2 {
        for (number, client) in clients.iter_mut().enumerate() {
            writeln!(client.get_mut(), "{number} {round}").unwrap();
        }
        for (number, client) in clients.iter_mut().enumerate() {
            assert_eq!(line(client), format!("echo {number} {round}\n"));
        }
    }
    // The end of one side is passed on, and then that of the other.
    for client in &mut clients {
        client.get_ref().shutdown(Shutdown::Write).unwrap();
        assert_eq!(line(client), "");
    }
    assert_eq!(target.connections(), CONNECTIONS);
    assert_eq!(forwarder.end(), "");
}

#[test]
fn the_chat_server_passes_each_line_on_to_a_hundred_clients() {
    const CLIENTS: usize = 100;

    let app = example("chat-server").to_str().unwrap();
    let rule = ["--allow-inbound", "tcp://127.0.0.1:0"];
    check_refused(&wasock(["run", app, "127.0.0.1:0"]), &rule.join(" "));

    let server = Listening::start(&rule, "chat-server", &["127.0.0.1:0"]);
    let mut first = BufReader::new(server.connect());
    let mut others = Vec::new();
    for number in 1..CLIENTS {
        let mut client = server.connect();
        writeln!(client, "{number} is here").unwrap();
        // Then the server knows it, and whoever came before.
        assert_eq!(line(&mut first), format!("{number} is here\n"));
        others.push(BufReader::new(client));
    }

    first.get_mut().write_all(b"hello all\n").unwrap();
    for (number, client) in (1..).zip(&mut others) {
        for later in number + 1..CLIENTS {
            assert_eq!(line(client), format!("{later} is here\n"));
        }
        assert_eq!(line(client), "hello all\n");
    }

    // Who leaves is missed by nobody.
    others.truncate(CLIENTS / 2);
    first.get_mut().write_all(b"who is left?\n").unwrap();
    for client in &mut others {
        assert_eq!(line(client), "who is left?\n");
    }
    assert_eq!(server.end(), "");
}

#[test]
fn a_client_sends_a_datagram_and_hears_the_answer() {
    let app = example("udp-echo").to_str().unwrap();
    let address = echo().to_string();
    let run =
        |options: &[&str]| wasock([&["run"], options, &[app, "send", &address, "hi"]].concat());

    check_refused(&run(&[]), &format!("--allow-outbound udp://{address}"));

    let granted = run(&["--allow-outbound", &format!("udp://{address}")]);
    assert_eq!(granted.stdout, "echo hi\n", "{}", granted.stderr);
    assert_eq!(granted.stderr, "");
}

#[test]
fn a_server_answers_who_may_ask_and_nobody_else() {
    let app = example("udp-echo").to_str().unwrap();
    check_refused(
        &wasock(["run", app, "serve", "127.0.0.1:0"]),
        "--allow-inbound udp://127.0.0.1:0",
    );
    let rule = ["--allow-inbound", "udp://127.0.0.1:0#from=127.0.0.1"];
    let server = Listening::start(&rule, "udp-echo", &["serve", "127.0.0.1:0"]);
    let address = server.address;

    let (stranger, peer) = (peer("127.0.0.2"), peer("127.0.0.1"));
    for text in ["one", "two"] {
        stranger.send_to(b"let me in", address).unwrap();
        peer.send_to(text.as_bytes(), address).unwrap();
        let mut buffer = [0; 10];
        let (length, _) = peer.recv_from(&mut buffer).unwrap();
        assert_eq!(&buffer[..length], text.as_bytes());
    }
    stranger.set_nonblocking(true).unwrap();
    assert!(stranger.recv(&mut [0; 10]).is_err());

    let stderr = server.end();
    assert_eq!(stderr.matches("denied: ").count(), 1, "{stderr}");
    assert!(stderr.contains("from 127.0.0.2"), "{stderr}");
}

fn peer(host: &str) -> UdpSocket {
    let socket = UdpSocket::bind((host, 0)).unwrap();
    socket.set_read_timeout(LIMIT).unwrap();
    socket
}

#[test]
fn a_page_is_fetched_by_the_name_of_its_server() {
    let zone = Zone::start();
    let address = http_server("127.0.0.2:0");
    let url = format!("http://alias.example.test:{}/", address.port());
    let app = example("http-get").to_str().unwrap();
    let run = |rule: &str| {
        let dns = zone.address.to_string();
        wasock(["run", "--dns", &dns, "--allow-outbound", rule, app, &url])
    };

    let by_address = run(&format!("tcp://{address}"));
    check_refused(&by_address, "--allow-resolve alias.example.test");
    let rule = format!("tcp://alias.example.test:{}", address.port());
    let meant = format!("{rule}#to=127.0.0.2");
    check_refused(&run(&rule), &format!("--allow-outbound {meant}"));
    let meant = run(&meant);
    assert_eq!(meant.stdout, "hello\n", "{}", meant.stderr);
    assert_eq!(meant.stderr, "");
}

#[test]
fn a_lookup_tells_what_it_finds_or_what_is_wrong() {
    let zone = Zone::start();
    let server = zone.address.to_string();
    let app = example("resolve").to_str().unwrap();
    let run = |rules: &[&str], name: &str| {
        let options = ["run", "--dns", &server, "--hosts-file"];
        wasock([&options, rules, &[app, name]].concat())
    };

    let name = "several.example.test";
    let allow = ["--allow-resolve", name];
    check_refused(&run(&[], name), &allow.join(" "));
    let found = run(&allow, name);
    assert_eq!((found.status, &*found.stderr), (Some(0), ""));
    assert_eq!(found.stdout.lines().count(), 3, "{}", found.stdout);

    let any = ["--allow-resolve", "any"];
    assert!(run(&any, "localhost").stdout.contains("127.0.0.1"));
    for name in ["nobody.example.test", "not-its-business.test"] {
        let failed = run(&any, name);
        assert_eq!(failed.status, Some(1), "{name}: {}", failed.stderr);
        assert!(failed.stderr.contains(name), "{name}: {}", failed.stderr);
    }
}
