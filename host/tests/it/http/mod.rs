//! Requests by `wasi:http`, made by a component that never heard of wasock, under the command's policy.

mod bodies;
mod certificates;
mod failures;
mod limits;
mod mapping;
mod names;
mod server;
mod tls;

use std::net::SocketAddr;
use std::os::fd::OwnedFd;

use rustix::net::{AddressFamily, SocketType, bind, getsockname, socket};

use crate::cli::{Output, wasock_command};
use crate::guests::example;

use server::WebServer;

/// `wasock run OPTIONS http-program WORDS`.
fn run(options: &[&str], words: &[&str]) -> Output {
    run_trusting(None, options, words)
}

/// As [`run`], with the authorities of a file in the place of the machine's.
fn run_trusting(file: Option<&std::path::Path>, options: &[&str], words: &[&str]) -> Output {
    let mut command = wasock_command();
    // No authority of this machine's is of use here.
    let nobody = std::path::Path::new("/dev/null");
    command.env("SSL_CERT_FILE", file.unwrap_or(nobody));
    command.env_remove("SSL_CERT_DIR");
    command.arg("run").args(options);
    command.arg(example("http-program")).args(words);
    Output::of(&mut command)
}

/// Make a request of `server`, which is allowed by its address.
fn fetch(server: &WebServer, method: &str, path: &str, options: &[&str]) -> Output {
    let rule = rule(server.address);
    let url = server.url(path);
    let words = [&["fetch", method, &url], options].concat();
    run(&["--allow-outbound", &rule], &words)
}

/// The rule that grants an address.
fn rule(address: SocketAddr) -> String {
    format!("tcp://{address}")
}

/// A port where connections are refused: nobody listens there, and nobody else gets it while the handle lives. `None`, if
/// somebody has it already.
fn closed_port(address: SocketAddr) -> Option<(OwnedFd, SocketAddr)> {
    let family = match address {
        SocketAddr::V4(_) => AddressFamily::INET,
        SocketAddr::V6(_) => AddressFamily::INET6,
    };
    let socket = socket(family, SocketType::STREAM, None).unwrap();
    bind(&socket, &address).ok()?;
    let address = getsockname(&socket).unwrap().try_into().unwrap();
    Some((socket, address))
}

/// It ends with the response, and nobody has anything to say.
#[track_caller]
fn check_response(output: &Output, response: &str) {
    check_answered(output, response);
    assert!(!output.stderr.contains("denied"), "{}", output.stderr);
}

/// It ends with the response, whatever is said about other addresses.
#[track_caller]
fn check_answered(output: &Output, response: &str) {
    assert_eq!(
        (&*output.stdout, output.status),
        (response, Some(0)),
        "{}",
        output.stderr
    );
}

/// It ends with this error code.
#[track_caller]
fn check_error(output: &Output, code: &str) {
    assert_eq!(output.status, Some(1), "{}{}", output.stdout, output.stderr);
    let last = output.stderr.lines().last().unwrap_or_default();
    assert_eq!(last, format!("error: {code}"), "{}", output.stderr);
}

/// The request is refused, and the operator reads `parts`.
#[track_caller]
fn check_denied(output: &Output, parts: &[&str]) {
    check_error(output, "HttpRequestDenied");
    assert!(
        output.stderr.starts_with("denied: http "),
        "{}",
        output.stderr
    );
    for part in parts {
        assert!(output.stderr.contains(part), "{part}: {}", output.stderr);
    }
}
