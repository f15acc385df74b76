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
use crate::script::{Line, Script, Scripted};
use crate::{Errno, Instant, Interest, Step, Timeout, Turn, Wait};

use super::Stream;

/// The peer of these tests.
fn peer() -> SockAddr {
    SockAddr::from(([192, 0, 2, 1], 80))
}

/// The local address of these tests.
fn local() -> SockAddr {
    SockAddr::from(([192, 0, 2, 9], 4000))
}

fn unbound(script: &Script) -> Stream<Scripted> {
    Stream::new(Family::Inet, script.socket())
}

fn listening(script: &Script) -> Stream<Scripted> {
    let mut stream = unbound(script);
    script.expect([
        Line::Bind(Family::Inet.wildcard(), Ok(())),
        Line::Listen(5, Ok(())),
    ]);
    stream.listen(&mut script.clone(), 5).unwrap();
    stream
}

/// A non-blocking socket whose attempt has not ended.
fn connecting(script: &Script) -> Stream<Scripted> {
    let mut stream = unbound(script);
    script.expect([
        Line::StartConnect(peer(), Ok(())),
        Line::FinishConnect(Ok(Progress::Pending)),
    ]);
    let answer = stream.connect(&mut script.clone(), peer(), nonblocking());
    assert_eq!(answer, error(Errno::Einprogress));
    stream
}

fn connected(script: &Script) -> Stream<Scripted> {
    let mut stream = unbound(script);
    script.expect([
        Line::StartConnect(peer(), Ok(())),
        Line::FinishConnect(Ok(Progress::Done(()))),
    ]);
    assert_eq!(
        stream.connect(&mut script.clone(), peer(), blocking()),
        ok()
    );
    stream
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

fn ok() -> Step<()> {
    Step::Ready(Ok(()))
}

fn error<T>(errno: Errno) -> Step<T> {
    Step::Ready(Err(errno))
}

fn wait<T>(interest: Interest) -> Step<T> {
    Step::Wait(Wait {
        interest,
        until: None,
    })
}
