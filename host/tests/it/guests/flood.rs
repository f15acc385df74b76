//! A program of Rust's standard library that writes as much as the system takes, says how much, and ends.

use std::io::{ErrorKind, Write};
use std::net::TcpStream;

fn main() {
    let address = std::env::args().nth(1).unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_nonblocking(true).unwrap();
    let chunk = [7; 64 * 1024];
    let mut written = 0;
    loop {
        match stream.write(&chunk) {
            Ok(count) => written += count,
            Err(error) if error.kind() == ErrorKind::WouldBlock => break,
            Err(error) => panic!("{error}"),
        }
    }
    println!("{written}");
}
