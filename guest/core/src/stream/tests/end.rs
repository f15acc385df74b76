//! `shutdown`, `close`, and names.

use super::*;
use crate::Errno::*;
use crate::backend::Read;
use crate::flags::MsgFlags;
use crate::script::data;
use crate::sockopt::SockOpt;
use crate::stream::{How, Lingering, Sending};

/// What `shutdown` asks first.
fn still_there() -> Line {
    Line::PeerAddress(Ok(peer()))
}

#[test]
fn shutdown_after_a_reset_that_nobody_has_seen_is_refused() {
    let script = Script::default();
    let mut stream = connected(&script);
    for how in [How::Read, How::Write, How::Both] {
        script.expect([Line::PeerAddress(Err(Enotconn))]);
        assert_eq!(stream.shutdown(how), Err(Enotconn));
    }
    script.expect([Line::Read(1, Err(Econnreset))]);
    assert_eq!(
        stream.recv(1, MsgFlags::NONE, blocking()),
        error(Econnreset)
    );
    script.done();
}

#[test]
fn shutdown_wants_a_connection() {
    let script = Script::default();
    let mut stream = unbound(&script);
    for how in [How::Read, How::Write, How::Both] {
        assert_eq!(stream.shutdown(how), Err(Enotconn));
    }
    let mut stream = connecting(&script);
    script.expect([Line::FinishConnect(Ok(Progress::Pending))]);
    assert_eq!(stream.shutdown(How::Both), Err(Enotconn));
    script.expect([Line::FinishConnect(Err(Econnrefused))]);
    assert_eq!(stream.shutdown(How::Both), Err(Enotconn));
    let answer = stream.connect(&mut script.clone(), peer(), nonblocking());
    assert_eq!(answer, error(Econnrefused), "it is told once");
    script.done();
}

#[test]
fn a_listening_socket_that_is_shut_down_keeps_its_address_and_options() {
    let script = Script::default();
    for how in [How::Read, How::Both] {
        let mut stream = listening(&script);
        script.expect([Line::Setsockopt(SockOpt::IpTtl, 9, Ok(()))]);
        let backend = &mut script.clone();
        assert_eq!(stream.setsockopt(backend, SockOpt::IpTtl, 9), Ok(()));

        assert_eq!(stream.shutdown(How::Write), Ok(()), "there is no such half");
        assert_eq!(stream.is_listening(), Ok(true));

        script.expect([Line::LocalAddress(Ok(local()))]);
        assert_eq!(stream.shutdown(how), Ok(()));
        assert!(stream.backend().is_none(), "nobody can connect");
        assert_eq!(stream.is_listening(), Ok(false));
        assert_eq!(stream.getsockname(), Ok(local()));
        assert!(matches!(
            stream.accept(blocking()),
            Step::Ready(Err(Einval))
        ));
        assert_eq!(stream.shutdown(how), Err(Enotconn), "once");

        script.expect([
            Line::Create(Ok(())),
            Line::Setsockopt(SockOpt::IpTtl, 9, Ok(())),
            Line::Bind(local(), Ok(())),
            Line::Listen(5, Ok(())),
        ]);
        assert_eq!(stream.listen(backend, 5), Ok(()));
        script.done();
    }
}

#[test]
fn shutdown_finds_that_an_attempt_to_connect_has_succeeded() {
    let script = Script::default();
    let mut stream = connecting(&script);
    script.expect([
        Line::FinishConnect(Ok(Progress::Done(()))),
        still_there(),
        Line::ShutdownWrite(Ok(())),
    ]);
    assert_eq!(stream.shutdown(How::Write), Ok(()));
    let answer = stream.connect(&mut script.clone(), peer(), nonblocking());
    assert_eq!(answer, error(Eisconn), "the program knows");
    script.done();
}

#[test]
fn after_shutdown_for_sending_only_receiving_goes_on() {
    let script = Script::default();
    let mut stream = connected(&script);
    script.expect([
        still_there(),
        Line::ShutdownWrite(Ok(())),
        still_there(),
        Line::Read(9, data(b"still")),
    ]);
    assert_eq!(stream.shutdown(How::Write), Ok(()));
    assert_eq!(stream.shutdown(How::Write), Ok(()), "again");
    let empty = stream.send(&mut Sending::default(), b"", MsgFlags::NONE, blocking());
    assert_eq!(empty, error(Epipe));
    let answer = stream.recv(9, MsgFlags::NONE, blocking());
    assert_eq!(answer, Step::Ready(Ok(b"still".to_vec())));
    script.done();
}

#[test]
fn after_shutdown_for_receiving_what_is_there_is_read_and_nothing_waited_for() {
    let script = Script::default();
    let mut stream = connected(&script);
    script.expect([
        still_there(),
        Line::Read(9, data(b"queued")),
        Line::Read(9, Ok(Read::Pending)),
        Line::Read(9, data(b"later")),
    ]);
    assert_eq!(stream.shutdown(How::Read), Ok(()));
    for expected in [&b"queued"[..], b"", b"later"] {
        let answer = stream.recv(9, MsgFlags::NONE, blocking());
        assert_eq!(answer, Step::Ready(Ok(expected.to_vec())));
    }
    script.done();
}

