//! `shutdown`, `close`, and names.

use super::*;
use crate::Errno::*;
use crate::socket::Socket;
use crate::stream::How;

#[test]
fn shutdown_wants_a_peer_and_happens_without_one() {
    let script = Script::default();
    for mut datagram in [unbound(&script), bound(&script)] {
        for how in [How::Read, How::Write, How::Both] {
            assert_eq!(datagram.shutdown(how), Err(Enotconn));
        }
        assert_eq!(send_to(&mut datagram, peer()), error(Epipe));
    }
    let mut datagram = unbound(&script);
    assert_eq!(datagram.shutdown(How::Read), Err(Enotconn));
    assert_eq!(receive(&mut datagram), nobody());
    script.done();
}

#[test]
fn after_shutdown_for_sending_only_receiving_goes_on() {
    let script = Script::default();
    let mut datagram = connected(&script);
    assert_eq!(datagram.shutdown(How::Write), Ok(()));
    assert_eq!(datagram.shutdown(How::Write), Ok(()), "again");
    assert_eq!(send(&mut datagram), error(Epipe));
    assert_eq!(send_to(&mut datagram, peer()), error(Epipe));
    let empty = datagram.send(b"", MsgFlags::NONE, blocking());
    assert_eq!(empty, error(Epipe));
    script.expect([arrived(b"still"), nothing_queued()]);
    assert_eq!(receive(&mut datagram), received(b"still"));
    assert_eq!(receive(&mut datagram), wait(Interest::Read));
    script.done();
}

#[test]
fn after_shutdown_for_receiving_what_is_there_is_received_and_nothing_waited_for() {
    let script = Script::default();
    let mut datagram = connected(&script);
    assert_eq!(datagram.shutdown(How::Read), Ok(()));
    script.expect([arrived(b"queued"), nothing_queued(), arrived(b"later")]);
    assert_eq!(receive(&mut datagram), received(b"queued"));
    assert_eq!(receive(&mut datagram), nobody());
    assert_eq!(receive(&mut datagram), received(b"later"));
    script.expect([sent(1)]);
    assert_eq!(send(&mut datagram), count(1), "sending goes on");
    script.done();
}

#[test]
fn the_halves_are_shut_down_one_by_one_or_together() {
    for hows in [
        &[How::Both][..],
        &[How::Read, How::Write],
        &[How::Write, How::Read],
    ] {
        let script = Script::default();
        let mut datagram = connected(&script);
        for how in hows {
            assert_eq!(datagram.shutdown(*how), Ok(()));
        }
        script.expect([nothing_queued()]);
        assert_eq!(receive(&mut datagram), nobody());
        assert_eq!(send(&mut datagram), error(Epipe));
        assert_eq!(datagram.getpeername(), Ok(peer()), "the peer stays");
        script.done();
    }
}

#[test]
fn a_new_peer_or_none_does_not_undo_shutdown() {
    let script = Script::default();
    let mut datagram = connected(&script);
    assert_eq!(datagram.shutdown(How::Both), Ok(()));
    script.expect([nothing_queued(), Line::Connect(Some(stranger()), Ok(()))]);
    assert_eq!(datagram.connect(stranger()), Ok(()));
    assert_eq!(send(&mut datagram), error(Epipe));
    script.expect([nothing_queued()]);
    assert_eq!(receive(&mut datagram), nobody());

    script.expect([nothing_queued(), Line::Connect(None, Ok(()))]);
    assert_eq!(datagram.disconnect(), Ok(()));
    assert_eq!(send_to(&mut datagram, peer()), error(Epipe));
    script.expect([nothing_queued()]);
    assert_eq!(receive(&mut datagram), nobody());
    script.done();
}

#[test]
fn every_call_on_a_closed_socket_is_ebadf() {
    let script = Script::default();
    for mut datagram in [unbound(&script), bound(&script), connected(&script)] {
        script.expect([Line::Drop]);
        datagram.close();
        script.done();
        datagram.close();
        assert_eq!(datagram.bind(local()), Err(Ebadf));
        assert_eq!(datagram.connect(peer()), Err(Ebadf));
        assert_eq!(datagram.disconnect(), Err(Ebadf));
        let answer = datagram.recv(1, MsgFlags::NONE, blocking());
        assert_eq!(answer, error(Ebadf));
        assert_eq!(receive(&mut datagram), error(Ebadf));
        assert_eq!(send(&mut datagram), error(Ebadf));
        assert_eq!(send_to(&mut datagram, peer()), error(Ebadf));
        assert_eq!(datagram.shutdown(How::Both), Err(Ebadf));
        assert_eq!(datagram.getsockname(), Err(Ebadf));
        assert_eq!(datagram.getpeername(), Err(Ebadf));
        assert_eq!(datagram.set_timeout(Timeout::NonBlocking), Err(Ebadf));
        assert_eq!(datagram.timeout(), Timeout::Never);
    }
}

#[test]
fn closing_forgets_what_was_queued() {
    let script = Script::default();
    let mut datagram = bound(&script);
    script.expect([arrived(b"peeked")]);
    let peeked = datagram.recvfrom(9, MsgFlags::PEEK, blocking());
    assert_eq!(peeked, received(b"peeked"));
    datagram.close();
    assert_eq!(receive(&mut datagram), error(Ebadf));
    script.done();
}

#[test]
fn names_come_from_below_where_there_is_one() {
    let script = Script::default();
    assert_eq!(unbound(&script).getsockname(), Ok(Family::Inet.wildcard()));
    for datagram in [bound(&script), connected(&script)] {
        script.expect([
            Line::LocalAddress(Ok(local())),
            Line::LocalAddress(Err(Einval)),
        ]);
        assert_eq!(datagram.getsockname(), Ok(local()));
        assert_eq!(datagram.getsockname(), Ok(Family::Inet.wildcard()));
    }
    assert_eq!(unbound(&script).getpeername(), Err(Enotconn));
    assert_eq!(bound(&script).getpeername(), Err(Enotconn));
    assert_eq!(connected(&script).getpeername(), Ok(peer()));
    script.done();
}

#[test]
fn the_timeout_is_kept_until_it_is_set_again() {
    let script = Script::default();
    let mut datagram = connected(&script);
    assert_eq!(datagram.timeout(), Timeout::Never);
    for timeout in [Timeout::NonBlocking, Timeout::After(Duration::from_secs(1))] {
        assert_eq!(datagram.set_timeout(timeout), Ok(()));
        assert_eq!(datagram.timeout(), timeout);
    }
    script.done();
}

#[test]
fn a_driver_finds_the_socket_to_wait_on() {
    let script = Script::default();
    assert!(unbound(&script).backend().is_some());
    assert!(bound(&script).backend().is_some());
    assert!(connected(&script).backend().is_some());
    assert!(closed(&script).backend().is_none());
    script.done();
}

#[test]
fn a_closed_socket_is_ebadf_whatever_the_flags() {
    let script = Script::default();
    let mut socket = Socket::<Script>::Datagram(closed(&script));
    for flags in [MsgFlags::NONE, MsgFlags::TRUNC, MsgFlags::OOB] {
        assert_eq!(socket.recv(1, flags, blocking()), error(Ebadf), "{flags:?}");
    }
    script.done();
}
