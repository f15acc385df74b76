//! A TCP client over plain `wasi:sockets`: it sends a line and prints the line that comes back.
//!
//! Usage: `plain-client ADDR MESSAGE`. It knows nothing of `wasock:net`, so it shows that the policy of the
//! host holds for every component, not just for those that cooperate. What fails is reported with the
//! error code of WASI, such as `error: access-denied`.
#![no_std]

extern crate alloc;

mod runtime;

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::SocketAddr;

use bindings::wasi::cli::{environment, stderr, stdout};
use bindings::wasi::io::streams::{InputStream, OutputStream, StreamError};
use bindings::wasi::sockets::instance_network::instance_network;
use bindings::wasi::sockets::network::{
    ErrorCode, IpAddressFamily, IpSocketAddress, Ipv4SocketAddress, Ipv6SocketAddress,
};
use bindings::wasi::sockets::tcp_create_socket::create_tcp_socket;

/// What is generated from the WIT of WASI.
mod bindings {
    wit_bindgen::generate!({
        world: "wasock:plain-client/plain-client",
        path: [
            "../../wit/deps/io",
            "../../wit/deps/clocks",
            "../../wit/deps/filesystem",
            "../../wit/deps/random",
            "../../wit/deps/sockets",
            "../../wit/deps/cli",
            "wit",
        ],
        generate_all,
    });
}

/// How much of an answer is read at most.
const MAX_REPLY: usize = 64 * 1024;

struct PlainClient;

bindings::export!(PlainClient with_types_in bindings);

impl bindings::exports::wasi::cli::run::Guest for PlainClient {
    fn run() -> Result<(), ()> {
        match exchange() {
            Ok(reply) => print(&stdout::get_stdout(), &format!("received: {reply}\n")),
            Err(error) => {
                print(&stderr::get_stderr(), &format!("error: {error}\n"))?;
                Err(())
            }
        }
    }
}

fn print(stream: &OutputStream, text: &str) -> Result<(), ()> {
    send(stream, text.as_bytes()).map_err(drop)
}

/// Connects, sends the message and returns the first line of the answer.
fn exchange() -> Result<String, String> {
    let arguments = environment::get_arguments();
    let [_, address, message] = arguments.as_slice() else {
        return Err("usage: plain-client ADDR MESSAGE".to_owned());
    };
    let address = address.parse().map_err(|_| "ADDR is not IP:PORT")?;
    let (family, address) = to_wasi(address);

    // What is declared later is dropped earlier: the streams belong to the socket.
    let network = instance_network();
    let socket = create_tcp_socket(family).map_err(name)?;
    socket.start_connect(&network, address).map_err(name)?;
    let (input, output) = loop {
        socket.subscribe().block();
        match socket.finish_connect() {
            Err(ErrorCode::WouldBlock) => {}
            result => break result.map_err(name)?,
        }
    };
    send(&output, format!("{message}\n").as_bytes())?;
    receive_line(&input)
}

/// Sends all of `data`, in pieces that the stream takes at once.
fn send(output: &OutputStream, data: &[u8]) -> Result<(), String> {
    for piece in data.chunks(4096) {
        output.blocking_write_and_flush(piece).map_err(describe)?;
    }
    Ok(())
}

/// Receives up to the end of the line or of the data.
fn receive_line(input: &InputStream) -> Result<String, String> {
    let mut reply = Vec::new();
    while !reply.contains(&b'\n') && reply.len() < MAX_REPLY {
        input.subscribe().block();
        match input.read(4096) {
            Ok(data) => reply.extend_from_slice(&data),
            Err(StreamError::Closed) => break,
            Err(error) => return Err(describe(error)),
        }
    }
    let reply = String::from_utf8_lossy(&reply);
    Ok(reply.lines().next().unwrap_or_default().to_owned())
}

/// The name of an error code in WIT.
fn name(code: ErrorCode) -> String {
    code.name().to_owned()
}

fn describe(error: StreamError) -> String {
    match error {
        StreamError::Closed => "closed".to_owned(),
        StreamError::LastOperationFailed(error) => error.to_debug_string(),
    }
}

/// The address in the types of WASI, and the family of a socket for it.
fn to_wasi(address: SocketAddr) -> (IpAddressFamily, IpSocketAddress) {
    match address {
        SocketAddr::V4(address) => {
            let (port, address) = (address.port(), address.ip().octets().into());
            let address = Ipv4SocketAddress { port, address };
            (IpAddressFamily::Ipv4, IpSocketAddress::Ipv4(address))
        }
        SocketAddr::V6(address) => {
            let address = Ipv6SocketAddress {
                port: address.port(),
                flow_info: address.flowinfo(),
                address: address.ip().segments().into(),
                scope_id: address.scope_id(),
            };
            (IpAddressFamily::Ipv6, IpSocketAddress::Ipv6(address))
        }
    }
}
