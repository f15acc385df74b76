//! `poll(2)`.

use alloc::vec::Vec;
use core::time::Duration;

use wasock_core::flags::MsgFlags;

use crate::api::{Api, Lookup, Shutdown, Socket};
use crate::cases::lookup::numeric;
use crate::datagram::{expect_datagram, give_one, give_to};
use crate::failure::{OrFail, expect_eq, expect_err, expect_that};
use crate::peer::Command;
use crate::readiness::{AT_ONCE, ERROR, HANGUP, NOTHING, Names, READABLE, SHORT, WRITABLE, both};
use crate::transfer::{KIB, NONE, expect_end, give, pattern, take};
use crate::{Failure, World};

pub(crate) fn a_new_stream_is_writable_and_hung_up<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.stream()?;
    world.expect_ready(&socket, WRITABLE | HANGUP, "a new stream")?;
    for wanted in [NOTHING, READABLE] {
        let found = world.poll_one(&socket, wanted, AT_ONCE)?;
        expect_eq!(Names(found), Names(HANGUP), "whoever asks for {wanted:?}");
    }
    Ok(())
}

pub(crate) fn a_bound_stream_is_writable_and_hung_up<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    world.expect_ready(&world.bound()?, WRITABLE | HANGUP, "a bound stream")
}

pub(crate) fn a_listening_socket_is_readable_while_a_connection_waits<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (listener, address) = world.listener()?;
    world.expect_ready(&listener, NOTHING, "before a connection")?;
    let _clients = [world.connected(address)?, world.connected(address)?];
    for _ in 0..2 {
        let found = world.wait_for(&listener, both(), "a connection waits")?;
        expect_eq!(Names(found), Names(READABLE), "while a connection waits");
        world.expect_ready(&listener, READABLE, "asked again")?;
        listener.accept().or_fail("accept")?;
    }
    world.expect_ready(&listener, NOTHING, "when all are accepted")
}

pub(crate) fn a_connection_is_readable_while_data_is_there<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    world.expect_ready(&pair.server, WRITABLE, "without data")?;
    let found = world.poll_one(&pair.server, READABLE, SHORT)?;
    expect_eq!(Names(found), Names(NOTHING), "a wait for data");

    give(&pair.client, b"abc", "sendall")?;
    world.wait_for(&pair.server, READABLE, "data is there")?;
    for expected in [b"a", b"b", b"c"] {
        world.expect_ready(&pair.server, READABLE | WRITABLE, "with data")?;
        let found = world.poll_one(&pair.server, READABLE, AT_ONCE)?;
        expect_eq!(Names(found), Names(READABLE), "who asks for data only");
        let found = pair.server.recv(1, NONE).or_fail("recv")?;
        expect_eq!(found, expected, "recv");
    }
    world.expect_ready(&pair.server, WRITABLE, "when all is received")
}

pub(crate) fn what_was_peeked_keeps_a_connection_readable<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    give(&pair.client, b"abc", "sendall")?;
    for length in [1, 3] {
        pair.server.recv(length, MsgFlags::PEEK).or_fail("peek")?;
        world.expect_ready(&pair.server, READABLE | WRITABLE, "after a peek")?;
    }
    take(&pair.server, 3, "recv")?;
    world.expect_ready(&pair.server, WRITABLE, "when all is received")
}

pub(crate) fn the_end_of_the_data_is_readable_for_ever<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    pair.client.shutdown(Shutdown::Write).or_fail("shutdown")?;
    world.wait_for(&pair.server, READABLE, "the end is there")?;
    for _ in 0..2 {
        world.expect_ready(&pair.server, READABLE | WRITABLE, "at the end")?;
        expect_end(&pair.server, "recv")?;
    }
    Ok(())
}

pub(crate) fn a_connection_that_both_sides_have_ended_is_hung_up<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    pair.server.shutdown(Shutdown::Write).or_fail("shutdown")?;
    pair.client.shutdown(Shutdown::Write).or_fail("shutdown")?;
    expect_end(&pair.server, "recv")?;
    let all = READABLE | WRITABLE | HANGUP;
    world.expect_ready(&pair.server, all, "when both have ended")?;
    let found = world.poll_one(&pair.server, NOTHING, AT_ONCE)?;
    expect_eq!(Names(found), Names(HANGUP), "who asks for nothing");
    Ok(())
}

