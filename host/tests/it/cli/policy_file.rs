//! `--policy`, and the options that add to a file.

use std::path::PathBuf;

use wasock::embedded;

use super::{Output, file, wasock, wasock_command};
use crate::server::Server;

/// A policy file and the client that it is for.
struct Setting {
    folder: tempfile::TempDir,
    client: PathBuf,
}

impl Setting {
    fn new() -> Self {
        let (folder, client) = file("client.wasm", embedded::PLAIN_CLIENT);
        Self { folder, client }
    }

    fn policy(&self, content: &str) -> String {
        let path = self.folder.path().join("policy.toml");
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Runs the client against the address.
    fn run(&self, options: &[&str], address: &str) -> Output {
        let client = self.client.to_str().unwrap();
        wasock([&["run"], options, &[client, address, "hello"]].concat())
    }
}

#[test]
fn a_component_is_held_to_its_policy_file() {
    let server = Server::start("127.0.0.1:0");
    let setting = Setting::new();
    let address = server.address.to_string();
    let allowing = setting.policy(&format!(
        "version = 1\n[outbound]\nallow = [\n  \"{}\",\n]\n",
        server.rule()
    ));
    let granted = setting.run(&["--policy", &allowing, "-v"], &address);
    assert_eq!(
        granted.stdout, "received: echo hello\n",
        "{}",
        granted.stderr
    );
    let place = format!("({} {}, {allowing}:4)", "--allow-outbound", server.rule());
    assert!(granted.stderr.contains(&place), "{}", granted.stderr);

    let denying = setting.policy(&format!(
        "version = 1\n[outbound]\nallow = [\"tcp://127.0.0.0/8:any\"]\ndeny = [\"{}\"]\n",
        server.rule()
    ));
    let refused = setting.run(&["--policy", &denying], &address);
    assert_eq!(refused.status, Some(1));
    assert!(
        refused.stderr.contains(&format!("{denying}:4)")),
        "{}",
        refused.stderr
    );
    assert_eq!(server.connections(), 1);
}

#[test]
fn options_add_to_the_file() {
    let server = Server::start("127.0.0.1:0");
    let setting = Setting::new();
    let address = server.address.to_string();
    let empty = setting.policy("version = 1\n");
    let rule = server.rule();
    let granted = setting.run(&["--policy", &empty, "--allow-outbound", &rule], &address);
    assert_eq!(
        granted.stdout, "received: echo hello\n",
        "{}",
        granted.stderr
    );

    let allowing = setting.policy(&format!("version = 1\noutbound.allow = [\"{rule}\"]\n"));
    let refused = setting.run(
        &["--policy", &allowing, "--deny-outbound", "tcp://any:any"],
        &address,
    );
    assert_eq!(refused.status, Some(1), "{}", refused.stderr);
    assert!(
        refused.stderr.contains("(--deny-outbound tcp://any:any)"),
        "{}",
        refused.stderr
    );
}

#[test]
fn what_a_policy_that_reports_would_refuse_is_told_unless_it_is_special() {
    let setting = Setting::new();
    let reporting = setting.policy("version = 1\nmode = \"report\"\n");
    for options in [
        &["--policy", &reporting][..],
        &["--report"],
        &["--mode", "report"],
    ] {
        let checked = wasock([&["check"], options, &["tcp://8.8.8.8:80"]].concat());
        assert_eq!(checked.status, Some(0), "{}", checked.stderr);
        assert!(
            checked
                .stdout
                .starts_with("reported: outbound tcp 8.8.8.8:80 (no rule)"),
            "{}",
            checked.stdout
        );

        // Loopback is special.
        let server = Server::start("127.0.0.1:0");
        let refused = setting.run(options, &server.address.to_string());
        assert_eq!(refused.status, Some(1), "{}", refused.stderr);
        assert_eq!(server.connections(), 0);
    }
    let enforced = wasock([
        "check",
        "--policy",
        &reporting,
        "--mode",
        "enforce",
        "tcp://8.8.8.8:80",
    ]);
    assert_eq!(enforced.status, Some(1), "{}", enforced.stdout);
}

#[test]
fn whatever_is_wrong_with_a_file_is_shown_where_it_is() {
    let setting = Setting::new();
    for (content, place, part) in [
        ("[limits]", "1:1", "expected version = 1"),
        (
            "version = 9",
            "1:11",
            "the only one that this program knows",
        ),
        (
            "version = 1\n[outbound]\nallow = [\"tcp://any:70000\"]",
            "3:21",
            "ports are 0 to 65535",
        ),
        (
            "version = 1\n[outbound]\nalow = []",
            "3:1",
            "there is no \"alow\" here",
        ),
        (
            "version = 1\n[limits]\nsockets = \"many\"",
            "3:12",
            "expected a number such as 32",
        ),
        (
            "version = 1\nmap = [\"tcp://any:80\"]",
            "2:21",
            "where it leads",
        ),
        (
            "version = 1\nmode = \"audit\"",
            "2:9",
            "expected enforce or report",
        ),
        ("version = 1\n[outbound\n", "2:10", "unclosed table"),
    ] {
        let path = setting.policy(content);
        for command in [
            &["run", "--policy", &path, "app.wasm"][..],
            &["check", "--policy", &path, "tcp://a.example:1"],
            &["policy", "diff", &path, &path],
        ] {
            let output = wasock(command);
            assert_eq!(output.status, Some(2), "{content}: {}", output.stderr);
            let start = format!("error: {path}:{place}: ");
            assert!(
                output.stderr.starts_with(&start),
                "{content}: {}",
                output.stderr
            );
            assert!(output.stderr.contains(part), "{content}: {}", output.stderr);
            assert!(output.stderr.contains('^'), "{content}: {}", output.stderr);
            assert_eq!(output.stdout, "");
        }
    }
}

#[test]
fn a_file_that_cannot_be_read_is_a_mistake_on_the_command_line() {
    let (folder, path) = file("policy.toml", b"version = 1\n# \xff\n");
    let path = path.to_str().unwrap();
    let output = wasock(["run", "--policy", path, "app.wasm"]);
    assert_eq!(output.status, Some(2));
    assert!(
        output.stderr.contains("not text in UTF-8, from byte 14 on"),
        "{}",
        output.stderr
    );

    let missing = folder.path().join("missing.toml");
    let output = wasock(["run", "--policy", missing.to_str().unwrap(), "app.wasm"]);
    assert_eq!(output.status, Some(2));
    assert!(output.stderr.contains("missing.toml"), "{}", output.stderr);
}

#[test]
fn limits_mappings_and_modes_on_the_command_line_say_what_is_wrong_with_them() {
    for (option, value, part) in [
        (
            "--limit",
            "connection=1",
            "expected a limit (sockets, connections,",
        ),
        ("--limit", "idle-time=10", "after the number"),
        ("--limit", "memory=0", "leave memory out"),
        ("--map", "tcp://any:80", "where it leads"),
        ("--map", "db.internal=10.0.0.5:80", "a port is mapped apart"),
        ("--mode", "audit", "expected enforce or report"),
    ] {
        let output = wasock(["run", option, value, "app.wasm"]);
        assert_eq!(output.status, Some(2), "{value}");
        assert!(output.stderr.contains(part), "{value}: {}", output.stderr);
    }
    let both = wasock(["run", "--report", "--mode", "enforce", "app.wasm"]);
    assert_eq!(both.status, Some(2));
}

#[test]
fn a_denied_name_that_an_address_may_give_back_is_warned_about() {
    let options = [
        "--allow-outbound",
        "tcp://any:443",
        "--deny-outbound",
        "tcp://a.example:443",
    ];
    let output = wasock([&["check"], &options[..], &["tcp://8.8.8.8:443"]].concat());
    assert_eq!(output.status, Some(0));
    assert!(
        output
            .stderr
            .starts_with("warning: --deny-outbound tcp://a.example:443 denies a name"),
        "{}",
        output.stderr
    );
}

#[test]
fn a_file_that_says_nothing_is_told_without_a_quotation() {
    for content in ["", "\n", "# nothing yet\n"] {
        let (folder, _) = file("policy.toml", content.as_bytes());
        let mut command = wasock_command();
        command.current_dir(folder.path());
        command.args(["check", "--policy", "policy.toml", "tcp://192.0.2.1:80"]);
        let output = Output::of(&mut command);
        assert_eq!(output.status, Some(2));
        let first = "error: policy.toml:1:1: there is nothing in the file: \
                     expected version = 1, and rules\n";
        let quotation = match content.trim() {
            "" => String::new(),
            line => format!("  {line}\n  ^\n"),
        };
        assert_eq!(output.stderr, format!("{first}{quotation}"));
    }
}
