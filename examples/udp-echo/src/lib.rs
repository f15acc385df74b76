//! Sends back each datagram to whom it came from; or sends one and prints what comes back.
//! `wasock run --allow-inbound udp://127.0.0.1:7000 udp_echo.wasm serve 127.0.0.1:7000`
//! `wasock run --allow-outbound udp://127.0.0.1:7000 udp_echo.wasm send 127.0.0.1:7000 hello`
#![no_std]
extern crate alloc;

use alloc::{boxed::Box, string::String, vec};
use core::{error::Error, net::SocketAddr, time::Duration};
use wasock_guest::{UdpSocket, args, eprintln, println};

wasock_guest::main!(udp_echo);

fn udp_echo() -> Result<(), Box<dyn Error>> {
    let arguments = args();
    match arguments.get(1..).unwrap_or_default() {
        [mode, address] if mode == "serve" => serve(address.parse()?),
        [mode, address, text] if mode == "send" => send(address.parse()?, text),
        _ => Err("usage: udp-echo serve ADDR, or udp-echo send ADDR TEXT".into()),
    }
}

fn serve(address: SocketAddr) -> Result<(), Box<dyn Error>> {
    let socket = UdpSocket::bind(address)?;
    println!("listening on {}", socket.local_addr()?);
    let mut buffer = vec![0; 65_535];
    loop {
        // An error concerns one datagram: one that was sent before met nobody, for example.
        let datagram = socket.recv_from(&mut buffer);
        if let Err(error) =
            datagram.and_then(|(count, peer)| socket.send_to(&buffer[..count], peer))
        {
            eprintln!("{error}");
        }
    }
}

fn send(server: SocketAddr, text: &str) -> Result<(), Box<dyn Error>> {
    let socket = UdpSocket::connected(server)?;
    socket.set_timeout(Some(Duration::from_secs(5)))?;
    socket.send(text.as_bytes())?;
    let mut buffer = vec![0; 65_535];
    let count = socket.recv(&mut buffer)?;
    println!("{}", String::from_utf8_lossy(&buffer[..count]));
    Ok(())
}