pub(crate) fn after_shutdown_no_call_would_wait<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    pair.client.shutdown(Shutdown::Write).or_fail("shutdown")?;
    world.expect_ready(&pair.client, WRITABLE, "after shutdown of sending")?;
    let pair = world.pair()?;
    pair.client.shutdown(Shutdown::Read).or_fail("shutdown")?;
    let open = READABLE | WRITABLE;
    world.expect_ready(&pair.client, open, "after shutdown of receiving")?;
    pair.client.shutdown(Shutdown::Write).or_fail("shutdown")?;
    world.expect_ready(&pair.client, open | HANGUP, "after shutdown of both")
}

pub(crate) fn a_connection_without_room_is_not_writable<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    pair.client.settimeout(AT_ONCE).or_fail("settimeout")?;
    let data = pattern(64 * KIB);
    let mut sent = 0;
    // The system may find room once more while it moves what is there.
    for _ in 0..3 {
        while let Ok(count) = pair.client.send(&data, NONE) {
            sent += count as usize;
        }
        world.poll_one(&pair.client, WRITABLE, SHORT)?;
    }
    while let Ok(count) = pair.client.send(&data, NONE) {
        sent += count as usize;
    }
    world.expect_ready(&pair.client, NOTHING, "without room")?;
    while sent > 0 {
        let found = pair.server.recv(u32::MAX, NONE).or_fail("recv")?;
        expect_that!(!found.is_empty(), "recv: expected data, found the end");
        sent = sent.saturating_sub(found.len());
    }
    let found = world.wait_for(&pair.client, both(), "there is room")?;
    expect_eq!(Names(found), Names(WRITABLE), "with room");
    Ok(())
}

pub(crate) fn an_attempt_to_connect_is_writable_when_it_has_succeeded<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let port = world.stalling_port()?;
    let socket = world.stream()?;
    socket.settimeout(AT_ONCE).or_fail("settimeout")?;
    expect_err!(socket.connect(port.address), Einprogress, "connect");
    let found = world.poll_one(&socket, both(), SHORT)?;
    expect_eq!(Names(found), Names(NOTHING), "while it goes on");

    port.open()?;
    let found = world.wait_for(&socket, both(), "it has succeeded")?;
    expect_eq!(Names(found), Names(WRITABLE), "when it has succeeded");
    socket.connect(port.address).or_fail("connect")?;
    expect_err!(socket.connect(port.address), Eisconn, "connect after that");
    world.expect_ready(&socket, WRITABLE, "when it is connected")
}

pub(crate) fn an_attempt_to_connect_that_is_refused_is_an_error_until_it_is_answered<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    for wanted in [NOTHING, READABLE, WRITABLE, both()] {
        let (socket, port) = world.attempt()?;
        port.refuse()?;
        let found = world.wait_for(&socket, wanted, "it is refused")?;
        let expected = (wanted | ERROR).told(wanted);
        expect_that!(
            found.contains(expected),
            "when it is refused: expected {:?} and more, found {:?}",
            Names(expected),
            Names(found)
        );
        world.wait_for(&socket, NOTHING, "asked again")?;
        expect_err!(socket.connect(port.address), Econnrefused, "connect");
        world.expect_ready(&socket, WRITABLE | HANGUP, "when that is answered")?;
    }
    Ok(())
}

pub(crate) fn a_reset_is_readable<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let socket = world.peer(&Command::Reset)?;
    let found = world.wait_for(&socket, READABLE, "a reset")?;
    expect_that!(
        found.contains(READABLE),
        "a reset: found {:?}",
        Names(found)
    );
    expect_err!(socket.recv(1, NONE), Econnreset, "recv");
    let found = world.poll_one(&socket, both(), AT_ONCE)?;
    let open = READABLE | WRITABLE;
    expect_that!(found.contains(open), "after a reset: {:?}", Names(found));
    Ok(())
}

pub(crate) fn a_new_datagram_socket_is_writable<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.datagram()?;
    world.expect_ready(&socket, WRITABLE, "a new datagram socket")?;
    let found = world.poll_one(&socket, READABLE, SHORT)?;
    expect_eq!(Names(found), Names(NOTHING), "a wait for a datagram");
    Ok(())
}

