//! `recv`, `recvfrom`, `send`, `sendall`.

use alloc::vec;
use alloc::vec::Vec;

use super::*;
use crate::Errno::*;
use crate::backend::Read;
use crate::flags::MsgFlags;
use crate::readiness::Readiness;
use crate::script::data;
use crate::stream::{MAX_TRANSFER, Sending};

fn received(bytes: &[u8]) -> Step<Vec<u8>> {
    Step::Ready(Ok(Vec::from(bytes)))
}

fn send(stream: &mut Stream<Scripted>, bytes: &[u8], turn: Turn) -> Step<usize> {
    stream.send(&mut Sending::default(), bytes, MsgFlags::NONE, turn)
}

#[test]
fn recv_answers_what_is_there_and_at_the_end_nothing_for_ever() {
    let script = Script::default();
    let mut stream = connected(&script);
    script.expect([
        Line::Read(100, data(b"abc")),
        Line::Read(100, Ok(Read::End)),
    ]);
    assert_eq!(
        stream.recv(100, MsgFlags::NONE, blocking()),
        received(b"abc")
    );
    assert_eq!(stream.recv(100, MsgFlags::NONE, blocking()), received(b""));
    assert_eq!(stream.recv(100, MsgFlags::NONE, blocking()), received(b""));
    script.done();
}

/// A socket may stand in the list of `poll` more than once; each entry is told.
#[test]
fn what_one_entry_found_is_there_for_the_next() {
    let script = Script::default();
    let mut stream = connected(&script);
    script.expect([
        Line::Read(16 * 1024, Ok(Read::Pending)),
        Line::Read(16 * 1024, data(b"abc")),
    ]);
    assert_eq!(stream.happened(Interest::Read), Readiness::NONE);
    for _ in 0..3 {
        assert_eq!(stream.happened(Interest::Read), Readiness::READABLE);
    }
    assert_eq!(stream.recv(3, MsgFlags::NONE, blocking()), received(b"abc"));
    script.done();
}

#[test]
fn recv_of_nothing_looks_at_nothing() {
    let script = Script::default();
    let mut stream = unbound(&script);
    assert_eq!(stream.recv(0, MsgFlags::NONE, blocking()), received(b""));
    drop(stream.close());
    assert_eq!(stream.recv(0, MsgFlags::NONE, blocking()), received(b""));
    assert_eq!(stream.recvfrom(0, MsgFlags::NONE, blocking()), error(Ebadf));
    script.done();
}

#[test]
fn recv_waits_as_timeout_and_flag_say() {
    let script = Script::default();
    let mut stream = connected(&script);
    let pending = || [Line::Read(9, Ok(Read::Pending))];
    script.expect(pending());
    assert_eq!(
        stream.recv(9, MsgFlags::NONE, blocking()),
        wait(Interest::Read)
    );
    script.expect(pending());
    assert_eq!(
        stream.recv(9, MsgFlags::DONTWAIT, blocking()),
        error(Eagain)
    );
    script.expect(pending());
    let late = within_a_second().again(SECOND);
    assert_eq!(stream.recv(9, MsgFlags::NONE, late), error(Etimedout));
    script.done();
}

#[test]
fn one_call_moves_at_most_a_mebibyte() {
    let script = Script::default();
    let mut stream = connected(&script);
    script.expect([Line::Read(1 << 20, data(b"x"))]);
    assert_eq!(
        stream.recv(usize::MAX, MsgFlags::NONE, blocking()),
        received(b"x")
    );
    script.expect([
        Line::Write(1 << 20, Ok(Progress::Done(1 << 20))),
        Line::Flushed(Ok(Progress::Done(()))),
    ]);
    let much = alloc::vec![0; (1 << 20) + 1];
    assert_eq!(
        send(&mut stream, &much, blocking()),
        Step::Ready(Ok(1 << 20))
    );
    script.done();
}

