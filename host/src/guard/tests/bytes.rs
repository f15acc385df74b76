//! Limits of bytes: what passes, and what comes after it.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};

use wasmtime::component::Resource;
use wasmtime_wasi::p2::StreamError;
use wasmtime_wasi::p2::bindings::sockets::network::ErrorCode;
use wasmtime_wasi_io::bytes::Bytes;
use wasock_policy::{Limits, PolicyBuilder};

use super::guest::{Guest, Streams, block_on, rule};
use super::limits::limited;
use super::udp::Peer;
use super::{listener, narrow_listener};
use crate::Host;

/// A guest that is connected, and its peer.
pub(super) struct Connected {
    pub(super) guest: Guest,
    pub(super) socket: u32,
    pub(super) streams: Streams,
    pub(super) peer: TcpStream,
    pub(super) address: String,
}

impl Connected {
    pub(super) async fn new(policy: PolicyBuilder) -> Self {
        let (listener, address) = listener("127.0.0.1:0");
        let guest = Guest::new(policy.allow_outbound(rule(&address)));
        Self::to(guest, &listener).await
    }

    /// The peer soon takes no more.
    pub(super) async fn narrow(policy: PolicyBuilder) -> Self {
        let (listener, address) = narrow_listener();
        let guest = Guest::new(policy.allow_outbound(rule(&address)));
        Self::to(guest, &listener).await
    }

    pub(super) async fn to(mut guest: Guest, listener: &TcpListener) -> Self {
        let address = listener.local_addr().unwrap().to_string();
        let socket = guest.socket(&address);
        let streams = guest.connect(socket, &address).await.unwrap();
        let (peer, _) = listener.accept().unwrap();
        let patience = Some(std::time::Duration::from_secs(20));
        peer.set_read_timeout(patience).unwrap();
        Self {
            guest,
            socket,
            streams,
            peer,
            address,
        }
    }

    pub(super) fn write(&mut self, length: usize) -> Result<(), String> {
        let written = self.guest.write(&self.streams.1, &vec![7; length]);
        written.map_err(|error| format!("{error:?}"))
    }

    /// What has come to the peer when the guest is gone.
    pub(super) fn received_by_peer(mut self) -> usize {
        drop(self.guest);
        let mut received = Vec::new();
        self.peer.read_to_end(&mut received).unwrap();
        received.len()
    }
}

#[test]
fn as_many_bytes_as_there_may_be_are_received_and_then_the_end_is_no_error() {
    block_on(async {
        let mut connected = Connected::new(limited(&["bytes-in=100000"])).await;
        connected.peer.write_all(&vec![7; 100_000]).unwrap();
        connected.peer.shutdown(Shutdown::Write).unwrap();

        let Connected { guest, streams, .. } = &mut connected;
        assert_eq!(guest.read_to_end(&streams.0).await, Ok(100_000));
        assert_eq!(guest.usage().bytes_in, 100_000);
        assert_eq!(guest.records().len(), 1, "{:?}", guest.records());
    });
}

#[test]
fn one_byte_more_is_an_error_and_is_not_lost() {
    block_on(async {
        let mut connected = Connected::new(limited(&["bytes-in=1000"])).await;
        connected.peer.write_all(&vec![7; 1_500]).unwrap();
        connected.peer.shutdown(Shutdown::Write).unwrap();

        let Connected {
            guest,
            streams,
            address,
            socket,
            ..
        } = &mut connected;
        for _ in 0..2 {
            let (received, error) = guest.read_to_error(streams).await;
            assert!(received == 1_000 || received == 0, "{received}");
            assert!(
                error.contains("the limit bytes-in=1kB of this guest is reached")
                    && error.contains("out-of-memory"),
                "{error}"
            );
        }
        assert_eq!(
            guest.last_record(),
            format!(
                "denied: outbound tcp {address} (used up: bytes-in=1kB)\n  \
                 allow more with: --limit bytes-in=AMOUNT"
            )
        );
        assert_eq!(guest.records().len(), 2, "told once: {:?}", guest.records());
        assert_eq!(guest.usage().bytes_in, 1_000);

        // With more to spend the connection goes on.
        let policy = limited(&["bytes-in=2000"]).allow_outbound(rule(address));
        guest.change_policy(policy);
        assert_eq!(guest.read_to_end(&streams.0).await, Ok(500));
        let streams = std::mem::replace(streams, (Resource::new_own(0), Resource::new_own(0)));
        guest.close(*socket, streams).await;
        let closed = guest.last_record();
        assert!(
            closed.contains("(received 1500 bytes; sent 0;") && !closed.contains("ended"),
            "{closed}"
        );
    });
}