pub(crate) fn a_datagram_socket_is_readable_while_a_datagram_is_there<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (socket, address) = world.bound_datagram()?;
    let sender = world.datagram()?;
    world.expect_ready(&socket, WRITABLE, "without a datagram")?;
    let found = world.poll_one(&socket, READABLE, SHORT)?;
    expect_eq!(Names(found), Names(NOTHING), "a wait for a datagram");

    for data in [&b"hello"[..], b""] {
        give_to(&sender, data, address)?;
        world.wait_for(&socket, READABLE, "a datagram is there")?;
        world.expect_ready(&socket, READABLE | WRITABLE, "with a datagram")?;
        socket.recv(1, MsgFlags::PEEK).or_fail("peek")?;
        world.expect_ready(&socket, READABLE | WRITABLE, "after a peek")?;
        socket.recv(1, NONE).or_fail("recv")?;
        world.expect_ready(&socket, WRITABLE, "when it is received")?;
    }
    give_to(&sender, b"one", address)?;
    give_to(&sender, b"two", address)?;
    for _ in 0..2 {
        world.wait_for(&socket, READABLE, "another datagram")?;
        socket.recvfrom(0, NONE).or_fail("recvfrom")?;
    }
    world.expect_ready(&socket, WRITABLE, "when both are received")
}

pub(crate) fn a_datagram_socket_with_a_peer_is_ready_like_any_other<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.datagram_pair()?;
    world.expect_ready(&pair.server, WRITABLE, "without a datagram")?;
    give_one(&pair.client, b"hello")?;
    world.wait_for(&pair.server, READABLE, "a datagram is there")?;
    world.expect_ready(&pair.server, READABLE | WRITABLE, "with a datagram")?;
    pair.server.recv(100, NONE).or_fail("recv")?;

    pair.server.shutdown(Shutdown::Read).or_fail("shutdown")?;
    let found = world.poll_one(&pair.server, READABLE, AT_ONCE)?;
    expect_eq!(Names(found), Names(READABLE), "after shutdown");
    Ok(())
}

/// A host may have begun to receive for who waits, and would have to end that.
pub(crate) fn a_datagram_socket_that_was_waited_for_can_change_its_peer<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (other, there) = world.bound_datagram()?;
    let (socket, _) = world.bound_datagram()?;
    for _ in 0..3 {
        let found = world.poll_one(&socket, READABLE, AT_ONCE)?;
        expect_eq!(Names(found), Names(NOTHING), "poll before");
        socket.connect(there).or_fail("connect")?;
        let found = world.poll_one(&socket, READABLE, AT_ONCE)?;
        expect_eq!(Names(found), Names(NOTHING), "poll with a peer");
        socket.disconnect().or_fail("disconnect")?;
    }
    socket.connect(there).or_fail("connect at last")?;
    let here = socket.getsockname().or_fail("getsockname")?;
    give_to(&other, b"data", here)?;
    expect_datagram(&socket, b"data", there, "recvfrom")
}

pub(crate) fn a_datagram_to_nobody_wakes_who_waits<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.datagram()?;
    socket.connect(world.nobody()).or_fail("connect")?;
    give_one(&socket, b"anybody?")?;
    world.wait_for(&socket, READABLE, "the refusal")?;
    expect_err!(socket.recv(10, NONE), Econnrefused, "recv");
    world.expect_ready(&socket, WRITABLE, "after that")
}

pub(crate) fn poll_of_nothing_waits_for_the_time_only<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    for timeout in [AT_ONCE, SHORT] {
        let ready = world.api.poll(&[], &[], &[], timeout).or_fail("poll")?;
        expect_eq!(ready, crate::api::Ready::default(), "poll of nothing");
    }
    let result = world.api.poll(&[], &[], &[], None);
    expect_err!(result, Edeadlk, "poll of nothing, for ever");
    Ok(())
}

pub(crate) fn poll_of_what_can_never_be_ready_is_edeadlk<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let unbound = world.datagram()?;
    let list = [(&unbound, READABLE)];
    let ready = world.api.poll(&list, &[], &[], SHORT).or_fail("poll")?;
    expect_eq!(ready, crate::api::Ready::default(), "poll within a time");
    let result = world.api.poll(&list, &[], &[], None);
    expect_err!(result, Edeadlk, "poll of an unbound socket, for ever");
    Ok(())
}

pub(crate) fn poll_answers_places<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let pairs = [world.pair()?, world.pair()?, world.pair()?];
    let [first, second, third] = &pairs;
    give(&first.client, b"x", "sendall")?;
    give(&third.client, b"x", "sendall")?;
    for pair in [first, third] {
        world.wait_for(&pair.server, READABLE, "data is there")?;
    }
    let list = [
        (&first.server, READABLE),
        (&second.server, READABLE),
        (&third.server, READABLE),
        (&second.server, WRITABLE),
    ];
    let ready = world.api.poll(&list, &[], &[], None).or_fail("poll")?;
    let expected = [(0, READABLE), (2, READABLE), (3, WRITABLE)];
    expect_eq!(ready.sockets, expected, "who is ready");
    Ok(())
}

