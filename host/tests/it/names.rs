//! Names on the command line, with a zone as it should be: what a rule grants, and what an alias cannot smuggle in.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::Stdio;

use crate::cli::{Output, wasock, wasock_command};
use crate::guests::{example, std_program};
use crate::server::{Server, echo, http_server};
use crate::zone::Zone;

/// `wasock run --dns ZONE RULES APP WORD`.
fn run(zone: &Zone, rules: &[&str], app: &str, word: &str) -> Output {
    let (dns, app) = (zone.address.to_string(), example(app).to_str().unwrap());
    wasock([&["run", "--dns", &dns], rules, &[app, word]].concat())
}

/// Fetch the page of `host` at the port of `server`.
fn fetch(zone: &Zone, rules: &[&str], host: &str, server: SocketAddr) -> Output {
    let url = format!("http://{host}:{}/", server.port());
    run(zone, rules, "http-get", &url)
}

#[track_caller]
fn check_fetched(output: &Output) {
    assert_eq!(output.stderr, "");
    assert_eq!((output.status, &*output.stdout), (Some(0), "hello\n"));
}

/// It ends with an error, and the operator reads `parts`.
#[track_caller]
fn check_refused(output: &Output, parts: &[&str]) {
    assert_eq!(output.stdout, "");
    assert_eq!(output.status, Some(1), "{}", output.stderr);
    for part in parts {
        assert!(output.stderr.contains(part), "{part}: {}", output.stderr);
    }
}

#[test]
fn a_name_grants_the_address_that_it_leads_to_and_no_other() {
    let zone = Zone::start();
    let server = http_server("127.0.0.2:0");
    let port = server.port();
    let rule = format!("tcp://www.example.test:{port}#to=127.0.0.0/8");
    let rules = ["--allow-outbound", &rule];

    check_fetched(&fetch(&zone, &rules, "www.example.test", server));
    for host in ["127.0.0.2", "127.0.0.1"] {
        let denial = format!("denied: outbound tcp {host}:{port} (no rule)");
        check_refused(&fetch(&zone, &rules, host, server), &[&denial]);
    }
    for host in ["example.test", "deep.down.example.test"] {
        let denial = format!("denied: lookup {host} (no rule)");
        check_refused(&fetch(&zone, &rules, host, server), &[&denial]);
    }
    // Nor another port of the same address.
    let other = http_server("127.0.0.2:0");
    let denial = format!("denied: outbound tcp {other} (no rule)");
    let refused = fetch(&zone, &rules, "www.example.test", other);
    check_refused(&refused, &[&denial]);
}

#[test]
fn a_name_alone_reaches_no_special_address_and_the_line_that_is_told_does() {
    let zone = Zone::start();
    let server = http_server("127.0.0.2:0");
    let port = server.port();
    let rule = format!("tcp://www.example.test:{port}");
    let refused = fetch(
        &zone,
        &["--allow-outbound", &rule],
        "www.example.test",
        server,
    );
    let denial = format!(
        "denied: answer www.example.test with 127.0.0.2 (not meant by --allow-outbound {rule})\n  \
         www.example.test resolved to 127.0.0.2 (loopback): \
         a name alone never reaches such an address; add #to=127.0.0.2\n  \
         allow it with: --allow-outbound {rule}#to=127.0.0.2\n"
    );
    assert!(refused.stderr.starts_with(&denial), "{}", refused.stderr);
    check_refused(&refused, &[]);

    let told = format!("{rule}#to=127.0.0.2");
    let told = ["--allow-outbound", &told];
    check_fetched(&fetch(&zone, &told, "www.example.test", server));
    // Where the name leads is what matters, not that there is a `#to=`.
    let elsewhere = format!("{rule}#to=127.0.0.3,10.0.0.0/8");
    let elsewhere = ["--allow-outbound", &elsewhere];
    check_refused(
        &fetch(&zone, &elsewhere, "www.example.test", server),
        &["(#to= leaves this address out: "],
    );

    let private = run(
        &zone,
        &["--allow-outbound", "tcp://private.example.test:80"],
        "http-get",
        "http://private.example.test/",
    );
    check_refused(&private, &["10.0.3.7 (private)", "add #to=10.0.3.7"]);
}

