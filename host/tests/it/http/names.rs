//! Where requests may go: by name, by address, and after a redirect.

use std::net::SocketAddr;

use super::server::WebServer;
use super::{check_answered, check_denied, check_error, check_response, closed_port, rule, run};
use crate::cli::Output;
use crate::dns::DnsServer;
use crate::zone::Zone;

const HELLO: &str = "status: 200\nbody: hello\n\n";

/// Make a request with the names of `zone`.
fn fetch(zone: &Zone, options: &[&str], url: &str) -> Output {
    let dns = zone.address.to_string();
    run(
        &[&["--dns", &dns], options].concat(),
        &["fetch", "GET", url],
    )
}

fn server() -> WebServer {
    WebServer::start("127.0.0.2:0")
}

#[test]
fn without_a_rule_nothing_is_asked_and_nothing_is_sent() {
    let (zone, server) = (Zone::start(), server());
    let port = server.address.port();
    let url = server.url_of("www.example.test", "/");
    let denial = format!(
        "denied: http GET http://www.example.test:{port} (no rule)\n  \
         allow it with: --allow-outbound tcp://www.example.test:{port}\n"
    );
    check_denied(&fetch(&zone, &[], &url), &[&denial]);

    let denial = format!(
        "denied: http GET http://127.0.0.2:{port}, outbound tcp 127.0.0.2:{port} (no rule)\n  \
         allow it with: --allow-outbound tcp://127.0.0.2:{port}\n"
    );
    check_denied(&fetch(&zone, &[], &server.url("/")), &[&denial]);
    assert_eq!(server.requests().len(), 0);

    let dns = DnsServer::start();
    let options = ["--dns", &dns.address.to_string()];
    let refused = run(&options, &["fetch", "GET", "http://v4.test/"]);
    check_denied(&refused, &["denied: http GET http://v4.test:80 (no rule)"]);
    assert_eq!(dns.asked(), [""; 0]);
}

#[test]
fn a_rule_for_the_name_and_the_port_is_enough() {
    let (zone, server) = (Zone::start(), server());
    let port = server.address.port();
    let rule = format!("tcp://www.example.test:{port}#to=127.0.0.2");
    let options = ["--allow-outbound", &*rule];
    for host in ["www.example.test", "WWW.Example.TEST", "www.example.test."] {
        check_response(&fetch(&zone, &options, &server.url_of(host, "/")), HELLO);
    }
    // The host that the server is told is the one that was decided on.
    for request in server.requests() {
        assert_eq!(request.header("host"), [format!("www.example.test:{port}")]);
    }

    let other = WebServer::start("127.0.0.2:0");
    let refused = fetch(&zone, &options, &other.url_of("www.example.test", "/"));
    check_denied(&refused, &["outbound tcp 127.0.0.2:", "(no rule)"]);
    assert_eq!(other.requests().len(), 0);
}

#[test]
fn a_record_says_what_was_asked_and_what_came_of_it() {
    let (zone, server) = (Zone::start(), server());
    let port = server.address.port();
    let rule = format!("tcp://www.example.test:{port}#to=127.0.0.2");
    let url = server.url_of("www.example.test", "/secret?key=1");
    let output = fetch(&zone, &["--verbose", "--allow-outbound", &rule], &url);
    let (request, closed) = output.stderr.split_once('\n').unwrap();
    assert_eq!(
        request,
        format!(
            "allowed: http GET http://www.example.test:{port}, outbound tcp 127.0.0.2:{port} \
             (--allow-outbound {rule}): status 200"
        )
    );
    let sent = server.request().head.len() + "\r\n\r\n".len();
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\n".len();
    let expected = format!(
        "closed: outbound tcp 127.0.0.2:{port} (received {answer} bytes; sent {sent}; open "
    );
    assert!(closed.starts_with(&expected), "{closed}");
    assert_eq!(closed.lines().count(), 1, "{closed}");
}

