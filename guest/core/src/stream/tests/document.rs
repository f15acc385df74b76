//! `docs/stream-states.md`, row by row.

use alloc::format;
use alloc::string::{String, ToString};

use super::*;
use crate::backend::Read;
use crate::document::{
    self, Row, THE_ERROR, arrows, arrows_of, check_complete, done, outcome, rows, so_error, step,
};
use crate::flags::MsgFlags;
use crate::readiness::Poll;
use crate::script;
use crate::stream::connection::{Connection, Receiving, Report, SendingHalf};
use crate::stream::poll::PROBE;
use crate::stream::state::{Failure, State};
use crate::stream::{Closing, How, Sending};

const CALLS: &str = "### Calls on a TCP socket";
const HALVES: &str = "#### Both";

/// Every state, with the words behind it.
const STATES: [&str; 14] = [
    "Unbound",
    "Unbound spent",
    "Unbound failed",
    "Unbound told",
    "Bound",
    "Bound spent",
    "Bound failed",
    "Bound told",
    "Listening",
    "Connecting",
    "Connecting bound",
    "Connected unreported",
    "Connected",
    "Closed",
];

/// What of a connection is a matter of its halves.
const OF_HALVES: [&str; 6] = [
    "recv",
    "send",
    "shutdown",
    "getpeername",
    "SO_ERROR",
    "poll",
];

/// How much is asked for.
const LENGTH: usize = 9;

#[test]
fn every_row_about_calls_is_true() {
    let rows = rows(CALLS);
    check_complete(&rows, &STATES, |state, call| {
        state.starts_with("Connected") && OF_HALVES.contains(&call)
    });
    for row in rows {
        check(&row, in_state, name);
    }
}

#[test]
fn every_row_about_halves_is_true() {
    let rows: Vec<Row> = rows(HALVES).iter().flat_map(each_half).collect();
    let all: Vec<String> = each_half(&anything())
        .into_iter()
        .map(|row| row.state)
        .collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    check_complete(&rows, &all, |halves, call| {
        // Nobody waits for a half that cannot say anything new, and nobody looks for an end that was found.
        call == "woken to read" && !halves.starts_with("Open")
    });
    for row in rows {
        check(&row, with_halves, halves);
    }
}

#[test]
fn the_pictures_show_what_the_tables_say() {
    let first = |state: &str| state.split(' ').next().unwrap_or(state).to_string();
    assert_eq!(arrows("## TCP"), arrows_of(&rows(CALLS), first));

    let rows: Vec<Row> = rows(HALVES).iter().flat_map(each_half).collect();
    for (heading, half) in [("#### Receiving", 0), ("#### Sending", 1)] {
        let shown = |halves: &str| halves.split('/').nth(half).unwrap_or("?").to_string();
        assert_eq!(arrows(heading), arrows_of(&rows, shown), "{heading}");
    }
}

/// Does what the row says, from its state on, and looks at the answer and at the state after it. Where the call waits, that is
/// done once more without waiting, and once with the time up.
fn check(
    row: &Row,
    begin: impl Fn(&Script, &str) -> Stream<Scripted>,
    name: impl Fn(&Stream<Scripted>) -> String,
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
        let mut stream = begin(&script, &row.state);
        assert_eq!(name(&stream), row.state);
        script.expect(row.below.iter().map(|(call, how)| line(row, call, how)));

        let answer = call(&mut stream, &script, &row.call, turn);
        assert_eq!(answer, expected, "{row:?}");
        assert_eq!(name(&stream), row.next, "{row:?}");
        script.done();
    }
}

