//! `wasock policy diff`: what changes, and for what has happened.

use std::path::PathBuf;

use wasock::embedded;

use super::{Output, wasock_command};
use crate::server::Server;

/// A folder with policies and records.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// A policy file with these lines below its version.
    fn policy(&self, name: &str, lines: &str) {
        self.file(name, format!("version = 1\n{lines}\n").as_bytes());
    }

    fn wasock(&self, arguments: &[&str]) -> Output {
        Output::of(wasock_command().current_dir(self.0.path()).args(arguments))
    }

    fn diff(&self, options: &[&str]) -> Output {
        let policies = ["policy", "diff", "old.toml", "new.toml"];
        self.wasock(&[&policies, options].concat())
    }
}

/// A record of a connection, as `--audit` writes it.
fn connect(fields: &str) -> String {
    format!(
        "{{\"v\":1,\"time\":\"2026-01-31T12:00:00.000000Z\",\"seq\":0,\"event\":\"connect\",\
         \"verdict\":\"denied\",\"direction\":\"outbound\",\"protocol\":\"tcp\",\"reason\":\"no-rule\",{fields}}}\n"
    )
}

#[test]
fn what_is_written_differently_is_shown_with_its_place() {
    let folder = Folder::new();
    folder.policy(
        "old.toml",
        "outbound.allow = [\"tcp://any:443\", \"tcp://any:80\"]\nlimits.sockets = 5",
    );
    folder.policy(
        "new.toml",
        "outbound.allow = [\"tcp://any:443\"]\nlimits.sockets = 7",
    );
    let output = folder.diff(&[]);
    assert_eq!(
        output.stdout,
        "- --allow-outbound tcp://any:80 (old.toml:2)\n\
         - --limit sockets=5\n\
         + --limit sockets=7\n"
    );
    assert_eq!((output.status, output.stderr.as_str()), (Some(1), ""));
}

#[test]
fn policies_that_say_the_same_end_with_zero() {
    let folder = Folder::new();
    folder.policy(
        "old.toml",
        "outbound.allow = [\"tcp://any:443\", \"tcp://any:80\"]",
    );
    folder.policy(
        "new.toml",
        "[outbound]\nallow = [\n  'tcp://*:80', # first\n  'tcp://*:443',\n]",
    );
    let output = folder.diff(&[]);
    assert_eq!(output.stdout, "the policies say the same\n");
    assert_eq!(output.status, Some(0));
}

#[test]
fn what_happened_is_decided_on_again() {
    let server = Server::start("127.0.0.1:0");
    let address = server.address.to_string();
    let folder = Folder::new();
    folder.file("client.wasm", embedded::PLAIN_CLIENT);
    folder.policy(
        "old.toml",
        &format!("outbound.allow = [\"{}\"]", server.rule()),
    );
    folder.policy("new.toml", "outbound.allow = [\"tcp://127.0.0.1:1\"]");
    let run = [
        "run",
        "--policy",
        "old.toml",
        "--audit",
        "audit.jsonl",
        "client.wasm",
        &address,
        "hello",
    ];
    assert_eq!(folder.wasock(&run).status, Some(0));

    let output = folder.diff(&["--replay", "audit.jsonl"]);
    assert_eq!(output.status, Some(1), "{}", output.stderr);
    let rule = server.rule();
    let expected = format!(
        " come out differently\n\
         \n\
         - allowed: outbound tcp {address} (--allow-outbound {rule}, old.toml:2)\n\
         + denied: outbound tcp {address} (no rule)\n    \
             allow it with: --allow-outbound {rule}\n"
    );
    assert!(
        output.stdout.contains("1 come out differently"),
        "{}",
        output.stdout
    );
    assert!(output.stdout.ends_with(&expected), "{}", output.stdout);
}

#[test]
fn repetitions_count_and_mappings_are_followed_anew() {
    let folder = Folder::new();
    folder.policy("old.toml", "outbound.deny = [\"tcp://8.8.8.8:25\"]");
    folder.policy(
        "new.toml",
        "map = [\"tcp://8.8.4.4:80=127.0.0.1:8080\"]\noutbound.allow = [\"tcp://8.8.8.8:any\", \"tcp://127.0.0.1:8080\"]",
    );
    let records = [
        connect("\"count\":41,\"remote\":\"8.8.8.8:25\""),
        connect("\"remote\":\"8.8.8.8:25\""),
        // It was mapped elsewhere when it was recorded.
        connect("\"remote\":\"10.0.0.9:80\",\"asked\":\"8.8.4.4:80\""),
        connect("\"remote\":\"9.9.9.9:9\""),
    ];
    folder.file("audit.jsonl", records.concat().as_bytes());
    let output = folder.diff(&["--replay", "audit.jsonl"]);
    let (_, replayed) = output.stdout.split_once("\nof ").unwrap();
    assert_eq!(
        replayed,
        "44 recorded requests, 43 come out differently\n\
         \n\
         - denied: outbound tcp 8.8.8.8:25 (--deny-outbound tcp://8.8.8.8:25, old.toml:2)\n\
         + allowed: outbound tcp 8.8.8.8:25 (--allow-outbound tcp://8.8.8.8:any, new.toml:3)\n  \
           42 times\n\
         \n\
         - denied: outbound tcp 8.8.4.4:80 (no rule)\n\
         + allowed: outbound tcp 127.0.0.1:8080 (--allow-outbound tcp://127.0.0.1:8080, new.toml:3)\n"
    );
}

#[test]
fn what_cannot_be_replayed_is_told() {
    let folder = Folder::new();
    folder.policy("old.toml", "");
    folder.policy("new.toml", "");
    folder.file(
        "some.jsonl",
        format!("nonsense\n{}", connect("\"remote\":\"8.8.8.8:25\"")).as_bytes(),
    );
    let some = folder.diff(&["--replay", "some.jsonl"]);
    assert_eq!(some.status, Some(0), "{}", some.stderr);
    assert!(
        some.stdout
            .contains("of 1 recorded requests, 0 come out differently"),
        "{}",
        some.stdout
    );
    assert!(
        some.stderr
            .starts_with("some.jsonl:1: expected a record in JSON"),
        "{}",
        some.stderr
    );
    assert!(
        some.stderr
            .ends_with("some.jsonl: 1 line could not be used\n"),
        "{}",
        some.stderr
    );

    folder.file("none.jsonl", b"nonsense\n");
    let none = folder.diff(&["--replay", "none.jsonl"]);
    assert_eq!(none.status, Some(1));
    assert!(
        none.stderr.contains("none.jsonl is not an audit file"),
        "{}",
        none.stderr
    );

    let missing = folder.diff(&["--replay", "missing.jsonl"]);
    assert_eq!(missing.status, Some(1));
    assert!(
        missing.stderr.contains("cannot read missing.jsonl"),
        "{}",
        missing.stderr
    );

    let usage = folder.wasock(&["policy", "diff", "old.toml"]);
    assert_eq!(usage.status, Some(2));
    assert_eq!(folder.wasock(&["policy"]).status, Some(2));
}
