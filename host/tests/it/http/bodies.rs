//! What goes over the wire: the request as it was written, and bodies byte for byte.

use super::server::{MANY, WebServer, pattern, printed};
use super::{check_error, check_response, fetch, rule, run};

#[test]
fn a_request_is_written_as_the_guest_made_it() {
    let server = WebServer::start("127.0.0.1:0");
    let output = fetch(
        &server,
        "REPORT",
        "/a/b?c=%20d&e",
        &["X-One:1", "Accept:text/plain"],
    );
    check_response(&output, "status: 200\nbody: hello\n\n");

    let request = server.request();
    assert_eq!(request.line(), "REPORT /a/b?c=%20d&e HTTP/1.1");
    assert_eq!(request.header("x-one"), ["1"]);
    assert_eq!(request.header("accept"), ["text/plain"]);
    assert_eq!(request.header("host"), [server.address.to_string()]);
    // Nothing about the host of the guest.
    let names: Vec<&str> = request
        .head
        .lines()
        .skip(1)
        .map(|line| line.split(':').next().unwrap())
        .collect();
    assert_eq!(names.len(), 3, "{names:?}");
}

#[test]
fn a_path_that_begins_with_the_query_belongs_to_the_root() {
    let server = WebServer::start("127.0.0.1:0");
    let output = fetch(&server, "GET", "?a", &[]);
    check_response(&output, "status: 200\nbody: hello\n\n");
    assert_eq!(server.request().line(), "GET /?a HTTP/1.1");
}

#[test]
fn the_host_header_is_that_of_the_url_whatever_the_guest_sets() {
    let server = WebServer::start("127.0.0.1:0");
    let headers = ["Host:denied.example", "HOST:denied.example"];
    let output = fetch(&server, "GET", "/", &headers);
    let told = "header Host: HeaderError::Forbidden\nheader HOST: HeaderError::Forbidden\n";
    check_response(&output, &format!("{told}status: 200\nbody: hello\n\n"));
    assert_eq!(
        server.request().header("host"),
        [server.address.to_string()]
    );
}

#[test]
fn headers_about_the_connection_are_not_the_guests() {
    let server = WebServer::start("127.0.0.1:0");
    for header in [
        "Connection:upgrade",
        "Upgrade:websocket",
        "Transfer-Encoding:chunked",
        "Proxy-Authorization:x",
    ] {
        let output = fetch(&server, "GET", "/", &[header]);
        let (name, _) = header.split_once(':').unwrap();
        let told = format!("header {name}: HeaderError::Forbidden\nstatus: 200\nbody: hello\n\n");
        check_response(&output, &told);
    }
    for request in server.requests() {
        assert_eq!(request.head.lines().count(), 2, "{request:?}");
    }
    // Nor does it see those of the answer.
    check_response(
        &fetch(&server, "GET", "/hop", &[]),
        "status: 200\nx-seen: yes\nbody: hello\n\n",
    );
}

#[test]
fn a_body_of_megabytes_arrives_unchanged() {
    let server = WebServer::start("127.0.0.1:0");
    for path in ["/download", "/chunked"] {
        let expected = format!("status: 200\n{}", printed(MANY));
        check_response(&fetch(&server, "GET", path, &[]), &expected);
    }
    check_response(
        &fetch(&server, "GET", "/until-close", &[]),
        "status: 200\nbody: to the end\n",
    );
}

#[test]
fn a_body_of_megabytes_is_sent_unchanged() {
    let body: Vec<u8> = (0..MANY).map(pattern).collect();
    let upload = format!("upload={MANY}");
    let length = format!("content-length:{MANY}");
    for options in [&[&*upload][..], &[&length, &upload]] {
        let server = WebServer::start("127.0.0.1:0");
        check_response(
            &fetch(&server, "POST", "/", options),
            "status: 200\nbody: hello\n\n",
        );
        let request = server.request();
        assert!(request.body == body, "{} bytes", request.body.len());
    }
}

#[test]
fn a_body_that_is_not_as_long_as_it_says_is_an_error() {
    let server = WebServer::start("127.0.0.1:0");
    let output = fetch(&server, "POST", "/", &["content-length:10", "upload=9"]);
    check_error(&output, "HttpRequestBodySize(Some(9))");
    let output = fetch(&server, "POST", "/", &["content-length:10"]);
    check_error(&output, "HttpRequestBodySize(Some(0))");
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn an_answer_may_come_before_the_request_is_through() {
    let server = WebServer::start("127.0.0.1:0");
    let output = fetch(&server, "POST", "/early", &["upload=50000"]);
    check_response(&output, "status: 413\nbody: \n");
}

#[test]
fn two_requests_are_under_way_at_the_same_time() {
    let server = WebServer::start("127.0.0.1:0");
    let rule = rule(server.address);
    let urls = ["/meet?first", "/meet?second"].map(|path| server.url(path));
    let output = run(&["--allow-outbound", &rule], &["both", &urls[0], &urls[1]]);
    check_response(
        &output,
        "status: 200\nbody: second\nstatus: 200\nbody: first\n",
    );
}

#[test]
fn the_answer_to_head_has_no_body() {
    let server = WebServer::start("127.0.0.1:0");
    check_response(
        &fetch(&server, "HEAD", "/download", &[]),
        "status: 200\nbody: \n",
    );
}
