//! A web server that does as the path says. It reads and writes the messages itself, so that what a test sees is what was sent.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// More than one message of the server's, with a length that is no multiple of anything.
pub(super) const MANY: usize = 5_000_001;

/// It ends with the test's process.
pub(super) struct WebServer {
    pub(super) address: SocketAddr,
    scheme: &'static str,
    seen: Arc<Seen>,
}

/// What has happened so far, for those who wait for it.
#[derive(Default)]
struct Seen {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    requests: Vec<Request>,
    /// How many have asked for `/meet`.
    here: usize,
    /// Whether those who have asked for `/held` are let go.
    released: bool,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(super) struct Request {
    /// The first line and the headers, without the empty line.
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

trait Stream: Read + Write {}

impl<T: Read + Write> Stream for T {}

impl WebServer {
    /// A server by `http`.
    pub(super) fn start(address: &str) -> Self {
        Self::serve(address, "http", |stream| Box::new(stream))
    }

    /// A server by `https`.
    pub(super) fn start_tls(address: &str, config: ServerConfig) -> Self {
        let config = Arc::new(config);
        Self::serve(address, "https", move |stream| {
            let connection = ServerConnection::new(config.clone()).unwrap();
            Box::new(StreamOwned::new(connection, stream))
        })
    }

    fn serve(
        address: &str,
        scheme: &'static str,
        wrap: impl Fn(TcpStream) -> Box<dyn Stream> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            scheme,
            seen: Arc::default(),
        };
        let seen = server.seen.clone();
        let wrap = Arc::new(wrap);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (seen, wrap) = (seen.clone(), wrap.clone());
                // A client that goes away is no concern of the next one.
                thread::spawn(move || answer(wrap(stream), &seen));
            }
        });
        server
    }

    pub(super) fn url(&self, path: &str) -> String {
        self.url_of(&self.address.ip().to_string(), path)
    }

    pub(super) fn url_of(&self, host: &str, path: &str) -> String {
        let host = if host.contains(':') {
            format!("[{host}]")
        } else {
            host.to_owned()
        };
        format!("{}://{host}:{}{path}", self.scheme, self.address.port())
    }

    /// What came so far.
    pub(super) fn requests(&self) -> Vec<Request> {
        self.seen.state.lock().unwrap().requests.clone()
    }

    /// Wait until so many have come.
    pub(super) fn wait_for(&self, count: usize) {
        drop(self.seen.wait_until(|state| state.requests.len() >= count));
    }

    /// Answer those who have asked for `/held`.
    pub(super) fn release(&self) {
        self.seen.change(|state| state.released = true);
    }

    /// The only request that came.
    pub(super) fn request(&self) -> Request {
        let requests = self.requests();
        assert_eq!(requests.len(), 1, "{requests:?}");
        requests[0].clone()
    }
}

impl Request {
    pub(super) fn line(&self) -> &str {
        self.head.lines().next().unwrap_or_default()
    }

    /// The values of a header.
    pub(super) fn header(&self, name: &str) -> Vec<&str> {
        let fields = self.head.lines().filter_map(|line| line.split_once(':'));
        let named = fields.filter(|(field, _)| field.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.trim()).collect()
    }
}

impl Seen {
    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().unwrap());
        self.changed.notify_all();
    }

    /// Wait for it, but not for ever.
    fn wait_until(&self, is_so: impl Fn(&State) -> bool) -> MutexGuard<'_, State> {
        let (limit, state) = (Duration::from_secs(60), self.state.lock().unwrap());
        let waited = self
            .changed
            .wait_timeout_while(state, limit, |state| !is_so(state));
        let (state, result) = waited.unwrap();
        assert!(!result.timed_out(), "what was waited for does not happen");
        state
    }
}

/// A byte of what is sent, either way.
pub(super) fn pattern(index: usize) -> u8 {
    u8::try_from(index % 251).unwrap()
}

/// What the guest prints for so many bytes of the pattern.
pub(super) fn printed(count: usize) -> String {
    let hash = (0..count).fold(0_u64, |hash, index| {
        hash.wrapping_mul(31).wrapping_add(pattern(index).into())
    });
    format!("body: {count} bytes, hash {hash:016x}\n")
}

