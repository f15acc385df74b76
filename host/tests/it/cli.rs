//! The binary: what it says, and how it ends.

mod check;
mod completions;
mod diff;
mod endings;
mod policy_file;

use std::ffi::OsStr;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use wasock::component::Outline;
use wasock::embedded;

use crate::guests::{example, importing};
use crate::server::Server;

pub(crate) struct Output {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

pub(crate) fn wasock_command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wasock"));
    command.stdin(Stdio::null());
    command
}

pub(crate) fn wasock<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Output {
    Output::of(wasock_command().args(args))
}

impl Output {
    pub(crate) fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        Self {
            status: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// A file of this content; it is gone with the folder.
pub(crate) fn file(name: &str, content: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    (folder, path)
}

#[test]
fn each_command_explains_itself() {
    for command in ["run", "inspect", "learn", "compose", "provider", "demo"] {
        let output = wasock([command, "--help"]);
        assert_eq!(output.status, Some(0), "{command}");
        for part in ["Usage:", "Example:", "Exit status:"] {
            assert!(
                output.stdout.contains(part),
                "{command}: {part}\n{}",
                output.stdout
            );
        }
    }
}

#[test]
fn the_demo_goes_as_described() {
    let output = wasock(["demo"]);
    assert_eq!(output.status, Some(0), "{}{}", output.stdout, output.stderr);
    assert!(
        output.stdout.contains("error: access-denied"),
        "{}",
        output.stdout
    );
    assert!(
        output.stdout.contains("received: hello!"),
        "{}",
        output.stdout
    );
}

#[test]
fn a_denial_names_the_option_that_allows_it() {
    let server = Server::start("127.0.0.1:0");
    let (_folder, app) = file("client.wasm", embedded::PLAIN_CLIENT);
    let address = server.address.to_string();
    let run = |options: &[&str]| {
        let app = app.to_str().unwrap();
        wasock([&["run"], options, &[app, &address, "hello"]].concat())
    };

    let refused = run(&[]);
    assert_eq!(refused.status, Some(1));
    assert_eq!(server.connections(), 0);
    let option = refused
        .stderr
        .lines()
        .find_map(|line| line.strip_prefix("  allow it with: "))
        .unwrap();

    let granted = run(&option.split(' ').collect::<Vec<_>>());
    assert_eq!(granted.stdout, "received: echo hello\n");
    assert_eq!((granted.status, granted.stderr.as_str()), (Some(0), ""));

    let verbose = run(&["-v", "--allow-outbound", &server.rule()]);
    assert!(
        verbose.stderr.starts_with("allowed: outbound tcp"),
        "{}",
        verbose.stderr
    );
}

#[test]
fn a_mistake_on_the_command_line_is_shown_where_it_is() {
    for (rule, part) in [
        ("127.0.0.1:80", "tcp://127.0.0.1:80"),
        ("tcp://127.0.0.1:65536", "65535"),
        ("tcp://127.0.0.1", "port"),
        ("", "expected"),
    ] {
        let output = wasock(["run", "--allow-outbound", rule, "app.wasm"]);
        assert_eq!(output.status, Some(2), "{rule}: {}", output.stderr);
        assert!(output.stderr.contains(part), "{rule}: {}", output.stderr);
    }
    for args in [
        &["run"][..],
        &["nonsense"],
        &["run", "--env", "=x", "app.wasm"],
        &["run", "--dir", "::x", "app.wasm"],
        &["run", "--dns", "localhost", "app.wasm"],
        &["run", "--dns", "127.0.0.1:0", "app.wasm"],
        &["run", "--allow-resolve", "tcp://a:80", "app.wasm"],
        &["compose", "app.wasm"],
    ] {
        assert_eq!(wasock(args).status, Some(2), "{args:?}");
    }
}

#[test]
fn what_cannot_run_is_told_by_what_it_is() {
    for (name, content, part) in [
        (
            "core.wasm",
            &b"\0asm\x01\0\0\0"[..],
            "core WebAssembly module",
        ),
        ("text.wasm", b"(component)", "wasm-tools parse"),
        ("elf.wasm", b"\x7fELF", "not a WebAssembly file"),
        ("empty.wasm", b"", "empty"),
        ("library.wasm", b"\0asm\x0d\0\x01\0", "wasi:cli/run"),
        ("damaged.wasm", b"\0asm\x0d\0\x01\0\x07\xff", "damaged"),
    ] {
        let (_folder, path) = file(name, content);
        let output = wasock(["run".as_ref(), path.as_os_str()]);
        assert_eq!(output.status, Some(1), "{name}: {}", output.stderr);
        assert!(output.stderr.starts_with("error: "), "{}", output.stderr);
        assert!(output.stderr.contains(part), "{name}: {}", output.stderr);
    }

    let output = wasock(["run", "no-such-file.wasm"]);
    assert_eq!(output.status, Some(1));
    assert!(
        output.stderr.contains("no-such-file.wasm"),
        "{}",
        output.stderr
    );
}

#[test]
fn an_import_that_nobody_supplies_is_named_with_the_reason() {
    for (import, part) in [
        (
            "wasi:keyvalue/store@0.2.0",
            "does not guard wasi:keyvalue yet",
        ),
        ("wasi:sockets/types@0.3.0", "guards WASI 0.2 only"),
        ("acme:things/door", "nobody supplies it"),
    ] {
        let (_folder, path) = file("app.wasm", &importing(import));
        let output = wasock(["run".as_ref(), path.as_os_str()]);
        assert_eq!(output.status, Some(1), "{import}");
        assert!(output.stderr.contains(import), "{}", output.stderr);
        assert!(output.stderr.contains(part), "{}", output.stderr);
    }
}

#[test]
fn compose_writes_a_component_or_says_why_not() {
    let app = example("http-get");
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.wasm");
    let compose = |app: &OsStr| wasock(["compose".as_ref(), app, "-o".as_ref(), out.as_os_str()]);

    let (_client_folder, client) = file("client.wasm", embedded::PLAIN_CLIENT);
    let refused = compose(client.as_os_str());
    assert_eq!(refused.status, Some(2), "{}", refused.stderr);
    assert!(
        refused.stderr.contains("does not import wasock:net"),
        "{}",
        refused.stderr
    );
    assert!(!out.exists());

    assert_eq!(compose(app.as_os_str()).status, Some(0));
    assert!(Outline::read(&std::fs::read(&out).unwrap()).is_ok());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);

    let provider = wasock(["provider".as_ref(), "-o".as_ref(), out.as_os_str()]);
    assert_eq!(provider.status, Some(0));
    assert_eq!(std::fs::read(&out).unwrap(), embedded::PROVIDER);

    let nowhere = wasock(["provider", "-o", "/no/such/folder/out.wasm"]);
    assert_eq!(nowhere.status, Some(1));
}

#[test]
fn ctrl_c_ends_a_guest_that_waits_and_the_status_says_so() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (_folder, app) = file("client.wasm", embedded::PLAIN_CLIENT);
    for (name, number) in [("INT", 2), ("TERM", 15)] {
        let mut guest = wasock_command()
            .args(["run", "--allow-outbound", &format!("tcp://{address}")])
            .arg(&app)
            .args([&address, "hello"])
            .spawn()
            .unwrap();
        // It is connected, and waits for an answer.
        let (_peer, _) = listener.accept().unwrap();
        let kill = Command::new("kill")
            .args([format!("-{name}"), guest.id().to_string()])
            .status();
        assert!(kill.unwrap().success());
        assert_eq!(guest.wait().unwrap().signal(), Some(number), "{name}");
    }
}
