//! Options, and the error that waits.

use super::*;
use crate::Errno::*;
use crate::create::Kind;
use crate::flags::MsgFlags;
use crate::readiness::Readiness;
use crate::script::data;
use crate::sockopt::SockOpt;
use crate::stream::Sending;

#[test]
fn options_are_those_of_the_socket_below() {
    let script = Script::default();
    for mut stream in [unbound(&script), listening(&script), connected(&script)] {
        script.expect([
            Line::Setsockopt(SockOpt::SoKeepalive, 1, Ok(())),
            Line::Getsockopt(SockOpt::SoKeepalive, Ok(1)),
            Line::Setsockopt(SockOpt::TcpNodelay, 1, Err(Enoprotoopt)),
        ]);
        assert_eq!(set(&mut stream, &script, SockOpt::SoKeepalive, 1), Ok(()));
        assert_eq!(get(&mut stream, &script, SockOpt::SoKeepalive), Ok(1));
        let refused = set(&mut stream, &script, SockOpt::TcpNodelay, 1);
        assert_eq!(refused, Err(Enoprotoopt));
    }
    script.done();
}

#[test]
fn what_is_wrong_is_found_without_asking_in_this_order() {
    let script = Script::default();
    let mut stream = unbound(&script);
    let mut wrong = |option, value| set(&mut stream, &script, option, value);
    assert_eq!(wrong(SockOpt::Ipv6UnicastHops, 0), Err(Enoprotoopt));
    assert_eq!(wrong(SockOpt::SoBroadcast, 2), Err(Enoprotoopt));
    assert_eq!(wrong(SockOpt::TcpKeepidle, 0), Err(Einval));

    let _ = stream.close();
    for option in SockOpt::ALL {
        assert_eq!(set(&mut stream, &script, option, -7), Err(Ebadf));
        assert_eq!(get(&mut stream, &script, option), Err(Ebadf));
    }
    assert_eq!(stream.kind(), Err(Ebadf));
    assert_eq!(stream.is_listening(), Err(Ebadf));
    assert_eq!(stream.take_error(), Err(Ebadf));
    script.done();
}

#[test]
fn a_socket_knows_what_it_is_and_whether_it_listens() {
    let script = Script::default();
    let mut bound = unbound(&script);
    script.expect([Line::Bind(local(), Ok(())), Line::LocalAddress(Ok(local()))]);
    assert_eq!(bound.bind(&mut script.clone(), local()), Ok(()));
    for (stream, listens) in [
        (unbound(&script), false),
        (bound, false),
        (listening(&script), true),
        (connecting(&script), false),
        (connected(&script), false),
    ] {
        assert_eq!(stream.kind(), Ok(Kind::Stream(Family::Inet)));
        assert_eq!(stream.is_listening(), Ok(listens));
    }
    script.done();
}

#[test]
fn the_address_may_be_used_again_whatever_is_said_and_accepted_sockets_say_the_same() {
    let script = Script::default();
    let mut stream = listening(&script);
    let option = SockOpt::SoReuseaddr;
    assert_eq!(get(&mut stream, &script, option), Ok(0));
    assert_eq!(set(&mut stream, &script, option, 1), Ok(()));
    assert_eq!(get(&mut stream, &script, option), Ok(1));

    script.expect([Line::Accept(Ok(Progress::Done(peer())))]);
    let Step::Ready(Ok((mut accepted, _))) = stream.accept(blocking()) else {
        panic!("not accepted")
    };
    assert_eq!(get(&mut accepted, &script, option), Ok(1));
    script.done();
}

