//! `bind`, `listen`, `accept`, `connect`.

use super::*;
use crate::Errno::*;

#[test]
fn bind_answers_with_the_port_the_system_chose() {
    let script = Script::default();
    let mut stream = unbound(&script);
    let any_port = SockAddr::from(([192, 0, 2, 9], 0));
    script.expect([
        Line::Bind(any_port, Ok(())),
        Line::LocalAddress(Ok(local())),
    ]);
    assert_eq!(stream.bind(&mut script.clone(), any_port), Ok(()));
    assert_eq!(stream.getsockname(), Ok(local()));
    script.done();
}

#[test]
fn a_failed_bind_leaves_the_socket_unbound() {
    let script = Script::default();
    let mut stream = unbound(&script);
    for errno in [Eaddrinuse, Eaddrnotavail, Eacces] {
        script.expect([Line::Bind(local(), Err(errno))]);
        assert_eq!(stream.bind(&mut script.clone(), local()), Err(errno));
        assert_eq!(stream.getsockname(), Ok(Family::Inet.wildcard()));
    }
    script.done();
}

#[test]
fn bind_refuses_the_wrong_family_before_the_state_and_connect_after_it() {
    let script = Script::default();
    let v6 = SockAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], 80));
    for (mut stream, answer) in [
        (unbound(&script), Eafnosupport),
        (listening(&script), Eisconn),
        (connected(&script), Eisconn),
    ] {
        assert_eq!(stream.bind(&mut script.clone(), v6), Err(Eafnosupport));
        let connect = stream.connect(&mut script.clone(), v6, blocking());
        assert_eq!(connect, error(answer));
    }
    let mut stream = connecting(&script);
    script.expect([Line::FinishConnect(Ok(Progress::Pending))]);
    let connect = stream.connect(&mut script.clone(), v6, nonblocking());
    assert_eq!(connect, error(Ealready));
    script.done();
}

#[test]
fn bind_is_refused_in_every_state_but_the_first() {
    let script = Script::default();
    for mut stream in [listening(&script), connecting(&script), connected(&script)] {
        assert_eq!(stream.bind(&mut script.clone(), local()), Err(Einval));
    }
    script.done();
}

#[test]
fn listen_binds_an_unbound_socket_and_raises_the_backlog_to_one() {
    for backlog in [1, 0, -1, i32::MIN] {
        let script = Script::default();
        let mut stream = unbound(&script);
        script.expect([
            Line::Bind(Family::Inet.wildcard(), Ok(())),
            Line::Listen(1, Ok(())),
        ]);
        assert_eq!(stream.listen(&mut script.clone(), backlog), Ok(()));
        script.done();
    }
}

#[test]
fn listening_again_changes_the_backlog() {
    let script = Script::default();
    let mut stream = listening(&script);
    script.expect([Line::Listen(9, Ok(()))]);
    assert_eq!(stream.listen(&mut script.clone(), 9), Ok(()));
    script.done();
}

#[test]
fn a_refused_listen_leaves_a_socket_that_can_try_again() {
    let script = Script::default();
    let mut stream = unbound(&script);
    script.expect([
        Line::Bind(local(), Ok(())),
        Line::LocalAddress(Ok(local())),
        Line::Listen(1, Err(Eacces)),
        Line::Drop,
        Line::Create(Ok(())),
        Line::Bind(local(), Ok(())),
        Line::Listen(1, Ok(())),
    ]);
    assert_eq!(stream.bind(&mut script.clone(), local()), Ok(()));
    assert_eq!(stream.listen(&mut script.clone(), 1), Err(Eacces));
    assert_eq!(stream.listen(&mut script.clone(), 1), Ok(()));
    script.done();
}

#[test]
fn accept_wants_a_listening_socket() {
    let script = Script::default();
    for mut stream in [unbound(&script), connecting(&script), connected(&script)] {
        assert_eq!(stream.accept(blocking()).map(|_| ()), error(Einval));
    }
    script.done();
}

#[test]
fn accept_passes_over_connections_that_ended_while_they_waited() {
    let script = Script::default();
    let mut stream = listening(&script);
    script.expect([
        Line::Accept(Err(Econnaborted)),
        Line::Accept(Err(Econnaborted)),
        Line::Accept(Ok(Progress::Done(peer()))),
    ]);
    let Step::Ready(Ok((_, from))) = stream.accept(blocking()) else {
        panic!("not accepted")
    };
    assert_eq!(from, peer());
    script.done();
}

#[test]
fn accept_gives_up_when_every_connection_is_aborted() {
    let script = Script::default();
    let mut stream = listening(&script);
    script.expect((0..128).map(|_| Line::Accept(Err(Econnaborted))));
    assert_eq!(stream.accept(blocking()).map(|_| ()), error(Econnaborted));
    script.done();
}