#[test]
fn a_peek_leaves_the_data_for_the_next_call() {
    let script = Script::default();
    let mut stream = connected(&script);
    script.expect([Line::Read(5, data(b"hello"))]);
    assert_eq!(
        stream.recv(5, MsgFlags::PEEK, blocking()),
        received(b"hello")
    );
    assert_eq!(stream.recv(2, MsgFlags::PEEK, blocking()), received(b"he"));
    assert_eq!(stream.recv(2, MsgFlags::NONE, blocking()), received(b"he"));
    script.expect([
        Line::Read(97, data(b", world")),
        Line::Read(90, Ok(Read::Pending)),
    ]);
    assert_eq!(
        stream.recv(100, MsgFlags::NONE, blocking()),
        received(b"llo, world")
    );
    script.done();
}

#[test]
fn recvfrom_of_nothing_waits_for_data_and_takes_none() {
    let script = Script::default();
    let mut stream = connected(&script);
    script.expect([Line::Read(1, Ok(Read::Pending))]);
    assert_eq!(
        stream.recvfrom(0, MsgFlags::NONE, blocking()),
        wait(Interest::Read)
    );
    script.expect([Line::Read(1, data(b"x"))]);
    assert_eq!(
        stream.recvfrom(0, MsgFlags::NONE, blocking()),
        Step::Ready(Ok((Vec::new(), None)))
    );
    assert_eq!(stream.recv(1, MsgFlags::NONE, blocking()), received(b"x"));
    script.done();
}

#[test]
fn waitall_collects_across_turns_and_stops_at_the_end() {
    let script = Script::default();
    let mut stream = connected(&script);
    script.expect([Line::Read(4, data(b"ab")), Line::Read(2, Ok(Read::Pending))]);
    assert_eq!(
        stream.recv(4, MsgFlags::WAITALL, blocking()),
        wait(Interest::Read)
    );
    script.expect([Line::Read(2, data(b"cd"))]);
    assert_eq!(
        stream.recv(4, MsgFlags::WAITALL, blocking()),
        received(b"abcd")
    );
    script.expect([Line::Read(4, data(b"e")), Line::Read(3, Ok(Read::End))]);
    assert_eq!(
        stream.recv(4, MsgFlags::WAITALL, blocking()),
        received(b"e")
    );
    script.done();
}

#[test]
fn waitall_that_runs_out_of_time_answers_what_came() {
    let script = Script::default();
    let mut stream = connected(&script);
    script.expect([Line::Read(4, data(b"ab")), Line::Read(2, Ok(Read::Pending))]);
    let late = within_a_second().again(SECOND);
    assert_eq!(stream.recv(4, MsgFlags::WAITALL, late), received(b"ab"));
    script.done();
}

#[test]
fn an_error_behind_data_is_answered_after_it() {
    let script = Script::default();
    let mut stream = connected(&script);
    script.expect([Line::Read(4, data(b"ab")), Line::Read(2, Err(Econnreset))]);
    assert_eq!(
        stream.recv(4, MsgFlags::WAITALL, blocking()),
        received(b"ab")
    );
    assert_eq!(
        stream.recv(4, MsgFlags::NONE, blocking()),
        error(Econnreset)
    );
    assert_eq!(stream.recv(4, MsgFlags::NONE, blocking()), received(b""));
    script.done();
}

#[test]
fn a_reset_is_answered_once_by_recv_and_then_the_connection_is_gone() {
    let script = Script::default();
    let mut stream = connected(&script);
    script.expect([Line::Read(1, Err(Econnreset))]);
    assert_eq!(
        stream.recv(1, MsgFlags::NONE, blocking()),
        error(Econnreset)
    );
    assert_eq!(stream.recv(1, MsgFlags::NONE, blocking()), received(b""));
    assert_eq!(send(&mut stream, b"x", blocking()), error(Epipe));
    assert_eq!(stream.getpeername(), Err(Enotconn));
    script.done();
}

#[test]
fn a_reset_that_send_sees_first_is_the_end_of_data_for_recv() {
    let script = Script::default();
    let mut stream = connected(&script);
    script.expect([Line::Write(1, Err(Econnreset))]);
    assert_eq!(send(&mut stream, b"x", blocking()), error(Econnreset));
    assert_eq!(send(&mut stream, b"x", blocking()), error(Epipe));
    script.expect([Line::Read(9, data(b"late")), Line::Read(9, Err(Econnreset))]);
    assert_eq!(
        stream.recv(9, MsgFlags::NONE, blocking()),
        received(b"late")
    );
    assert_eq!(stream.recv(9, MsgFlags::NONE, blocking()), received(b""));
    script.done();
}

