//! The guard as a guest meets it: calls of `wasi:sockets`, made by hand, against sockets of this machine.

mod bytes;
pub(crate) mod clock;
mod datagrams;
mod guest;
mod limits;
mod many_names;
mod mapped_names;
mod mapping;
mod names;
mod nothings;
mod rates;
mod reload;
mod stores;
mod times;
mod udp;
mod waiting;

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use wasmtime_wasi::p2::bindings::sockets::network::ErrorCode;

use self::guest::{Guest, block_on, rule};
use self::waiting::tasks_ended;
use crate::Policy;

/// More than the kernel takes for a peer that does not read.
const MORE_THAN_FITS: usize = 64 << 20;

fn listener(address: &str) -> (TcpListener, String) {
    let listener = TcpListener::bind(address).unwrap();
    let address = listener.local_addr().unwrap().to_string();
    (listener, address)
}

/// A listener whose peers soon take no more: their system has room for so much, and does not make more of it.
fn narrow_listener() -> (TcpListener, String) {
    let (listener, address) = listener("127.0.0.1:0");
    rustix::net::sockopt::set_socket_recv_buffer_size(&listener, 16 * 1024).unwrap();
    (listener, address)
}

/// Whether nobody has connected.
fn is_untouched(listener: &TcpListener) -> bool {
    listener.set_nonblocking(true).unwrap();
    matches!(listener.accept(), Err(error) if error.kind() == ErrorKind::WouldBlock)
}

#[test]
fn a_refused_connect_touches_nothing_and_leaves_the_socket_usable() {
    for host in ["127.0.0.1:0", "[::1]:0"] {
        let (forbidden, forbidden_address) = listener(host);
        let (_granted, granted_address) = listener(host);
        let policy = Policy::builder().allow_outbound(rule(&granted_address));
        block_on(async {
            let mut guest = Guest::new(policy);
            let socket = guest.socket(&granted_address);

            let refused = guest.connect(socket, &forbidden_address).await.err();
            assert_eq!(refused, Some(ErrorCode::AccessDenied));
            assert!(is_untouched(&forbidden));

            guest.connect(socket, &granted_address).await.unwrap();
            assert_eq!(guest.verdicts(), [false, true]);
        });
    }
}

#[test]
fn a_call_that_fails_in_any_case_is_not_decided() {
    let (_listener, address) = listener("127.0.0.1:0");
    let policy = Policy::builder().allow_outbound(rule(&address));
    block_on(async {
        let mut guest = Guest::new(policy);
        let socket = guest.socket(&address);
        for target in [
            "[::1]:80",
            "0.0.0.0:80",
            "127.0.0.1:0",
            "224.0.0.1:80",
            "255.255.255.255:80",
        ] {
            let error = guest.connect(socket, target).await.err();
            assert_eq!(error, Some(ErrorCode::InvalidArgument), "{target}");
        }
        assert_eq!(guest.listen(socket).await, Err(ErrorCode::InvalidState));
        assert_eq!(guest.verdicts(), [false; 0]);

        guest.connect(socket, &address).await.unwrap();
        let again = guest.connect(socket, &address).await.err();
        assert_eq!(again, Some(ErrorCode::InvalidState));
        assert_eq!(
            guest.bind(socket, "127.0.0.1:0").await,
            Err(ErrorCode::InvalidState)
        );
        assert_eq!(guest.verdicts(), [true]);
    });
}

#[test]
fn what_bypasses_the_wrappers_is_refused_by_the_backstop() {
    let (listener, address) = listener("127.0.0.1:0");
    let policy = Policy::builder().allow_outbound(rule(&address));
    block_on(async {
        let mut guest = Guest::new(policy);
        let socket = guest.socket(&address);
        let error = guest.connect_behind_the_guard(socket, &address).await.err();
        assert_eq!(error, Some(ErrorCode::AccessDenied));
        assert!(is_untouched(&listener));
    });
}

#[test]
fn a_listener_needs_a_grant_for_bind_and_listen() {
    block_on(async {
        let mut guest = Guest::new(Policy::builder());
        let socket = guest.socket("127.0.0.1:0");
        assert_eq!(
            guest.bind(socket, "127.0.0.1:0").await,
            Err(ErrorCode::AccessDenied)
        );

        // The wildcard address at any port can be bound, and is worth nothing.
        assert_eq!(guest.bind(socket, "0.0.0.0:0").await, Ok(()));
        assert_eq!(guest.listen(socket).await, Err(ErrorCode::AccessDenied));
        // The refusal has not spent the socket.
        assert_eq!(guest.listen(socket).await, Err(ErrorCode::AccessDenied));
        assert_eq!(guest.verdicts(), [false, true, false, false]);
    });
}

#[test]
fn a_rule_for_port_0_covers_the_port_that_the_system_picks() {
    let policy = Policy::builder().allow_inbound("tcp://127.0.0.1:0".parse().unwrap());
    block_on(async {
        let mut guest = Guest::new(policy);
        let socket = guest.socket("127.0.0.1:0");
        guest.bind(socket, "127.0.0.1:0").await.unwrap();
        guest.listen(socket).await.unwrap();
        let address = guest.local_address(socket);

        let _peer = TcpStream::connect(address).unwrap();
        guest.ready(socket).await;
        guest.accept(socket).unwrap();
        assert_eq!(guest.verdicts(), [true, true, true]);
    });
}

