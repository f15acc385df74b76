//! Rules about sources and manifests.

use toml::Table;

use crate::support::repository::{files, text};

/// How many lines a source file has at most. Longer ones are two concepts in one file.
const LONGEST: usize = 500;

/// Longer ones, with the reason.
const LONGER: [(&str, &str); 1] = [(
    "tests/conformance/src/table.rs",
    "a list, with a line for each case",
)];

/// What sleeps in tests, with the reason. Tests themselves wait for events.
const SLEEPERS: [(&str, &str); 2] = [
    (
        "tests/src/component.rs",
        "the clock that ends a guest that computes for ever",
    ),
    (
        "tests/src/peer/serve.rs",
        "a peer that is slow on purpose: who does not wait for it is found out",
    ),
];

/// How the world enters the host, and the one file that lets it in.
const DOORS: [(&str, &str); 8] = [
    ("get_if_addrs()", "host/src/own_addresses.rs"),
    ("ambient_authority()", "host/src/bin/wasock/files.rs"),
    ("env::var", "host/src/bin/wasock/commands/run.rs"),
    ("Instant::now()", "host/src/clock.rs"),
    ("TcpStream::connect", "host/src/http/reach.rs"),
    ("load_native_certs()", "host/src/bin/wasock/roots.rs"),
    ("TcpListener::bind", "host/src/bin/wasock/commands/demo.rs"),
    ("UdpSocket::bind", "host/src/names/order.rs"),
];

/// Where people and machines keep their files. In pieces, so that this file is not found.
const MACHINE_PATHS: [&str; 4] = [
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
];

#[test]
fn core_depends_on_nothing() {
    let manifest = manifest("guest/core/Cargo.toml");
    for table in ["dependencies", "build-dependencies", "target", "features"] {
        assert!(manifest.get(table).is_none(), "core has {table}");
    }
    let root = text("guest/core/src/lib.rs");
    assert!(root.contains("#![no_std]"), "core is no_std");
    assert!(root.contains("#![forbid(unsafe_code)]"), "core is safe");
}

/// The policy decides, the guard asks it, and nobody else: so each decision leaves one record.
#[test]
fn one_function_decides() {
    let asking: Vec<String> = files(".rs")
        .into_iter()
        .filter(|path| {
            ["host/policy/", "host/tests/", "tests/", "fuzz/"]
                .iter()
                .all(|folder| !path.starts_with(folder))
        })
        .filter(|path| text(path).contains(".decide("))
        .collect();
    // The guard, when the guest acts and when the policy changes; and who learns a policy, to see that it allows what
    // happened.
    let expected = [
        "host/src/guard/guard.rs",
        "host/src/guard/open.rs",
        "host/src/learn/inbound.rs",
        "host/src/learn/lookups.rs",
        "host/src/learn/mod.rs",
    ];
    assert_eq!(asking, expected);
}

/// Clock, files, environment and sockets: each comes in at one place, and what needs it is handed it.
#[test]
fn the_world_enters_the_host_in_one_file_each() {
    for (door, file) in DOORS {
        let found: Vec<String> = files(".rs")
            .into_iter()
            .filter(|path| path.starts_with("host/src/") && !path.contains("tests"))
            .filter(|path| {
                let text = text(path);
                let shipped = text.split("#[cfg(test)]").next().unwrap_or_default();
                shipped.contains(door)
            })
            .collect();
        assert_eq!(found, [file], "{door}");
    }
}

#[test]
fn every_crate_takes_the_lints_of_its_workspace() {
    for path in files("Cargo.toml") {
        let manifest = manifest(&path);
        let inherits = manifest
            .get("lints")
            .and_then(|lints| lints.get("workspace")?.as_bool());
        if manifest.contains_key("package") {
            assert_eq!(inherits, Some(true), "{path}");
        }
    }
}

#[test]
fn no_source_file_is_long() {
    for path in files(".rs") {
        let lines = text(&path).lines().count();
        let is_listed = LONGER.iter().any(|(listed, _reason)| *listed == path);
        assert_eq!(
            lines > LONGEST,
            is_listed,
            "{path} has {lines} lines; at most {LONGEST}, or a reason in the list"
        );
    }
}

#[test]
fn tests_wait_for_events_and_not_for_time() {
    let needle = concat!("sle", "ep(");
    let sleepers: Vec<String> = files(".rs")
        .into_iter()
        .filter(|path| path.split('/').any(|folder| folder == "tests"))
        .filter(|path| text(path).contains(needle))
        .collect();
    assert_eq!(sleepers, SLEEPERS.map(|(path, _reason)| path));
}

#[test]
fn nothing_names_a_folder_of_somebodys_machine() {
    let endings = [
        ".rs", ".md", ".toml", ".wit", ".py", ".sh", ".yml", "justfile",
    ];
    for ending in endings {
        for path in all(ending) {
            let text = text(&path);
            for machine_path in MACHINE_PATHS {
                assert!(!text.contains(machine_path), "{path}: {machine_path}");
            }
        }
    }
}

/// As [`files`], for what need not be there.
fn all(ending: &str) -> Vec<String> {
    let mut found = files("");
    found.retain(|path| path.ends_with(ending));
    found
}

fn manifest(path: &str) -> Table {
    toml::from_str(&text(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}
