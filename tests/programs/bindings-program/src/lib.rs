//! Uses the calls that the Rust bindings build above `wasock:net`. Its first argument says which, and it ends
//! well if they did what they promise; otherwise the error says what they did.
//!
//! | arguments           | what it does                                                               |
//! |---------------------|----------------------------------------------------------------------------|
//! | `pair`              | connects two streams to each other and lets both of them speak             |
//! | `connect HOST PORT` | connects from 127.0.0.1, with a timeout, and prints what the peer says     |
//! | `serve`             | serves one client at an address that it prints                            |
//! | `pieces`            | sends and receives with several buffers at a time, streams and datagrams   |
//! | `clones`            | closes, drops and unwraps handles that are shared                          |
//! | `lines`             | reads what stands at the end of many empty lines, and answers how many     |
//! | `options`           | sets options and reads them                                                |
//! | `snippets`          | runs the examples of the documentation                                     |
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod snippets;

use alloc::format;
use alloc::string::String;
use core::fmt::Debug;
use core::net::{Ipv4Addr, SocketAddr};
use core::time::Duration;

use wasock_guest::net::sockets::Socket;
use wasock_guest::net::types::{AddressFamily, SocketType};
use wasock_guest::{
    BufReader, Errno, Error, Queue, TcpListener, TcpStream, UdpSocket, args, create_connection,
    create_server, println, socketpair,
};

wasock_guest::main!(program);

