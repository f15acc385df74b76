//! A command over plain WASI that knows nothing of wasock:net; its first argument says what it does.
//!
//! | arguments      | what it does                                                                     |
//! |----------------|----------------------------------------------------------------------------------|
//! | `exit STATUS`  | ends with that status                                                            |
//! | `fail`         | returns an error, which is the status 1                                          |
//! | `trap`         | executes an instruction that traps                                               |
//! | `spin`         | prints `spinning` and computes for ever                                          |
//! | `cat`          | copies standard input to standard output                                         |
//! | `env NAME`     | prints the value of an environment variable, or `not set`                        |
//! | `args ...`     | prints its arguments, a line each                                                |
//! | `folders`      | prints the names of the folders that it was given                                |
//! | `read PATH`    | prints a file in the first of them                                               |
//! | `udp`          | makes a UDP socket                                                               |
//! | `lookup NAME`  | looks up a name and prints its addresses, a line each                            |
//! | `connect ADDR` | starts to connect to an IPv4 address and asks at once how it went                |
//!
//! Errors are printed as WASI names them: `error: access-denied`.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod files;
mod network;

use alloc::borrow::ToOwned;
use alloc::string::String;

use wasock_guest::{args, println, var, write_stdout};

use bindings::wasi::{cli0_2_0::stdin, cli0_2_12::exit};

/// What is generated from the WIT of WASI, and `wasock-guest` leaves out.
mod bindings {
    wit_bindgen::generate!({
        world: "wasock:wasi-program/wasi-program",
        path: [
            "../../../wit/deps/io",
            "../../../wit/deps/clocks",
            "../../../wit/deps/filesystem",
            "../../../wit/deps/random",
            "../../../wit/deps/sockets",
            "../../../wit/deps/cli",
            "wit",
        ],
        generate_all,
    });
}

/// How much is copied at once.
const PIECE: u64 = 64 * 1024;

wasock_guest::main!(program);

fn program() -> Result<(), String> {
    let arguments = args();
    let words: alloc::vec::Vec<&str> = arguments.iter().skip(1).map(String::as_str).collect();
    match words.as_slice() {
        ["exit", status] => {
            let status = status.parse().map_err(|_| "a status is 0 to 255")?;
            exit::exit_with_code(status);
            Ok(())
        }
        ["fail"] => Err("as it was told to".to_owned()),
        ["trap"] => core::arch::wasm32::unreachable(),
        ["spin"] => {
            println!("spinning");
            loop {
                core::hint::spin_loop();
            }
        }
        ["cat"] => cat(),
        ["env", name] => {
            println!("{}", var(name).as_deref().unwrap_or("not set"));
            Ok(())
        }
        ["args", rest @ ..] => {
            rest.iter().for_each(|word| println!("{word}"));
            Ok(())
        }
        ["folders"] => {
            files::folders();
            Ok(())
        }
        ["read", path] => files::read(path),
        ["udp"] => network::udp(),
        ["lookup", name] => network::lookup(name),
        ["connect", address] => network::connect(address),
        _ => Err("there is no such thing to do".to_owned()),
    }
}

fn cat() -> Result<(), String> {
    let input = stdin::get_stdin();
    loop {
        input.subscribe().block();
        match input.read(PIECE) {
            Ok(piece) => write_stdout(&piece).map_err(|_| "nobody reads")?,
            Err(_) => return Ok(()),
        }
    }
}
