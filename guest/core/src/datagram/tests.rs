//! The state machine against a scripted layer below.

mod data;
mod document;
mod end;
mod open;
mod sockopt;

use alloc::vec::Vec;
use core::time::Duration;

use crate::addr::{Family, SockAddr};
use crate::backend::Progress;
use crate::flags::MsgFlags;
use crate::script::{Line, Script, Scripted, message};
use crate::{Errno, Instant, Interest, Step, Timeout, Turn, Wait};

use super::{Datagram, Received};

/// The peer of these tests.
fn peer() -> SockAddr {
    SockAddr::from(([192, 0, 2, 1], 53))
}

/// Somebody else.
fn stranger() -> SockAddr {
    SockAddr::from(([192, 0, 2, 2], 53))
}

/// The local address of these tests.
fn local() -> SockAddr {
    SockAddr::from(([192, 0, 2, 9], 4000))
}

fn unbound(script: &Script) -> Datagram<Scripted> {
    Datagram::new(Family::Inet, script.socket())
}

fn bound(script: &Script) -> Datagram<Scripted> {
    let mut datagram = unbound(script);
    script.expect([Line::Bind(local(), Ok(()))]);
    assert_eq!(datagram.bind(local()), Ok(()));
    datagram
}

fn connected(script: &Script) -> Datagram<Scripted> {
    let mut datagram = bound(script);
    script.expect([nothing_queued(), Line::Connect(Some(peer()), Ok(()))]);
    assert_eq!(datagram.connect(peer()), Ok(()));
    datagram
}

fn closed(script: &Script) -> Datagram<Scripted> {
    let mut datagram = unbound(script);
    datagram.close();
    datagram
}

/// What core finds below before it changes the peer, if nothing has arrived.
fn nothing_queued() -> Line {
    Line::Receive(Ok(Progress::Pending))
}

fn arrived(bytes: &[u8]) -> Line {
    Line::Receive(message(bytes, peer()))
}

fn sent(length: usize) -> Line {
    Line::Send(length, None, Ok(Progress::Done(())))
}

/// `recvfrom` with room for anything, that may wait.
fn receive(datagram: &mut Datagram<Scripted>) -> Step<Received> {
    datagram.recvfrom(100, MsgFlags::NONE, blocking())
}

/// `send` of one byte, that may wait.
fn send(datagram: &mut Datagram<Scripted>) -> Step<usize> {
    datagram.send(b"x", MsgFlags::NONE, blocking())
}

/// `sendto` of one byte, that may wait.
fn send_to(datagram: &mut Datagram<Scripted>, to: SockAddr) -> Step<usize> {
    datagram.sendto(b"x", MsgFlags::NONE, to, blocking())
}

/// A whole datagram of the peer.
fn received(bytes: &[u8]) -> Step<Received> {
    cut(bytes, bytes.len())
}

/// What is answered of a datagram of the peer that was `length` long.
fn cut(bytes: &[u8], length: usize) -> Step<Received> {
    Step::Ready(Ok(Received {
        data: Vec::from(bytes),
        length,
        sender: Some(peer()),
    }))
}

/// The end of data, or what `recv` answers to length 0.
fn nobody() -> Step<Received> {
    Step::Ready(Ok(Received {
        data: Vec::new(),
        length: 0,
        sender: None,
    }))
}

fn count(length: usize) -> Step<usize> {
    Step::Ready(Ok(length))
}

fn blocking() -> Turn {
    Turn::begin(Instant(0), Timeout::Never)
}

fn nonblocking() -> Turn {
    Turn::begin(Instant(0), Timeout::NonBlocking)
}

/// A call that began at 0 and may wait for a second.
fn within_a_second() -> Turn {
    Turn::begin(Instant(0), Timeout::After(Duration::from_secs(1)))
}

const SECOND: Instant = Instant(1_000_000_000);

fn error<T>(errno: Errno) -> Step<T> {
    Step::Ready(Err(errno))
}

fn wait<T>(interest: Interest) -> Step<T> {
    wait_until(interest, None)
}

fn wait_until<T>(interest: Interest, until: Option<Instant>) -> Step<T> {
    Step::Wait(Wait { interest, until })
}