#[test]
fn what_was_set_is_set_again_on_the_socket_of_the_next_attempt() {
    let script = Script::default();
    let mut stream = unbound(&script);
    script.expect([
        Line::Setsockopt(SockOpt::TcpKeepcnt, 3, Ok(())),
        Line::Setsockopt(SockOpt::SoRcvbuf, 4096, Ok(())),
        Line::Setsockopt(SockOpt::TcpKeepcnt, 4, Ok(())),
        Line::Setsockopt(SockOpt::TcpKeepidle, 9, Err(Einval)),
    ]);
    assert_eq!(set(&mut stream, &script, SockOpt::TcpKeepcnt, 3), Ok(()));
    assert_eq!(set(&mut stream, &script, SockOpt::SoReuseaddr, 1), Ok(()));
    assert_eq!(set(&mut stream, &script, SockOpt::SoRcvbuf, 4096), Ok(()));
    assert_eq!(set(&mut stream, &script, SockOpt::TcpKeepcnt, 4), Ok(()));
    let refused = set(&mut stream, &script, SockOpt::TcpKeepidle, 9);
    assert_eq!(refused, Err(Einval));

    script.expect([
        Line::StartConnect(peer(), Err(Econnrefused)),
        Line::Drop,
        Line::Create(Ok(())),
        Line::Setsockopt(SockOpt::SoRcvbuf, 4096, Ok(())),
        Line::Setsockopt(SockOpt::TcpKeepcnt, 4, Ok(())),
        Line::StartConnect(peer(), Ok(())),
        Line::FinishConnect(Ok(Progress::Done(()))),
    ]);
    assert_eq!(connect(&mut stream, &script), error(Econnrefused));
    assert_eq!(connect(&mut stream, &script), ok());
    script.done();
}

#[test]
fn between_attempts_a_new_socket_is_asked_and_told() {
    let script = Script::default();
    let mut stream = unbound(&script);
    script.expect([
        Line::StartConnect(peer(), Err(Econnrefused)),
        Line::Drop,
        Line::Create(Ok(())),
        Line::Setsockopt(SockOpt::IpTtl, 9, Ok(())),
        Line::Drop,
        Line::Create(Ok(())),
        Line::Setsockopt(SockOpt::IpTtl, 9, Ok(())),
        Line::Getsockopt(SockOpt::IpTtl, Ok(9)),
        Line::Drop,
        Line::Create(Err(Emfile)),
    ]);
    assert_eq!(connect(&mut stream, &script), error(Econnrefused));
    assert_eq!(set(&mut stream, &script, SockOpt::IpTtl, 9), Ok(()));
    assert_eq!(get(&mut stream, &script, SockOpt::IpTtl), Ok(9));
    assert_eq!(get(&mut stream, &script, SockOpt::IpTtl), Err(Emfile));
    script.done();
}

#[test]
fn what_is_set_while_connecting_is_set_when_connected() {
    let script = Script::default();
    let mut stream = connecting(&script);
    script.expect([
        Line::Create(Ok(())),
        Line::Setsockopt(SockOpt::SoKeepalive, 1, Ok(())),
        Line::Drop,
        Line::Create(Ok(())),
        Line::Setsockopt(SockOpt::SoKeepalive, 1, Ok(())),
        Line::Getsockopt(SockOpt::SoKeepalive, Ok(1)),
        Line::Drop,
        Line::FinishConnect(Ok(Progress::Done(()))),
        Line::Setsockopt(SockOpt::SoKeepalive, 1, Ok(())),
    ]);
    assert_eq!(set(&mut stream, &script, SockOpt::SoKeepalive, 1), Ok(()));
    assert_eq!(get(&mut stream, &script, SockOpt::SoKeepalive), Ok(1));
    assert_eq!(connect(&mut stream, &script), ok());
    script.done();
}

#[test]
fn whether_ipv4_is_left_alone_is_fixed_with_the_address() {
    let script = Script::default();
    let mut stream = Stream::new(Family::Inet6, script.socket());
    let option = SockOpt::Ipv6V6only;
    script.expect([
        Line::Setsockopt(option, 0, Err(Enoprotoopt)),
        Line::Setsockopt(option, 1, Ok(())),
        Line::Bind(Family::Inet6.wildcard(), Ok(())),
        Line::LocalAddress(Ok(Family::Inet6.wildcard())),
    ]);
    assert_eq!(set(&mut stream, &script, option, 0), Err(Enoprotoopt));
    assert_eq!(set(&mut stream, &script, option, 1), Ok(()));
    let bound = stream.bind(&mut script.clone(), Family::Inet6.wildcard());
    assert_eq!(bound, Ok(()));
    assert_eq!(set(&mut stream, &script, option, 1), Err(Einval));
    script.done();
}

