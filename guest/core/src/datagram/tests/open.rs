//! `bind`, `connect`, and disconnecting.

use super::*;
use crate::Errno::*;

#[test]
fn bind_gives_an_address_and_the_name_comes_from_below() {
    let script = Script::default();
    let mut datagram = unbound(&script);
    let any_port = SockAddr::from(([192, 0, 2, 9], 0));
    script.expect([
        Line::Bind(any_port, Ok(())),
        Line::LocalAddress(Ok(local())),
    ]);
    assert_eq!(datagram.bind(any_port), Ok(()));
    assert_eq!(datagram.getsockname(), Ok(local()));
    script.done();
}

#[test]
fn a_failed_bind_leaves_the_socket_unbound() {
    let script = Script::default();
    let mut datagram = unbound(&script);
    for errno in [Eaddrinuse, Eaddrnotavail, Eacces, Einval] {
        script.expect([Line::Bind(local(), Err(errno))]);
        assert_eq!(datagram.bind(local()), Err(errno));
        assert_eq!(datagram.getsockname(), Ok(Family::Inet.wildcard()));
    }
    script.expect([Line::Bind(local(), Ok(()))]);
    assert_eq!(datagram.bind(local()), Ok(()), "it can still be bound");
    script.done();
}

#[test]
fn bind_is_refused_in_every_state_but_the_first() {
    let script = Script::default();
    for mut datagram in [bound(&script), connected(&script)] {
        assert_eq!(datagram.bind(local()), Err(Einval));
        assert_eq!(datagram.bind(Family::Inet.wildcard()), Err(Einval));
    }
    assert_eq!(closed(&script).bind(local()), Err(Ebadf));
    script.done();
}

#[test]
fn an_address_of_another_family_is_refused_before_anything_else() {
    let script = Script::default();
    let v6: SockAddr = "[::1]:53".parse().unwrap();
    for mut datagram in [unbound(&script), bound(&script), connected(&script)] {
        assert_eq!(datagram.bind(v6), Err(Eafnosupport));
        assert_eq!(datagram.connect(v6), Err(Eafnosupport));
        assert_eq!(send_to(&mut datagram, v6), error(Eafnosupport));
    }
    let mut datagram = Datagram::new(Family::Inet6, script.socket());
    assert_eq!(datagram.bind(local()), Err(Eafnosupport));
    assert_eq!(datagram.connect(peer()), Err(Eafnosupport));
    assert_eq!(send_to(&mut datagram, peer()), error(Eafnosupport));
    script.done();
}

#[test]
fn connect_binds_an_unbound_socket_first() {
    for family in [Family::Inet, Family::Inet6] {
        let script = Script::default();
        let mut datagram = Datagram::new(family, script.socket());
        let peer = family.loopback(53);
        script.expect([
            Line::Bind(family.wildcard(), Ok(())),
            nothing_queued(),
            Line::Connect(Some(peer), Ok(())),
        ]);
        assert_eq!(datagram.connect(peer), Ok(()));
        assert_eq!(datagram.getpeername(), Ok(peer));
        script.done();
    }
}

#[test]
fn a_connect_that_cannot_bind_leaves_the_socket_unbound() {
    let script = Script::default();
    let mut datagram = unbound(&script);
    script.expect([Line::Bind(Family::Inet.wildcard(), Err(Eacces))]);
    assert_eq!(datagram.connect(peer()), Err(Eacces));
    assert_eq!(datagram.getpeername(), Err(Enotconn));
    script.expect([Line::Bind(local(), Ok(()))]);
    assert_eq!(datagram.bind(local()), Ok(()));
    script.done();
}

#[test]
fn a_connect_that_is_refused_leaves_the_socket_bound_and_open_to_everyone() {
    let script = Script::default();
    for errno in [Eacces, Ehostunreach, Einval] {
        let mut datagram = bound(&script);
        script.expect([nothing_queued(), Line::Connect(Some(peer()), Err(errno))]);
        assert_eq!(datagram.connect(peer()), Err(errno));
        assert_eq!(datagram.getpeername(), Err(Enotconn));
        assert_eq!(send(&mut datagram), error(Edestaddrreq));
        script.expect([Line::Send(1, Some(stranger()), Ok(Progress::Done(())))]);
        assert_eq!(send_to(&mut datagram, stranger()), count(1));
    }
    script.done();
}