#[test]
fn a_wildcard_grants_what_is_below_it() {
    let zone = Zone::start();
    let server = http_server("127.0.0.2:0");
    for wildcard in [".example.test", "*.example.test"] {
        let rule = format!("tcp://{wildcard}:{}#to=127.0.0.2", server.port());
        let rules = ["--allow-outbound", &rule];
        for host in [
            "www.example.test",
            "WWW.Example.Test",
            "deep.down.example.test",
            "alias.example.test",
        ] {
            check_fetched(&fetch(&zone, &rules, host, server));
        }
        for host in ["example.test", "notexample.test"] {
            let denial = format!("denied: lookup {host} (no rule)");
            check_refused(&fetch(&zone, &rules, host, server), &[&denial]);
        }
    }
}

#[test]
fn an_alias_is_as_good_as_the_names_that_it_goes_through() {
    let zone = Zone::start();
    let server = http_server("127.0.0.2:0");
    let rule = |host: &str| format!("tcp://{host}:{}#to=127.0.0.2", server.port());
    let (alias, innocent) = (rule("alias.example.test"), rule("innocent.example.test"));

    let rules = ["--allow-outbound", &*alias];
    check_fetched(&fetch(&zone, &rules, "alias.example.test", server));
    // The rule is for the name that the guest asks for.
    check_refused(
        &fetch(&zone, &rules, "www.example.test", server),
        &["denied: lookup www.example.test (no rule)"],
    );

    let rules = ["--allow-outbound", &*innocent];
    check_fetched(&fetch(&zone, &rules, "innocent.example.test", server));
    let denied = ["--deny-resolve", "*.tracker.example.test"];
    let rules = [rules, denied].concat();
    check_refused(
        &fetch(&zone, &rules, "innocent.example.test", server),
        &[
            "denied: answer innocent.example.test with 127.0.0.2 (--deny-resolve *.tracker.example.test)",
            "this one covers x.tracker.example.test, which the lookup went through",
        ],
    );
    // In the middle of a chain too.
    let rules = [
        "--allow-outbound",
        &alias,
        "--deny-resolve",
        "middle.example.test",
    ];
    check_refused(
        &fetch(&zone, &rules, "alias.example.test", server),
        &["this one covers middle.example.test, which the lookup went through"],
    );
}

#[test]
fn to_look_up_is_not_to_connect() {
    let zone = Zone::start();
    let server = http_server("127.0.0.2:0");
    let rules = ["--allow-resolve", "*.example.test"];
    for (host, addresses) in [
        ("www.example.test", &["127.0.0.2"][..]),
        ("v6.example.test", &["::1"]),
        ("private.example.test", &["10.0.3.7"]),
        ("alias.example.test", &["127.0.0.2"]),
        (
            "several.example.test",
            &["192.0.2.1", "192.0.2.2", "2001:db8::1"],
        ),
    ] {
        let resolved = run(&zone, &rules, "resolve", host);
        assert_eq!(resolved.stderr, "");
        let mut lines: Vec<_> = resolved.stdout.lines().collect();
        lines.sort_unstable();
        assert_eq!(lines, addresses, "{host}");
    }

    let port = server.port();
    check_refused(
        &fetch(&zone, &rules, "www.example.test", server),
        &[
            &format!("denied: outbound tcp 127.0.0.2:{port} (no rule)"),
            &format!("allow it with: --allow-outbound tcp://www.example.test:{port}#to=127.0.0.2"),
        ],
    );
}

#[test]
fn a_denied_lookup_wins_over_everything_that_allows_it() {
    let zone = Zone::start();
    let server = http_server("127.0.0.2:0");
    let rule = format!("tcp://www.example.test:{}#to=127.0.0.2", server.port());
    let allowed = ["--allow-resolve", "any", "--allow-outbound", &rule];
    for denied in ["www.example.test", "*.example.test", "any"] {
        let rules = [&allowed[..], &["--deny-resolve", denied]].concat();
        let denial = format!("denied: lookup www.example.test (--deny-resolve {denied})");
        for refused in [
            fetch(&zone, &rules, "www.example.test", server),
            run(&zone, &rules, "resolve", "www.example.test"),
        ] {
            check_refused(
                &refused,
                &[&denial, "a deny rule wins over every allow rule"],
            );
        }
    }
}

