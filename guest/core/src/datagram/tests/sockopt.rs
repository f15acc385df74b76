//! Options, and the error that waits.

use super::*;
use crate::Errno::*;
use crate::create::Kind;
use crate::sockopt::SockOpt;

#[test]
fn options_are_those_of_the_socket_below() {
    let script = Script::default();
    for mut datagram in [unbound(&script), bound(&script), connected(&script)] {
        script.expect([
            Line::Setsockopt(SockOpt::IpTtl, 9, Ok(())),
            Line::Getsockopt(SockOpt::IpTtl, Ok(9)),
            Line::Setsockopt(SockOpt::SoReuseaddr, 1, Err(Enoprotoopt)),
        ]);
        assert_eq!(datagram.setsockopt(SockOpt::IpTtl, 9), Ok(()));
        assert_eq!(datagram.getsockopt(SockOpt::IpTtl), Ok(9));
        assert_eq!(
            datagram.setsockopt(SockOpt::SoReuseaddr, 1),
            Err(Enoprotoopt)
        );
        assert_eq!(datagram.kind(), Ok(Kind::Datagram(Family::Inet)));
    }
    script.done();
}

#[test]
fn what_is_wrong_is_found_without_asking_in_this_order() {
    let script = Script::default();
    let mut datagram = unbound(&script);
    assert_eq!(
        datagram.setsockopt(SockOpt::TcpKeepcnt, 0),
        Err(Enoprotoopt)
    );
    assert_eq!(datagram.getsockopt(SockOpt::TcpKeepcnt), Err(Enoprotoopt));
    assert_eq!(datagram.setsockopt(SockOpt::IpTtl, 0), Err(Einval));

    let mut datagram = closed(&script);
    assert_eq!(datagram.setsockopt(SockOpt::TcpKeepcnt, 0), Err(Ebadf));
    assert_eq!(datagram.getsockopt(SockOpt::TcpKeepcnt), Err(Ebadf));
    assert_eq!(datagram.take_error(), Err(Ebadf));
    assert_eq!(datagram.kind(), Err(Ebadf));
    script.done();
}

#[test]
fn whether_ipv4_is_left_alone_is_fixed_with_the_address() {
    let script = Script::default();
    let mut datagram = Datagram::new(Family::Inet6, script.socket());
    script.expect([
        Line::Setsockopt(SockOpt::Ipv6V6only, 1, Ok(())),
        Line::Bind(Family::Inet6.wildcard(), Ok(())),
    ]);
    assert_eq!(datagram.setsockopt(SockOpt::Ipv6V6only, 1), Ok(()));
    assert_eq!(datagram.bind(Family::Inet6.wildcard()), Ok(()));
    assert_eq!(datagram.setsockopt(SockOpt::Ipv6V6only, 1), Err(Einval));
    script.done();
}

#[test]
fn the_error_is_looked_for_where_there_is_a_peer_and_answered_once() {
    let script = Script::default();
    for mut datagram in [unbound(&script), bound(&script)] {
        assert_eq!(datagram.take_error(), Ok(None));
    }

    let mut datagram = connected(&script);
    script.expect([arrived(b"one"), Line::Receive(Err(Econnrefused))]);
    assert_eq!(datagram.take_error(), Ok(Some(Econnrefused)));
    script.expect([Line::Receive(Ok(Progress::Pending))]);
    assert_eq!(datagram.take_error(), Ok(None));

    // What was found on the way has not been lost.
    let Step::Ready(Ok(received)) = receive(&mut datagram) else {
        panic!("nothing was received")
    };
    assert_eq!(received.data, b"one");
    script.done();
}

#[test]
fn an_error_that_was_found_before_is_answered_without_asking() {
    let script = Script::default();
    let mut datagram = connected(&script);
    script.expect([
        Line::Receive(Err(Econnrefused)),
        nothing_queued(),
        Line::Connect(Some(stranger()), Ok(())),
    ]);
    assert_eq!(datagram.connect(stranger()), Ok(()));
    assert_eq!(datagram.take_error(), Ok(Some(Econnrefused)));
    script.done();
}

#[test]
fn memory_that_is_not_there_is_no_error_of_a_datagram() {
    let script = Script::default();
    let mut datagram = connected(&script);
    script.expect([arrived(b"one"), Line::Receive(Err(Enobufs))]);
    assert_eq!(datagram.take_error(), Ok(None));
    script.expect([Line::Receive(Err(Econnrefused))]);
    assert_eq!(datagram.take_error(), Ok(Some(Econnrefused)));
    assert_eq!(receive(&mut datagram), received(b"one"));
    script.done();
}
