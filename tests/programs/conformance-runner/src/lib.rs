//! Runs one conformance case, or sequences of calls, over the interfaces of `wasock:net`, as they are written in WIT.
//!
//! ```text
//! conformance-runner CASE FAMILY PEER      FAMILY: v4 or v6; PEER: the address of the native peer
//! conformance-runner --list                the names of all cases
//! conformance-runner --sequences           calls from standard input, outcomes to standard output
//! ```
//!
//! It prints `ok`; or why the case failed, and ends with an error. As for sequences, see [`sequences`].
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod api;
mod convert;
mod sequences;
mod sockopt;

use alloc::format;
use alloc::string::{String, ToString as _};

use wasock_conformance::World;
use wasock_conformance::table::{cases, denied_cases};
use wasock_core::addr::Family;
use wasock_guest::{args, println};

use api::Component;

const USAGE: &str = "usage: conformance-runner CASE v4|v6 PEER, or --list, or --sequences";

wasock_guest::main!(run);

fn run() -> Result<(), String> {
    let arguments = args();
    match arguments.as_slice() {
        [_, option] if option == "--list" => {
            list();
            Ok(())
        }
        [_, option] if option == "--sequences" => sequences::run(),
        [_, case, family, peer] => run_case(case, family, peer),
        _ => Err(USAGE.into()),
    }
}

fn list() {
    for case in cases::<Component>().iter().chain(&denied_cases()) {
        println!("{}", case.name);
    }
}

fn run_case(name: &str, family: &str, peer: &str) -> Result<(), String> {
    let family = match family {
        "v4" => Family::Inet,
        "v6" => Family::Inet6,
        _ => return Err(USAGE.into()),
    };
    let peer = peer
        .parse()
        .map_err(|_| format!("`{peer}` is no address of a peer"))?;
    let mut all = cases().into_iter().chain(denied_cases());
    let case = all
        .find(|case| case.name == name)
        .ok_or_else(|| format!("there is no case `{name}`"))?;

    let world = World {
        api: &Component,
        family,
        peer,
    };
    (case.run)(&world).map_err(|failure| failure.to_string())?;
    println!("ok");
    Ok(())
}
