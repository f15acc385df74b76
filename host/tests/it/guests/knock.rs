//! A program of Rust's standard library that tries each way out, and prints what comes of it.

use std::net::{TcpStream, ToSocketAddrs, UdpSocket};

fn main() {
    let server = std::env::args().nth(1).unwrap();
    println!("tcp {}", outcome(TcpStream::connect(&*server)));
    println!("again {}", outcome(TcpStream::connect(&*server)));
    let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
    println!("udp {}", outcome(socket.send_to(b"x", &*server)));
    println!("lookup {}", outcome("localhost:80".to_socket_addrs()));
}

fn outcome<T>(result: std::io::Result<T>) -> String {
    match result {
        Ok(_) => "ok".to_owned(),
        Err(error) => error.to_string(),
    }
}
