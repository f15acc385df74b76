//! `docs/stream-states.md`, row by row.

use alloc::string::{String, ToString};

use super::*;
use crate::datagram::state::State;
use crate::document::{
    self, Row, THE_ERROR, arrows, arrows_of, check_complete, done, outcome, rows, so_error, step,
};
use crate::stream::How;

const CALLS: &str = "### Calls on a UDP socket";
const SHUT: &str = "### What is shut down of a UDP socket with a peer";

const STATES: [&str; 4] = ["Unbound", "Bound", "Connected", "Closed"];
const SHUT_DOWN: [&str; 4] = ["neither", "reading", "writing", "both"];

#[test]
fn every_row_about_calls_is_true() {
    let rows = rows(CALLS);
    check_complete(&rows, &STATES, |state, call| {
        // Without a peer there is none to send to, and with one `shutdown` has a table of its own.
        match call {
            "sendto the peer" => ["Unbound", "Bound"].contains(&state),
            "shutdown" => state == "Connected",
            _ => false,
        }
    });
    for row in rows {
        check(&row, in_state, name);
    }
}

#[test]
fn every_row_about_shutdown_is_true() {
    let rows = rows(SHUT);
    check_complete(&rows, &SHUT_DOWN, |_, _| false);
    for row in rows {
        check(&row, shut_down, what_is_shut_down);
    }
}

#[test]
fn the_picture_shows_what_the_table_says() {
    let arrows_of_rows = arrows_of(&rows(CALLS), ToString::to_string);
    assert_eq!(arrows("## UDP"), arrows_of_rows);
}

/// As for TCP: what the row says, from its state on; and where the call waits, without waiting and with the time up, too.
fn check(
    row: &Row,
    begin: impl Fn(&Script, &str) -> Datagram<Scripted>,
    name: impl Fn(&Datagram<Scripted>) -> String,
) {
    let turns = match row.answer.strip_prefix("waits, or ") {
        None => Vec::from([(blocking(), row.answer.as_str())]),
        Some(errno) => Vec::from([
            (blocking(), "waits"),
            (nonblocking(), errno),
            (within_a_second().again(SECOND), "`ETIMEDOUT`"),
        ]),
    };
    for (turn, expected) in turns {
        let script = Script::default();
        let mut datagram = begin(&script, &row.state);
        assert_eq!(name(&datagram), row.state);
        script.expect(row.below.iter().map(|(call, how)| line(row, call, how)));

        let answer = call(&mut datagram, &row.call, turn);
        assert_eq!(answer, expected, "{row:?}");
        assert_eq!(name(&datagram), row.next, "{row:?}");
        script.done();
    }
}

fn call(datagram: &mut Datagram<Scripted>, call: &str, turn: Turn) -> String {
    match call {
        "bind" => outcome(datagram.bind(local()), done),
        "connect" => outcome(datagram.connect(peer()), done),
        "disconnect" => outcome(datagram.disconnect(), done),
        "recvfrom" => step(datagram.recvfrom(9, MsgFlags::NONE, turn), |received| {
            document::data(&received.data)
        }),
        "send" => step(datagram.send(b"x", MsgFlags::NONE, turn), done),
        "sendto" => step(
            datagram.sendto(b"x", MsgFlags::NONE, stranger(), turn),
            done,
        ),
        "sendto the peer" => step(datagram.sendto(b"x", MsgFlags::NONE, peer(), turn), done),
        "listen" => outcome(datagram.unsupported(), done::<()>),
        "shutdown" | "shutdown both" => outcome(datagram.shutdown(How::Both), done),
        "shutdown read" => outcome(datagram.shutdown(How::Read), done),
        "shutdown write" => outcome(datagram.shutdown(How::Write), done),
        "getsockname" => outcome(datagram.getsockname(), done),
        "getpeername" => outcome(datagram.getpeername(), done),
        "SO_ERROR" => outcome(datagram.take_error(), so_error),
        "poll" => outcome(datagram.poll(), |poll| {
            if poll.ready.is_none() && poll.read.is_some() && poll.write.is_some() {
                "readable or writable when the layer below says so".into()
            } else {
                document::readiness(poll.ready)
            }
        }),
        "close" => {
            datagram.close();
            "done".into()
        }
        other => panic!("no such call: {other}"),
    }
}

/// What a step of a row is in the script.
fn line(row: &Row, call: &str, how: &str) -> Line {
    let bound = match row.call.as_str() {
        "bind" => local(),
        _ => Family::Inet.wildcard(),
    };
    let new_peer = (row.call == "connect").then(peer);
    let recipient = (row.call == "sendto").then(stranger);
    match call {
        "bind" => Line::Bind(bound, went(how)),
        "connect" => Line::Connect(new_peer, went(how)),
        "receive" | "take_queued" if how == "data" => arrived(b"data"),
        "receive" | "take_queued" if how == "waits" => nothing_queued(),
        "receive" | "take_queued" => Line::Receive(Err(went(how).err().unwrap_or(THE_ERROR))),
        "send" if how == "waits" => Line::Send(1, recipient, Ok(Progress::Pending)),
        "send" => Line::Send(1, recipient, went(how).map(Progress::Done)),
        "local_address" => Line::LocalAddress(went(how).map(|()| local())),
        other => panic!("core asks no {other}"),
    }
}

fn went(how: &str) -> Result<(), Errno> {
    match how {
        "done" => Ok(()),
        "fails" => Err(THE_ERROR),
        other => panic!("nothing goes like that: {other}"),
    }
}

fn in_state(script: &Script, name: &str) -> Datagram<Scripted> {
    match name {
        "Unbound" => unbound(script),
        "Bound" => bound(script),
        "Connected" => connected(script),
        "Closed" => closed(script),
        _ => panic!("no such state: {name}"),
    }
}

/// What the document calls the state that a socket is in.
fn name(datagram: &Datagram<Scripted>) -> String {
    let name = match &datagram.state {
        State::Unbound { .. } => "Unbound",
        State::Bound { .. } => "Bound",
        State::Connected { .. } => "Connected",
        State::Closed => "Closed",
    };
    name.into()
}

/// A socket with a peer, of which this is shut down.
fn shut_down(script: &Script, what: &str) -> Datagram<Scripted> {
    let mut datagram = connected(script);
    datagram.receiving_shut = ["reading", "both"].contains(&what);
    datagram.sending_shut = ["writing", "both"].contains(&what);
    datagram
}

fn what_is_shut_down(datagram: &Datagram<Scripted>) -> String {
    assert_eq!(name(datagram), "Connected");
    let what = match (datagram.receiving_shut, datagram.sending_shut) {
        (false, false) => "neither",
        (true, false) => "reading",
        (false, true) => "writing",
        (true, true) => "both",
    };
    what.into()
}