#[test]
fn as_many_bytes_as_there_may_be_are_sent_and_one_more_is_an_error() {
    block_on(async {
        let mut connected = Connected::new(limited(&["bytes-out=1000"])).await;
        connected.write(600).unwrap();
        connected.write(400).unwrap();
        // To ask is no error: it is how a program learns that everything is sent.
        let output = &connected.streams.1;
        let stream = connected.guest.table().get_mut(output).unwrap();
        assert_eq!(stream.check_write().unwrap(), 1);
        stream.flush().unwrap();

        let error = connected.write(1).unwrap_err();
        assert!(
            error.contains("the limit bytes-out=1kB of this guest is reached")
                && error.contains("out-of-memory"),
            "{error}"
        );
        assert_eq!(connected.guest.usage().bytes_out, 1_000);
        assert!(
            connected
                .guest
                .last_record()
                .contains("used up: bytes-out=1kB"),
            "{}",
            connected.guest.last_record()
        );
        let audit = connected.guest.audit();
        assert_eq!(connected.received_by_peer(), 1_000);
        let closed = audit.records().last().unwrap().explain();
        assert!(closed.contains("sent 1000"), "{closed}");
        assert!(closed.ends_with("ended by the limit bytes-out"), "{closed}");
    });
}

#[test]
fn a_write_of_more_than_is_permitted_is_a_trap() {
    block_on(async {
        let mut connected = Connected::new(limited(&["bytes-out=10"])).await;
        let stream = connected.guest.table().get_mut(&connected.streams.1);
        let stream = stream.unwrap();
        assert_eq!(stream.check_write().unwrap(), 10);
        let written = stream.write(Bytes::from_static(&[7; 11]));
        assert!(matches!(written, Err(StreamError::Trap(_))), "{written:?}");
    });
}

#[test]
fn guests_of_a_tenant_share_its_bytes() {
    let host = Host::builder().build();
    let limits = Limits {
        bytes_in: Some(1_000),
        ..Limits::default()
    };
    let tenant = host.tenant("acme").limits(limits).build();
    let (listener, address) = listener("127.0.0.1:0");
    let policy = limited(&[]).allow_outbound(rule(&address)).build();
    block_on(async {
        let guest = || Guest::with(tenant.net_ctx().policy(policy.clone()));
        let mut one = Connected::to(guest(), &listener).await;
        let mut other = Connected::to(guest(), &listener).await;
        one.peer.write_all(&[7; 700]).unwrap();
        one.peer.shutdown(Shutdown::Write).unwrap();
        other.peer.write_all(&[7; 700]).unwrap();

        assert_eq!(one.guest.read_to_end(&one.streams.0).await, Ok(700));
        let (received, error) = other.guest.read_to_error(&other.streams).await;
        assert_eq!(received, 300);
        let whose = "the limit bytes-in=1kB of its tenant is reached";
        assert!(error.contains(whose) && !error.contains("acme"), "{error}");
        assert!(
            other
                .guest
                .last_record()
                .ends_with("it is the limit of the tenant acme"),
            "{}",
            other.guest.last_record()
        );
        assert_eq!(tenant.usage().bytes_in, 1_000);
        assert_eq!(host.usage().bytes_in, 1_000);
        assert_eq!(other.guest.usage().bytes_in, 300);
    });
}

#[test]
fn a_datagram_that_does_not_fit_is_not_sent() {
    let server = Peer::at("127.0.0.1");
    let policy = limited(&["bytes-out=10"]).allow_outbound(server.rule().parse().unwrap());
    block_on(async {
        let mut guest = Guest::new(policy);
        let udp = guest.open_udp("0.0.0.0:0").await;
        let to = Some(server.address());
        assert_eq!(guest.send(&udp, "1234", &[to, to, to]), Ok(2));
        assert_eq!(
            guest.send_to(&udp, "5678", server.address()),
            Err(ErrorCode::OutOfMemory)
        );
        assert_eq!(guest.send_to(&udp, "90", server.address()), Ok(1));
        for expected in ["1234", "1234", "90"] {
            assert_eq!(server.receive().0, expected);
        }
        assert_eq!(guest.usage().bytes_out, 10);

        guest.close_udp(udp).await;
        let closed = guest.last_record();
        assert!(closed.contains("sent 10 bytes in 3 datagrams"), "{closed}");
    });
}

#[test]
fn a_datagram_that_does_not_fit_is_dropped_and_the_guest_is_told() {
    let server = Peer::at("127.0.0.1");
    let policy = limited(&["bytes-in=10"]).allow_outbound(server.rule().parse().unwrap());
    block_on(async {
        let mut guest = Guest::new(policy);
        let udp = guest.open_udp("0.0.0.0:0").await;
        guest.send_to(&udp, "ask", server.address()).unwrap();
        let (_, guest_address) = server.receive();
        server.send("12345678", guest_address);
        assert_eq!(guest.receive_until(&udp, "12345678").await, ["12345678"]);

        server.send("too much", guest_address);
        let pollable = guest.subscribe_udp(&udp)[0];
        assert_eq!(guest.poll(&[pollable]).await, [0]);
        assert_eq!(guest.take(&udp), Err(ErrorCode::OutOfMemory));
        assert!(
            guest.last_record().contains("used up: bytes-in=10"),
            "{}",
            guest.last_record()
        );
        assert_eq!(guest.usage().bytes_in, 8);
    });
}