#[test]
fn while_connecting_there_is_no_error_and_none_when_connected() {
    let script = Script::default();
    let mut stream = connecting(&script);
    script.expect([
        Line::FinishConnect(Ok(Progress::Pending)),
        Line::FinishConnect(Ok(Progress::Done(()))),
        Line::PeerAddress(Ok(peer())),
    ]);
    assert_eq!(stream.take_error(), Ok(None));
    assert_eq!(stream.take_error(), Ok(None));
    // `connect` says so once, and then that it has been said.
    assert_eq!(connect(&mut stream, &script), ok());
    assert_eq!(connect(&mut stream, &script), error(Eisconn));
    script.done();
}

/// As Linux does it, whichever call has told.
#[test]
fn an_attempt_whose_failure_was_told_ends_with_the_next_connect() {
    type Teller = fn(&mut Stream<Scripted>) -> Option<Errno>;
    let tellers: [Teller; 3] = [
        |stream| stream.take_error().unwrap(),
        |stream| failure(stream.recv(1, MsgFlags::NONE, nonblocking())),
        |stream| failure(stream.send(&mut Sending::default(), b"x", MsgFlags::NONE, nonblocking())),
    ];
    for tell in tellers {
        let script = Script::default();
        let mut stream = connecting(&script);
        script.expect([Line::FinishConnect(Err(Econnrefused))]);
        assert_eq!(tell(&mut stream), Some(Econnrefused));

        assert_eq!(stream.take_error(), Ok(None));
        let ready = stream.poll().unwrap().ready;
        let expected = Readiness::READABLE | Readiness::WRITABLE | Readiness::HANGUP;
        assert_eq!(ready, expected);
        assert_eq!(stream.listen(&mut script.clone(), 1), Err(Einval));
        let end = stream.recv(1, MsgFlags::NONE, nonblocking());
        assert_eq!(end, Step::Ready(Ok(Vec::new())));
        assert_eq!(send(&mut stream), error(Epipe));

        assert_eq!(connect(&mut stream, &script), error(Econnaborted));
        let end = stream.recv(1, MsgFlags::NONE, nonblocking());
        assert_eq!(end, error(Enotconn));
        script.expect([
            Line::Create(Ok(())),
            Line::StartConnect(peer(), Ok(())),
            Line::FinishConnect(Ok(Progress::Done(()))),
        ]);
        assert_eq!(connect(&mut stream, &script), ok());
        script.done();
    }
}

#[test]
fn a_failure_that_poll_has_seen_is_still_to_be_told() {
    let script = Script::default();
    let mut stream = connecting(&script);
    script.expect([Line::FinishConnect(Err(Econnrefused))]);
    let seen = stream.happened(Interest::Connect);
    assert!(seen.contains(Readiness::ERROR));
    assert_eq!(stream.take_error(), Ok(Some(Econnrefused)));
    assert_eq!(stream.take_error(), Ok(None));
    script.done();
}

#[test]
fn a_connection_with_a_peer_is_not_read_for_its_error() {
    let script = Script::default();
    let mut stream = connected(&script);
    script.expect([Line::PeerAddress(Ok(peer()))]);
    assert_eq!(stream.take_error(), Ok(None));
    script.done();
}

#[test]
fn how_a_connection_ended_is_found_behind_the_data_and_answered_once() {
    let script = Script::default();
    let mut stream = connected(&script);
    script.expect([
        Line::PeerAddress(Err(Enotconn)),
        Line::Read(64 * 1024, data(b"left")),
        Line::Read(64 * 1024, Err(Econnreset)),
        Line::PeerAddress(Err(Enotconn)),
    ]);
    assert_eq!(stream.take_error(), Ok(Some(Econnreset)));
    assert_eq!(stream.take_error(), Ok(None));

    let left = stream.recv(10, MsgFlags::NONE, blocking());
    assert_eq!(left, Step::Ready(Ok(Vec::from(*b"left"))));
    let end = stream.recv(10, MsgFlags::NONE, blocking());
    assert_eq!(end, Step::Ready(Ok(Vec::new())));
    assert_eq!(send(&mut stream), error(Epipe));
    script.done();
}

