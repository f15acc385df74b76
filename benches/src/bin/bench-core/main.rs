//! What the calls that move data cost in core, whatever lies below it.
//!
//! Sockets are used as the provider uses them: through `Socket`, which is of either type, and with the turn of a call that
//! may wait.

mod layer;

use std::hint::black_box;
use std::process::ExitCode;

use layer::{Layer, PEER};
use wasock_benches::Measurement;
use wasock_core::create::{AddressFamily, SocketType};
use wasock_core::flags::MsgFlags;
use wasock_core::socket::Socket;
use wasock_core::stream::Sending;
use wasock_core::{Instant, Step, Timeout, Turn};

const KIB: usize = 1024;

fn main() -> ExitCode {
    wasock_benches::main(&[
        Measurement {
            name: "tcp: send and recv, 1 byte",
            than: None,
            run: send_and_recv::<1, true>,
        },
        Measurement {
            name: "tcp: send and recv, 64 KiB",
            than: None,
            run: send_and_recv::<{ 64 * KIB }, true>,
        },
        Measurement {
            name: "tcp: peek and recv, 64 KiB",
            than: None,
            run: peek_and_recv::<{ 64 * KIB }>,
        },
        Measurement {
            name: "udp: send and recv, 1 byte",
            than: None,
            run: send_and_recv::<1, false>,
        },
    ])
}

fn send_and_recv<const SIZE: usize, const STREAM: bool>(rounds: u64) {
    let (layer, mut socket) = connected(STREAM);
    let data = vec![b'x'; SIZE];
    layer.put(data.clone());
    for _ in 0..rounds {
        let mut call = Sending::default();
        let sent = socket.send(&mut call, black_box(&data), MsgFlags::NONE, turn());
        assert_eq!(answer(sent), SIZE);
        layer.put(answer(socket.recv(black_box(SIZE), MsgFlags::NONE, turn())));
    }
}

/// A peek leaves the data in core, which copies it.
fn peek_and_recv<const SIZE: usize>(rounds: u64) {
    let (layer, mut socket) = connected(true);
    layer.put(vec![b'x'; SIZE]);
    for _ in 0..rounds {
        let peeked = socket.recv(black_box(SIZE), MsgFlags::PEEK, turn());
        assert_eq!(answer(peeked).len(), SIZE);
        layer.put(answer(socket.recv(black_box(SIZE), MsgFlags::NONE, turn())));
    }
}

fn connected(stream: bool) -> (Layer, Socket<Layer>) {
    let mut layer = Layer::default();
    let r#type = if stream {
        SocketType::Stream
    } else {
        SocketType::Dgram
    };
    let mut socket = Socket::create(&mut layer, AddressFamily::Inet, r#type, 0)
        .expect("the layer below makes sockets");
    answer(socket.connect(&mut layer, PEER, turn()));
    (layer, socket)
}

/// The turn of a call of a blocking socket.
fn turn() -> Turn {
    Turn::begin(black_box(Instant(0)), Timeout::Never)
}

fn answer<T>(step: Step<T>) -> T {
    match black_box(step) {
        Step::Ready(Ok(answer)) => answer,
        Step::Ready(Err(error)) => panic!("the call failed: {error}"),
        Step::Wait(wait) => panic!("the call waits: {wait:?}"),
    }
}