const LOOPBACK: SocketAddr = SocketAddr::new(core::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
const TIMEOUT: Duration = Duration::from_secs(30);

/// What went wrong, in words.
type Outcome = Result<(), String>;

fn program() -> Outcome {
    let arguments = args();
    let arguments: alloc::vec::Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.get(1..).unwrap_or_default() {
        ["pair"] => pair(),
        ["connect", host, port] => connect(host, port),
        ["serve"] => serve(),
        ["pieces"] => pieces_of_a_stream().and_then(|()| pieces_of_a_datagram()),
        ["clones"] => clones(),
        ["lines"] => lines(),
        ["snippets"] => snippets::run().map_err(text),
        ["options"] => options_of_streams().and_then(|()| options_of_datagrams()),
        _ => Err("usage: pair | connect HOST PORT | serve | pieces | clones | lines | options | snippets".into()),
    }
}

fn pair() -> Outcome {
    let (one, other) = socketpair().map_err(text)?;
    expect("the peer of one", other.local_addr(), one.peer_addr())?;
    for (from, to, data) in [(&one, &other, b"there"), (&other, &one, b"again")] {
        from.write_all(data).map_err(text)?;
        let mut buffer = [0; 5];
        expect("a look at it", to.peek(&mut buffer[..2]), Ok(2))?;
        to.read_exact(&mut buffer).map_err(text)?;
        expect("what came", &buffer, data)?;
    }
    drop(one);
    expect("the end", other.read(&mut [0; 1]), Ok(0))
}

fn connect(host: &str, port: &str) -> Outcome {
    let port = port.parse().map_err(|_| "no port")?;
    let none = create_connection(host, port, Some(Duration::ZERO), None);
    expect("a timeout of zero", none.err(), Some(Errno::Einval.into()))?;

    let stream = create_connection(host, port, Some(TIMEOUT), Some(LOOPBACK)).map_err(text)?;
    expect(
        "the source",
        stream.local_addr().map(|here| here.ip()),
        Ok(LOOPBACK.ip()),
    )?;
    expect("the timeout", stream.socket().gettimeout(), Some(30.0))?;

    let mut said = alloc::vec::Vec::new();
    stream.read_to_end(&mut said).map_err(text)?;
    println!("{}", String::from_utf8_lossy(&said));
    Ok(())
}

fn serve() -> Outcome {
    let listener = create_server(LOOPBACK, 1).map_err(text)?;
    println!("{}", listener.local_addr().map_err(text)?);
    let (stream, _) = listener.accept().map_err(text)?;
    stream.write_all(b"served").map_err(text)
}

fn pieces_of_a_stream() -> Outcome {
    let (one, other) = socketpair().map_err(text)?;
    expect("nothing", one.write_vectored(&[]), Ok(0))?;
    expect("pieces", one.write_vectored(&[b"ab", b"", b"cdef"]), Ok(6))?;

    let (mut first, mut second) = ([0; 4], [0; 4]);
    expect(
        "their length",
        other.read_vectored(&mut [&mut first, &mut [], &mut second]),
        Ok(6),
    )?;
    expect("the first buffer", &first, b"abcd")?;
    expect("the second buffer", &second, b"ef\0\0")
}

fn pieces_of_a_datagram() -> Outcome {
    let receiver = UdpSocket::bind(LOOPBACK).map_err(text)?;
    let address = receiver.local_addr().map_err(text)?;
    let sender = UdpSocket::connected(address).map_err(text)?;
    let from = sender.local_addr().map_err(text)?;

    expect(
        "pieces",
        sender.send_vectored(&[b"ab", b"cdef"], None),
        Ok(6),
    )?;
    let (mut first, mut second) = ([0; 1], [0; 2]);
    let received = receiver.recv_from_vectored(&mut [&mut first, &mut second]);
    expect("what fits of them", received, Ok((3, from)))?;
    expect("the buffers", (&first, &second), (b"a", b"bc"))?;

    expect(
        "an empty one",
        sender.send_vectored(&[], Some(address)),
        Ok(0),
    )?;
    expect("it", receiver.recv_from_vectored(&mut []), Ok((0, from)))?;

    let long = [0; 40_000];
    let too_long = sender.send_vectored(&[&long, &long], None);
    expect(
        "more than a datagram",
        too_long,
        Err(Errno::Emsgsize.into()),
    )
}

fn lines() -> Outcome {
    const EMPTY: usize = 100_000;
    let (one, other) = socketpair().map_err(text)?;
    one.set_nonblocking(true).map_err(text)?;
    let mut data = alloc::vec![b'\n'; EMPTY];
    data.extend_from_slice(b"the end\nbody");
    let mut left = Queue::new(data.len());
    left.push(&data).map_err(text)?;

    let mut reader = BufReader::new(&other);
    for _ in 0..EMPTY {
        left.send(&one).map_err(text)?;
        let line = reader.read_until(b"\n", 100).map_err(text)?;
        expect("an empty line", line.as_deref(), Some(&b"\n"[..]))?;
    }
    left.send(&one).map_err(text)?;
    expect("what is left", left.len(), 0)?;
    let limited = reader.read_until(b"end\n", 7);
    expect("a short limit", limited, Err(Error::LimitExceeded))?;
    let line = reader.read_until(b"end\n", 8).map_err(text)?;
    expect("the last line", line.as_deref(), Some(&b"the end\n"[..]))?;

    drop(one);
    let mut first = [0; 1];
    expect("a byte", reader.read(&mut first), Ok(1))?;
    expect("it", first, *b"b")?;
    let mut rest = alloc::vec::Vec::new();
    let mut keep = |piece: &[u8]| {
        rest.extend_from_slice(piece);
        Ok(())
    };
    expect("two more", reader.forward(Some(2), &mut keep), Ok(2))?;
    expect("the rest", reader.forward(None, &mut keep), Ok(1))?;
    expect("them", rest.as_slice(), b"ody")
}

fn clones() -> Outcome {
    let (one, other) = socketpair().map_err(text)?;
    let clone = one.clone();
    clone.set_timeout(Some(TIMEOUT)).map_err(text)?;
    expect("a shared timeout", one.socket().gettimeout(), Some(30.0))?;

    drop(one);
    clone.write_all(b"still open").map_err(text)?;
    let second = clone.clone();
    let clone = clone
        .into_socket()
        .err()
        .ok_or("a shared socket was unwrapped")?;
    drop(second);
    let socket = clone
        .into_socket()
        .map_err(|_| "the last handle was not unwrapped")?;
    let stream = TcpStream::from(socket);

    let witness = stream.clone();
    stream.close();
    expect("after close", witness.write(b"x"), Err(Errno::Ebadf.into()))?;
    let mut rest = alloc::vec::Vec::new();
    other.read_to_end(&mut rest).map_err(text)?;
    expect("what the peer got", rest.as_slice(), b"still open")?;

    let listener = TcpListener::bind(LOOPBACK).map_err(text)?;
    let address = listener.local_addr().map_err(text)?;
    let second = listener.clone();
    drop(listener);
    let _connection = TcpStream::connect(address).map_err(text)?;
    second.accept().map_err(text)?;
    drop(second);
    let refused = TcpStream::connect(address).err().and_then(Error::errno);
    expect(
        "after the last listener",
        refused,
        Some(Errno::Econnrefused),
    )
}

fn options_of_streams() -> Outcome {
    let listener = TcpListener::bind(LOOPBACK).map_err(text)?;
    listener.set_keepalive(true).map_err(text)?;
    listener.set_keepalive_retries(7).map_err(text)?;
    listener.set_recv_buffer_size(20_000).map_err(text)?;
    let connected = TcpStream::connect(listener.local_addr().map_err(text)?).map_err(text)?;
    let (stream, _) = listener.accept().map_err(text)?;
    expect("an inherited switch", stream.keepalive(), Ok(true))?;
    expect("an inherited count", stream.keepalive_retries(), Ok(7))?;
    expect("an inherited size", stream.recv_buffer_size(), Ok(20_000))?;
    expect("nothing inherited", connected.keepalive(), Ok(false))?;

    let minute = Duration::from_secs(60);
    stream.set_keepalive_time(10 * minute).map_err(text)?;
    stream.set_keepalive_interval(minute).map_err(text)?;
    stream.set_send_buffer_size(30_000).map_err(text)?;
    stream.set_ttl(33).map_err(text)?;
    expect("the time", stream.keepalive_time(), Ok(10 * minute))?;
    expect("the interval", stream.keepalive_interval(), Ok(minute))?;
    expect("the size", stream.send_buffer_size(), Ok(30_000))?;
    expect("the hops", stream.ttl(), Ok(33))?;
    expect("no error", stream.take_error(), Ok(None))?;

    let (wrong, missing) = (Errno::Einval.into(), Errno::Enoprotoopt.into());
    let fraction = Duration::from_millis(1500);
    expect(
        "a fraction",
        stream.set_keepalive_time(fraction),
        Err(wrong),
    )?;
    expect("no bytes", stream.set_recv_buffer_size(0), Err(wrong))?;
    expect("too many hops", stream.set_ttl(256), Err(wrong))?;
    expect("nodelay", stream.set_nodelay(true), Err(missing))?;
    expect("lingering", stream.set_linger(None), Err(missing))
}

fn options_of_datagrams() -> Outcome {
    // Without an address, it needs no rule.
    let socket = Socket::create(AddressFamily::Inet6, SocketType::Dgram, 0);
    let socket = UdpSocket::from(socket.map_err(|errno| text(errno.into()))?);
    socket.set_ttl(33).map_err(text)?;
    expect("the hops", socket.ttl(), Ok(33))?;
    socket.set_send_buffer_size(30_000).map_err(text)?;
    expect("the size", socket.send_buffer_size(), Ok(30_000))?;
    expect("no error", socket.take_error(), Ok(None))?;
    expect(
        "broadcasting",
        socket.set_broadcast(true),
        Err(Errno::Enoprotoopt.into()),
    )?;
    socket.socket().close();
    expect("after close", socket.ttl(), Err(Errno::Ebadf.into()))
}

fn expect<A: Debug + PartialEq<B>, B: Debug>(what: &str, found: A, expected: B) -> Outcome {
    if found == expected {
        return Ok(());
    }
    Err(format!("{what}: expected {expected:?}, found {found:?}"))
}

fn text(error: Error) -> String {
    format!("{error}")
}
