//! Limits on the command line, as programs meet them.

use std::net::TcpListener;

use wasock::embedded;

use crate::cli::{Output, file, wasock};
use crate::guests::{example, std_program};
use crate::server::{Server, http_server};
use crate::zone::Zone;

/// `wasock run` with a limit and a rule.
fn run(limit: &str, rule: &str, app: &str, arguments: &[&str]) -> Output {
    let options = ["run", "--limit", limit, "--allow-outbound", rule, app];
    wasock(options.iter().chain(arguments))
}

/// The limit is named, and how to have more.
#[track_caller]
fn check_named(output: &Output, limit: &str) {
    let (name, _) = limit.split_once('=').unwrap();
    let expected = format!("(used up: {limit})\n  allow more with: --limit {name}=AMOUNT\n");
    assert!(output.stderr.contains(&expected), "{}", output.stderr);
}

#[test]
fn a_program_of_ours_sees_the_errno_of_each_limit() {
    let app = example("http-get").to_str().unwrap();
    let server = http_server("127.0.0.1:0");
    // It takes connections, in its queue, and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = silent.local_addr().unwrap();
    for (limit, server, errno) in [
        ("bytes-in=10", server, "ENOBUFS"),
        ("bytes-out=10", server, "ENOBUFS"),
        ("sockets=0", server, "EMFILE"),
        ("connections=0", server, "EMFILE"),
        ("total-connections=0", server, "EMFILE"),
        ("idle-time=200ms", silent, "ETIMEDOUT"),
        ("lifetime=200ms", silent, "ETIMEDOUT"),
    ] {
        let (rule, url) = (format!("tcp://{server}"), format!("http://{server}/"));
        let output = run(limit, &rule, app, &[&url]);
        assert_eq!(output.status, Some(1), "{limit}: {}", output.stderr);
        let name = format!("({errno})");
        assert!(output.stderr.contains(&name), "{limit}: {}", output.stderr);
        check_named(&output, limit);
    }
}

#[test]
fn a_lookup_too_many_fails_for_the_time_being() {
    let app = example("resolve").to_str().unwrap();
    let zone = Zone::start();
    zone.set("www.example.test", &["127.0.0.2"]);
    let dns = zone.address.to_string();
    let options = ["--dns", &dns, "--allow-resolve", "www.example.test"];
    let limited = |limit| {
        let limit = ["--limit", limit];
        wasock([&["run"], &options[..], &limit, &[app, "www.example.test"]].concat())
    };
    let output = limited("lookups=0");
    assert_eq!(output.status, Some(1));
    assert!(output.stderr.contains("EAI_AGAIN"), "{}", output.stderr);
    check_named(&output, "lookups=0");
    assert_eq!(limited("lookups=8").status, Some(0));
}

#[test]
fn a_program_that_knows_nothing_of_it_sees_the_error_of_its_own_library() {
    let Some(program) = std_program("knock") else {
        return;
    };
    let server = Server::start("127.0.0.1:0");
    let (rule, address) = (server.rule(), server.address.to_string());
    let program = program.to_str().unwrap();
    let output = run("total-connections=1", &rule, program, &[&address]);
    assert!(output.stdout.contains("tcp ok\n"), "{}", output.stdout);
    assert!(
        output
            .stdout
            .contains("again No file descriptors available"),
        "{}",
        output.stdout
    );
    check_named(&output, "total-connections=1");
}

#[test]
fn a_program_that_computes_for_too_long_is_stopped_and_the_status_says_so() {
    let Some(program) = std_program("end") else {
        return;
    };
    let server = Server::start("127.0.0.1:0");
    let (rule, address) = (server.rule(), server.address.to_string());
    let arguments = ["compute", &*address];
    let output = run(
        "cpu-time=100ms",
        &rule,
        program.to_str().unwrap(),
        &arguments,
    );
    assert_eq!(output.status, Some(152), "{}", output.stderr);
    assert_eq!(
        output.stderr,
        "denied: to run any longer (used up: cpu-time=100ms)\n  \
         allow more with: --limit cpu-time=AMOUNT\n\
         error: the component was stopped\n  \
         because: the guest has used up its time to compute: \
         the limit cpu-time=100ms of this guest is reached\n"
    );
}

#[test]
fn memory_that_is_not_to_be_had_is_an_error_of_the_program() {
    let Some(program) = std_program("end") else {
        return;
    };
    let rule = "tcp://127.0.0.1:1";
    let program = program.to_str().unwrap();
    for (limit, status) in [("memory=16MiB", 1), ("memory=256MiB", 0)] {
        let output = run(limit, rule, program, &["allocate", "67108864"]);
        assert_eq!(output.status, Some(status), "{limit}: {}", output.stderr);
    }
    let refused = run("memory=16MiB", rule, program, &["allocate", "67108864"]);
    check_named(&refused, "memory=16MiB");

    let (_folder, client) = file("client.wasm", embedded::PLAIN_CLIENT);
    let output = run("memory=1KiB", rule, client.to_str().unwrap(), &[]);
    assert_eq!(output.status, Some(1));
    assert!(
        output.stderr.contains("exceeds memory limits"),
        "{}",
        output.stderr
    );
}
