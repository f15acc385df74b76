//! A component serves a client that knows nothing of WebAssembly.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::wasock_run;
use crate::command;
use crate::server::Server;

/// The client: sends each of its arguments as a line and expects it back.
const CLIENT: &str = include_str!("echo_client.py");

/// Start the echo server as a component, and let a Python program talk to it.
pub(super) fn show_echo(echo_server: &Path) -> Result<()> {
    println!(
        "\n== A component that may listen on a port of this machine serves a client written in Python"
    );
    let rules = ["--allow-inbound", "tcp://127.0.0.1:0"];
    let server = Server::start(&mut wasock_run(&rules, echo_server, &["127.0.0.1:0"])?)?;
    println!("   {}", server.greeting);

    let address = server
        .greeting
        .strip_prefix("listening on ")
        .with_context(|| {
            format!(
                "the echo server did not say where it listens, but `{}`",
                server.greeting
            )
        })?;
    command::run(Command::new("python3").args([
        "-c",
        CLIENT,
        address,
        "hello",
        "are you a component?",
        "goodbye",
    ]))
    .context("the echo server did not send back what it was sent")?;

    println!("   the demo ends the server");
    Ok(())
}