#[test]
fn a_peer_with_port_0_is_not_named() {
    let script = Script::default();
    let mut datagram = bound(&script);
    let nobody = SockAddr::new(peer().ip(), 0);
    script.expect([nothing_queued(), Line::Connect(Some(nobody), Ok(()))]);
    assert_eq!(datagram.connect(nobody), Ok(()));
    assert_eq!(datagram.getpeername(), Err(Enotconn));
    script.done();
}

#[test]
fn connect_may_be_repeated_with_another_peer() {
    let script = Script::default();
    let mut datagram = connected(&script);
    for next in [stranger(), peer(), peer()] {
        script.expect([nothing_queued(), Line::Connect(Some(next), Ok(()))]);
        assert_eq!(datagram.connect(next), Ok(()));
        assert_eq!(datagram.getpeername(), Ok(next));
    }
    script.done();
}

#[test]
fn another_peer_that_is_refused_leaves_the_one_there_was() {
    let script = Script::default();
    let mut datagram = connected(&script);
    script.expect([
        arrived(b"kept"),
        nothing_queued(),
        Line::Connect(Some(stranger()), Err(Eacces)),
    ]);
    assert_eq!(datagram.connect(stranger()), Err(Eacces));
    assert_eq!(datagram.getpeername(), Ok(peer()));
    assert_eq!(receive(&mut datagram), received(b"kept"));
    script.done();
}

#[test]
fn what_was_queued_before_the_peer_changed_is_received_first() {
    let script = Script::default();
    for mut datagram in [bound(&script), connected(&script)] {
        script.expect([
            arrived(b"one"),
            arrived(b""),
            arrived(b"three"),
            nothing_queued(),
            Line::Connect(Some(stranger()), Ok(())),
        ]);
        assert_eq!(datagram.connect(stranger()), Ok(()));
        for bytes in [&b"one"[..], b"", b"three"] {
            assert_eq!(receive(&mut datagram), received(bytes));
        }
        script.expect([nothing_queued()]);
        assert_eq!(receive(&mut datagram), wait(Interest::Read));
    }
    script.done();
}

#[test]
fn what_was_peeked_at_stays_first_when_the_peer_changes() {
    let script = Script::default();
    let mut datagram = connected(&script);
    script.expect([
        arrived(b"one"),
        arrived(b"two"),
        nothing_queued(),
        Line::Connect(Some(stranger()), Ok(())),
    ]);
    let peeked = datagram.recvfrom(100, MsgFlags::PEEK, blocking());
    assert_eq!(peeked, received(b"one"));
    assert_eq!(datagram.connect(stranger()), Ok(()));
    let peeked = datagram.recvfrom(100, MsgFlags::PEEK, blocking());
    assert_eq!(peeked, received(b"one"));
    assert_eq!(receive(&mut datagram), received(b"one"));
    assert_eq!(receive(&mut datagram), received(b"two"));
    script.done();
}

/// What follows when the peer changes while an error and a datagram are queued below.
fn reconnected_over_an_error(script: &Script) -> Datagram<Scripted> {
    let mut datagram = connected(script);
    script.expect([
        Line::Receive(Err(Econnrefused)),
        arrived(b"behind"),
        Line::Receive(Err(Ehostunreach)),
        nothing_queued(),
        Line::Connect(Some(stranger()), Ok(())),
    ]);
    assert_eq!(datagram.connect(stranger()), Ok(()));
    datagram
}