#[test]
fn a_name_that_does_not_exist_is_no_denial() {
    let zone = Zone::start();
    for host in ["nobody.example.test", "empty.example.test"] {
        let failed = run(&zone, &["--allow-resolve", "any"], "resolve", host);
        check_refused(&failed, &[host, "(EAI_NONAME)"]);
        assert!(!failed.stderr.contains("denied"), "{}", failed.stderr);
    }
}

/// The address that a name has got in the meantime is decided on as the first one was, and a guest that runs all the time
/// gets no further than one that is started anew.
#[test]
fn a_name_that_changes_its_mind_does_not_change_the_policy() {
    let Some(program) = std_program("each_line") else {
        return;
    };
    let zone = Zone::start();
    let server = Server::start("127.0.0.2:0");
    let port = server.address.port();
    let rule = format!("tcp://www.example.test:{port}#to=127.0.0.2");
    let mut guest = wasock_command()
        .args(["run", "--dns", &zone.address.to_string()])
        .args(["--allow-outbound", &rule])
        .arg(program)
        .arg(format!("www.example.test:{port}"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = guest.stdin.take().unwrap();
    let mut stdout = BufReader::new(guest.stdout.take().unwrap());
    let mut connect = || {
        stdin.write_all(b"now\n").unwrap();
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        line
    };

    assert_eq!(connect(), "127.0.0.2\n");
    zone.set("www.example.test", &["127.0.0.3"]);
    assert!(connect().starts_with("error: "));
    zone.set("www.example.test", &["127.0.0.2"]);
    assert_eq!(connect(), "127.0.0.2\n");

    drop(stdin);
    let output = guest.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    let denial = "denied: answer www.example.test with 127.0.0.3 (#to= leaves this address out: ";
    assert!(stderr.starts_with(denial), "{stderr}");
    assert_eq!(stderr.matches("denied: ").count(), 1, "{stderr}");
    assert!(output.status.success());
}

#[test]
fn a_program_of_the_standard_library_exchanges_datagrams_by_name() {
    let Some(program) = std_program("datagrams") else {
        return;
    };
    let zone = Zone::start();
    zone.set("www.example.test", &["127.0.0.1"]);
    let port = echo().port();
    let app = program.to_str().unwrap();
    let dns = zone.address.to_string();
    let (by_name, by_alias) = (
        format!("www.example.test:{port}"),
        format!("alias.example.test:{port}"),
    );
    let run = |rules: &[&str]| {
        wasock([&["run", "--dns", &dns], rules, &[app, &by_name, &by_alias]].concat())
    };

    let grant = format!("udp://*.example.test:{port}#to=127.0.0.1");
    let granted = run(&["--allow-outbound", &grant]);
    assert_eq!(
        granted.stdout,
        format!("{by_name} echo ping\n{by_alias} echo ping\n"),
        "{}",
        granted.stderr
    );
    assert_eq!(granted.stderr, "");

    let denied = ["--deny-resolve", "www.example.test"];
    let refused = run(&[&["--allow-outbound", &*grant][..], &denied].concat());
    assert!(!refused.stdout.contains("echo"), "{}", refused.stdout);
    let through = "this one covers www.example.test, which the lookup went through";
    assert!(refused.stderr.contains(through), "{}", refused.stderr);

    // The lookup is allowed, and what it finds is not within reach.
    let seen = run(&["--allow-resolve", ".example.test"]);
    assert!(seen.stdout.contains("Permission denied"), "{}", seen.stdout);
    let allow = format!("--allow-outbound udp://www.example.test:{port}#to=127.0.0.1");
    assert!(seen.stderr.contains(&allow), "{}", seen.stderr);

    let unmeant = run(&["--allow-outbound", &format!("udp://*.example.test:{port}")]);
    assert!(
        unmeant.stderr.contains("add #to=127.0.0.1"),
        "{}",
        unmeant.stderr
    );
}
