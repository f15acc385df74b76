//! One connection, and what its line asks for.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream, UdpSocket};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::sockopt::set_socket_linger;
use wasock_conformance::peer::{Command, pattern_byte};

use super::ports;
use super::records::Records;
use crate::deadline;

/// Serves a connection: reads its line and does what it says.
///
/// A client that goes away early is none of our business: most cases do.
pub(super) fn serve(mut stream: TcpStream, records: &Arc<Records>) {
    let Ok(line) = read_line(&mut stream) else {
        return;
    };
    if line.is_empty() {
        return;
    }
    match line.parse::<Command>() {
        Ok(command) => drop(act(&command, stream, records)),
        Err(_) => eprintln!("the peer does not know the command `{line}`"),
    }
}

/// Reads a line byte by byte, because what follows it belongs to somebody else. The end of the data
/// ends it too.
pub(super) fn read_line(stream: &mut TcpStream) -> io::Result<String> {
    let mut line = Vec::new();
    let mut byte = [0];
    while stream.read(&mut byte)? == 1 && byte != *b"\n" {
        line.extend_from_slice(&byte);
    }
    String::from_utf8(line).map_err(io::Error::other)
}

fn act(command: &Command, mut stream: TcpStream, records: &Arc<Records>) -> io::Result<()> {
    match command {
        Command::Echo => {
            let mut sink = stream.try_clone()?;
            io::copy(&mut stream, &mut sink).map(drop)
        }
        Command::Discard => {
            let count = io::copy(&mut stream, &mut io::sink())?;
            stream.write_all(&count.to_be_bytes())
        }
        Command::SlowDiscard => {
            let count = read_slowly(&mut stream, 16 * 1024, Duration::from_micros(500))?;
            stream.write_all(&count.to_be_bytes())
        }
        Command::Drip => read_slowly(&mut stream, 1024, Duration::from_millis(10)).map(drop),
        Command::NeverRead => hold(&stream),
        Command::Mirror(length) => {
            let mut data = vec![0; *length];
            stream.read_exact(&mut data)?;
            stream.write_all(&data)?;
            finish(stream)
        }
        Command::Send(length) => {
            stream.write_all(&pattern(0, *length))?;
            finish(stream)
        }
        Command::Split(first, second) => {
            stream.write_all(&pattern(0, *first))?;
            stream.read_exact(&mut [0])?;
            // So that who does not wait for the second part is found out; who waits is not hurried.
            thread::sleep(Duration::from_millis(20));
            stream.write_all(&pattern(*first, *second))?;
            finish(stream)
        }
        Command::Close => Ok(()),
        Command::CloseUnread => stream.peek(&mut [0]).map(drop),
        Command::Reset => reset(stream),
        Command::ResetAfter(length) => {
            stream.read_exact(&mut vec![0; *length])?;
            reset(stream)
        }
        Command::HelloThenReset => {
            stream.write_all(b"hello")?;
            reset(stream)
        }
        Command::ConnectBack(port, then) => connect_back(*port, then, stream, records),
        Command::Refuse => ports::refuse(stream, records),
        Command::Stall => ports::stall(stream, records),
        Command::Datagram(port) => datagram(*port, &stream),
        Command::Record => record(stream, records),
        Command::Recall(number) => writeln!(stream, "{}", records.recall(*number)),
    }
}

fn pattern(start: usize, length: usize) -> Vec<u8> {
    (start..start + length).map(pattern_byte).collect()
}

/// Ends the sending half, and waits for the client to end its own: closing with data unread would be
/// a reset.
fn finish(mut stream: TcpStream) -> io::Result<()> {
    stream.shutdown(Shutdown::Write)?;
    io::copy(&mut stream, &mut io::sink()).map(drop)
}

/// Closes with a reset.
fn reset(stream: TcpStream) -> io::Result<()> {
    set_socket_linger(&stream, Some(Duration::ZERO))?;
    drop(stream);
    Ok(())
}

fn read_slowly(stream: &mut TcpStream, piece: usize, pause: Duration) -> io::Result<u64> {
    let mut buffer = vec![0; piece];
    let mut count = 0;
    loop {
        match stream.read(&mut buffer)? {
            0 => return Ok(count),
            length => count += length as u64,
        }
        thread::sleep(pause);
    }
}

/// Keeps the connection without reading, until the client is gone or no trial can be using it any more.
fn hold(stream: &TcpStream) -> io::Result<()> {
    let limit = Timespec::try_from(deadline::LIMIT).map_err(io::Error::other)?;
    poll(&mut [PollFd::new(stream, PollFlags::RDHUP)], Some(&limit))?;
    Ok(())
}

fn connect_back(
    port: u16,
    then: &Command,
    mut control: TcpStream,
    records: &Arc<Records>,
) -> io::Result<()> {
    let address = (control.local_addr()?.ip(), port);
    let stream = match TcpStream::connect(address) {
        Ok(stream) => stream,
        Err(error) => return writeln!(control, "failed: {error}"),
    };
    writeln!(control, "connected {}", stream.local_addr()?)?;
    if read_line(&mut control)? != "go" {
        return Ok(());
    }
    // However it goes: the client of the case sees that at its own end.
    drop(act(then, stream, records));
    writeln!(control, "done")
}

fn datagram(port: u16, control: &TcpStream) -> io::Result<()> {
    let loopback = control.local_addr()?.ip();
    // As for the second part of `Split`.
    thread::sleep(Duration::from_millis(20));
    UdpSocket::bind((loopback, 0))?.send_to(b"hello", (loopback, port))?;
    Ok(())
}

fn record(mut stream: TcpStream, records: &Records) -> io::Result<()> {
    let number = records.begin();
    writeln!(stream, "{number}")?;
    let mut buffer = vec![0; 64 * 1024];
    let mut count = 0;
    let end = loop {
        match stream.read(&mut buffer) {
            Ok(0) => break "eof",
            Ok(length) => count += length,
            Err(_) => break "reset",
        }
    };
    records.end(number, format!("{count} {end}"));
    Ok(())
}
