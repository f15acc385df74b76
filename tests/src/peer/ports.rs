//! Ports that do not serve until they are told to.

use std::io::{self, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::sync::Arc;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::sockopt::set_socket_reuseaddr;
use rustix::net::{
    AddressFamily, SocketFlags, SocketType, bind, connect, getsockname, listen, socket_with,
};

use super::accept_all;
use super::records::Records;
use super::serve::read_line;

/// A port that refuses connections, and that nobody else can get: bound, but not listening.
pub(super) fn refuse(mut control: TcpStream, records: &Arc<Records>) -> io::Result<()> {
    let (socket, address) = bound(&control)?;
    writeln!(control, "{}", address.port())?;
    if read_line(&mut control)? == "open" {
        listen(&socket, 16)?;
        accept_all(TcpListener::from(socket), Arc::clone(records));
        writeln!(control, "opened")?;
    }
    Ok(())
}

/// A port where connection attempts hang: its queue is full, and what comes then is dropped. Another socket that is bound there
/// keeps the port for us when this one goes.
pub(super) fn stall(mut control: TcpStream, records: &Arc<Records>) -> io::Result<()> {
    let (spare, address) = bound(&control)?;
    let socket = bound_to(address)?;
    listen(&socket, 0)?;
    let fillers = fill(address)?;
    writeln!(control, "{}", address.port())?;
    let mut socket = Some(socket);
    let mut word = read_line(&mut control)?;
    if word == "refuse" {
        socket = None;
        writeln!(control, "refusing")?;
        word = read_line(&mut control)?;
    }
    drop(fillers);
    if word == "open" {
        let serving = match socket {
            Some(socket) => socket,
            None => {
                listen(&spare, 16)?;
                spare
            }
        };
        accept_all(TcpListener::from(serving), Arc::clone(records));
        writeln!(control, "opened")?;
    }
    Ok(())
}

/// A socket bound to a port of the address that the client has reached us at.
fn bound(control: &TcpStream) -> io::Result<(OwnedFd, SocketAddr)> {
    let socket = bound_to(SocketAddr::new(control.local_addr()?.ip(), 0))?;
    let address = getsockname(&socket)?.try_into()?;
    Ok((socket, address))
}

/// A socket that shares its address with others, as long as none of them listens.
fn bound_to(address: SocketAddr) -> io::Result<OwnedFd> {
    let flags = SocketFlags::CLOEXEC;
    let socket = socket_with(family(address), SocketType::STREAM, flags, None)?;
    set_socket_reuseaddr(&socket, true)?;
    bind(&socket, &address)?;
    Ok(socket)
}

/// Connects until an attempt gets no answer.
fn fill(address: SocketAddr) -> io::Result<Vec<OwnedFd>> {
    // On loopback an answer is there as soon as `connect` returns; the time is for a machine that has
    // other things to do.
    let patience = Timespec {
        tv_sec: 0,
        tv_nsec: 200_000_000,
    };
    let mut fillers = Vec::new();
    loop {
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let socket = socket_with(family(address), SocketType::STREAM, flags, None)?;
        match connect(&socket, &address) {
            Ok(()) | Err(rustix::io::Errno::INPROGRESS) => {}
            Err(error) => return Err(error.into()),
        }
        let answered = poll(&mut [PollFd::new(&socket, PollFlags::OUT)], Some(&patience))? > 0;
        fillers.push(socket);
        if !answered {
            return Ok(fillers);
        }
    }
}

fn family(address: SocketAddr) -> AddressFamily {
    if address.is_ipv4() {
        AddressFamily::INET
    } else {
        AddressFamily::INET6
    }
}