fn answer(stream: Box<dyn Stream>, seen: &Seen) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Ok(());
        }
    }
    let mut request = Request {
        head: head.trim_end().to_owned(),
        body: Vec::new(),
    };
    let target = request
        .line()
        .split(' ')
        .nth(1)
        .unwrap_or_default()
        .to_owned();
    if target != "/early" {
        request.body = read_body(&mut reader, &request)?;
    }
    seen.change(|state| state.requests.push(request));

    let stream = reader.get_mut();
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    match path {
        "/redirect" => {
            let head = format!("HTTP/1.1 302 Found\r\nLocation: {query}\r\nContent-Length: 0\r\n\r\n");
            stream.write_all(head.as_bytes())?;
        }
        "/download" => {
            stream.write_all(format!("HTTP/1.1 200 OK\r\nContent-Length: {MANY}\r\n\r\n").as_bytes())?;
            stream.write_all(&many())?;
        }
        "/chunked" => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")?;
            for chunk in many().chunks(70_001) {
                stream.write_all(format!("{:x}\r\n", chunk.len()).as_bytes())?;
                stream.write_all(chunk)?;
                stream.write_all(b"\r\n")?;
            }
            stream.write_all(b"0\r\n\r\n")?;
        }
        "/until-close" => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nto the end")?;
        }
        "/hop" => stream.write_all(
            b"HTTP/1.1 200 OK\r\nX-Seen: yes\r\nProxy-Authenticate: x\r\nUpgrade: h2c\r\n\
              Content-Length: 6\r\n\r\nhello\n",
        )?,
        "/early" => {
            stream.write_all(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")?;
            // Who closes with something unread takes back what it has said.
            wait_for_end(stream)?;
        }
        "/meet" => {
            seen.change(|state| state.here += 1);
            drop(seen.wait_until(|state| state.here >= 2));
            stream.write_all(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{query}", query.len()).as_bytes())?;
        }
        "/held" => {
            drop(seen.wait_until(|state| state.released));
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nheld")?;
        }
        "/close" => {}
        "/silent" => wait_for_end(stream)?,
        "/stall" => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome of it")?;
            stream.flush()?;
            wait_for_end(stream)?;
        }
        "/cut" => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome of it")?;
        }
        "/cut-chunk" => stream.write_all(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nsome of it",
        )?,
        "/cut-head" => stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Le")?,
        "/other" => stream.write_all(b"SSH-2.0-OpenSSH_9.2p1\r\n")?,
        "/upgrade" => stream.write_all(
            b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
        )?,
        "/long-head" => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nX-Long: ")?;
            stream.write_all(&vec![b'a'; 1 << 20])?;
            stream.write_all(b"\r\n\r\n")?;
        }
        "/smuggle" => stream.write_all(
            b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nContent-Length: 7\r\n\r\nhello\n",
        )?,
        _ => stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\n")?,
    }
    stream.flush()
}

fn many() -> Vec<u8> {
    (0..MANY).map(pattern).collect()
}

fn read_body(reader: &mut impl BufRead, request: &Request) -> std::io::Result<Vec<u8>> {
    let mut body = Vec::new();
    if let Some(length) = request.header("content-length").first() {
        body.resize(length.parse().unwrap(), 0);
        reader.read_exact(&mut body)?;
    } else if request.header("transfer-encoding") == ["chunked"] {
        loop {
            let mut size = String::new();
            reader.read_line(&mut size)?;
            let size = usize::from_str_radix(size.trim(), 16).unwrap();
            let mut chunk = vec![0; size + 2];
            reader.read_exact(&mut chunk)?;
            if size == 0 {
                break;
            }
            body.extend(&chunk[..size]);
        }
    }
    Ok(body)
}

/// Until the client goes away.
fn wait_for_end(stream: &mut dyn Stream) -> std::io::Result<()> {
    let mut buffer = [0; 1024];
    while stream.read(&mut buffer)? > 0 {}
    Ok(())
}
