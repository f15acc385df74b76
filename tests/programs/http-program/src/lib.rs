//! A command that makes HTTP requests by `wasi:http`; its first argument says which.
//!
//! | arguments                     | what it does                                                          |
//! |-------------------------------|-----------------------------------------------------------------------|
//! | `fetch METHOD URL OPTION...`  | makes a request and prints the response                               |
//! | `follow URL`                  | the same with GET, and again for where a redirect leads               |
//! | `both URL URL`                | begins two requests, then waits for the second and after it the first |
//! | `abandon URL`                 | begins a request and ends                                             |
//!
//! | option                 | what it is                                                      |
//! |------------------------|-----------------------------------------------------------------|
//! | `NAME:VALUE`           | a header                                                        |
//! | `upload=COUNT`         | a body of so many bytes of the pattern                          |
//! | `half`                 | a body that is given up after its first bytes                   |
//! | `connect-timeout=MS`, `first-byte-timeout=MS`, `between-bytes-timeout=MS` | milliseconds |
//!
//! A response is printed as its status, its headers `x-...` and `location`, and its body: as text if it is short, and otherwise its
//! length and hash. Errors are printed as WASI names them: `error: HttpRequestDenied`.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod request;
mod response;

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use wasock_guest::{args, println};

use request::{Pending, begin};
use response::Head;

/// What is generated from the WIT of WASI, and `wasock-guest` leaves out.
mod bindings {
    wit_bindgen::generate!({
        world: "wasock:http-program/http-program",
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

/// More redirects than any test has.
const MAX_REDIRECTS: usize = 5;

wasock_guest::main!(program);

fn program() -> Result<(), String> {
    let arguments = args();
    let words: Vec<&str> = arguments.iter().skip(1).map(String::as_str).collect();
    match words.as_slice() {
        ["fetch", method, url, options @ ..] => {
            begin(method, url, options)?.wait()?.finish()?;
            Ok(())
        }
        ["follow", url] => follow(url),
        ["both", first, second] => {
            let [first, second] = [first, second].map(|url| begin("GET", url, &[]));
            let (first, second): (Pending, Pending) = (first?, second?);
            second.wait()?.finish()?;
            first.wait()?.finish()?;
            Ok(())
        }
        ["abandon", url] => {
            begin("GET", url, &[])?;
            println!("begun");
            Ok(())
        }
        _ => Err("there is no such thing to do".to_owned()),
    }
}

/// As a library does: wherever the server says.
fn follow(url: &str) -> Result<(), String> {
    let mut url = url.to_owned();
    for _ in 0..MAX_REDIRECTS {
        let Head { location } = begin("GET", &url, &[])?.wait()?.finish()?;
        match location {
            Some(location) => url = location,
            None => return Ok(()),
        }
    }
    Err("too many redirects".to_owned())
}