#[test]
fn how_a_connection_ended_may_be_known_to_a_write_only() {
    let script = Script::default();
    let mut stream = connected(&script);
    script.expect([
        Line::PeerAddress(Err(Enotconn)),
        Line::Read(64 * 1024, Ok(crate::backend::Read::End)),
        Line::Flushed(Err(Econnreset)),
    ]);
    assert_eq!(stream.take_error(), Ok(Some(Econnreset)));
    assert_eq!(send(&mut stream), error(Epipe));
    let end = stream.recv(10, MsgFlags::NONE, blocking());
    assert_eq!(end, Step::Ready(Ok(Vec::new())));
    script.done();
}

#[test]
fn what_was_under_way_when_so_error_told_of_the_end_does_not_linger_for_ever() {
    let script = Script::default();
    let mut stream = connected(&script);
    script.expect([
        Line::PeerAddress(Err(Enotconn)),
        Line::Read(64 * 1024, Ok(crate::backend::Read::End)),
        Line::Flushed(Ok(Progress::Pending)),
        Line::ShutdownWrite(Ok(())),
        Line::Flushed(Ok(Progress::Pending)),
        Line::Flushed(Ok(Progress::Pending)),
    ]);
    assert_eq!(stream.take_error(), Ok(Some(Epipe)));
    assert!(stream.close().is_some());
    script.done();
}

#[test]
fn memory_that_is_not_there_is_no_error_of_the_connection() {
    let script = Script::default();
    let mut stream = connected(&script);
    script.expect([
        Line::PeerAddress(Err(Enotconn)),
        Line::Read(64 * 1024, Err(Enobufs)),
        Line::PeerAddress(Err(Enotconn)),
        Line::Read(64 * 1024, Err(Econnreset)),
    ]);
    assert_eq!(stream.take_error(), Ok(None));
    assert_eq!(stream.take_error(), Ok(Some(Econnreset)));
    script.done();
}

#[test]
fn an_error_that_a_short_send_has_left_is_taken() {
    let script = Script::default();
    let mut stream = connected(&script);
    script.expect([
        Line::Write(2, Ok(Progress::Done(1))),
        Line::Write(1, Err(Econnreset)),
        Line::PeerAddress(Ok(peer())),
    ]);
    let sent = stream.send(&mut Sending::default(), b"xy", MsgFlags::NONE, blocking());
    assert_eq!(sent, Step::Ready(Ok(1)));
    assert_eq!(stream.take_error(), Ok(Some(Econnreset)));
    assert_eq!(send(&mut stream), error(Epipe));
    script.done();
}

#[test]
fn what_a_call_has_answered_is_no_error_any_more() {
    let script = Script::default();
    let mut stream = connected(&script);
    script.expect([
        Line::Read(10, Err(Econnreset)),
        Line::PeerAddress(Err(Enotconn)),
    ]);
    assert_eq!(
        stream.recv(10, MsgFlags::NONE, blocking()),
        error(Econnreset)
    );
    assert_eq!(stream.take_error(), Ok(None));
    script.done();
}

fn get(stream: &mut Stream<Scripted>, script: &Script, option: SockOpt) -> Result<i32, Errno> {
    stream.getsockopt(&mut script.clone(), option)
}

fn set(
    stream: &mut Stream<Scripted>,
    script: &Script,
    option: SockOpt,
    value: i32,
) -> Result<(), Errno> {
    stream.setsockopt(&mut script.clone(), option, value)
}

fn connect(stream: &mut Stream<Scripted>, script: &Script) -> Step<()> {
    stream.connect(&mut script.clone(), peer(), blocking())
}

fn send(stream: &mut Stream<Scripted>) -> Step<usize> {
    stream.send(&mut Sending::default(), b"x", MsgFlags::NONE, nonblocking())
}

fn failure<T>(step: Step<T>) -> Option<Errno> {
    match step {
        Step::Ready(answer) => answer.err(),
        Step::Wait(_) => None,
    }
}
