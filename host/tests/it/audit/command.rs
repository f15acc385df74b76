//! `wasock run --audit FILE`.

use std::path::{Path, PathBuf};

use wasock::audit::json::{Line, TrafficFields, read_line};
use wasock::embedded;

use crate::cli::{Output, wasock, wasock_command};
use crate::server::Server;

/// The client of the demo in a folder of its own, and a file beside it that does not exist yet.
struct Bench {
    folder: tempfile::TempDir,
    server: Server,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("client.wasm"), embedded::PLAIN_CLIENT).unwrap();
        let server = Server::start("127.0.0.1:0");
        Self { folder, server }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("audit.jsonl")
    }

    /// `wasock run --audit FILE RULES client.wasm ADDRESS hello`.
    fn run(&self, file: &Path, rules: &[&str]) -> Output {
        let app = self.folder.path().join("client.wasm");
        let address = self.server.address.to_string();
        let mut args = vec!["run", "--audit", file.to_str().unwrap()];
        args.extend(rules);
        args.extend([app.to_str().unwrap(), &address, "hello"]);
        wasock(args)
    }
}

fn lines(file: &Path) -> Vec<Line> {
    let text = std::fs::read_to_string(file).unwrap();
    text.lines().map(|line| read_line(line).unwrap()).collect()
}

fn events(lines: &[Line]) -> Vec<(&str, Option<&str>)> {
    let mut events = Vec::new();
    for line in lines {
        events.push((line.event.as_str(), line.fields.verdict.as_deref()));
    }
    events
}

#[test]
fn each_run_adds_what_happened_to_the_file() {
    let bench = Bench::new();
    let (file, rule) = (bench.file(), bench.server.rule());
    let refused = bench.run(&file, &[]);
    assert_eq!(refused.status, Some(1), "{}", refused.stderr);
    assert!(refused.stderr.contains("denied: "), "{}", refused.stderr);
    let denied = lines(&file);
    assert_eq!(events(&denied), [("connect", Some("denied"))]);
    let suggestion = denied[0].fields.suggestion.clone().unwrap();
    assert_eq!(suggestion, format!("--allow-outbound {rule}"));

    let granted = bench.run(&file, &["--allow-outbound", &rule]);
    assert_eq!(granted.stdout, "received: echo hello\n");
    let both = lines(&file);
    assert_eq!(both[0], denied[0]);
    let [connect, closed] = &both[1..] else {
        panic!("{both:?}");
    };
    let expected = [("connect", Some("allowed")), ("closed", None)];
    assert_eq!(events(&both)[1..], expected);
    assert_eq!(connect.seq, 0);
    assert_eq!(connect.guest.as_deref(), Some("client.wasm"));
    assert_eq!(connect.fields.remote, Some(bench.server.address));
    assert_eq!(connect.fields.rule, Some(suggestion));

    assert_eq!(closed.seq, 1);
    assert_eq!(closed.fields.cause.as_deref(), Some("guest"));
    assert_eq!(closed.fields.remote, Some(bench.server.address));
    let bytes = |traffic: Option<TrafficFields>| traffic.unwrap().bytes;
    // Of `hello` and `echo hello`, with their line ends.
    assert_eq!(
        (bytes(closed.fields.sent), bytes(closed.fields.received)),
        (6, 11)
    );
}

#[test]
fn a_full_disk_is_told_once_and_the_component_does_not_notice() {
    let full = Path::new("/dev/full");
    if !full.exists() {
        return crate::guests::not_tested("a full disk", "there is no /dev/full");
    }
    let bench = Bench::new();
    let rule = bench.server.rule();
    let output = bench.run(full, &["--allow-outbound", &rule]);
    assert_eq!(output.status, Some(0), "{}", output.stderr);
    assert_eq!(output.stdout, "received: echo hello\n");
    let told = output.stderr.matches("audit: cannot write /dev/full: ");
    assert_eq!(told.count(), 1, "{}", output.stderr);
    let summary = output.stderr.lines().last().unwrap_or_default();
    assert!(summary.ends_with("not in /dev/full"), "{}", output.stderr);
}

#[test]
fn a_file_that_cannot_be_opened_is_an_error_before_anything_runs() {
    let bench = Bench::new();
    let rule = bench.server.rule();
    let nowhere = bench.folder.path().join("no/such/folder/audit.jsonl");
    let output = bench.run(&nowhere, &["--allow-outbound", &rule]);
    assert_eq!(output.status, Some(1));
    assert!(
        output.stderr.starts_with("error: cannot open ") && output.stderr.contains("no/such"),
        "{}",
        output.stderr
    );
    assert_eq!(bench.server.connections(), 0);
}

/// What was counted is written when a signal ends the run, too.
#[test]
fn ctrl_c_leaves_a_whole_file() {
    let bench = Bench::new();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let mut guest = wasock_command()
        .args(["run", "--allow-outbound", &format!("tcp://{address}")])
        .arg("--audit")
        .arg(bench.file())
        .arg(bench.folder.path().join("client.wasm"))
        .args([&address, "hello"])
        .spawn()
        .unwrap();
    // It is connected, and waits for an answer.
    let (_peer, _) = listener.accept().unwrap();
    let kill = std::process::Command::new("kill")
        .args(["-INT", &guest.id().to_string()])
        .status();
    assert!(kill.unwrap().success());
    guest.wait().unwrap();
    let lines = lines(&bench.file());
    assert_eq!(events(&lines)[0], ("connect", Some("allowed")));
}
