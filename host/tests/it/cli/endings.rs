//! Readers that leave early, and files that have no end.

use std::io::{Read, pipe};
use std::process::Stdio;

use wasock::embedded;

use super::{Output, file, wasock, wasock_command};
use crate::guests::example;

const POLICY: &str = "version = 1\noutbound.allow = [\"tcp://192.0.2.1:80\"]\n";

/// What a command says on standard error whose answer nobody reads, and how it ends.
fn unread(arguments: &[&str]) -> (Option<i32>, String) {
    let (reader, writer) = pipe().unwrap();
    drop(reader);
    let mut command = wasock_command();
    let ended = command.args(arguments).stdout(writer).output().unwrap();
    let said = String::from_utf8(ended.stderr).unwrap();
    (ended.status.code(), said)
}

#[test]
fn a_reader_that_has_enough_is_no_mistake() {
    let (folder, old) = file("old.toml", POLICY.as_bytes());
    let new = folder.path().join("new.toml");
    std::fs::write(&new, "version = 1\n").unwrap();
    let audit = folder.path().join("audit.jsonl");
    std::fs::write(&audit, "").unwrap();
    let app = folder.path().join("app.wasm");
    std::fs::write(&app, embedded::PLAIN_CLIENT).unwrap();
    let [old, new, audit, app] = [&old, &new, &audit, &app].map(|path| path.to_str().unwrap());
    for arguments in [
        &["check", "tcp://192.0.2.1:80"][..],
        &["check", "--json", "--policy", old, "tcp://192.0.2.1:80"],
        &["inspect", app],
        &["inspect", "--json", app],
        &["learn", audit],
        &["policy", "diff", old, new],
        &["policy", "diff", old, old],
        &["completions", "bash"],
        &["demo"],
    ] {
        let read = wasock(arguments);
        assert_eq!(
            unread(arguments),
            (read.status, read.stderr),
            "{arguments:?}"
        );
    }
}

#[test]
fn who_reads_the_beginning_of_a_component_may_leave() {
    let app = example("http-get");
    let app = app.to_str().unwrap();
    for arguments in [
        &["provider", "-o", "/dev/stdout"][..],
        &["compose", app, "-o", "/dev/stdout"],
    ] {
        let mut command = wasock_command();
        command.args(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // More than a pipe takes: the rest waits for who reads.
        let mut reader = child.stdout.take().unwrap();
        reader.read_exact(&mut [0; 8]).unwrap();
        drop(reader);
        let ended = child.wait_with_output().unwrap();
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(
            (ended.status.code(), &*said),
            (Some(0), ""),
            "{arguments:?}"
        );
    }
}

#[test]
fn a_file_without_end_is_not_read_to_the_end() {
    for command in ["run", "inspect"] {
        let output = wasock([command, "/dev/zero"]);
        let Output { status, stderr, .. } = &output;
        assert_eq!(*status, Some(1), "{stderr}");
        assert_eq!(
            *stderr,
            format!(
                "error: cannot {command} /dev/zero\n  because: this is not a WebAssembly file: \
                 a component begins with the bytes `\\0asm`\n"
            )
        );
    }
    let output = wasock(["check", "--policy", "/dev/zero", "tcp://192.0.2.1:80"]);
    assert_eq!(
        (output.status, &*output.stderr),
        (
            Some(2),
            "error: /dev/zero is no policy: expected a file of at most 16 MiB; is it the right one?\n"
        )
    );
}
