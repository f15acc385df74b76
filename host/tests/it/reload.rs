//! A policy file that changes while the component runs.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, Stdio};

use wasock::embedded;

use crate::cli::{file, wasock_command};
use crate::guests::std_program;
use crate::server::Server;

/// A component that runs by a policy file.
struct Running {
    process: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    stderr: BufReader<ChildStderr>,
    policy: PathBuf,
    _folder: tempfile::TempDir,
}

impl Running {
    fn start(policy: &str, options: &[&str], app: &Path, arguments: &[&str]) -> Self {
        let (folder, file) = file("policy.toml", policy.as_bytes());
        let mut process = wasock_command()
            .args(["run", "--policy", file.to_str().unwrap()])
            .args(options)
            .arg(app)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            stdin: process.stdin.take().unwrap(),
            stdout: BufReader::new(process.stdout.take().unwrap()),
            stderr: BufReader::new(process.stderr.take().unwrap()),
            process,
            policy: file,
            _folder: folder,
        }
    }

    /// Put another file in the place of the policy.
    fn replace(&self, policy: &str) {
        let partial = self.policy.with_extension("partial");
        std::fs::write(&partial, policy).unwrap();
        std::fs::rename(partial, &self.policy).unwrap();
    }

    /// Wait for a line of standard error that has this in it.
    fn until_said(&mut self, part: &str) -> String {
        let mut line = String::new();
        while !line.contains(part) {
            line.clear();
            let length = self.stderr.read_line(&mut line).unwrap();
            assert!(length > 0, "it ends without: {part}");
        }
        line
    }

    /// What the component answers to a line.
    fn ask(&mut self) -> String {
        writeln!(self.stdin, "now").unwrap();
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        line.trim().to_owned()
    }

    fn signal(&self, name: &str) {
        let id = self.process.id().to_string();
        let sent = Command::new("kill").args([name, &id]).status().unwrap();
        assert!(sent.success());
    }
}

const IN_FORCE: &str = "is in force as it is now";

fn allowing(rule: &str) -> String {
    format!("version = 1\noutbound.allow = [\"{rule}\"]\n")
}

#[test]
fn a_changed_file_counts_from_the_next_call_and_a_bad_one_changes_nothing() {
    let Some(program) = std_program("each_line") else {
        return;
    };
    let server = Server::start("127.0.0.1:0");
    let address = server.address.to_string();
    let mut running = Running::start("version = 1\n", &[], &program, &[&address]);
    assert!(running.ask().starts_with("error: "));

    running.replace(&allowing(&server.rule()));
    running.until_said(IN_FORCE);
    assert_eq!(running.ask(), "127.0.0.1");

    running.replace("version = 1\noutbound.allow = [\"tcp://127.0.0.1\"]\n");
    running.until_said("policy: the one before stays in force");
    let told = running.until_said("policy.toml:2:");
    assert!(told.contains("port"), "{told}");
    assert_eq!(running.ask(), "127.0.0.1");

    running.replace("version = 1\n");
    running.until_said(IN_FORCE);
    assert!(running.ask().starts_with("error: "));
    drop(running.stdin);
    assert!(running.process.wait().unwrap().success());
}

#[test]
fn sighup_reads_the_file_at_once_and_options_count_beside_it() {
    let Some(program) = std_program("each_line") else {
        return;
    };
    let server = Server::start("127.0.0.1:0");
    let (rule, address) = (server.rule(), server.address.to_string());
    let options = ["--deny-outbound", &*rule];
    let mut running = Running::start(&allowing(&rule), &options, &program, &[&address]);
    assert!(running.ask().starts_with("error: "));
    running.signal("-HUP");
    running.until_said(IN_FORCE);
    assert!(running.ask().starts_with("error: "), "the option denies");
    drop(running.stdin);
    assert!(running.process.wait().unwrap().success());
}

#[test]
fn a_connection_that_the_file_does_not_allow_any_more_ends_under_a_client_that_waits() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (_folder, client) = file("client.wasm", embedded::PLAIN_CLIENT);
    let policy = allowing(&format!("tcp://{address}"));
    let mut running = Running::start(&policy, &["-v"], &client, &[&address, "hello"]);
    let (peer, _) = listener.accept().unwrap();
    let mut peer = BufReader::new(peer);
    let mut line = String::new();
    peer.read_line(&mut line).unwrap();
    assert_eq!(line, "hello\n");

    running.replace("version = 1\n");
    running.until_said("error: the policy does not allow the connection any more");
    running.until_said("access-denied");
    let mut rest = String::new();
    assert_eq!(peer.read_line(&mut rest).unwrap(), 0, "closed");
    assert_eq!(running.process.wait().unwrap().code(), Some(1));
}