#[test]
fn an_error_in_the_queue_hides_no_datagram_and_the_next_call_answers_it_once() {
    let script = Script::default();
    let mut datagram = reconnected_over_an_error(&script);
    assert_eq!(receive(&mut datagram), error(Econnrefused));
    assert_eq!(receive(&mut datagram), received(b"behind"));
    script.expect([sent(1)]);
    assert_eq!(send(&mut datagram), count(1));

    let mut datagram = reconnected_over_an_error(&script);
    assert_eq!(send(&mut datagram), error(Econnrefused));
    script.expect([sent(1)]);
    assert_eq!(send(&mut datagram), count(1));
    assert_eq!(receive(&mut datagram), received(b"behind"));
    script.done();
}

#[test]
fn a_mistake_of_the_caller_does_not_swallow_an_error_from_before() {
    let script = Script::default();
    let mut datagram = reconnected_over_an_error(&script);
    let huge = alloc::vec![0; 65_508];
    assert_eq!(
        datagram.send(&huge, MsgFlags::NONE, blocking()),
        error(Emsgsize)
    );
    assert_eq!(
        datagram.send(b"x", MsgFlags::OOB, blocking()),
        error(Eopnotsupp)
    );
    assert_eq!(send_to(&mut datagram, peer()), error(Eisconn));
    assert_eq!(send(&mut datagram), error(Econnrefused));
    script.done();
}

#[test]
fn what_is_kept_when_the_peer_changes_is_bounded() {
    let script = Script::default();
    let mut datagram = bound(&script);
    script.expect((0..256).map(|_| arrived(b"x")));
    script.expect([Line::Connect(Some(peer()), Ok(()))]);
    assert_eq!(datagram.connect(peer()), Ok(()));
    script.expect([Line::Connect(Some(stranger()), Ok(()))]);
    assert_eq!(datagram.connect(stranger()), Ok(()));
    script.done();
}

#[test]
fn errors_below_without_end_do_not_hold_connect_up() {
    let script = Script::default();
    let mut datagram = bound(&script);
    script.expect((0..256).map(|_| Line::Receive(Err(Ehostunreach))));
    script.expect([Line::Connect(Some(peer()), Ok(()))]);
    assert_eq!(datagram.connect(peer()), Ok(()));
    script.done();
}

/// Nothing has changed, so that the call can be made again.
#[test]
fn without_memory_for_what_is_queued_the_peer_stays() {
    let script = Script::default();
    let mut datagram = connected(&script);
    script.expect([arrived(b"one"), Line::Receive(Err(Enobufs))]);
    assert_eq!(datagram.connect(stranger()), Err(Enobufs));
    assert_eq!(datagram.getpeername(), Ok(peer()));
    script.expect([
        arrived(b"two"),
        nothing_queued(),
        Line::Connect(Some(stranger()), Ok(())),
    ]);
    assert_eq!(datagram.connect(stranger()), Ok(()));
    for bytes in [b"one", b"two"] {
        assert_eq!(receive(&mut datagram), received(bytes));
    }
    script.done();
}

#[test]
fn disconnecting_opens_the_socket_to_everyone_again() {
    let script = Script::default();
    let mut datagram = connected(&script);
    script.expect([
        arrived(b"kept"),
        nothing_queued(),
        Line::Connect(None, Ok(())),
    ]);
    assert_eq!(datagram.disconnect(), Ok(()));
    assert_eq!(datagram.getpeername(), Err(Enotconn));
    assert_eq!(send(&mut datagram), error(Edestaddrreq));
    assert_eq!(receive(&mut datagram), received(b"kept"));
    script.expect([Line::Send(1, Some(stranger()), Ok(Progress::Done(())))]);
    assert_eq!(send_to(&mut datagram, stranger()), count(1));
    script.done();
}

#[test]
fn disconnecting_without_a_peer_asks_nothing() {
    let script = Script::default();
    for mut datagram in [unbound(&script), bound(&script)] {
        assert_eq!(datagram.disconnect(), Ok(()));
    }
    assert_eq!(closed(&script).disconnect(), Err(Ebadf));
    script.done();
}

#[test]
fn disconnecting_that_fails_leaves_the_peer() {
    let script = Script::default();
    let mut datagram = connected(&script);
    script.expect([nothing_queued(), Line::Connect(None, Err(Eio))]);
    assert_eq!(datagram.disconnect(), Err(Eio));
    assert_eq!(datagram.getpeername(), Ok(peer()));
    script.done();
}

