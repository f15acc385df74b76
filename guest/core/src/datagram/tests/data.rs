//! `recv`, `recvfrom`, `send`, `sendto`.

use super::*;
use crate::Errno::*;
use crate::readiness::Readiness;

#[test]
fn each_call_receives_one_datagram_with_its_sender() {
    let script = Script::default();
    let mut datagram = bound(&script);
    script.expect([
        arrived(b"one"),
        Line::Receive(message(b"two", stranger())),
        arrived(b"three"),
    ]);
    assert_eq!(receive(&mut datagram), received(b"one"));
    let other = receive(&mut datagram).map(|received| received.sender);
    assert_eq!(other, Step::Ready(Ok(Some(stranger()))));
    let answer = datagram.recv(100, MsgFlags::NONE, blocking());
    assert_eq!(answer, received(b"three"));
    script.done();
}

#[test]
fn a_short_buffer_loses_the_rest_of_a_datagram() {
    let script = Script::default();
    let mut datagram = bound(&script);
    script.expect([arrived(b"hello"), arrived(b"world"), arrived(b"!")]);
    let answer = datagram.recvfrom(2, MsgFlags::NONE, blocking());
    assert_eq!(answer, cut(b"he", 5));
    let answer = datagram.recv(5, MsgFlags::NONE, blocking());
    assert_eq!(answer, received(b"world"), "exactly as long");
    let answer = datagram.recv(usize::MAX, MsgFlags::NONE, blocking());
    assert_eq!(answer, received(b"!"));
    script.done();
}

#[test]
fn the_length_of_a_datagram_is_answered_with_and_without_trunc() {
    let script = Script::default();
    let mut datagram = bound(&script);
    for flags in [MsgFlags::NONE, MsgFlags::TRUNC] {
        script.expect([arrived(b"hello")]);
        let peeked = datagram.recvfrom(1, flags | MsgFlags::PEEK, blocking());
        assert_eq!(peeked, cut(b"h", 5));
        assert_eq!(datagram.recvfrom(2, flags, blocking()), cut(b"he", 5));
    }
    script.done();
}

#[test]
fn a_datagram_without_data_is_not_the_end() {
    let script = Script::default();
    let mut datagram = connected(&script);
    script.expect([arrived(b""), arrived(b"next")]);
    assert_eq!(receive(&mut datagram), received(b""));
    assert_eq!(receive(&mut datagram), received(b"next"));
    script.expect([sent(0)]);
    let answer = datagram.send(b"", MsgFlags::NONE, blocking());
    assert_eq!(answer, count(0), "one can be sent, too");
    script.done();
}

#[test]
fn a_peek_leaves_the_whole_datagram() {
    let script = Script::default();
    let mut datagram = bound(&script);
    script.expect([arrived(b"hello"), arrived(b"next")]);
    for (length, bytes) in [(2, &b"he"[..]), (0, b""), (100, b"hello")] {
        let answer = datagram.recvfrom(length, MsgFlags::PEEK, blocking());
        assert_eq!(answer, cut(bytes, 5));
        let poll = datagram.poll().unwrap();
        assert!(poll.ready.contains(Readiness::READABLE));
    }
    assert_eq!(receive(&mut datagram), received(b"hello"));
    assert_eq!(datagram.poll().unwrap().ready, Readiness::NONE);
    assert_eq!(receive(&mut datagram), received(b"next"));
    script.done();
}

#[test]
fn recv_of_nothing_takes_nothing_in_every_state() {
    let script = Script::default();
    for mut datagram in [
        unbound(&script),
        bound(&script),
        connected(&script),
        closed(&script),
    ] {
        let answer = datagram.recv(0, MsgFlags::NONE, blocking());
        assert_eq!(answer, nobody());
        let answer = datagram.recv(0, MsgFlags::OOB, blocking());
        assert_eq!(answer, error(Eopnotsupp));
    }
    script.done();
}

#[test]
fn recvfrom_of_nothing_takes_a_datagram() {
    let script = Script::default();
    let mut datagram = bound(&script);
    script.expect([arrived(b"lost"), arrived(b"next")]);
    let answer = datagram.recvfrom(0, MsgFlags::NONE, blocking());
    assert_eq!(answer, cut(b"", 4));
    assert_eq!(receive(&mut datagram), received(b"next"));
    script.done();
}

#[test]
fn waitall_does_not_collect_datagrams() {
    let script = Script::default();
    let mut datagram = bound(&script);
    script.expect([arrived(b"one"), arrived(b"two")]);
    let answer = datagram.recv(6, MsgFlags::WAITALL, blocking());
    assert_eq!(answer, received(b"one"));
    assert_eq!(receive(&mut datagram), received(b"two"));
    script.done();
}

