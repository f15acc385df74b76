//! `cargo xtask setup`: check for what a build needs, and install what is missing.

use std::env;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use wasock_guest_build::{Missing, ROUTE_VARIABLE, Route, TARGET, Toolchain};

use crate::command::{self, answer};
use crate::repository;

/// The Debian packages of the compiler that needs no rustup target.
const DEBIAN_COMPILER: [&str; 2] = ["rustc-web", "rust-web-src"];

/// Programs that the demo and the tests start, with what they are for. Their Debian packages have the same names.
const TOOLS: [(&str, &str); 2] = [
    (
        "python3",
        "the server and the client of the demo, and for the tests",
    ),
    ("curl", "trying things by hand, as the guides do"),
];

/// The command line.
pub(crate) fn run(_arguments: &[String]) -> Result<()> {
    ensure()?;
    println!("\nEverything is there. Next: cargo xtask demo");
    Ok(())
}

/// Make sure that everything is there; the other commands start with this.
///
/// # Errors
///
/// If something is missing that could not be installed. The message says what to do about it.
pub(crate) fn ensure() -> Result<()> {
    println!("== What a build needs");
    rust()?;
    wasm()?;
    tools()?;
    languages();
    hint()
}

fn rust() -> Result<()> {
    let required = env!("CARGO_PKG_RUST_VERSION");
    let rustc = env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let text = answer(&rustc, &["--version"]).with_context(|| {
        format!("`{rustc} --version` does not work; install Rust from https://rustup.rs")
    })?;

    match (version(&text), version(required)) {
        (Some(found), Some(least)) if found >= least => done("Rust", &text),
        _ => bail!(
            "Rust {required} or newer is needed, but `{rustc}` is {text}; run `rustup update`"
        ),
    }
    Ok(())
}

/// The first two numbers of a version, which may have words around it.
fn version(text: &str) -> Option<(u32, u32)> {
    let number = text
        .split_whitespace()
        .find(|word| word.starts_with(|first: char| first.is_ascii_digit()))?;
    let mut parts = number.split('.').map(str::parse);
    Some((parts.next()?.ok()?, parts.next()?.ok()?))
}

fn wasm() -> Result<()> {
    let toolchain = match Toolchain::find() {
        Err(Missing::Target { forced, .. }) => {
            install_wasm(forced)?;
            Toolchain::find().context("the installation succeeded, and yet")?
        }
        other => other?,
    };

    let route = toolchain.route();
    done(TARGET, &format!("by the {route} route"));
    if !toolchain.has_std() {
        println!(
            "  {:<14} without it, guests that use Rust's std are left out",
            "std"
        );
    }
    Ok(())
}

/// Try rustup first: it is quick, needs no root and brings `std`.
fn install_wasm(forced: Option<Route>) -> Result<()> {
    if forced != Some(Route::Debian) && rustup() {
        return Ok(());
    }
    if forced == Some(Route::Rustup) {
        bail!(
            "the target {TARGET} could not be added, and {ROUTE_VARIABLE}=rustup allows no other way"
        );
    }

    apt_install(&DEBIAN_COMPILER).with_context(|| {
        format!("there is no compiler for {TARGET} yet; it comes with `rustup target add {TARGET}`, or from Debian")
    })
}

fn rustup() -> bool {
    let mut add = Command::new("rustup");
    add.args(["target", "add", TARGET]);
    println!("  {TARGET} is missing; running {}", command::show(&add));

    match command::run(&mut add) {
        Ok(()) => true,
        Err(error) => {
            println!("  that did not work: {error:#}");
            false
        }
    }
}

fn tools() -> Result<()> {
    let missing: Vec<_> = TOOLS
        .iter()
        .filter(|(tool, _)| answer(tool, &["--version"]).is_none())
        .collect();
    for (tool, purpose) in &missing {
        println!("  {tool} is missing; it is for {purpose}");
    }
    if !missing.is_empty() {
        let packages: Vec<_> = missing.iter().map(|(tool, _)| *tool).collect();
        apt_install(&packages)
            .with_context(|| format!("{} must be installed", packages.join(" and ")))?;
    }

    for (tool, _) in TOOLS {
        let text = answer(tool, &["--version"])
            .with_context(|| format!("`{tool} --version` does not work"))?;
        let name_and_version: Vec<_> = text.split_whitespace().take(2).collect();
        done(tool, &name_and_version.join(" "));
    }
    Ok(())
}

/// The tests also build programs in JavaScript. Nothing else does, so that this is no reason to stop; and the version
/// that Debian has may be too old, so that it is not installed.
fn languages() {
    for tool in ["node", "npm"] {
        match answer(tool, &["--version"]) {
            Some(version) => done(tool, &version),
            None => println!(
                "  {tool:<14} is missing, without which two tests fail: install Node.js 20 or newer, from https://nodejs.org"
            ),
        }
    }
}

/// Install Debian packages where nobody minds: as root, or on a machine for continuous integration. On a
/// person's machine the commands are theirs to run.
fn apt_install(packages: &[&str]) -> Result<()> {
    let steps = [
        vec!["update"],
        [&["install", "-y", "--no-install-recommends"], packages].concat(),
    ];
    let by_hand = steps
        .each_ref()
        .map(|step| format!("sudo apt-get {}", step.join(" ")))
        .join(" && ");

    if answer("apt-get", &["--version"]).is_none() {
        bail!(
            "this system has no apt-get, so install {} in its own way",
            packages.join(" and ")
        );
    }
    let is_root = answer("id", &["-u"]).as_deref() == Some("0");
    let is_ci = env::var("CI").is_ok_and(|value| value == "true");
    if !is_root && !is_ci {
        bail!("installing needs root, so run this yourself, then try again:\n\n    {by_hand}\n");
    }

    for step in steps {
        let mut apt = Command::new(if is_root { "apt-get" } else { "sudo" });
        if !is_root {
            apt.args(["-n", "apt-get"]);
        }
        // Its progress is for terminals, and long; its errors come on the other stream.
        apt.arg("-qq")
            .args(step)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdout(Stdio::null());
        println!("  running {}", command::show(&apt));
        command::run(&mut apt)
            .with_context(|| format!("Debian's packages could not be installed ({by_hand})"))?;
    }
    Ok(())
}

/// Warn before the one long wait: with `wasock` built, there is none ahead.
fn hint() -> Result<()> {
    if !repository::wasock()?.exists() {
        println!(
            "  The first build compiles wasmtime and takes minutes, ten on two cores. Later ones take seconds."
        );
    }
    Ok(())
}

fn done(what: &str, detail: &str) {
    println!("  {what:<14} {detail}");
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn versions_are_found_among_words_and_compared_as_numbers() {
        assert_eq!(
            version("rustc 1.95.0 (59807616e 2026-04-14)"),
            Some((1, 95))
        );
        assert_eq!(version("1.100"), Some((1, 100)));
        assert!(version("rustc 1.100.0") > version("1.95"));
        assert_eq!(version("rustc of unknown age"), None);
    }
}