#[test]
fn a_peer_that_is_not_listed_is_dropped_and_the_next_one_taken() {
    let from = "tcp://any:0#from=127.0.0.1".parse().unwrap();
    let policy = Policy::builder().allow_inbound(from);
    block_on(async {
        let mut guest = Guest::new(policy);
        let socket = guest.socket("0.0.0.0:0");
        guest.bind(socket, "0.0.0.0:0").await.unwrap();
        guest.listen(socket).await.unwrap();
        let port = guest.local_address(socket).port();

        let mut stranger = connect_from("127.0.0.2", port).await;
        let mut known = connect_from("127.0.0.1", port).await;
        guest.ready(socket).await;
        let (_, output) = guest.accept(socket).unwrap();
        guest.write(&output, b"hi").unwrap();
        let mut greeting = [0; 2];
        known.read_exact(&mut greeting).unwrap();
        assert_eq!(&greeting, b"hi");
        assert_eq!(stranger.read(&mut greeting).unwrap(), 0, "closed");
        assert_eq!(guest.verdicts(), [true, true, false, true]);

        // Nobody but strangers: the call does not block, and leaves nothing behind.
        let before = guest.table_len();
        let _stranger = connect_from("127.0.0.2", port).await;
        guest.ready(socket).await;
        assert_eq!(guest.accept(socket).err(), Some(ErrorCode::WouldBlock));
        assert_eq!(guest.table_len(), before);
    });
}

#[test]
fn closing_does_not_wait_for_a_stalled_peer_and_delivers_what_was_written() {
    let (listener, address) = narrow_listener();
    let policy = Policy::builder().allow_outbound(rule(&address));
    block_on(async {
        for ended_by in ["close", "end of the store"] {
            let mut guest = Guest::new(policy.clone());
            let lingering = guest.lingering();
            let socket = guest.socket(&address);
            let connection = guest.connect(socket, &address).await.unwrap();
            let (peer, _) = listener.accept().unwrap();
            let written = guest.write_until_stuck(&connection).await;

            let start = Instant::now();
            if ended_by == "close" {
                guest.close(socket, connection).await;
                drop(guest);
            } else {
                drop(guest);
            }
            assert!(start.elapsed() < Duration::from_secs(1), "{ended_by}");
            assert_eq!(lingering.len(), 1, "{ended_by}");
            assert!(!lingering.finished(Duration::ZERO).await, "{ended_by}");

            assert_eq!(read_all(peer).unwrap(), written, "{ended_by}");
            assert!(
                lingering.finished(Duration::from_secs(10)).await,
                "{ended_by}"
            );
        }
    });
}

#[test]
fn a_peer_that_stays_stalled_is_given_up() {
    let (listener, address) = narrow_listener();
    let policy = Policy::builder().allow_outbound(rule(&address));
    block_on(async {
        let mut guest = Guest::lingering_for(policy, Duration::from_millis(50));
        let lingering = guest.lingering();
        let socket = guest.socket(&address);
        let connection = guest.connect(socket, &address).await.unwrap();
        let (peer, _) = listener.accept().unwrap();
        let written = guest.write_until_stuck(&connection).await;
        guest.close(socket, connection).await;

        assert!(lingering.finished(Duration::from_secs(10)).await);
        tasks_ended().await;
        assert!(read_all(peer).unwrap() < written);
    });
}

#[test]
fn a_connection_whose_bytes_are_taken_does_not_linger() {
    let (listener, address) = listener("127.0.0.1:0");
    let policy = Policy::builder().allow_outbound(rule(&address));
    block_on(async {
        let mut guest = Guest::new(policy);
        let lingering = guest.lingering();
        let socket = guest.socket(&address);
        let connection = guest.connect(socket, &address).await.unwrap();
        let (peer, _) = listener.accept().unwrap();
        guest.write(&connection.1, b"bye").unwrap();
        guest.close(socket, connection).await;

        assert!(lingering.is_empty());
        assert_eq!(read_all(peer).unwrap(), 3);
    });
}

#[test]
fn a_store_can_outlive_the_runtime() {
    let (listener, address) = listener("127.0.0.1:0");
    let mut guest = Guest::new(Policy::builder().allow_outbound(rule(&address)));
    block_on(async {
        let socket = guest.socket(&address);
        let connection = guest.connect(socket, &address).await.unwrap();
        guest.write_until_stuck(&connection).await;
    });
    drop(guest);
    drop(listener);
}

#[test]
fn a_peer_that_resets_is_an_error_of_the_stream() {
    let (listener, address) = listener("127.0.0.1:0");
    let policy = Policy::builder().allow_outbound(rule(&address));
    block_on(async {
        let mut guest = Guest::new(policy);
        let socket = guest.socket(&address);
        let connection = guest.connect(socket, &address).await.unwrap();
        let (mut peer, _) = listener.accept().unwrap();
        guest.write(&connection.1, b"unread").unwrap();
        peer.write_all(b"x").unwrap();
        // With something unread, a close is a reset.
        drop(peer);

        let ended = guest.read_to_end(&connection.0).await;
        assert!(ended.is_err(), "{ended:?}");
        guest.close(socket, connection).await;
    });
}

/// A connection to the port of this machine, from one of its many addresses.
async fn connect_from(source: &str, port: u16) -> TcpStream {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket
        .bind(SocketAddr::new(source.parse().unwrap(), 0))
        .unwrap();
    let target = SocketAddr::from(([127, 0, 0, 1], port));
    let stream = socket.connect(target).await.unwrap().into_std().unwrap();
    stream.set_nonblocking(false).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    stream
}

fn read_all(mut peer: TcpStream) -> std::io::Result<usize> {
    peer.set_nonblocking(false)?;
    peer.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut rest = vec![0; 1 << 20];
    let mut total = 0;
    loop {
        match peer.read(&mut rest)? {
            0 => return Ok(total),
            count => total += count,
        }
    }
}