#[test]
fn the_wildcard_address_means_loopback() {
    let script = Script::default();
    let mut datagram = Datagram::new(Family::Inet6, script.socket());
    let mut wildcard = Family::Inet6.wildcard();
    wildcard.set_port(53);
    let loopback = Family::Inet6.loopback(53);
    script.expect([
        Line::Bind(Family::Inet6.wildcard(), Ok(())),
        Line::Send(1, Some(loopback), Ok(Progress::Done(()))),
        nothing_queued(),
        Line::Connect(Some(loopback), Ok(())),
        sent(1),
    ]);
    assert_eq!(send_to(&mut datagram, wildcard), count(1));
    assert_eq!(datagram.connect(wildcard), Ok(()));
    assert_eq!(datagram.getpeername(), Ok(loopback));
    assert_eq!(send_to(&mut datagram, wildcard), count(1), "the peer");
    script.done();
}

#[test]
fn the_wildcard_address_of_ipv4_means_the_address_of_the_socket_if_it_has_one() {
    let wildcard = SockAddr::from(([0, 0, 0, 0], 53));
    for (bound_to, reached) in [
        (Family::Inet.wildcard(), Family::Inet.loopback(53)),
        (local(), SockAddr::new(local().ip(), 53)),
    ] {
        let script = Script::default();
        let mut datagram = bound(&script);
        let asked = || Line::LocalAddress(Ok(bound_to));
        script.expect([
            asked(),
            Line::Send(1, Some(reached), Ok(Progress::Done(()))),
            asked(),
            nothing_queued(),
            Line::Connect(Some(reached), Ok(())),
        ]);
        assert_eq!(send_to(&mut datagram, wildcard), count(1));
        assert_eq!(datagram.connect(wildcard), Ok(()));
        assert_eq!(datagram.getpeername(), Ok(reached));
        script.done();
    }
}

#[test]
fn what_cannot_be_reached_is_answered_without_asking_or_binding() {
    let script = Script::default();
    for (family, text, errno) in [
        (Family::Inet, "255.255.255.255:53", Eacces),
        (Family::Inet6, "[::ffff:127.0.0.1]:53", Enetunreach),
        (Family::Inet6, "[::ffff:0.0.0.0]:53", Enetunreach),
    ] {
        let mut datagram = Datagram::new(family, script.socket());
        let address: SockAddr = text.parse().unwrap();
        assert_eq!(datagram.connect(address), Err(errno), "{text}");
        assert_eq!(send_to(&mut datagram, address), error(errno), "{text}");
        assert_eq!(datagram.getsockname(), Ok(family.wildcard()));
    }
    script.done();
}

#[test]
fn multicast_can_be_reached() {
    let script = Script::default();
    for (family, text) in [
        (Family::Inet, "224.0.0.1:53"),
        (Family::Inet6, "[ff02::1]:53"),
    ] {
        let mut datagram = Datagram::new(family, script.socket());
        let address: SockAddr = text.parse().unwrap();
        script.expect([
            Line::Bind(family.wildcard(), Ok(())),
            Line::Send(1, Some(address), Ok(Progress::Done(()))),
            nothing_queued(),
            Line::Connect(Some(address), Ok(())),
        ]);
        assert_eq!(send_to(&mut datagram, address), count(1));
        assert_eq!(datagram.connect(address), Ok(()));
    }
    script.done();
}

#[test]
fn port_0_is_no_destination_but_may_be_a_peer() {
    let script = Script::default();
    let nowhere = SockAddr::from(([127, 0, 0, 1], 0));
    for mut datagram in [unbound(&script), bound(&script), connected(&script)] {
        assert_eq!(send_to(&mut datagram, nowhere), error(Einval));
    }
    let mut datagram = bound(&script);
    script.expect([nothing_queued(), Line::Connect(Some(nowhere), Ok(()))]);
    assert_eq!(datagram.connect(nowhere), Ok(()));
    script.done();
}
