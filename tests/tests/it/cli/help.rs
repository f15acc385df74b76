//! What the program says about itself, and about a command line that makes no sense.

use crate::support::host::run_wasock;

#[test]
fn each_command_explains_itself() {
    let commands: [(&[&str], &[&str]); 6] = [
        (
            &[],
            &["run", "inspect", "compose", "provider", "demo", "--version"],
        ),
        (
            &["run"],
            &[
                "--allow-outbound",
                "--deny-outbound",
                "--allow-inbound",
                "--deny-inbound",
                "--env",
                "--dir",
                "--verbose",
                "APP.wasm",
                "Exit status:",
                "Example:",
            ],
        ),
        (&["inspect"], &["APP.wasm", "--json", "Exit status:"]),
        (&["compose"], &["APP.wasm", "--output", "Exit status:"]),
        (&["provider"], &["--output", "Exit status:"]),
        (&["demo"], &["without a grant", "Exit status:"]),
    ];
    for (command, words) in commands {
        let ended = run_wasock(command.iter().copied().chain(["--help"])).expect_success();
        assert_eq!(ended.stderr, "", "{command:?}");
        for word in words {
            assert!(ended.stdout.contains(word), "{command:?}: {word}");
        }
    }
}

#[test]
fn the_version_is_that_of_the_package() {
    let ended = run_wasock(["--version"]).expect_success();
    assert_eq!(
        ended.stdout,
        format!("wasock {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn a_command_line_that_makes_no_sense_has_the_status_2() {
    for arguments in [
        &[][..],
        &["frobnicate"],
        &["run"],
        &["run", "--frobnicate", "app.wasm"],
        &["run", "--allow-outbound"],
        &["run", "--env", "=value", "app.wasm"],
        &["run", "--dir", "::/", "app.wasm"],
        &["compose", "app.wasm"],
        &["provider"],
        &["demo", "app.wasm"],
    ] {
        let ended = run_wasock(arguments.iter().copied());
        assert_eq!(ended.code(), Some(2), "{arguments:?}: {ended:?}");
        assert_eq!(ended.stdout, "", "{arguments:?}");
        let explained = ["Usage:", "try '--help'"].map(|hint| ended.stderr.contains(hint));
        assert!(explained.contains(&true), "{arguments:?}: {ended:?}");
    }
}