#[test]
fn accept_waits_as_the_timeout_says() {
    let script = Script::default();
    let mut stream = listening(&script);
    let pending = || [Line::Accept(Ok(Progress::Pending))];
    script.expect(pending());
    assert_eq!(stream.accept(nonblocking()).map(|_| ()), error(Eagain));
    script.expect(pending());
    assert_eq!(
        stream.accept(blocking()).map(|_| ()),
        wait(Interest::Accept)
    );
    script.expect(pending());
    let until = Some(SECOND);
    let step = stream.accept(within_a_second()).map(|_| ());
    assert_eq!(
        step,
        Step::Wait(Wait {
            interest: Interest::Accept,
            until
        })
    );
    script.expect(pending());
    assert_eq!(
        stream.accept(within_a_second().again(SECOND)).map(|_| ()),
        error(Etimedout)
    );
    script.done();
}

#[test]
fn an_accepted_socket_blocks_whatever_the_listener_does() {
    let script = Script::default();
    let mut stream = listening(&script);
    stream.set_timeout(Timeout::NonBlocking).unwrap();
    script.expect([Line::Accept(Ok(Progress::Done(peer())))]);
    let Step::Ready(Ok((accepted, _))) = stream.accept(nonblocking()) else {
        panic!("not accepted")
    };
    assert_eq!(accepted.timeout(), Timeout::Never);
}

#[test]
fn connect_asks_how_it_went_right_after_it_started() {
    let script = Script::default();
    connected(&script);
    script.done();
}

#[test]
fn a_non_blocking_connect_answers_in_progress_then_already_then_once_success() {
    let script = Script::default();
    let mut stream = connecting(&script);
    script.expect([Line::FinishConnect(Ok(Progress::Pending))]);
    assert_eq!(
        stream.connect(&mut script.clone(), peer(), nonblocking()),
        error(Ealready)
    );
    script.expect([Line::FinishConnect(Ok(Progress::Done(())))]);
    assert_eq!(
        stream.connect(&mut script.clone(), peer(), nonblocking()),
        ok()
    );
    assert_eq!(
        stream.connect(&mut script.clone(), peer(), nonblocking()),
        error(Eisconn)
    );
    script.done();
}

#[test]
fn a_non_blocking_connect_begins_and_the_next_tells_the_end() {
    let script = Script::default();
    let connect =
        |stream: &mut Stream<Scripted>| stream.connect(&mut script.clone(), peer(), nonblocking());
    let mut stream = unbound(&script);
    script.expect([
        Line::StartConnect(peer(), Ok(())),
        Line::FinishConnect(Ok(Progress::Done(()))),
    ]);
    assert_eq!(connect(&mut stream), error(Einprogress));
    assert_eq!(connect(&mut stream), ok());
    assert_eq!(connect(&mut stream), error(Eisconn));

    let mut stream = unbound(&script);
    script.expect([
        Line::StartConnect(peer(), Ok(())),
        Line::FinishConnect(Err(Econnrefused)),
    ]);
    assert_eq!(connect(&mut stream), error(Einprogress));
    assert_eq!(connect(&mut stream), error(Econnrefused));

    let mut stream = unbound(&script);
    let nobody = SockAddr::new(peer().ip(), 0);
    let answer = stream.connect(&mut script.clone(), nobody, nonblocking());
    assert_eq!(answer, error(Einprogress), "port 0");
    assert_eq!(stream.take_error(), Ok(Some(Econnrefused)));
    script.done();
}

#[test]
fn what_is_known_without_the_network_is_told_at_once() {
    let script = Script::default();
    for errno in [Eacces, Ehostunreach, Eaddrnotavail] {
        let mut stream = unbound(&script);
        script.expect([
            Line::StartConnect(peer(), Ok(())),
            Line::FinishConnect(Err(errno)),
        ]);
        let answer = stream.connect(&mut script.clone(), peer(), nonblocking());
        assert_eq!(answer, error(errno));
    }
    script.done();
}

#[test]
fn connect_answers_success_once_even_if_another_call_found_it() {
    let script = Script::default();
    let mut stream = connecting(&script);
    script.expect([
        Line::FinishConnect(Ok(Progress::Done(()))),
        Line::PeerAddress(Ok(peer())),
    ]);
    assert_eq!(stream.getpeername(), Ok(peer()));
    assert_eq!(
        stream.connect(&mut script.clone(), peer(), nonblocking()),
        ok()
    );
    assert_eq!(
        stream.connect(&mut script.clone(), peer(), nonblocking()),
        error(Eisconn)
    );
    script.done();
}

#[test]
fn a_connect_that_runs_out_of_time_goes_on_in_the_background() {
    let script = Script::default();
    let mut stream = unbound(&script);
    script.expect([
        Line::StartConnect(peer(), Ok(())),
        Line::FinishConnect(Ok(Progress::Pending)),
        Line::FinishConnect(Ok(Progress::Pending)),
    ]);
    let turn = within_a_second();
    let until = Some(SECOND);
    let step = stream.connect(&mut script.clone(), peer(), turn);
    assert_eq!(
        step,
        Step::Wait(Wait {
            interest: Interest::Connect,
            until
        })
    );
    let late = turn.again(SECOND);
    assert_eq!(
        stream.connect(&mut script.clone(), peer(), late),
        error(Etimedout)
    );
    script.expect([Line::FinishConnect(Ok(Progress::Done(())))]);
    assert_eq!(
        stream.connect(&mut script.clone(), peer(), blocking()),
        ok()
    );
    script.done();
}

