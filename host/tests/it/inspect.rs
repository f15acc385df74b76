//! `wasock inspect`: what a component can reach, told before it runs.

use std::path::PathBuf;

use serde_json::{Value, json};
use tempfile::TempDir;
use wasock::embedded::{PLAIN_CLIENT, PROVIDER};

use crate::cli::{Output, wasock};
use crate::guests::{example, importing};

fn file(content: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.wasm");
    std::fs::write(&path, content).unwrap();
    (folder, path)
}

fn inspect(app: &[u8], options: &[&str]) -> Output {
    let (_folder, path) = file(app);
    let path = path.to_str().unwrap();
    let output = wasock([&["inspect"], options, &[path]].concat());
    assert_eq!((output.status, &*output.stderr), (Some(0), ""));
    output
}

fn described(app: &[u8]) -> String {
    inspect(app, &[]).stdout
}

fn reported(app: &[u8]) -> Value {
    serde_json::from_str(&inspect(app, &["--json"]).stdout).unwrap()
}

/// The doors of a report, each with who decides about it.
fn doors(report: &Value) -> Vec<(&str, &str)> {
    let doors = report["doors"].as_array().unwrap().iter();
    doors
        .map(|door| {
            let text = |field: &str| door[field].as_str().unwrap();
            (text("door"), text("access"))
        })
        .collect()
}

fn built(name: &str) -> Vec<u8> {
    std::fs::read(example(name)).unwrap()
}

#[test]
fn a_program_over_sockets_has_its_doors_named_with_the_rules_for_them() {
    let text = described(PLAIN_CLIENT);
    let (first, rest) = text.split_once('\n').unwrap();
    assert!(
        first.ends_with("app.wasm: a command, which `wasock run` runs"),
        "{first}"
    );
    assert!(
        rest.starts_with("\nExports\n    wasi:cli/run@0.2.0\n\nTCP (guarded)\n"),
        "{rest}"
    );
    for part in [
        "--allow-outbound tcp://HOST:PORT",
        "    wasi:sockets/tcp@0.2.0\n",
        "\nStandard input and output (open)\n",
        "\nArguments and environment (what you hand it)\n",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    for absent in ["UDP", "Files", "HTTP", "Not linked"] {
        assert!(!text.contains(absent), "{absent}: {text}");
    }
}

#[test]
fn every_import_is_under_one_door_and_every_door_has_its_reason() {
    for (app, expected) in [
        (
            PLAIN_CLIENT.to_vec(),
            &["tcp", "stdio", "environment", "plumbing"][..],
        ),
        (
            built("http-get"),
            &["sockets", "stdio", "environment", "plumbing"],
        ),
        #[cfg(feature = "http")]
        (
            built("http-program"),
            &["http", "stdio", "environment", "clocks", "plumbing"],
        ),
    ] {
        let report = reported(&app);
        assert_eq!(report["runs"], json!(true));
        assert_eq!(report["role"], json!("command"));
        assert_eq!(report["unsupplied"], json!([]));
        let doors = doors(&report);
        let names: Vec<&str> = doors.iter().map(|(door, _)| *door).collect();
        assert_eq!(names, expected);
        for (door, access) in doors {
            let expected = match door {
                "tcp" | "udp" | "names" | "http" | "sockets" => "guarded",
                "files" | "environment" => "handed",
                _ => "open",
            };
            assert_eq!(access, expected, "{door}");
        }

        let outline = wasock::component::Outline::read(&app).unwrap();
        let listed = report["doors"].as_array().unwrap().iter();
        let mut listed: Vec<&str> = listed
            .flat_map(|door| door["imports"].as_array().unwrap())
            .map(|import| import.as_str().unwrap())
            .collect();
        let mut imports: Vec<&str> = outline.imports.iter().map(String::as_str).collect();
        listed.sort_unstable();
        imports.sort_unstable();
        assert_eq!(listed, imports);
    }
}

#[test]
fn a_library_is_told_from_a_program() {
    let text = described(PROVIDER);
    assert!(
        text.contains("a library, which `wasock run` does not run: compose it"),
        "{text}"
    );
    assert!(text.contains("    wasock:net/sockets@0.1.0\n"), "{text}");
    assert_eq!(reported(PROVIDER)["role"], json!("library"));
}

#[test]
fn what_is_not_linked_is_told_with_the_reason() {
    for (import, door, why, text) in [
        (
            "wasi:sockets/types@0.3.0",
            "sockets",
            "generation",
            "wasock guards WASI 0.2 only",
        ),
        (
            "wasi:http/client@0.3.0",
            "http",
            "generation",
            "wasock guards WASI 0.2 only",
        ),
        (
            "wasi:http/incoming-handler@0.2.0",
            "http",
            "serving",
            "serves none",
        ),
        (
            "wasi:keyvalue/store@0.2.0",
            "unknown",
            "unguarded",
            "does not guard wasi:keyvalue",
        ),
        (
            "acme:things/door",
            "unknown",
            "unknown",
            "nobody supplies it",
        ),
    ] {
        let app = importing(import);
        let described = described(&app);
        let line = format!("\nNot linked\n  {import}: ");
        assert!(described.contains(&line), "{described}");
        assert!(described.contains(text), "{described}");

        let report = reported(&app);
        assert_eq!(report["runs"], json!(false));
        let unsupplied = &report["unsupplied"][0];
        assert_eq!(unsupplied["import"], json!(import));
        assert_eq!(unsupplied["door"], json!(door));
        assert_eq!(unsupplied["why"], json!(why));
        assert_eq!(report["doors"], json!([]));
    }
}

#[test]
fn a_component_that_asks_for_nothing_is_said_to() {
    let text = described(b"\0asm\x0d\0\x01\0");
    assert!(text.contains("It asks for nothing"), "{text}");
    assert!(
        text.contains("it exports nothing that could be called"),
        "{text}"
    );
}

#[test]
fn what_is_no_component_is_told_by_what_it_is() {
    for (content, part) in [
        (&b""[..], "the file is empty"),
        (b"\0asm\x01\0\0\0", "core WebAssembly module"),
        (b"(component)", "WebAssembly text"),
        (b"#!/bin/sh\n", "not a WebAssembly file"),
        (&PLAIN_CLIENT[..100], "damaged"),
    ] {
        let (_folder, path) = file(content);
        for options in [&[][..], &["--json"]] {
            let path = path.to_str().unwrap();
            let output = wasock([&["inspect"], options, &[path]].concat());
            assert_eq!((output.status, &*output.stdout), (Some(1), ""));
            assert!(
                output.stderr.starts_with("error: cannot inspect "),
                "{}",
                output.stderr
            );
            assert!(output.stderr.contains(part), "{}", output.stderr);
        }
    }
}

#[test]
fn a_name_in_a_component_disturbs_no_terminal() {
    let text = described(&importing("acme:things/\u{1b}[2J"));
    assert!(!text.contains('\u{1b}'), "{text:?}");
}
