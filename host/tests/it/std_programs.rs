//! Programs of Rust's standard library, which never heard of wasock.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};

use crate::cli::{Output, wasock, wasock_command};
use crate::guests::std_program;
use crate::server::Server;

#[test]
fn each_way_out_is_shut_and_the_errors_are_those_of_the_standard_library() {
    let Some(program) = std_program("knock") else {
        return;
    };
    let server = Server::start("127.0.0.1:0");
    let address = server.address.to_string();

    let Output { stdout, stderr, .. } =
        wasock(["run".as_ref(), program.as_os_str(), address.as_ref()]);
    assert!(stdout.contains("tcp Permission denied"), "{stdout}");
    assert!(stdout.contains("again Permission denied"), "{stdout}");
    assert!(stdout.contains("udp Permission denied"), "{stdout}");
    assert!(stdout.contains("Non-recoverable error"), "{stdout}");
    assert_eq!(server.connections(), 0);

    let denial = format!("denied: outbound tcp {address} (no rule)");
    assert_eq!(
        stderr.matches(&denial).count(),
        2,
        "once told, once counted: {stderr}"
    );
    assert!(stderr.contains(&format!("{denial}: 2 times")), "{stderr}");
    assert!(
        stderr.contains(&format!("denied: outbound udp send {address} (no rule)")),
        "{stderr}"
    );
    assert!(
        stderr.contains("denied: lookup localhost (no rule)"),
        "{stderr}"
    );
}

#[test]
fn a_listener_needs_an_inbound_grant() {
    let Some(program) = std_program("serve_one") else {
        return;
    };
    let refused = wasock(["run".as_ref(), program.as_os_str(), "127.0.0.1:0".as_ref()]);
    assert_eq!(refused.status, Some(1));
    assert!(
        refused.stderr.contains("--allow-inbound tcp://127.0.0.1:0"),
        "{}",
        refused.stderr
    );

    let mut guest = wasock_command()
        .args(["run", "--allow-inbound", "tcp://127.0.0.1:0"])
        .arg(program)
        .arg("127.0.0.1:0")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut address = String::new();
    let mut stdout = BufReader::new(guest.stdout.take().unwrap());
    stdout.read_line(&mut address).unwrap();

    let mut stream = TcpStream::connect(address.trim()).unwrap();
    stream.write_all(b"ping").unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut echo = String::new();
    stream.read_to_string(&mut echo).unwrap();
    assert_eq!(echo, "ping");
    assert!(guest.wait().unwrap().success());
}

#[test]
fn the_exit_status_is_that_of_the_program_and_134_for_a_trap() {
    let Some(program) = std_program("end") else {
        return;
    };
    for (how, status) in [("well", 0), ("fail", 1), ("trap", 134)] {
        let output = wasock(["run".as_ref(), program.as_os_str(), how.as_ref()]);
        assert_eq!(output.status, Some(status), "{how}: {}", output.stderr);
    }
}

#[test]
fn ctrl_c_ends_a_guest_that_computes() {
    let Some(program) = std_program("end") else {
        return;
    };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let mut guest = wasock_command()
        .args(["run", "--allow-outbound", &format!("tcp://{address}")])
        .arg(program)
        .args(["compute", &address])
        .spawn()
        .unwrap();
    let (_peer, _) = listener.accept().unwrap();

    let kill = Command::new("kill")
        .args(["-INT", &guest.id().to_string()])
        .status();
    assert!(kill.unwrap().success());
    assert_eq!(guest.wait().unwrap().signal(), Some(2));
}

#[test]
fn what_a_program_has_written_arrives_although_it_has_ended() {
    let Some(program) = std_program("flood") else {
        return;
    };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let mut guest = wasock_command()
        .args(["run", "--allow-outbound", &format!("tcp://{address}")])
        .arg(program)
        .arg(&address)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut peer, _) = listener.accept().unwrap();
    // Its last line: from here on it does not write any more.
    let mut written = String::new();
    BufReader::new(guest.stdout.take().unwrap())
        .read_line(&mut written)
        .unwrap();

    let mut received = Vec::new();
    peer.read_to_end(&mut received).unwrap();
    assert_eq!(received.len().to_string(), written.trim());
    assert!(guest.wait().unwrap().success());
}
