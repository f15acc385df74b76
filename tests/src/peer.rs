//! A native TCP server that does what a line of text tells it; see [`Command`].
//!
//! It listens on loopback in both families, serves every connection in a thread of its own, and ends with
//! the process.

mod ports;
mod records;
mod serve;

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;

pub use wasock_conformance::peer::Command;
use wasock_core::addr::Family;

use records::Records;

/// The addresses of a running server.
#[derive(Debug, Clone, Copy)]
pub struct Peer {
    v4: SocketAddr,
    v6: SocketAddr,
}

impl Peer {
    /// Starts a server.
    ///
    /// # Errors
    /// That loopback cannot be listened on.
    pub fn start() -> io::Result<Self> {
        let records = Arc::new(Records::default());
        let v4 = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let v6 = TcpListener::bind((Ipv6Addr::LOCALHOST, 0))?;
        let peer = Self {
            v4: v4.local_addr()?,
            v6: v6.local_addr()?,
        };
        accept_all(v4, Arc::clone(&records));
        accept_all(v6, records);
        Ok(peer)
    }

    /// Where it listens in `family`.
    #[must_use]
    pub fn address(self, family: Family) -> SocketAddr {
        match family {
            Family::Inet => self.v4,
            Family::Inet6 => self.v6,
        }
    }
}

/// Serves whoever connects to `listener`, until the process ends.
fn accept_all(listener: TcpListener, records: Arc<Records>) {
    thread::spawn(move || {
        for stream in listener.incoming() {
            // A client that is gone before it was accepted.
            let Ok(stream) = stream else { continue };
            let records = Arc::clone(&records);
            thread::spawn(move || serve::serve(stream, &records));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_read_as_it_is_written() {
        let commands = [
            Command::Echo,
            Command::SlowDiscard,
            Command::Split(2, 3),
            Command::Recall(7),
            Command::ConnectBack(80, Box::new(Command::ResetAfter(5))),
        ];
        for command in commands {
            assert_eq!(command.to_string().parse(), Ok(command));
        }
    }

    #[test]
    fn a_line_that_is_no_command_is_refused() {
        for line in [
            "",
            "dance",
            "send",
            "send many",
            "connect-back 80",
            "connect-back 99999 echo",
        ] {
            assert!(line.parse::<Command>().is_err(), "{line}");
        }
    }
}