#[test]
fn shutdown_of_a_connection_that_is_gone_is_refused_and_how_it_ended_is_still_told() {
    let script = Script::default();
    let mut stream = connected(&script);
    script.expect([still_there(), Line::ShutdownWrite(Err(Enotconn))]);
    assert_eq!(stream.shutdown(How::Both), Err(Enotconn));
    script.expect([Line::PeerAddress(Err(Enotconn))]);
    assert_eq!(stream.shutdown(How::Read), Err(Enotconn));
    script.expect([Line::Read(1, Err(Econnreset))]);
    let told = stream.recv(1, MsgFlags::NONE, blocking());
    assert_eq!(told, error(Econnreset));
    assert_eq!(stream.shutdown(How::Read), Err(Enotconn));
    assert_eq!(stream.getpeername(), Err(Enotconn));
    script.done();
}

#[test]
fn every_call_on_a_closed_socket_is_ebadf() {
    let script = Script::default();
    let mut stream = connected(&script);
    script.expect([Line::Flushed(Ok(Progress::Done(()))), Line::Drop]);
    assert!(stream.close().is_none());
    assert!(stream.close().is_none(), "closing again does nothing");
    let backend = &mut script.clone();
    assert_eq!(stream.bind(backend, local()), Err(Ebadf));
    assert_eq!(stream.listen(backend, 1), Err(Ebadf));
    assert_eq!(stream.accept(blocking()).map(|_| ()), error(Ebadf));
    assert_eq!(stream.connect(backend, peer(), blocking()), error(Ebadf));
    assert_eq!(stream.recv(1, MsgFlags::NONE, blocking()), error(Ebadf));
    assert_eq!(stream.recvfrom(1, MsgFlags::NONE, blocking()), error(Ebadf));
    assert_eq!(
        stream.send(&mut Sending::default(), b"x", MsgFlags::NONE, blocking()),
        error(Ebadf)
    );
    assert_eq!(
        stream.sendall(&mut Sending::default(), b"x", MsgFlags::NONE, blocking()),
        error(Ebadf)
    );
    assert_eq!(stream.shutdown(How::Both), Err(Ebadf));
    assert_eq!(stream.getsockname(), Err(Ebadf));
    assert_eq!(stream.getpeername(), Err(Ebadf));
    assert_eq!(stream.set_timeout(Timeout::Never), Err(Ebadf));
    assert_eq!(stream.timeout(), Timeout::Never);
    script.done();
}

#[test]
fn close_does_not_shut_down_what_the_program_has_shut_down() {
    let script = Script::default();
    let mut stream = connected(&script);
    script.expect([still_there(), Line::ShutdownWrite(Ok(()))]);
    assert_eq!(stream.shutdown(How::Write), Ok(()));
    script.expect([
        Line::Flushed(Ok(Progress::Pending)),
        Line::Flushed(Ok(Progress::Pending)),
    ]);
    assert!(stream.close().is_some());
    script.done();
}

#[test]
fn a_closed_connection_lingers_until_its_last_bytes_are_taken() {
    let script = Script::default();
    let mut stream = connected(&script);
    let mut lingering = Lingering::new();
    script.expect([
        Line::Flushed(Ok(Progress::Pending)),
        Line::ShutdownWrite(Ok(())),
        Line::Flushed(Ok(Progress::Pending)),
    ]);
    lingering.keep(stream.close());
    script.expect([Line::Flushed(Ok(Progress::Pending))]);
    lingering.release();
    assert_eq!(lingering.len(), 1);
    script.expect([Line::Flushed(Ok(Progress::Done(()))), Line::Drop]);
    lingering.release();
    assert!(lingering.is_empty());
    script.done();
}

#[test]
fn a_closed_connection_that_has_nothing_to_deliver_ends_at_once() {
    let script = Script::default();
    let mut stream = connected(&script);
    // The layer below does not know yet whether there is room to write.
    script.expect([
        Line::Flushed(Ok(Progress::Pending)),
        Line::ShutdownWrite(Ok(())),
        Line::Flushed(Err(Epipe)),
        Line::Drop,
    ]);
    assert!(stream.close().is_none());
    script.done();
}

#[test]
fn a_closed_connection_whose_last_bytes_cannot_be_delivered_is_released() {
    let script = Script::default();
    let mut stream = connected(&script);
    let mut lingering = Lingering::new();
    script.expect([
        Line::Flushed(Ok(Progress::Pending)),
        Line::ShutdownWrite(Ok(())),
        Line::Flushed(Ok(Progress::Pending)),
        Line::Flushed(Err(Econnreset)),
        Line::Drop,
    ]);
    lingering.keep(stream.close());
    lingering.release();
    assert!(lingering.is_empty());
    script.done();
}

#[test]
fn names_come_from_below_where_there_is_one() {
    let script = Script::default();
    assert_eq!(unbound(&script).getsockname(), Ok(Family::Inet.wildcard()));
    assert_eq!(unbound(&script).getpeername(), Err(Enotconn));
    let mut stream = connected(&script);
    script.expect([
        Line::LocalAddress(Ok(local())),
        Line::PeerAddress(Ok(peer())),
    ]);
    assert_eq!(stream.getsockname(), Ok(local()));
    assert_eq!(stream.getpeername(), Ok(peer()));
    script.done();
}

#[test]
fn a_driver_finds_the_socket_to_wait_on() {
    let script = Script::default();
    assert!(unbound(&script).backend().is_some());
    assert!(listening(&script).backend().is_some());
    assert!(connecting(&script).backend().is_some());
    let mut stream = connected(&script);
    assert!(stream.backend().is_some());
    script.expect([Line::Flushed(Ok(Progress::Done(())))]);
    drop(stream.close());
    assert!(stream.backend().is_none());
    script.done();
}
