//! What is compared with the C library, and with Linux call by call, beside the cases of conformance.
//!
//! What is compared lives with the tests: the text of addresses and translations of names in `guest/core/tests`, sequences of
//! socket calls in `tests/tests/sequences`. Run by cargo alone they compare a part, so that it does not take long.

use std::process::Command;

use anyhow::Result;

use crate::command::{cargo, run as run_command};

/// How many texts of addresses are compared.
const TEXTS: &str = "10000000";

/// Has tests put every question that there is, and compare many texts.
pub(crate) fn fully(tests: &mut Command) -> &mut Command {
    tests
        .env("WASOCK_STRINGS", TEXTS)
        .env("WASOCK_EXHAUSTIVE", "1")
}

/// Compares addresses as text and bytes.
///
/// # Errors
/// Something differs, or the tests do not build.
pub(crate) fn texts(seed: Option<&str>) -> Result<()> {
    println!("\n== Addresses as text and bytes: wasock-core and the C library");
    let mut tests = core_test("inet");
    tests.envs(seed.map(|seed| ("WASOCK_SEED", seed)));
    run_command(fully(&mut tests))
}

/// Compares translations of names.
///
/// # Errors
/// Something differs, or the tests do not build.
pub(crate) fn names() -> Result<()> {
    println!("\n== Names: wasock-core and the C library");
    run_command(fully(&mut core_test("names")))
}

/// Compares sequences of calls. `arguments` are those of the tests; without, they run the bounded number of every test run.
///
/// # Errors
/// Something differs, or the tests do not build.
pub(crate) fn sequences<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Result<()> {
    println!("\n== Sequences of socket calls: Linux, wasock-core over it, and the component");
    run_command(test("wasock-tests", "sequences").args(arguments))
}

fn core_test(name: &str) -> Command {
    let mut test = test("wasock-core", name);
    test.arg("--nocapture");
    test
}

fn test(package: &str, name: &str) -> Command {
    cargo(["test", "--quiet", "-p", package, "--test", name, "--"])
}
