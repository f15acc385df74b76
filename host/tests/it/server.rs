//! A server on this machine.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Answers each line with `echo LINE`, and counts who comes. It ends with the test's process.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl Server {
    pub(crate) fn start(address: &str) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            connections: Arc::default(),
        };
        let connections = server.connections.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                connections.fetch_add(1, Ordering::SeqCst);
                _ = answer(&stream);
            }
        });
        server
    }

    /// The rule that grants it.
    pub(crate) fn rule(&self) -> String {
        format!("tcp://{}", self.address)
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

fn answer(mut stream: &TcpStream) -> std::io::Result<()> {
    for line in BufReader::new(stream).lines() {
        writeln!(stream, "echo {}", line?)?;
    }
    Ok(())
}