fn call(stream: &mut Stream<Scripted>, script: &Script, call: &str, turn: Turn) -> String {
    let backend = &mut script.clone();
    let sending = &mut Sending::default();
    match call {
        "bind" => outcome(stream.bind(backend, local()), done),
        "listen" => outcome(stream.listen(backend, 5), done),
        "accept" => step(stream.accept(turn), done),
        "connect" => step(stream.connect(backend, peer(), turn), done),
        "recv" => step(stream.recv(LENGTH, MsgFlags::NONE, turn), |data| {
            document::data(&data)
        }),
        "send" => step(stream.send(sending, b"x", MsgFlags::NONE, turn), done),
        "shutdown" | "shutdown both" => outcome(stream.shutdown(How::Both), done),
        "shutdown read" => outcome(stream.shutdown(How::Read), done),
        "shutdown write" => outcome(stream.shutdown(How::Write), done),
        "getsockname" => outcome(stream.getsockname(), done),
        "getpeername" => outcome(stream.getpeername(), done),
        "SO_ERROR" => outcome(stream.take_error(), so_error),
        "poll" => match stream.poll() {
            Ok(poll) => polled(stream, poll),
            Err(error) => outcome::<()>(Err(error), done),
        },
        "woken to read" => document::readiness(stream.happened(Interest::Read)),
        "close" => match stream.close() {
            None => "done".into(),
            Some(Closing { .. }) => "done, and goes on delivering".into(),
        },
        other => panic!("no such call: {other}"),
    }
}

/// What a program is told: an attempt to connect is looked at, whatever was asked for.
fn polled(stream: &mut Stream<Scripted>, poll: Poll) -> String {
    match (poll.read, poll.write) {
        (_, Some(Interest::Connect)) => document::readiness(stream.happened(Interest::Connect)),
        (Some(Interest::Accept), None) => "readable when a connection waits".into(),
        (Some(Interest::Read), Some(Interest::Write)) => {
            "readable or writable when the layer below says so".into()
        }
        _ => document::readiness(poll.ready),
    }
}

