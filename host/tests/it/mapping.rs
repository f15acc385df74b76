//! `wasock run --map`: a component that is led elsewhere than it asks for.

use wasock::embedded;

use crate::cli::{Output, wasock};
use crate::guests::example;
use crate::server::{Server, echo, http_server};

/// The client of the demo asks for a server far away.
fn talk_to(asked: &str, options: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let app = folder.path().join("client.wasm");
    std::fs::write(&app, embedded::PLAIN_CLIENT).unwrap();
    let app = app.to_str().unwrap();
    wasock([&["run"], options, &[app, asked, "hello"]].concat())
}

#[test]
fn a_component_is_led_to_a_server_that_it_does_not_know_of() {
    let server = Server::start("127.0.0.1:0");
    let map = format!("tcp://any:80={}", server.address);
    let rule = server.rule();

    let refused = talk_to("203.0.113.5:80", &["--map", &map]);
    assert_eq!(refused.status, Some(1));
    assert_eq!(server.connections(), 0);
    let option = format!("allow it with: --allow-outbound {rule}");
    let asked = "the guest asked for 203.0.113.5:80, which is mapped";
    for part in [option.as_str(), asked] {
        assert!(refused.stderr.contains(part), "{part}: {}", refused.stderr);
    }

    let granted = talk_to(
        "203.0.113.5:80",
        &["--map", &map, "--allow-outbound", &rule],
    );
    assert_eq!(granted.stdout, "received: echo hello\n");
    assert_eq!(granted.stderr, "");
    assert_eq!(server.connections(), 1);

    // Another port is led nowhere.
    let elsewhere = talk_to(
        "203.0.113.5:81",
        &["--map", &map, "--allow-outbound", &rule],
    );
    assert!(
        elsewhere
            .stderr
            .contains("denied: outbound tcp 203.0.113.5:81")
    );
}

#[test]
fn datagrams_are_led_as_well_and_answered() {
    let address = echo().to_string();
    let app = example("udp-echo").to_str().unwrap();
    let output = wasock([
        "run",
        "--map",
        &format!("udp://203.0.113.53:53={address}"),
        "--allow-outbound",
        &format!("udp://{address}"),
        app,
        "send",
        "203.0.113.53:53",
        "hi",
    ]);
    assert_eq!(output.stdout, "echo hi\n", "{}", output.stderr);
    assert_eq!(output.stderr, "");
}

#[test]
fn a_name_has_the_address_that_it_is_given() {
    let address = http_server("127.0.0.2:0");
    let url = format!("http://db.internal:{}/", address.port());
    let app = example("http-get").to_str().unwrap();
    let run = |rule: &str| {
        let map = "db.internal=127.0.0.2";
        // Whom it would have to ask does not answer.
        let dns = ["--dns", "127.0.0.1:1"];
        let options = ["--map", map, "--allow-outbound", rule];
        wasock([&["run"], &dns[..], &options, &[app, &url]].concat())
    };
    let rule = format!("tcp://db.internal:{}", address.port());
    let alone = run(&rule);
    assert_eq!(alone.status, Some(1));
    let denial = "db.internal resolved to 127.0.0.2 (loopback): a name alone never reaches";
    assert!(alone.stderr.contains(denial), "{}", alone.stderr);

    let meant = run(&format!("{rule}#to=127.0.0.2"));
    assert_eq!(meant.stdout, "hello\n", "{}", meant.stderr);
}
