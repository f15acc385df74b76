//! Servers on this machine. They end with the test's process.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Answers each line with `echo LINE`, and counts who comes.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl Server {
    pub(crate) fn start(address: &str) -> Self {
        let connections = Arc::new(AtomicUsize::new(0));
        let counter = connections.clone();
        let address = serve(address, move |stream| {
            counter.fetch_add(1, Ordering::SeqCst);
            echo_lines(stream)
        });
        Self {
            address,
            connections,
        }
    }

    /// The rule that grants it.
    pub(crate) fn rule(&self) -> String {
        format!("tcp://{}", self.address)
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// Answers each request for a page with `hello`.
pub(crate) fn http_server(address: &str) -> SocketAddr {
    serve(address, |mut stream| {
        let mut request = [0; 1024];
        _ = stream.read(&mut request)?;
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\n")
    })
}

/// Answers each datagram with `echo DATAGRAM`.
pub(crate) fn echo() -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    thread::spawn(move || {
        let mut buffer = [0; 2048];
        loop {
            let (length, peer) = socket.recv_from(&mut buffer).unwrap();
            let answer = [b"echo ", &buffer[..length]].concat();
            socket.send_to(&answer, peer).unwrap();
        }
    });
    address
}

/// Serve each connection on a thread of its own.
fn serve(
    address: &str,
    service: impl Fn(&TcpStream) -> std::io::Result<()> + Send + Sync + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind(address).unwrap();
    let address = listener.local_addr().unwrap();
    let service = Arc::new(service);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let service = service.clone();
            thread::spawn(move || service(&stream));
        }
    });
    address
}

fn echo_lines(mut stream: &TcpStream) -> std::io::Result<()> {
    for line in BufReader::new(stream).lines() {
        writeln!(stream, "echo {}", line?)?;
    }
    Ok(())
}