/// A call of the program whose layer below has nothing to do, in one turn.
type Idle = fn(&mut Datagram<Scripted>, MsgFlags, Turn) -> Step<()>;

/// The calls that may wait, what they ask below, and what they wait for.
fn waiting_calls() -> [(Idle, Line, Interest); 4] {
    let full = |to| Line::Send(1, to, Ok(Progress::Pending));
    [
        (
            |datagram, flags, turn| datagram.recv(9, flags, turn).map(|_| ()),
            nothing_queued(),
            Interest::Read,
        ),
        (
            |datagram, flags, turn| datagram.recvfrom(9, flags, turn).map(|_| ()),
            nothing_queued(),
            Interest::Read,
        ),
        (
            |datagram, flags, turn| datagram.send(b"x", flags, turn).map(|_| ()),
            full(None),
            Interest::Write,
        ),
        (
            |datagram, flags, turn| datagram.sendto(b"x", flags, peer(), turn).map(|_| ()),
            full(None),
            Interest::Write,
        ),
    ]
}

#[test]
fn every_call_waits_as_timeout_and_flag_say() {
    let late = within_a_second().again(SECOND);
    type Answer = fn(Interest) -> Step<()>;
    let table: [(MsgFlags, Turn, Answer); 6] = [
        (MsgFlags::NONE, blocking(), wait),
        (MsgFlags::NOSIGNAL, blocking(), wait),
        (MsgFlags::DONTWAIT, blocking(), |_| error(Eagain)),
        (MsgFlags::NONE, nonblocking(), |_| error(Eagain)),
        (MsgFlags::NONE, within_a_second(), |interest| {
            wait_until(interest, Some(SECOND))
        }),
        (MsgFlags::NONE, late, |_| error(Etimedout)),
    ];
    let script = Script::default();
    let mut datagram = connected(&script);
    for (flags, turn, expected) in table {
        for (call, line, interest) in waiting_calls() {
            script.expect([line]);
            assert_eq!(call(&mut datagram, flags, turn), expected(interest));
        }
    }
    script.done();
}

#[test]
fn an_unbound_socket_receives_nothing_and_only_time_ends_the_wait() {
    let script = Script::default();
    let mut datagram = unbound(&script);
    let mut receive = |flags, turn| datagram.recvfrom(9, flags, turn);
    assert_eq!(receive(MsgFlags::NONE, blocking()), wait(Interest::Never));
    assert_eq!(receive(MsgFlags::PEEK, blocking()), wait(Interest::Never));
    assert_eq!(receive(MsgFlags::NONE, nonblocking()), error(Eagain));
    assert_eq!(receive(MsgFlags::DONTWAIT, blocking()), error(Eagain));
    let turn = within_a_second();
    assert_eq!(
        receive(MsgFlags::NONE, turn),
        wait_until(Interest::Never, Some(SECOND))
    );
    assert_eq!(
        receive(MsgFlags::NONE, turn.again(SECOND)),
        error(Etimedout)
    );
    assert_eq!(datagram.getsockname(), Ok(Family::Inet.wildcard()));
    script.done();
}

#[test]
fn a_flag_that_is_not_implemented_is_refused_before_anything_else() {
    let script = Script::default();
    let receiving = [
        MsgFlags::OOB,
        MsgFlags::DONTROUTE,
        MsgFlags::CTRUNC,
        MsgFlags::EOR,
        MsgFlags::CONFIRM,
        MsgFlags::ERRQUEUE,
        MsgFlags::MORE,
    ];
    let sending = [MsgFlags::PEEK, MsgFlags::TRUNC, MsgFlags::WAITALL];
    for mut datagram in [unbound(&script), bound(&script), connected(&script)] {
        for flags in receiving {
            let answer = datagram.recv(1, flags, blocking());
            assert_eq!(answer, error(Eopnotsupp));
            let answer = datagram.recvfrom(1, flags, blocking());
            assert_eq!(answer, error(Eopnotsupp));
        }
        for flags in receiving.into_iter().chain(sending) {
            let answer = datagram.send(b"x", flags, blocking());
            assert_eq!(answer, error(Eopnotsupp));
            let answer = datagram.sendto(b"x", flags, peer(), blocking());
            assert_eq!(answer, error(Eopnotsupp));
        }
    }
    script.done();
}