pub(crate) fn a_socket_may_stand_in_the_list_twice<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    give(&pair.client, b"x", "sendall")?;
    world.wait_for(&pair.server, READABLE, "data is there")?;
    let wants = [READABLE, WRITABLE, NOTHING, both()];
    let list = wants.map(|wanted| (&pair.server, wanted));
    let ready = world.api.poll(&list, &[], &[], None).or_fail("poll")?;
    let expected = [(0, READABLE), (1, WRITABLE), (3, both())];
    expect_eq!(ready.sockets, expected, "who is ready");
    Ok(())
}

pub(crate) fn ten_thousand_entries_are_answered<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    let all = |wanted| {
        (0..10_000)
            .map(|_| (&pair.server, wanted))
            .collect::<Vec<_>>()
    };
    let ready = world.api.poll(&all(READABLE), &[], &[], AT_ONCE);
    expect_eq!(ready.or_fail("poll")?.sockets, [], "without data");
    give(&pair.client, b"x", "sendall")?;
    for wanted in [READABLE, WRITABLE] {
        let ready = world
            .api
            .poll(&all(wanted), &[], &[], None)
            .or_fail("poll")?;
        let places = ready.sockets.iter().map(|(place, _)| *place);
        expect_that!(
            places.eq(0..10_000),
            "all entries should be answered, in order"
        );
    }
    Ok(())
}

pub(crate) fn more_than_65536_entries_are_einval<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.stream()?;
    let lookup = numeric(world)?;
    let list = alloc::vec![(&socket, WRITABLE); 65_536];
    let ready = world.api.poll(&list, &[], &[], AT_ONCE).or_fail("poll")?;
    expect_eq!(ready.sockets.len(), 65_536, "how many are ready");
    let result = world.api.poll(&list, &[&lookup], &[], AT_ONCE);
    expect_err!(result, Einval, "poll of one entry more");
    Ok(())
}

pub(crate) fn poll_of_what_is_closed_is_ebadf<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let (open, closed) = (world.stream()?, world.stream()?);
    let (lookup, closed_lookup) = (numeric(world)?, numeric(world)?);
    closed.close();
    closed_lookup.close();
    let list = [(&open, WRITABLE), (&closed, WRITABLE)];
    let result = world.api.poll(&list, &[&lookup], &[], AT_ONCE);
    expect_err!(result, Ebadf, "poll with a closed socket");
    let result = world
        .api
        .poll(&list[..1], &[&lookup, &closed_lookup], &[], None);
    expect_err!(result, Ebadf, "poll with a closed lookup");
    Ok(())
}

pub(crate) fn lookups_and_event_sources_are_waited_for_beside_sockets<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let lookup = numeric(world)?;
    let source = world.api.source();
    let socket = world.datagram()?;
    let quiet = [(&socket, READABLE)];
    for timeout in [AT_ONCE, SHORT, None] {
        let ready = world
            .api
            .poll(&quiet, &[&lookup, &lookup], &[&source], timeout);
        let ready = ready.or_fail("poll")?;
        expect_eq!(ready.sockets, [], "sockets");
        expect_eq!(ready.lookups, [0, 1], "lookups");
        expect_eq!(ready.sources, [0], "event sources");
        let ready = world.api.poll(&[], &[], &[&source, &source], timeout);
        expect_eq!(ready.or_fail("poll")?.sources, [0, 1], "sources alone");
        let ready = world.api.poll(&[], &[&lookup], &[], timeout);
        expect_eq!(ready.or_fail("poll")?.lookups, [0], "a lookup alone");
    }
    Ok(())
}

pub(crate) fn poll_waits_until_something_comes<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (datagram, address) = world.bound_datagram()?;
    let stream = world.peer(&Command::Split(1, 1))?;
    take(&stream, 1, "recv of the first byte")?;
    let list = [(&datagram, READABLE), (&stream, READABLE)];
    for timeout in [None, Some(Duration::from_nanos(u64::MAX))] {
        let _control = world.peer(&Command::Datagram(address.port()))?;
        let ready = world.api.poll(&list, &[], &[], timeout).or_fail("poll")?;
        expect_eq!(ready.sockets, [(0, READABLE)], "when a datagram comes");
        datagram.recv(10, NONE).or_fail("recv")?;
    }
    give(&stream, b".", "the word to go on")?;
    let ready = world.api.poll(&list, &[], &[], None).or_fail("poll")?;
    expect_eq!(ready.sockets, [(1, READABLE)], "when a byte comes");
    Ok(())
}
