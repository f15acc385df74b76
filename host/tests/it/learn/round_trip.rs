//! Run, learn, run again under what was learnt: the same happens, and nothing is denied.

use std::io::{BufRead, BufReader, Write};
use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::time::Duration;

use wasock::audit::json::read_line;
use wasock::policy::{Policy, PolicyFile};

use crate::cli::{Output, wasock};
use crate::examples::Listening;
use crate::global::{self, V4};
use crate::guests::example;
use crate::server::{echo, http_server};
use crate::zone::Zone;

/// Where audit files go.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

/// The lines of the policy in this file, as options.
fn lines(policy: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(policy).unwrap();
    let file = PolicyFile::parse("learnt.toml", &text).unwrap();
    let policy = Policy::builder().file(file).build();
    policy.lines().map(|line| line.to_string()).collect()
}

/// `wasock learn AUDIT -o FILE`: the file.
fn learn(audit: &Path, more: &[&str]) -> PathBuf {
    let policy = audit.with_extension("toml");
    let (audit, to) = (audit.to_str().unwrap(), policy.to_str().unwrap());
    let learnt = wasock([&["learn", audit, "-o", to], more].concat());
    assert_eq!(learnt.status, Some(0), "{}", learnt.stderr);
    assert_eq!((learnt.stdout.as_str(), learnt.stderr.as_str()), ("", ""));
    policy
}

/// Whether something was denied.
fn has_denied(audit: &Path) -> bool {
    let text = std::fs::read_to_string(audit).unwrap();
    let lines = text.lines().map(|line| read_line(line).unwrap());
    let verdicts: Vec<_> = lines.map(|line| line.fields.verdict).collect();
    assert!(!verdicts.is_empty());
    verdicts.contains(&Some("denied".to_owned()))
}

/// Run under broad rules, learn, run under what was learnt. `run` is given options and a file for the audit.
#[track_caller]
fn check_round(broad: &[&str], expected: &str, run: impl Fn(&[&str], &str) -> Output) {
    let folder = Folder::new();
    let [first, second] = ["first.jsonl", "second.jsonl"].map(|name| folder.file(name));
    let before = run(broad, first.to_str().unwrap());
    assert_eq!(before.status, Some(0), "{}", before.stderr);

    let policy = learn(&first, &["--special"]);
    assert_eq!(lines(&policy), [expected]);
    let options = ["--policy", policy.to_str().unwrap()];
    let after = run(&options, second.to_str().unwrap());
    assert_eq!(after.status, Some(0), "{}", after.stderr);
    assert_eq!(after.stdout, before.stdout);
    assert!(!has_denied(&second));

    // Without the flag nobody gets to this machine.
    let narrow = lines(&learn(&first, &[]));
    assert!(
        narrow.iter().all(|rule| !rule.contains("127.")),
        "{narrow:?}"
    );
}

#[test]
fn a_client_that_goes_by_name() {
    let zone = Zone::start();
    let address = http_server("127.0.0.2:0");
    let host = "alias.example.test";
    let url = format!("http://{host}:{}/", address.port());
    let dns = zone.address.to_string();
    let app = example("http-get").to_str().unwrap();
    let broad = [
        "--allow-outbound",
        "tcp://127.0.0.0/8:any",
        "--allow-resolve",
        "any",
    ];
    let port = address.port();
    let learnt = format!("--allow-outbound tcp://{host}:{port}#to=127.0.0.2");
    check_round(&broad, &learnt, |options, audit| {
        let run = ["run", "--dns", &dns, "--audit", audit];
        wasock([&run, options, &[app, &url]].concat())
    });
}

#[test]
fn a_client_that_sends_datagrams() {
    let address = echo().to_string();
    let app = example("udp-echo").to_str().unwrap();
    let broad = ["--allow-outbound", "udp://127.0.0.0/8:any"];
    let learnt = format!("--allow-outbound udp://{address}");
    check_round(&broad, &learnt, |options, audit| {
        let run = ["run", "--audit", audit];
        wasock([&run, options, &[app, "send", &address, "hi"]].concat())
    });
}

#[test]
fn a_program_that_only_looks_up() {
    let zone = Zone::start();
    let (dns, name) = (zone.address.to_string(), "private.example.test");
    let app = example("resolve").to_str().unwrap();
    let broad = ["--allow-resolve", "any"];
    let learnt = format!("--allow-resolve {name}");
    check_round(&broad, &learnt, |options, audit| {
        let run = ["run", "--dns", &dns, "--audit", audit];
        wasock([&run, options, &[app, name]].concat())
    });
}

#[test]
fn servers_and_their_peers() {
    for (app, arguments, protocol) in [
        ("echo-server", &["127.0.0.1:0"][..], "tcp"),
        ("udp-echo", &["serve", "127.0.0.1:0"], "udp"),
    ] {
        let folder = Folder::new();
        let [first, second] = ["first.jsonl", "second.jsonl"].map(|name| folder.file(name));
        let serve = |rules: &[&str], audit: &Path| {
            let audit = ["--audit", audit.to_str().unwrap()];
            let server = Listening::start(&[&audit, rules].concat(), app, arguments);
            assert_eq!(talk(&server, protocol), "hello\n", "{app}");
            server.end();
        };
        let broad = format!("{protocol}://any:0");
        serve(&["--allow-inbound", &broad], &first);
        let policy = learn(&first, &[]);
        let rule = format!("--allow-inbound {protocol}://127.0.0.1:0#from=127.0.0.1");
        assert_eq!(lines(&policy), [rule]);
        serve(&["--policy", policy.to_str().unwrap()], &second);
        assert!(!has_denied(&second), "{app}");
    }
}

/// What an echo server answers.
fn talk(server: &Listening, protocol: &str) -> String {
    if protocol == "tcp" {
        let mut stream = BufReader::new(server.connect());
        stream.get_mut().write_all(b"hello\n").unwrap();
        let mut line = String::new();
        stream.read_line(&mut line).unwrap();
        return line;
    }
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let limit = Some(Duration::from_secs(20));
    socket.set_read_timeout(limit).unwrap();
    socket.send_to(b"hello\n", server.address()).unwrap();
    let mut buffer = [0; 16];
    let length = socket.recv(&mut buffer).unwrap();
    String::from_utf8_lossy(&buffer[..length]).into_owned()
}

/// Out there, nothing is special.
#[test]
fn a_client_in_the_world() {
    global::inside("learn::round_trip::a_client_in_the_world", |world| {
        let folder = Folder::new();
        let audit = folder.file("audit.jsonl");
        let rules = ["--audit", audit.to_str().unwrap(), "--allow-outbound"];
        for host in ["www.example.test", V4] {
            let fetched = world.fetch(&[&rules[..], &["tcp://any:8080"]].concat(), host);
            assert_eq!(fetched.stdout, "hello\n", "{}", fetched.stderr);
        }
        let policy = learn(&audit, &[]);
        let expected = [
            "--allow-outbound tcp://www.example.test:8080".to_owned(),
            format!("--allow-outbound tcp://{V4}:8080"),
        ];
        assert_eq!(lines(&policy), expected);
        let options = ["--policy", policy.to_str().unwrap()];
        for host in ["www.example.test", V4] {
            assert_eq!(world.fetch(&options, host).stdout, "hello\n");
        }
        assert_eq!(world.fetch(&options, "v4.example.test").stdout, "");
    });
}