#[test]
fn after_a_refusal_the_same_socket_tries_again_with_a_new_one_below() {
    let script = Script::default();
    let mut stream = unbound(&script);
    script.expect([
        Line::StartConnect(peer(), Ok(())),
        Line::FinishConnect(Err(Econnrefused)),
        Line::Drop,
        Line::Create(Ok(())),
        Line::StartConnect(peer(), Ok(())),
        Line::FinishConnect(Ok(Progress::Done(()))),
    ]);
    assert_eq!(
        stream.connect(&mut script.clone(), peer(), blocking()),
        error(Econnrefused)
    );
    assert_eq!(
        stream.connect(&mut script.clone(), peer(), blocking()),
        ok()
    );
    script.done();
}

#[test]
fn a_bound_socket_that_tries_again_keeps_its_address() {
    let script = Script::default();
    let mut stream = unbound(&script);
    script.expect([
        Line::Bind(local(), Ok(())),
        Line::LocalAddress(Ok(local())),
        Line::StartConnect(peer(), Err(Eacces)),
        Line::Drop,
        Line::Create(Ok(())),
        Line::Bind(local(), Ok(())),
        Line::StartConnect(peer(), Ok(())),
        Line::FinishConnect(Ok(Progress::Done(()))),
    ]);
    assert_eq!(stream.bind(&mut script.clone(), local()), Ok(()));
    assert_eq!(
        stream.connect(&mut script.clone(), peer(), blocking()),
        error(Eacces)
    );
    assert_eq!(stream.getsockname(), Ok(local()));
    assert_eq!(
        stream.connect(&mut script.clone(), peer(), blocking()),
        ok()
    );
    script.done();
}

#[test]
fn no_socket_to_try_again_with_is_an_answer() {
    let script = Script::default();
    let mut stream = unbound(&script);
    script.expect([
        Line::StartConnect(peer(), Err(Econnrefused)),
        Line::Drop,
        Line::Create(Err(Emfile)),
        Line::Create(Ok(())),
        Line::StartConnect(peer(), Ok(())),
        Line::FinishConnect(Ok(Progress::Done(()))),
    ]);
    assert_eq!(
        stream.connect(&mut script.clone(), peer(), blocking()),
        error(Econnrefused)
    );
    assert_eq!(
        stream.connect(&mut script.clone(), peer(), blocking()),
        error(Emfile)
    );
    assert_eq!(
        stream.connect(&mut script.clone(), peer(), blocking()),
        ok()
    );
    script.done();
}

#[test]
fn destinations_that_tcp_cannot_reach_are_answered_without_asking() {
    let script = Script::default();
    let mut stream = unbound(&script);
    for (address, errno) in [
        (SockAddr::from(([127, 0, 0, 1], 0)), Econnrefused),
        (SockAddr::from(([224, 0, 0, 1], 80)), Enetunreach),
        (SockAddr::from(([255, 255, 255, 255], 80)), Enetunreach),
    ] {
        assert_eq!(
            stream.connect(&mut script.clone(), address, blocking()),
            error(errno),
            "{address}"
        );
    }
    let mut stream = Stream::new(Family::Inet6, script.socket());
    for text in ["[ff02::1]:80", "[::ffff:127.0.0.1]:80"] {
        let address: SockAddr = text.parse().unwrap();
        assert_eq!(
            stream.connect(&mut script.clone(), address, blocking()),
            error(Enetunreach),
            "{text}"
        );
    }
    script.done();
}

#[test]
fn the_wildcard_address_means_loopback() {
    let script = Script::default();
    let mut stream = unbound(&script);
    script.expect([
        Line::StartConnect(SockAddr::from(([127, 0, 0, 1], 80)), Ok(())),
        Line::FinishConnect(Ok(Progress::Done(()))),
    ]);
    assert_eq!(
        stream.connect(
            &mut script.clone(),
            SockAddr::from(([0, 0, 0, 0], 80)),
            blocking()
        ),
        ok()
    );
    script.done();
}

#[test]
fn the_wildcard_address_means_the_address_of_a_bound_socket() {
    let script = Script::default();
    let mut stream = unbound(&script);
    let to_itself = SockAddr::new(local().ip(), 80);
    script.expect([
        Line::Bind(local(), Ok(())),
        Line::LocalAddress(Ok(local())),
        Line::StartConnect(to_itself, Ok(())),
        Line::FinishConnect(Ok(Progress::Done(()))),
    ]);
    assert_eq!(stream.bind(&mut script.clone(), local()), Ok(()));
    let wildcard = SockAddr::from(([0, 0, 0, 0], 80));
    assert_eq!(
        stream.connect(&mut script.clone(), wildcard, blocking()),
        ok()
    );
    script.done();
}

#[test]
fn connecting_a_listening_or_connected_socket_is_refused() {
    let script = Script::default();
    for mut stream in [listening(&script), connected(&script)] {
        assert_eq!(
            stream.connect(&mut script.clone(), peer(), blocking()),
            error(Eisconn)
        );
    }
    script.done();
}
