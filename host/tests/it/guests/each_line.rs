//! A client of Rust's standard library: for each line of its input it looks up the server anew, connects, and prints the
//! address that it has reached.

use std::net::TcpStream;

fn main() {
    let server = std::env::args().nth(1).unwrap();
    for _ in std::io::stdin().lines() {
        match TcpStream::connect(&*server).and_then(|stream| stream.peer_addr()) {
            Ok(address) => println!("{}", address.ip()),
            Err(error) => println!("error: {error}"),
        }
    }
}