#[test]
fn moving_data_without_a_connection_is_refused() {
    let script = Script::default();
    for mut stream in [unbound(&script), listening(&script)] {
        assert_eq!(stream.recv(1, MsgFlags::NONE, blocking()), error(Enotconn));
        assert_eq!(send(&mut stream, b"", blocking()), error(Epipe));
    }
    script.done();
}

#[test]
fn flags_that_are_not_implemented_are_refused() {
    let script = Script::default();
    let mut stream = connected(&script);
    for flag in [
        MsgFlags::OOB,
        MsgFlags::TRUNC,
        MsgFlags::ERRQUEUE,
        MsgFlags::MORE,
    ] {
        assert_eq!(stream.recv(1, flag, blocking()), error(Eopnotsupp));
        assert_eq!(
            stream.send(&mut Sending::default(), b"x", flag, blocking()),
            error(Eopnotsupp)
        );
    }
    assert_eq!(
        stream.send(&mut Sending::default(), b"x", MsgFlags::PEEK, blocking()),
        error(Eopnotsupp)
    );
    script.done();
}

#[test]
fn calls_that_move_data_wait_for_a_connection_that_is_under_way() {
    let script = Script::default();
    let mut stream = connecting(&script);
    script.expect([Line::FinishConnect(Ok(Progress::Pending))]);
    assert_eq!(stream.recv(1, MsgFlags::NONE, nonblocking()), error(Eagain));
    script.expect([Line::FinishConnect(Ok(Progress::Pending))]);
    assert_eq!(send(&mut stream, b"x", blocking()), wait(Interest::Connect));
    script.expect([Line::FinishConnect(Err(Econnrefused))]);
    assert_eq!(send(&mut stream, b"x", blocking()), error(Econnrefused));
    assert_eq!(send(&mut stream, b"x", blocking()), error(Epipe));
    script.done();
}

#[test]
fn an_attempt_that_failed_unseen_is_answered_once() {
    let script = Script::default();
    let mut stream = connecting(&script);
    script.expect([Line::FinishConnect(Err(Econnrefused))]);
    assert_eq!(stream.getpeername(), Err(Enotconn));
    assert_eq!(
        stream.recv(1, MsgFlags::NONE, blocking()),
        error(Econnrefused)
    );
    let end = stream.recv(1, MsgFlags::NONE, blocking());
    assert_eq!(end, Step::Ready(Ok(Vec::new())));
    script.done();
}

#[test]
fn a_blocking_send_answers_when_the_system_has_taken_everything() {
    let script = Script::default();
    let mut stream = connected(&script);
    let mut call = Sending::default();
    let mut turn = |script: &Script, lines: Vec<Line>| {
        script.expect(lines);
        stream.send(&mut call, b"0123456789", MsgFlags::NONE, blocking())
    };
    let step = turn(
        &script,
        Vec::from([
            Line::Write(10, Ok(Progress::Done(6))),
            Line::Write(4, Ok(Progress::Pending)),
        ]),
    );
    assert_eq!(step, wait(Interest::Write));
    let step = turn(
        &script,
        Vec::from([
            Line::Write(4, Ok(Progress::Done(4))),
            Line::Flushed(Ok(Progress::Pending)),
        ]),
    );
    assert_eq!(step, wait(Interest::Write));
    let step = turn(&script, Vec::from([Line::Flushed(Ok(Progress::Done(())))]));
    assert_eq!(step, Step::Ready(Ok(10)));
    script.done();
}

#[test]
fn a_non_blocking_send_answers_a_short_count_and_then_eagain() {
    let script = Script::default();
    let mut stream = connected(&script);
    script.expect([
        Line::Write(5, Ok(Progress::Done(3))),
        Line::Write(2, Ok(Progress::Pending)),
    ]);
    assert_eq!(
        send(&mut stream, b"01234", nonblocking()),
        Step::Ready(Ok(3))
    );
    script.expect([Line::Write(2, Ok(Progress::Pending))]);
    assert_eq!(send(&mut stream, b"34", nonblocking()), error(Eagain));
    script.done();
}

