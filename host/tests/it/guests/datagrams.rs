//! A client of Rust's standard library: sends a line to each address or name, and prints what comes back.

use std::net::{ToSocketAddrs, UdpSocket};

fn main() {
    for server in std::env::args().skip(1) {
        match exchange(&server) {
            Ok(answer) => println!("{server} {answer}"),
            Err(error) => println!("{server} {error}"),
        }
    }
}

fn exchange(server: &str) -> std::io::Result<String> {
    let address = server.to_socket_addrs()?.next().unwrap();
    let socket = UdpSocket::bind("0.0.0.0:0")?;
    socket.send_to(b"ping", address)?;
    let mut buffer = [0; 100];
    let (length, from) = socket.recv_from(&mut buffer)?;
    assert_eq!(from, address);
    Ok(String::from_utf8_lossy(&buffer[..length]).into_owned())
}
