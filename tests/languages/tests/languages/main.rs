//! Programs in Python and JavaScript, built from `examples/`, on real sockets under a policy.
//!
//! Each is compiled once and run twice, as compiling takes longer than all the rest.

mod http;
mod sandbox;

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::thread;

use wasock::{NetCtx, Policy};
use wasock_languages::{Language, Program as Example, build};

use crate::sandbox::Program;

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

#[test]
fn python_has_the_network_that_the_rules_allow() -> Result {
    has_the_network_that_the_rules_allow(Language::Python)
}

#[test]
fn javascript_on_quickjs_has_the_network_that_the_rules_allow() -> Result {
    has_the_network_that_the_rules_allow(Language::QuickJs)
}

#[test]
fn javascript_on_starlingmonkey_has_the_network_that_the_rules_allow() -> Result {
    has_the_network_that_the_rules_allow(Language::StarlingMonkey)
}

fn has_the_network_that_the_rules_allow(language: Language) -> Result {
    let program = Program::compile(&build(language, Example::Sockets, &target())?)?;
    let tcp = serve_tcp()?;
    let udp = serve_udp()?;
    let closed = closed_port()?;
    let rules = [
        format!("tcp://{tcp}"),
        format!("tcp://{closed}"),
        format!("udp://{udp}"),
    ];

    let ports = [tcp, udp, closed].map(|address| address.port().to_string());
    let run = |rules: &[String]| -> Result<String> {
        let [tcp, udp, closed] = ports.each_ref().map(String::as_str);
        let net = NetCtx::builder().policy(policy(rules)?);
        program.run(&["app", "127.0.0.1", tcp, udp, closed], net)
    };

    assert_eq!(
        run(&rules)?,
        "tcp: heard hello\n\
         udp: heard hello, from the peer\n\
         localhost: heard hello\n\
         closed: ECONNREFUSED\n"
    );
    // One rule less, that for UDP: an error for the program, and everything else as before.
    assert_eq!(
        run(&rules[..2])?,
        "tcp: heard hello\n\
         udp: EACCES\n\
         localhost: heard hello\n\
         closed: ECONNREFUSED\n"
    );
    Ok(())
}

fn policy(rules: &[String]) -> Result<Policy> {
    let mut policy = Policy::builder();
    for rule in rules {
        policy = policy.allow_outbound(rule.parse().map_err(|error| format!("{rule}: {error}"))?);
    }
    Ok(policy.build())
}

/// A server that reads to the end, answers what it heard and hangs up.
fn serve_tcp() -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    thread::spawn(move || -> io::Result<()> {
        loop {
            let (mut connection, _) = listener.accept()?;
            let mut answer = b"heard ".to_vec();
            connection.read_to_end(&mut answer)?;
            connection.write_all(&answer)?;
        }
    });
    Ok(address)
}

/// A server that answers each datagram with what it heard.
fn serve_udp() -> io::Result<SocketAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = socket.local_addr()?;
    thread::spawn(move || -> io::Result<()> {
        let mut datagram = [0; 1024];
        loop {
            let (length, from) = socket.recv_from(&mut datagram)?;
            let heard = datagram.get(..length).unwrap_or_default();
            socket.send_to(&[b"heard ", heard].concat(), from)?;
        }
    });
    Ok(address)
}

/// An address that refuses connections: port 1, below those that the system hands out.
fn closed_port() -> io::Result<SocketAddr> {
    Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, 1)))
}

/// The target folder of cargo, which gives tests a folder in it.
fn target() -> PathBuf {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    scratch.parent().unwrap_or(scratch).to_owned()
}
