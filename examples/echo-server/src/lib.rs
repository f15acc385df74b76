//! Sends back to each client what it sends, one client after another, for ever.
//! `wasock run --allow-inbound tcp://127.0.0.1:7000 echo_server.wasm 127.0.0.1:7000`
#![no_std]
extern crate alloc;

use alloc::boxed::Box;
use core::error::Error;
use wasock_guest::{BufReader, TcpListener, args, eprintln, println};

wasock_guest::main!(echo_server);

fn echo_server() -> Result<(), Box<dyn Error>> {
    let arguments = args();
    let [_, address] = arguments.as_slice() else {
        return Err("usage: echo-server ADDR, such as 127.0.0.1:0".into());
    };
    let listener = TcpListener::bind(address.parse()?)?;
    println!("listening on {}", listener.local_addr()?);
    loop {
        let (stream, peer) = listener.accept()?;
        match BufReader::new(&stream).forward(None, |piece| stream.write_all(piece)) {
            Ok(count) => eprintln!("{peer}: closed after {count} bytes"),
            Err(error) => eprintln!("{peer}: {error}"),
        }
    }
}
