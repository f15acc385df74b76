//! Calls from standard input, outcomes to standard output, a line for each.
//!
//! `begin ADDRESS` starts a sequence: the sockets of the one before are dropped, and loopback is this address. It is
//! answered with `ok`.

use alloc::format;
use alloc::string::{String, ToString as _};
use core::net::Ipv4Addr;

use lines::Lines;
use wasock_conformance::sequence::{Call, Stage};
use wasock_guest::write_stdout;

use crate::api::Component;

/// Answers every line, until the input ends.
pub(crate) fn run() -> Result<(), String> {
    let mut stage = Stage::new(&Component, Ipv4Addr::LOCALHOST);
    for line in Lines::default() {
        let mut answer = if let Some(home) = line.strip_prefix("begin ") {
            let home = home.parse().map_err(|_| misunderstood(&line))?;
            // The sockets of the old one are gone before there is a new one.
            drop(stage);
            stage = Stage::new(&Component, home);
            "ok".to_string()
        } else {
            let call: Call = line.parse().map_err(|_| misunderstood(&line))?;
            stage.perform(&call).to_string()
        };
        answer.push('\n');
        write_stdout(answer.as_bytes()).map_err(|error| error.to_string())?;
    }
    Ok(())
}

fn misunderstood(line: &str) -> String {
    format!("misunderstood: {line}")
}
