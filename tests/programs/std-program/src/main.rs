//! A program over `std::net` that knows nothing of wasock; its first argument says what it does.
//!
//! | arguments             | what it does                                                                 |
//! |-----------------------|------------------------------------------------------------------------------|
//! | `client ADDR MESSAGE` | sends a line and prints the line that comes back                             |
//! | `server ADDR`         | prints where it listens, and sends back what its one client sends            |
//! | `udp ADDR`            | binds a UDP socket                                                           |
//! | `lookup NAME:PORT`    | looks up a name                                                              |
//! | `exit STATUS`         | ends with that status                                                        |
//!
//! Errors are printed by their `ErrorKind`: `error: PermissionDenied`.

use std::io::{self, BufRead, BufReader, ErrorKind, Write};
use std::net::{TcpListener, TcpStream, ToSocketAddrs, UdpSocket};
use std::process::{ExitCode, exit};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["client", address, message] => client(address, message),
        ["server", address] => server(address),
        ["udp", address] => UdpSocket::bind(address).map(|_| println!("bound")),
        ["lookup", name] => name.to_socket_addrs().map(|_| println!("found")),
        ["exit", status] => exit(status.parse().unwrap_or(99)),
        _ => Err(ErrorKind::InvalidInput.into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {:?}", error.kind());
            ExitCode::FAILURE
        }
    }
}

fn client(address: &str, message: &str) -> io::Result<()> {
    let stream = TcpStream::connect(address)?;
    writeln!(&stream, "{message}")?;
    let mut answer = String::new();
    BufReader::new(&stream).read_line(&mut answer)?;
    print!("{answer}");
    Ok(())
}

fn server(address: &str) -> io::Result<()> {
    let listener = TcpListener::bind(address)?;
    println!("listening on {}", listener.local_addr()?);
    let (stream, _peer) = listener.accept()?;
    io::copy(&mut &stream, &mut &stream)?;
    Ok(())
}
