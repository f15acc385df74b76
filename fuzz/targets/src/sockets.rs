//! The state machines: programs that make any calls in any order, over a [`layer`](crate::layer) that does anything that
//! its contract allows.
//!
//! What has to hold, whatever both do:
//! - No call panics, and none asks the layer for what does not belong into its state.
//! - Every byte and every datagram comes out once, in its place, and before the error behind it.
//! - An error is one that the layer has answered, or one of the call; none is answered twice, and how a connection ended is
//!   not kept from the program.
//! - Who must wait waits for something that can come, and as long as the timeout says; who must not wait does not.
//! - An option has the value that it was set to, a socket the address that it was given; a flag that does nothing is refused.
//! - `poll` knows what to wait for, and what it says is so.
//! - A closed socket answers `EBADF` and asks the layer for nothing.

mod calls;
mod held;
mod options;
mod stream;
mod udp;

use wasock_core::Instant;
use wasock_core::addr::Family;
use wasock_core::create::{AddressFamily, Kind, SocketType};
use wasock_core::socket::Socket;
use wasock_core::stream::Lingering;

use crate::layer::{Layer, Wire};
use held::Held;

/// The most sockets that a program has.
const MOST: usize = 4;

/// TCP sockets.
pub(crate) fn stream(data: &[u8]) {
    Program::new(data, SocketType::Stream).run();
}

/// UDP sockets.
pub(crate) fn datagram(data: &[u8]) {
    Program::new(data, SocketType::Dgram).run();
}

/// A program with sockets of one type.
struct Program<'a> {
    layer: Layer<'a>,
    r#type: SocketType,
    sockets: Vec<Held<'a>>,
    lingering: Lingering<Wire<'a>>,
    now: Instant,
}

impl<'a> Program<'a> {
    fn new(data: &'a [u8], r#type: SocketType) -> Self {
        Self {
            layer: Layer::new(data),
            r#type,
            sockets: Vec::new(),
            lingering: Lingering::new(),
            now: Instant(0),
        }
    }

    fn run(mut self) {
        while !self.layer.input().is_empty() {
            let place = self.layer.input().below(MOST);
            if place >= self.sockets.len() {
                self.create();
            } else {
                self.call(place);
            }
        }
        for place in 0..self.sockets.len() {
            self.close(place);
        }
        self.layer.end();
    }

    fn create(&mut self) {
        let (asked, family) = if self.layer.input().flag() {
            (AddressFamily::Inet6, Family::Inet6)
        } else {
            (AddressFamily::Inet, Family::Inet)
        };
        let kind = match self.r#type {
            SocketType::Stream => Kind::Stream(family),
            _ => Kind::Datagram(family),
        };
        let created = Socket::create(&mut self.layer, asked, self.r#type, 0);
        let errors = self.layer.take_errors();
        match created {
            Ok(socket) => self.sockets.push(Held::new(socket, kind)),
            Err(error) => assert!(errors.iter().any(|(_, given)| *given == error)),
        }
    }

    fn close(&mut self, place: usize) {
        let held = &mut self.sockets[place];
        let connection = held.wire().and_then(|wire| wire.connection());
        let is_over = connection.map(|connection| connection.sending_is_over.clone());
        let closing = held.close();
        if closing.is_some() {
            let is_over = is_over.is_some_and(|is_over| is_over.get());
            assert!(is_over, "what lingers does not end");
        }
        self.lingering.keep(closing);
        // What is left of the connection is nobody's to be told.
        self.layer.take_errors();
    }
}
