//! A TCP client over plain `wasi:sockets`: it sends a line and prints the line that comes back.
//!
//! Usage: `plain-client ADDR MESSAGE`. It knows nothing of `wasock:net`, so it shows that the policy of the
//! host holds for every component, not just for those that cooperate. What fails is reported with the
//! error code of WASI, such as `error: access-denied`.
#![no_std]

extern crate alloc;

mod runtime;

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use alloc::{borrow::ToOwned, format};
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
        inline: r#"
            package wasock:plain-client;

            world plain-client {
                import wasi:cli/environment@0.2.0;
                import wasi:cli/stderr@0.2.0;
                import wasi:cli/stdout@0.2.0;
                import wasi:sockets/instance-network@0.2.0;
                import wasi:sockets/tcp-create-socket@0.2.0;
                export wasi:cli/run@0.2.0;
            }
        "#,
        path: [
            "../../wit/deps/io",
            "../../wit/deps/clocks",
            "../../wit/deps/filesystem",
            "../../wit/deps/random",
            "../../wit/deps/sockets",
            "../../wit/deps/cli",
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
    let address: SocketAddr = address.parse().map_err(|_| format!("{address:?} is not IP:PORT"))?;

    // Declared so that they are dropped children first: the streams belong to the socket.
    let code = |code: ErrorCode| code.name().to_owned();
    let network = instance_network();
    let family = if address.is_ipv4() { IpAddressFamily::Ipv4 } else { IpAddressFamily::Ipv6 };
    let socket = create_tcp_socket(family).map_err(code)?;
    socket.start_connect(&network, to_wasi(address)).map_err(code)?;
    let (input, output) = loop {
        socket.subscribe().block();
        match socket.finish_connect() {
            Err(ErrorCode::WouldBlock) => {}
            result => break result.map_err(code)?,
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
    let line = reply.split(|byte| *byte == b'\n').next().unwrap_or_default();
    Ok(String::from_utf8_lossy(line).into_owned())
}

fn describe(error: StreamError) -> String {
    match error {
        StreamError::Closed => "closed".to_string(),
        StreamError::LastOperationFailed(error) => error.to_debug_string(),
    }
}

fn to_wasi(address: SocketAddr) -> IpSocketAddress {
    match address {
        SocketAddr::V4(address) => IpSocketAddress::Ipv4(Ipv4SocketAddress {
            port: address.port(),
            address: address.ip().octets().into(),
        }),
        SocketAddr::V6(address) => IpSocketAddress::Ipv6(Ipv6SocketAddress {
            port: address.port(),
            flow_info: address.flowinfo(),
            address: address.ip().segments().into(),
            scope_id: address.scope_id(),
        }),
    }
}
