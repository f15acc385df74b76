//! A server of Rust's standard library: takes one connection, sends back what comes, and ends.

use std::io::{Read, Write};
use std::net::TcpListener;

fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1).unwrap();
    let listener = TcpListener::bind(&*address)?;
    println!("{}", listener.local_addr()?);

    let (mut stream, _) = listener.accept()?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    stream.write_all(text.as_bytes())
}
