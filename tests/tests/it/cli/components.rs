//! Files that cannot run or be composed, and how the program says so.

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;
use wasock::component::Outline;
use wasock::embedded::PROVIDER;
use wasock_tests::artifacts::{ECHO_SERVER, WASI_PROGRAM};

use crate::support::component::{core_module, importing};
use crate::support::host::run_wasock;

/// A folder with a file in it.
fn file(content: &[u8]) -> (TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("app.wasm");
    fs::write(&path, content).expect("it can be written");
    let path = path.to_str().expect("its name is text").to_owned();
    (folder, path)
}

#[test]
fn a_file_that_is_no_component_is_told_by_what_it_is() {
    for (content, message) in [
        (&b""[..], "the file is empty"),
        (b"(component)", "WebAssembly text"),
        (b"#!/bin/sh\n", "not a WebAssembly file"),
        (&core_module(), "core WebAssembly module"),
        (
            &fs::read(ECHO_SERVER).expect("it was built")[..100],
            "damaged",
        ),
    ] {
        let (_folder, path) = file(content);
        for command in [&["run", &path][..], &["compose", &path, "-o", "out.wasm"]] {
            let ended = run_wasock(command.iter().copied());
            assert_eq!(ended.code(), Some(1), "{ended:?}");
            assert_eq!(ended.stdout, "", "{ended:?}");
            assert!(ended.stderr.starts_with("error: cannot "), "{ended:?}");
            assert!(ended.stderr.contains(&path), "{ended:?}");
            assert!(ended.stderr.contains(message), "{ended:?}");
        }
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    for command in [
        &["run", "nowhere/app.wasm"][..],
        &["compose", "nowhere/app.wasm", "-o", "out.wasm"],
    ] {
        let ended = run_wasock(command.iter().copied());
        assert_eq!(ended.code(), Some(1), "{ended:?}");
        let start = "error: cannot read nowhere/app.wasm\n  because: ";
        assert!(ended.stderr.starts_with(start), "{ended:?}");
    }
}

#[test]
fn what_is_not_supplied_is_named_with_the_reason() {
    for (import, reason) in [
        ("wasi:http/incoming-handler@0.2.0", "serves none"),
        ("wasi:keyvalue/store@0.2.0", "does not guard wasi:keyvalue"),
        ("wasi:sockets/types@0.3.0", "guards WASI 0.2 only"),
        ("acme:things/door@1.0.0", "nobody supplies it"),
    ] {
        let (_folder, path) = file(&importing(&["wasi:io/error@0.2.0", import]));
        let ended = run_wasock(["run", &path]);
        assert_eq!(ended.code(), Some(1), "{ended:?}");
        assert!(ended.stderr.contains(import), "{ended:?}");
        assert!(ended.stderr.contains(reason), "{ended:?}");
        assert!(!ended.stderr.contains("wasi:io/error"), "{ended:?}");
    }
}

#[test]
fn a_component_that_is_no_command_is_told_so() {
    let (_folder, path) = file(&importing(&[]));
    let ended = run_wasock(["run", &path]);
    assert_eq!(ended.code(), Some(1), "{ended:?}");
    assert!(
        ended.stderr.contains("does not export wasi:cli/run"),
        "{ended:?}"
    );
}

#[test]
fn composing_what_needs_no_provider_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = folder.path().join("out.wasm");
    let ended = run_wasock([
        "compose",
        WASI_PROGRAM,
        "-o",
        output.to_str().expect("text"),
    ]);
    assert_eq!(ended.code(), Some(2), "{ended:?}");
    assert!(
        ended.stderr.contains("does not import wasock:net"),
        "{ended:?}"
    );
    assert!(!output.exists());
}

#[test]
fn what_is_composed_imports_wasi_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let output: PathBuf = folder.path().join("out.wasm");
    run_wasock(["compose", ECHO_SERVER, "-o", output.to_str().expect("text")]).expect_success();
    let composed = fs::read(&output).expect("it was written");
    let outline = Outline::read(&composed).expect("it is a component");
    for import in outline.imports {
        assert!(import.starts_with("wasi:"), "{import}");
    }
}

#[test]
fn the_provider_is_written_as_it_is_embedded() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = folder.path().join("provider.wasm");
    run_wasock(["provider", "-o", output.to_str().expect("text")]).expect_success();
    assert!(fs::read(&output).expect("it was written") == PROVIDER);

    let nowhere = folder.path().join("nowhere").join("provider.wasm");
    let ended = run_wasock(["provider", "-o", nowhere.to_str().expect("text")]);
    assert_eq!(ended.code(), Some(1), "{ended:?}");
    assert!(
        ended.stderr.starts_with("error: cannot write "),
        "{ended:?}"
    );
}