#[test]
fn send_wants_a_peer_and_sendto_does_not() {
    let script = Script::default();
    for mut datagram in [unbound(&script), bound(&script)] {
        assert_eq!(send(&mut datagram), error(Edestaddrreq));
        let empty = datagram.send(b"", MsgFlags::NONE, blocking());
        assert_eq!(empty, error(Edestaddrreq));
    }
    let mut datagram = connected(&script);
    script.expect([sent(1)]);
    assert_eq!(send(&mut datagram), count(1));
    let mut datagram = bound(&script);
    script.expect([Line::Send(1, Some(stranger()), Ok(Progress::Done(())))]);
    assert_eq!(send_to(&mut datagram, stranger()), count(1));
    script.done();
}

#[test]
fn sendto_gives_an_unbound_socket_an_address_once() {
    let script = Script::default();
    let mut datagram = unbound(&script);
    script.expect([
        Line::Bind(Family::Inet.wildcard(), Ok(())),
        Line::Send(1, Some(peer()), Ok(Progress::Pending)),
        Line::Send(1, Some(peer()), Ok(Progress::Done(()))),
        Line::LocalAddress(Ok(local())),
    ]);
    let turn = blocking();
    let first = datagram.sendto(b"x", MsgFlags::NONE, peer(), turn);
    assert_eq!(first, wait(Interest::Write));
    let second = datagram.sendto(b"x", MsgFlags::NONE, peer(), turn.again(SECOND));
    assert_eq!(second, count(1));
    assert_eq!(datagram.getsockname(), Ok(local()));
    assert_eq!(datagram.bind(local()), Err(Einval));
    script.done();
}

#[test]
fn a_sendto_that_cannot_bind_sends_nothing_and_may_be_repeated() {
    let script = Script::default();
    let mut datagram = unbound(&script);
    script.expect([Line::Bind(Family::Inet.wildcard(), Err(Eacces))]);
    assert_eq!(send_to(&mut datagram, peer()), error(Eacces));
    assert_eq!(datagram.getsockname(), Ok(Family::Inet.wildcard()));
    script.expect([
        Line::Bind(Family::Inet.wildcard(), Ok(())),
        Line::Send(1, Some(peer()), Ok(Progress::Done(()))),
    ]);
    assert_eq!(send_to(&mut datagram, peer()), count(1));
    script.done();
}

#[test]
fn a_connected_socket_sends_to_nobody_but_its_peer() {
    let script = Script::default();
    let mut datagram = connected(&script);
    assert_eq!(send_to(&mut datagram, stranger()), error(Eisconn));
    let mut other_port = peer();
    other_port.set_port(54);
    assert_eq!(send_to(&mut datagram, other_port), error(Eisconn));
    script.expect([sent(1)]);
    assert_eq!(send_to(&mut datagram, peer()), count(1));
    script.done();
}

#[test]
fn more_than_a_datagram_holds_is_refused_without_asking_or_binding() {
    for (family, largest) in [(Family::Inet, 65_507), (Family::Inet6, 65_527)] {
        let script = Script::default();
        let mut datagram = Datagram::new(family, script.socket());
        let to = family.loopback(53);
        for length in [largest + 1, 70_000] {
            let data = alloc::vec![0; length];
            let answer = datagram.sendto(&data, MsgFlags::NONE, to, blocking());
            assert_eq!(answer, error(Emsgsize), "{length}");
        }
        assert_eq!(datagram.getsockname(), Ok(family.wildcard()));
        script.expect([
            Line::Bind(family.wildcard(), Ok(())),
            Line::Send(largest, Some(to), Ok(Progress::Done(()))),
        ]);
        let data = alloc::vec![0; largest];
        let answer = datagram.sendto(&data, MsgFlags::NONE, to, blocking());
        assert_eq!(answer, count(largest));
        script.done();
    }
}

#[test]
fn an_error_below_is_answered_once_and_the_socket_goes_on() {
    let script = Script::default();
    let mut datagram = connected(&script);
    for errno in [Econnrefused, Ehostunreach, Eacces, Emsgsize] {
        script.expect([Line::Send(1, None, Err(errno)), sent(1)]);
        assert_eq!(send(&mut datagram), error(errno));
        assert_eq!(send(&mut datagram), count(1));
        script.expect([Line::Receive(Err(errno)), arrived(b"then")]);
        assert_eq!(receive(&mut datagram), error(errno));
        assert_eq!(receive(&mut datagram), received(b"then"));
    }
    script.done();
}

#[test]
fn a_peek_takes_an_error_as_any_other_call_does() {
    let script = Script::default();
    let mut datagram = connected(&script);
    script.expect([Line::Receive(Err(Econnrefused)), nothing_queued()]);
    let peeked = datagram.recvfrom(9, MsgFlags::PEEK, blocking());
    assert_eq!(peeked, error(Econnrefused));
    assert_eq!(receive(&mut datagram), wait(Interest::Read));
    script.done();
}
