//! Requests by `https`: who the server has to be.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::thread;

use super::certificates::Authority;
use super::server::{MANY, WebServer, printed};
use super::{check_error, check_response, rule, run_trusting};
use crate::cli::Output;
use crate::zone::Zone;

/// Make a request of `server` under this name, which leads there.
fn fetch_by_name(trusted: &Path, server: &WebServer, host: &str, path: &str) -> Output {
    let zone = Zone::start();
    let rule = format!("tcp://{host}:{}#to=127.0.0.2", server.address.port());
    let options = [
        "--verbose",
        "--dns",
        &zone.address.to_string(),
        "--allow-outbound",
        &rule,
    ];
    run_trusting(
        Some(trusted),
        &options,
        &["fetch", "GET", &server.url_of(host, path)],
    )
}

#[test]
fn a_server_that_proves_who_it_is_answers() {
    let authority = Authority::new("one");
    let server = WebServer::start_tls("127.0.0.2:0", authority.server(&["www.example.test"]));
    let output = fetch_by_name(&authority.file(), &server, "www.example.test", "/x");
    check_response(&output, "status: 200\nbody: hello\n\n");
    assert_eq!(server.request().line(), "GET /x HTTP/1.1");
    let host = format!("www.example.test:{}", server.address.port());
    assert_eq!(server.request().header("host"), [host]);

    let output = fetch_by_name(&authority.file(), &server, "www.example.test", "/download");
    check_response(&output, &format!("status: 200\n{}", printed(MANY)));
}

#[test]
fn a_certificate_can_be_for_an_address() {
    let authority = Authority::new("one");
    for (listen, host) in [("127.0.0.1:0", "127.0.0.1"), ("[::1]:0", "::1")] {
        let server = WebServer::start_tls(listen, authority.server(&[host]));
        let options = ["--allow-outbound", &rule(server.address)];
        let words = ["fetch", "GET", &server.url("/")];
        let output = run_trusting(Some(&authority.file()), &options, &words);
        check_response(&output, "status: 200\nbody: hello\n\n");
    }
}

#[test]
fn who_cannot_prove_to_be_the_host_is_sent_nothing() {
    let (authority, stranger) = (Authority::new("one"), Authority::new("another"));
    let host = "www.example.test";
    for (config, trusted, why) in [
        (
            authority.server(&["other.example.test"]),
            &authority,
            "is for another host",
        ),
        // The address of the host is not the host.
        (
            authority.server(&["127.0.0.2"]),
            &authority,
            "is for another host",
        ),
        (authority.expired_server(&[host]), &authority, "has expired"),
        (
            authority.server(&[host]),
            &stranger,
            "is of nobody who is trusted",
        ),
    ] {
        let server = WebServer::start_tls("127.0.0.2:0", config);
        let output = fetch_by_name(&trusted.file(), &server, host, "/secret");
        check_error(&output, "TlsCertificateError");
        let part = format!("failed, the certificate {why}");
        assert!(output.stderr.contains(&part), "{}", output.stderr);
        assert_eq!(server.requests().len(), 0, "{why}");
    }
}

#[test]
fn without_authorities_nobody_is_trusted_and_the_operator_is_told() {
    let authority = Authority::new("one");
    let host = "www.example.test";
    let server = WebServer::start_tls("127.0.0.2:0", authority.server(&[host]));
    let missing = authority.folder().join("missing.pem");
    let output = fetch_by_name(&missing, &server, host, "/");
    check_error(&output, "TlsCertificateError");
    assert!(
        output
            .stderr
            .starts_with("no certificates of authorities were found: "),
        "{}",
        output.stderr
    );
    assert!(output.stderr.contains("SSL_CERT_FILE"), "{}", output.stderr);
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn a_server_that_does_not_speak_tls_is_told_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = thread::spawn(move || -> std::io::Result<Vec<u8>> {
        let (mut stream, _) = listener.accept()?;
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")?;
        let mut heard = Vec::new();
        // Whatever it is cut off with.
        _ = stream.read_to_end(&mut heard);
        Ok(heard)
    });
    let options = ["--allow-outbound", &rule(address)];
    let url = format!("https://{address}/secret");
    let output = run_trusting(None, &options, &["fetch", "GET", &url]);
    check_error(&output, "TlsProtocolError");
    let heard = server.join().unwrap().unwrap();
    assert!(
        !String::from_utf8_lossy(&heard).contains("secret"),
        "{heard:?}"
    );
}

#[test]
fn a_response_that_somebody_cuts_off_is_not_taken_for_whole() {
    let authority = Authority::new("one");
    let server = WebServer::start_tls("127.0.0.2:0", authority.server(&["www.example.test"]));
    // The server goes away without the farewell of TLS, as if somebody had cut the connection.
    let output = fetch_by_name(
        &authority.file(),
        &server,
        "www.example.test",
        "/until-close",
    );
    assert_eq!(output.status, Some(1), "{}", output.stdout);
    assert!(
        output.stderr.contains("incomplete HTTP response"),
        "{}",
        output.stderr
    );
}