/// What a step of a row is in the script.
fn line(row: &Row, call: &str, how: &str) -> Line {
    let bound = if row.call == "bind" || row.state.starts_with("Bound") {
        local()
    } else {
        Family::Inet.wildcard()
    };
    let most = match row.call.as_str() {
        "SO_ERROR" => 64 * 1024,
        "woken to read" => PROBE,
        _ => LENGTH,
    };
    match call {
        "create" => Line::Create(went(how)),
        "bind" => Line::Bind(bound, went(how)),
        "local_address" => Line::LocalAddress(went(how).map(|()| local())),
        "listen" => Line::Listen(5, went(how)),
        "accept" if how == "aborted" => Line::Accept(Err(Errno::Econnaborted)),
        "accept" => Line::Accept(goes(how, peer())),
        "start_connect" => Line::StartConnect(peer(), went(how)),
        "finish_connect" => Line::FinishConnect(goes(how, ())),
        "read" => Line::Read(most, read(how)),
        "write" => Line::Write(1, goes(how, 1)),
        "flushed" => Line::Flushed(goes(how, ())),
        "shutdown_write" => Line::ShutdownWrite(went(how)),
        "peer_address" if how == "gone" => Line::PeerAddress(Err(Errno::Enotconn)),
        "peer_address" => Line::PeerAddress(went(how).map(|()| peer())),
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

fn goes<T>(how: &str, value: T) -> Result<Progress<T>, Errno> {
    match how {
        "waits" => Ok(Progress::Pending),
        how => went(how).map(|()| Progress::Done(value)),
    }
}

fn read(how: &str) -> Result<Read, Errno> {
    match how {
        "data" => script::data(b"data"),
        "end" => Ok(Read::End),
        "waits" => Ok(Read::Pending),
        how => Err(went(how).err().unwrap_or(THE_ERROR)),
    }
}

/// A socket in a state of the document.
fn in_state(script: &Script, name: &str) -> Stream<Scripted> {
    let (state, word) = name.split_once(' ').unwrap_or((name, ""));
    let socket = (word.is_empty()).then(|| script.socket());
    let connecting = |bound| State::Connecting {
        socket: script.socket(),
        bound,
        outdated: false,
    };
    let state = match (state, word) {
        ("Unbound", _) => State::Unbound { socket },
        ("Bound", _) => State::Bound {
            socket,
            address: local(),
        },
        ("Listening", "") => State::Listening {
            socket: script.socket(),
        },
        ("Connecting", "") => connecting(None),
        ("Connecting", "bound") => connecting(Some(local())),
        ("Connected", "") => State::Connected(Connection::new(script.socket(), Report::Done)),
        ("Connected", "unreported") => {
            State::Connected(Connection::new(script.socket(), Report::Later))
        }
        ("Closed", "") => State::Closed,
        _ => panic!("no such state: {name}"),
    };
    let mut stream = Stream::in_state(Family::Inet, state);
    stream.failure = match word {
        "failed" => Some(Failure::Untold(THE_ERROR)),
        "told" => Some(Failure::Told),
        _ => None,
    };
    stream
}

/// What the document calls the state that a socket is in.
fn name(stream: &Stream<Scripted>) -> String {
    let (state, word) = match &stream.state {
        State::Unbound { socket: Some(_) } => ("Unbound", ""),
        State::Unbound { socket: None } => ("Unbound", "spent"),
        State::Bound {
            socket: Some(_), ..
        } => ("Bound", ""),
        State::Bound { socket: None, .. } => ("Bound", "spent"),
        State::Listening { .. } => ("Listening", ""),
        State::Connecting { bound: None, .. } => ("Connecting", ""),
        State::Connecting { bound: Some(_), .. } => ("Connecting", "bound"),
        State::Connected(connection) => match connection.report {
            Report::Done => ("Connected", ""),
            Report::Later => ("Connected", "unreported"),
        },
        State::Closed => return "Closed".into(),
    };
    let word = match stream.failure {
        None => word,
        Some(Failure::Untold(_)) => "failed",
        Some(Failure::Told) => "told",
    };
    format!("{state} {word}").trim_end().to_string()
}

/// A connection whose halves are these.
fn with_halves(script: &Script, halves: &str) -> Stream<Scripted> {
    let mut stream = in_state(script, "Connected");
    if let State::Connected(connection) = &mut stream.state {
        (connection.receiving, connection.sending) = match halves.split_once('/') {
            Some((receiving, sending)) => (
                match receiving {
                    "Open" => Receiving::Open,
                    "Shut" => Receiving::Shut,
                    "Ended" => Receiving::Ended,
                    other => panic!("no such half: {other}"),
                },
                match sending {
                    "Open" => SendingHalf::Open,
                    "Shut" => SendingHalf::Shut,
                    "Broken" => SendingHalf::Broken,
                    other => panic!("no such half: {other}"),
                },
            ),
            None => panic!("not two halves: {halves}"),
        };
    }
    stream
}

/// What the document calls the halves of a connection.
fn halves(stream: &Stream<Scripted>) -> String {
    let State::Connected(connection) = &stream.state else {
        panic!("not connected: {}", name(stream))
    };
    format!("{:?}/{:?}", connection.receiving, connection.sending)
}

/// A row for each half that `any` stands for.
fn each_half(row: &Row) -> Vec<Row> {
    let mut rows = Vec::new();
    for receiving in ["Open", "Shut", "Ended"] {
        for sending in ["Open", "Shut", "Broken"] {
            let halves = format!("{receiving}/{sending}");
            let Some((of_receiving, of_sending)) = row.state.split_once('/') else {
                panic!("not two halves: {row:?}")
            };
            let meant = ["any", receiving].contains(&of_receiving)
                && ["any", sending].contains(&of_sending);
            if !meant {
                continue;
            }
            let next = if row.next == row.state {
                halves.clone()
            } else {
                let next = row.next.replace("same/", &format!("{receiving}/"));
                next.replace("/same", &format!("/{sending}"))
            };
            rows.push(Row {
                state: halves,
                next,
                ..row.clone()
            });
        }
    }
    rows
}

/// A row about every half.
fn anything() -> Row {
    Row {
        state: "any/any".into(),
        call: String::new(),
        below: Vec::new(),
        next: "any/any".into(),
        answer: String::new(),
    }
}