#[test]
fn an_error_behind_bytes_that_were_taken_is_answered_by_the_next_send() {
    // The last one is what a connection ends with whose peer does not answer any more; a call can run out of time too.
    for end in [Econnreset, Epipe, Etimedout] {
        let script = Script::default();
        let mut stream = connected(&script);
        script.expect([
            Line::Write(5, Ok(Progress::Done(3))),
            Line::Write(2, Err(end)),
        ]);
        assert_eq!(send(&mut stream, b"01234", blocking()), Step::Ready(Ok(3)));
        let poll = stream.poll().unwrap();
        assert_eq!(poll.ready, Readiness::WRITABLE | Readiness::ERROR);
        assert_eq!(poll.write, None, "the next send does not wait");
        assert_eq!(send(&mut stream, b"34", blocking()), error(end));
        assert_eq!(send(&mut stream, b"34", blocking()), error(Epipe));
        script.done();
    }
}

#[test]
fn send_is_cut_where_sendall_is_not() {
    let script = Script::default();
    let mut stream = connected(&script);
    let data = vec![0; MAX_TRANSFER + 1];
    let taken = |length| {
        script.expect([
            Line::Write(length, Ok(Progress::Done(length))),
            Line::Flushed(Ok(Progress::Done(()))),
        ]);
    };
    taken(MAX_TRANSFER);
    let sent = send(&mut stream, &data, blocking());
    assert_eq!(sent, Step::Ready(Ok(MAX_TRANSFER)));
    taken(data.len());
    let mut call = Sending::default();
    let sent = stream.sendall(&mut call, &data, MsgFlags::NONE, blocking());
    assert_eq!(sent, ok());
    script.done();
}

#[test]
fn sendall_has_one_timeout_for_the_whole_call() {
    let script = Script::default();
    let mut stream = connected(&script);
    let mut call = Sending::default();
    script.expect([
        Line::Write(5, Ok(Progress::Done(3))),
        Line::Write(2, Ok(Progress::Pending)),
    ]);
    let turn = within_a_second();
    let until = Some(SECOND);
    let step = stream.sendall(&mut call, b"01234", MsgFlags::NONE, turn);
    assert_eq!(
        step,
        Step::Wait(Wait {
            interest: Interest::Write,
            until
        })
    );
    script.expect([Line::Write(2, Ok(Progress::Pending))]);
    let step = stream.sendall(&mut call, b"01234", MsgFlags::NONE, turn.again(SECOND));
    assert_eq!(step, error(Etimedout));
    script.done();
}

#[test]
fn time_that_runs_out_while_flushing_is_still_success() {
    let script = Script::default();
    let mut stream = connected(&script);
    script.expect([
        Line::Write(2, Ok(Progress::Done(2))),
        Line::Flushed(Ok(Progress::Pending)),
    ]);
    assert_eq!(
        send(&mut stream, b"ab", within_a_second().again(SECOND)),
        Step::Ready(Ok(2))
    );
    script.done();
}

#[test]
fn memory_that_is_not_there_ends_nothing() {
    let script = Script::default();
    let mut stream = connected(&script);
    script.expect([
        Line::Read(9, Err(Enobufs)),
        Line::Read(9, Err(Enobufs)),
        Line::Read(9, data(b"data")),
        Line::Read(5, Err(Enobufs)),
    ]);
    assert_eq!(stream.recv(9, MsgFlags::NONE, blocking()), error(Enobufs));
    assert_eq!(stream.recv(9, MsgFlags::PEEK, blocking()), error(Enobufs));
    let all = stream.recv(9, MsgFlags::WAITALL, blocking());
    assert_eq!(all, Step::Ready(Ok(b"data".to_vec())), "what there is");

    script.expect([Line::Read(16 * 1024, Err(Enobufs))]);
    assert_eq!(stream.happened(Interest::Read), Readiness::READABLE);
    script.expect([Line::Write(1, Ok(Progress::Done(1)))]);
    let sent = stream.send(&mut Sending::default(), b"x", MsgFlags::NONE, nonblocking());
    assert_eq!(sent, Step::Ready(Ok(1)));
    script.done();
}
