//! Servers that fail, and requests that are none: an error code for the guest, and never a trap.

use std::net::TcpListener;

use super::server::WebServer;
use super::{check_error, closed_port, fetch, rule, run};
use crate::dns::DnsServer;

#[test]
fn a_server_that_goes_away_is_an_incomplete_response() {
    let server = WebServer::start("127.0.0.1:0");
    for path in ["/close", "/cut-head"] {
        check_error(&fetch(&server, "GET", path, &[]), "HttpResponseIncomplete");
    }
    // In the middle of the body. What came is there.
    for path in ["/cut", "/cut-chunk"] {
        let output = fetch(&server, "GET", path, &[]);
        assert_eq!(output.stdout, "status: 200\nbody: some of it\n");
        assert_eq!(output.status, Some(1));
        assert!(
            output.stderr.contains("incomplete HTTP response"),
            "{}",
            output.stderr
        );
    }
}

#[test]
fn a_server_that_is_silent_is_left_when_the_time_is_over() {
    let server = WebServer::start("127.0.0.1:0");
    let output = fetch(&server, "GET", "/silent", &["first-byte-timeout=50"]);
    check_error(&output, "ConnectionReadTimeout");

    let output = fetch(&server, "GET", "/stall", &["between-bytes-timeout=50"]);
    assert_eq!(output.stdout, "status: 200\nbody: some of it\n");
    assert!(
        output.stderr.contains("connection read timeout"),
        "{}",
        output.stderr
    );
}

#[test]
fn a_host_that_does_not_get_as_far_as_a_connection_is_left_when_the_time_is_over() {
    // TCP connects, and TLS gets no answer.
    let mute = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = mute.local_addr().unwrap();
    let url = format!("https://{address}/");
    let words = ["fetch", "GET", &url, "connect-timeout=50"];
    let output = run(&["--allow-outbound", &rule(address)], &words);
    check_error(&output, "ConnectionTimeout");

    let dns = DnsServer::start();
    let options = [
        "--dns",
        &dns.address.to_string(),
        "--allow-outbound",
        "tcp://silent.test:80",
    ];
    let words = ["fetch", "GET", "http://silent.test/", "connect-timeout=50"];
    check_error(&run(&options, &words), "ConnectionTimeout");
}

#[test]
fn a_lookup_without_an_answer_is_a_dns_error() {
    let dns = DnsServer::start();
    for (host, code) in [
        ("nothing.test", "NXDOMAIN"),
        ("refused.test", "SERVFAIL"),
        ("deep.test", "SERVFAIL"),
    ] {
        let rule = format!("tcp://{host}:80");
        let options = ["--dns", &dns.address.to_string(), "--allow-outbound", &rule];
        let output = run(&options, &["fetch", "GET", &format!("http://{host}/")]);
        check_error(
            &output,
            &format!("DnsError(DnsErrorPayload {{ rcode: Some(\"{code}\"), info-code: None }})"),
        );
    }
}

#[test]
fn a_closed_port_refuses() {
    let anywhere = "127.0.0.1:0".parse().unwrap();
    let (_handle, closed) = closed_port(anywhere).unwrap();
    for scheme in ["http", "https"] {
        let url = format!("{scheme}://{closed}/");
        let output = run(
            &["--allow-outbound", &rule(closed)],
            &["fetch", "GET", &url],
        );
        check_error(&output, "ConnectionRefused");
    }
}

#[test]
fn what_is_no_http_is_a_protocol_error() {
    let server = WebServer::start("127.0.0.1:0");
    for path in ["/other", "/smuggle"] {
        check_error(&fetch(&server, "GET", path, &[]), "HttpProtocolError");
    }
    let output = fetch(&server, "GET", "/long-head", &[]);
    check_error(&output, "HttpResponseHeaderSectionSize(None)");
}

#[test]
fn another_protocol_is_not_switched_to() {
    let server = WebServer::start("127.0.0.1:0");
    check_error(&fetch(&server, "GET", "/upgrade", &[]), "HttpUpgradeFailed");
    assert_eq!(server.requests().len(), 1);

    let output = fetch(&server, "CONNECT", "/", &[]);
    check_error(&output, "HttpRequestMethodInvalid");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn what_is_no_url_is_refused_before_anything_is_decided() {
    for (url, code) in [
        ("http://user@127.0.0.1/", "HttpRequestUriInvalid"),
        ("http://127.0.0.1:0/", "HttpRequestUriInvalid"),
        ("http://127.0.0.1:65536/", "HttpRequestUriInvalid"),
        ("http://999.1/", "HttpRequestUriInvalid"),
        ("ftp://127.0.0.1/", "HttpProtocolError"),
    ] {
        let output = run(
            &["--verbose", "--allow-outbound", "tcp://127.0.0.1:any"],
            &["fetch", "GET", url],
        );
        check_error(&output, code);
        assert_eq!(output.stderr.lines().count(), 1, "{url}: {}", output.stderr);
    }
}

#[test]
fn a_body_that_is_given_up_fails_the_request() {
    let server = WebServer::start("127.0.0.1:0");
    check_error(&fetch(&server, "POST", "/", &["half"]), "HttpProtocolError");
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn headers_without_end_stop_the_program_and_nothing_else() {
    let server = WebServer::start("127.0.0.1:0");
    let headers = ["x-a", "x-b"].map(|name| format!("{name}:{}", "a".repeat(100_000)));
    let output = fetch(&server, "GET", "/", &[&headers[0], &headers[1]]);
    assert_eq!(output.status, Some(1), "{}", output.stdout);
    let why = "total size of fields exceeds limit";
    assert!(output.stderr.contains(why), "{}", output.stderr);
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn a_request_that_nobody_waits_for_is_on_record() {
    let server = WebServer::start("127.0.0.1:0");
    let options = ["--verbose", "--allow-outbound", &rule(server.address)];
    let output = run(&options, &["abandon", &server.url("/silent")]);
    assert_eq!((&*output.stdout, output.status), ("begun\n", Some(0)));
    let first = output.stderr.lines().next().unwrap_or_default();
    assert!(first.starts_with("allowed: http GET "), "{first}");
    assert!(first.ends_with(": not waited for"), "{first}");
}