#[test]
fn a_name_alone_reaches_no_special_address() {
    let (zone, server) = (Zone::start(), server());
    let port = server.address.port();
    let rule = format!("tcp://www.example.test:{port}");
    let url = server.url_of("www.example.test", "/");
    for rule in [&*rule, "tcp://any:any"] {
        let refused = fetch(&zone, &["--allow-outbound", rule], &url);
        check_denied(
            &refused,
            &[
                "www.example.test resolved to 127.0.0.2 (loopback)",
                "add #to=127.0.0.2",
            ],
        );
    }
    let private = fetch(
        &zone,
        &["--allow-outbound", "tcp://any:any"],
        "http://private.example.test/",
    );
    check_denied(&private, &["10.0.3.7 (private)"]);
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn an_alias_is_as_good_as_the_names_that_it_goes_through() {
    let (zone, server) = (Zone::start(), server());
    let rule = |host: &str| format!("tcp://{host}:{}#to=127.0.0.2", server.address.port());
    let options = ["--allow-outbound", &*rule("innocent.example.test")];
    let url = server.url_of("innocent.example.test", "/");
    check_response(&fetch(&zone, &options, &url), HELLO);

    let denied = [
        &options[..],
        &["--deny-outbound", "tcp://.tracker.example.test:any"],
    ]
    .concat();
    check_denied(
        &fetch(&zone, &denied, &url),
        &["this one covers x.tracker.example.test"],
    );
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_name_that_may_be_looked_up_is_not_reached_as_another_at_the_same_address() {
    let (zone, server) = (Zone::start(), server());
    let port = server.address.port();
    let granted = format!("tcp://example.test:{port}#to=127.0.0.2");
    let options = ["--allow-outbound", &*granted, "--allow-resolve", "any"];
    // Both names have the address, and a guest with sockets could talk to it.
    let urls = ["example.test", "www.example.test"].map(|host| server.url_of(host, "/"));
    let dns = zone.address.to_string();
    let options = [&["--dns", &dns][..], &options].concat();
    let output = run(&options, &["both", &urls[1], &urls[0]]);
    assert!(output.stdout.starts_with(HELLO), "{}", output.stdout);
    check_denied(&output, &["denied: http GET http://www.example.test:"]);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn an_address_is_an_address_in_every_form() {
    let (zone, server) = (Zone::start(), WebServer::start("127.0.0.1:0"));
    let port = server.address.port();
    let forms = [
        "127.0.0.1",
        "127.1",
        "0x7f.1",
        "2130706433",
        "017700000001",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
    ];
    for form in forms {
        let url = format!("http://{form}:{port}/");
        let refused = fetch(&zone, &["--allow-outbound", "tcp://any:any"], &url);
        check_denied(
            &refused,
            &[&format!("outbound tcp 127.0.0.1:{port}"), "is loopback"],
        );
        let allowed = fetch(&zone, &["--allow-outbound", &rule(server.address)], &url);
        check_response(&allowed, HELLO);
        let denied = [
            "--allow-outbound",
            &rule(server.address),
            "--deny-outbound",
            "tcp://127.0.0.0/8:any",
        ];
        check_denied(
            &fetch(&zone, &denied, &url),
            &["--deny-outbound tcp://127.0.0.0/8:any"],
        );
    }
    assert_eq!(server.requests().len(), forms.len());
}

#[test]
fn what_systems_take_for_this_host_is_no_way_to_it() {
    let (zone, server) = (Zone::start(), WebServer::start("127.0.0.1:0"));
    let port = server.address.port();
    for host in ["0.0.0.0", "0", "[::]", "[::ffff:0.0.0.0]"] {
        let url = format!("http://{host}:{port}/");
        let refused = fetch(&zone, &["--allow-outbound", "tcp://any:any"], &url);
        check_denied(&refused, &[]);
        // Not even with a rule that says so.
        let options = [
            "--allow-outbound",
            "tcp://0.0.0.0:any",
            "--allow-outbound",
            "tcp://[::]:any",
        ];
        let refused = fetch(&zone, &options, &url);
        check_error(&refused, "DestinationIpUnroutable");
    }
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn each_redirect_is_decided_on_its_own() {
    let (zone, first, second) = (Zone::start(), server(), server());
    let target = second.url_of("deep.down.example.test", "/end");
    let start = first.url_of("www.example.test", &format!("/redirect?{target}"));
    let rule = |server: &WebServer, host: &str| {
        format!("tcp://{host}:{}#to=127.0.0.2", server.address.port())
    };
    let (one, other) = (
        rule(&first, "www.example.test"),
        rule(&second, "deep.down.example.test"),
    );
    let dns = zone.address.to_string();
    let follow = |options: &[&str]| run(&[&["--dns", &dns], options].concat(), &["follow", &start]);

    let refused = follow(&["--allow-outbound", &one]);
    check_denied(
        &refused,
        &["denied: http GET http://deep.down.example.test:"],
    );
    assert_eq!(
        refused.stdout,
        format!("status: 302\nlocation: {target}\nbody: \n")
    );
    assert_eq!(second.requests().len(), 0);

    let followed = follow(&["--allow-outbound", &one, "--allow-outbound", &other]);
    assert_eq!(
        followed.stdout,
        format!("status: 302\nlocation: {target}\nbody: \n{HELLO}")
    );
    assert_eq!(second.request().line(), "GET /end HTTP/1.1");
}

#[test]
fn the_next_address_is_tried_where_one_is_refused_or_does_not_answer() {
    let zone = Zone::start();
    // Nobody listens at the second, and the first is not granted.
    let server = WebServer::start("127.0.0.9:0");
    zone.set("www.example.test", &["127.0.0.7", "127.0.0.8", "127.0.0.9"]);
    let port = server.address.port();
    let rule = format!("tcp://www.example.test:{port}#to=127.0.0.8/31");
    let url = server.url_of("www.example.test", "/");
    for _ in 0..3 {
        check_answered(&fetch(&zone, &["--allow-outbound", &rule], &url), HELLO);
    }
    let unreachable = format!("tcp://www.example.test:{port}#to=127.0.0.8");
    check_error(
        &fetch(&zone, &["--allow-outbound", &unreachable], &url),
        "ConnectionRefused",
    );
}

#[test]
fn a_name_that_leads_elsewhere_by_the_second_lookup_leads_nowhere() {
    let zone = Zone::start();
    let server = WebServer::start("127.0.0.1:0");
    let port = server.address.port();
    zone.set("www.example.test", &["127.0.0.1"]);
    let rule = format!("tcp://www.example.test:{port}#to=127.0.0.2");
    let refused = fetch(
        &zone,
        &["--allow-outbound", &rule],
        &server.url_of("www.example.test", "/"),
    );
    check_denied(&refused, &["(#to= leaves this address out: "]);
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn localhost_asks_nobody() {
    let zone = Zone::start();
    for (listen, other) in [("127.0.0.1:0", "::1"), ("[::1]:0", "127.0.0.1")] {
        // At the other address of localhost there is nobody, not even the server of another test.
        let (server, _nobody) = loop {
            let server = WebServer::start(listen);
            let other = SocketAddr::new(other.parse().unwrap(), server.address.port());
            if let Some(nobody) = closed_port(other) {
                break (server, nobody);
            }
        };
        let port = server.address.port();
        let rule = format!("tcp://localhost:{port}");
        let url = server.url_of("localhost", "/");
        check_answered(&fetch(&zone, &["--allow-outbound", &rule], &url), HELLO);
        assert_eq!(
            server.request().header("host"),
            [format!("localhost:{port}")]
        );
    }
}

#[test]
fn rules_are_about_ports_and_an_url_without_one_has_that_of_its_scheme() {
    let zone = Zone::start();
    for (url, port) in [
        ("http://127.0.0.1/", 80),
        ("https://127.0.0.1/", 443),
        ("http://127.0.0.1:443/", 443),
    ] {
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let refused = fetch(&zone, &["--deny-outbound", &rule(address)], url);
        check_denied(
            &refused,
            &[&format!(
                "outbound tcp {address} (--deny-outbound tcp://{address})"
            )],
        );
    }
}
