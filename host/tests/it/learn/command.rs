//! `wasock learn`: what it says, and how it ends.

use std::path::{Path, PathBuf};

use wasock::policy::Request;

use super::{connect, line, resolve};
use crate::cli::{Output, wasock};

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }
}

fn learn(options: &[&str], files: &[&Path]) -> Output {
    let files: Vec<&str> = files.iter().map(|file| file.to_str().unwrap()).collect();
    wasock([&["learn"], options, &files].concat())
}

fn text(request: Request) -> String {
    serde_json::to_string(&line(request, "allowed")).unwrap()
}

#[test]
fn several_files_make_one_policy() {
    let folder = Folder::new();
    let first = folder.file("a", &text(connect("93.184.216.34:80", &[])));
    let second = folder.file("b", &text(connect("93.184.216.34:443", &[])));
    let output = learn(&[], &[&first, &second]);
    assert_eq!(output.status, Some(0), "{}", output.stderr);
    let expected = "\"tcp://93.184.216.34:80,443\",  # 2 times";
    assert!(output.stdout.contains(expected), "{}", output.stdout);
    assert!(output.stdout.contains("# What app.wasm did"));
}

#[test]
fn one_of_several_components_is_learnt_from_alone() {
    let folder = Folder::new();
    let other = text(connect("93.184.216.35:80", &[])).replace("app.wasm", "other.wasm");
    let mine = text(connect("93.184.216.34:80", &[]));
    let file = folder.file("audit", &format!("{other}\n{mine}\n"));
    let output = learn(&["--guest", "app.wasm"], &[&file]);
    assert!(output.stdout.contains("93.184.216.34"), "{}", output.stdout);
    assert!(!output.stdout.contains("93.184.216.35"));
}

#[test]
fn lines_that_cannot_be_used_are_told_by_their_numbers_and_the_rest_is_learnt() {
    let folder = Folder::new();
    let good = text(connect("93.184.216.34:80", &[]));
    let torn = &good[..good.len() / 2];
    let later = good.replace("\"v\":1", "\"v\":2");
    let content = format!("{good}\n\x1b[2Jgarbage\n\n{later}\n{good}\n{torn}");
    let file = folder.file("audit.jsonl", &content);
    let output = learn(&[], &[&file]);
    assert_eq!(output.status, Some(0), "{}", output.stderr);
    assert!(output.stdout.contains("# 2 times"), "{}", output.stdout);
    for part in [
        "audit.jsonl:2: expected a record in JSON",
        "audit.jsonl:4: expected version 1, but found 2",
        "audit.jsonl:6: expected a record in JSON",
        "audit.jsonl: 3 lines could not be used",
    ] {
        assert!(output.stderr.contains(part), "{part}: {}", output.stderr);
    }
    assert!(!output.stderr.contains('\x1b'), "{}", output.stderr);

    // A field that means nothing is told with what was found, and disturbs nobody.
    let evil = text(resolve("a.example")).replace("a.example", "\\u001b[2J");
    let file = folder.file("evil.jsonl", &format!("{good}\n{evil}\n"));
    let output = learn(&[], &[&file]);
    let part = "evil.jsonl:2: expected something else in the field `name`";
    assert!(output.stderr.contains(part), "{}", output.stderr);
    assert!(!output.stderr.contains('\x1b'), "{}", output.stderr);
}

#[test]
fn of_many_such_lines_the_first_are_told() {
    let folder = Folder::new();
    let good = text(connect("93.184.216.34:80", &[]));
    let file = folder.file("audit", &format!("{good}\n{}", "x\n".repeat(1_000)));
    let output = learn(&[], &[&file]);
    assert_eq!(output.status, Some(0));
    assert_eq!(output.stderr.lines().count(), 11, "{}", output.stderr);
    assert!(output.stderr.contains("1000 lines"), "{}", output.stderr);
}

#[test]
fn what_is_no_audit_file_is_an_error_and_writes_nothing() {
    let folder = Folder::new();
    let garbage = folder.file("garbage", "\u{7f}ELF\n\n");
    let policy = folder.0.path().join("policy.toml");
    let output = learn(&["-o", policy.to_str().unwrap()], &[&garbage]);
    assert_eq!(output.status, Some(1), "{}", output.stderr);
    let name = garbage.display();
    assert_eq!(
        output.stderr,
        format!(
            "{name}:1: expected a record in JSON, but expected value\n\
             {name}: 1 line could not be used\n\
             error: {name} is not an audit file: no line of it can be used\n"
        )
    );
    assert!(!policy.exists());

    let nowhere = folder.0.path().join("nowhere");
    let output = learn(&[], &[&nowhere]);
    assert_eq!(output.status, Some(1));
    assert!(output.stderr.contains("nowhere"), "{}", output.stderr);
    assert_eq!(learn(&[], &[]).status, Some(2));

    // One in which nothing has happened yet is one.
    let empty = folder.file("empty", "");
    let output = learn(&[], &[&empty]);
    let said = format!("{}: there are no records in it\n", empty.display());
    assert_eq!((output.status, output.stderr), (Some(0), said));
    assert!(output.stdout.contains("version = 1"), "{}", output.stdout);
}

#[test]
fn what_no_rule_can_allow_is_told() {
    let folder = Folder::new();
    let file = folder.file("audit", &text(resolve("any")));
    let output = learn(&[], &[&file]);
    assert_eq!(output.status, Some(0), "{}", output.stderr);
    assert_eq!(output.stderr, "no rule can allow this: lookup any\n");
}
