//! What it may do on the network.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::net::SocketAddrV4;

use wasock_guest::println;

use crate::bindings::wasi::sockets::instance_network::instance_network;
use crate::bindings::wasi::sockets::ip_name_lookup::resolve_addresses;
use crate::bindings::wasi::sockets::network::{
    ErrorCode, IpAddress, IpAddressFamily, IpSocketAddress, Ipv4SocketAddress,
};
use crate::bindings::wasi::sockets::tcp_create_socket::create_tcp_socket;
use crate::bindings::wasi::sockets::udp_create_socket::create_udp_socket;

pub(crate) fn udp() -> Result<(), String> {
    create_udp_socket(IpAddressFamily::Ipv4).map_err(name)?;
    println!("made");
    Ok(())
}

pub(crate) fn lookup(host: &str) -> Result<(), String> {
    let answers = resolve_addresses(&instance_network(), host).map_err(name)?;
    loop {
        match answers.resolve_next_address() {
            Ok(Some(IpAddress::Ipv4((a, b, c, d)))) => println!("{a}.{b}.{c}.{d}"),
            Ok(Some(IpAddress::Ipv6(groups))) => println!("{groups:?}"),
            Ok(None) => return Ok(()),
            Err(ErrorCode::WouldBlock) => answers.subscribe().block(),
            Err(code) => return Err(name(code)),
        }
    }
}

/// Where a refusal shows is for the host to choose: at the start, or at the end, or after some waiting.
pub(crate) fn connect(address: &str) -> Result<(), String> {
    let address: SocketAddrV4 = address.parse().map_err(|_| "not an IPv4 address")?;
    let remote = IpSocketAddress::Ipv4(Ipv4SocketAddress {
        port: address.port(),
        address: address.ip().octets().into(),
    });
    let socket = create_tcp_socket(IpAddressFamily::Ipv4).map_err(name)?;

    let started = socket.start_connect(&instance_network(), remote);
    println!("start: {}", started.err().map_or("ok", |code| code.name()));
    let finished = socket.finish_connect();
    println!(
        "finish: {}",
        finished.err().map_or("ok", |code| code.name())
    );
    Ok(())
}

fn name(code: ErrorCode) -> String {
    code.name().to_owned()
}
