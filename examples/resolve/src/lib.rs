//! Prints the addresses of a host, one a line.
//! `wasock run --allow-resolve localhost resolve.wasm localhost`
#![no_std]
extern crate alloc;

use alloc::{boxed::Box, format};
use core::error::Error;
use wasock_guest::{args, println};

wasock_guest::main!(resolve);

fn resolve() -> Result<(), Box<dyn Error>> {
    let arguments = args();
    let [_, name] = arguments.as_slice() else {
        return Err("usage: resolve NAME, such as localhost".into());
    };
    let addresses = wasock_guest::resolve(name, "0").map_err(|error| format!("{name}: {error}"))?;
    for address in addresses {
        println!("{}", address.ip());
    }
    Ok(())
}
