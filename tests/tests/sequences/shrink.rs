//! The shortest sequence that shows a difference.
//!
//! What cannot be carried out is left out when a sequence runs, so every part of a sequence is one. That is why lines
//! can be taken away and changed one by one, which leads to less than undoing the choices of a generator would.

use wasock_conformance::sequence::{Action, Call, Name, Patience, Place};
use wasock_core::addr::Family;
use wasock_core::flags::MsgFlags;

/// The shortest and simplest that `fails`, as `calls` does.
pub(crate) fn shortest(mut calls: Vec<Call>, mut fails: impl FnMut(&[Call]) -> bool) -> Vec<Call> {
    loop {
        let before = calls.clone();
        calls = simplest(shorter(calls, &mut fails), &mut fails);
        if calls == before {
            return calls;
        }
    }
}

/// Without what it does not need.
fn shorter(mut calls: Vec<Call>, fails: &mut impl FnMut(&[Call]) -> bool) -> Vec<Call> {
    let mut piece = calls.len() / 2;
    while piece > 0 {
        let before = calls.len();
        calls = without_pieces(calls, piece, fails);
        if piece > 1 || calls.len() == before {
            piece /= 2;
        }
    }
    calls
}

/// With simpler calls, all of them in IPv4, and sockets that are counted from 0 on.
fn simplest(mut calls: Vec<Call>, fails: &mut impl FnMut(&[Call]) -> bool) -> Vec<Call> {
    for simpler in [in_v4, counted] {
        let changed = simpler(&calls);
        if changed != calls && fails(&changed) {
            calls = changed;
        }
    }
    for place in 0..calls.len() {
        for action in simpler(calls[place].action) {
            let mut changed = calls.clone();
            changed[place].action = action;
            if changed != calls && fails(&changed) {
                calls = changed;
                break;
            }
        }
    }
    calls
}

/// Without those pieces of this length that it does not need, from the end on. Small ones are looked for everywhere.
fn without_pieces(
    mut calls: Vec<Call>,
    piece: usize,
    fails: &mut impl FnMut(&[Call]) -> bool,
) -> Vec<Call> {
    let step = if piece > 2 { piece } else { 1 };
    let mut end = calls.len();
    while end > 0 {
        let start = end.saturating_sub(piece);
        let mut fewer = calls.clone();
        fewer.drain(start..end);
        if fails(&fewer) {
            calls = fewer;
            end = start;
        } else {
            end -= step.min(end);
        }
    }
    calls
}

fn in_v4(calls: &[Call]) -> Vec<Call> {
    let mut calls = calls.to_vec();
    for call in &mut calls {
        if let Action::Create(family, _) = &mut call.action {
            *family = Family::Inet;
        }
    }
    calls
}

fn counted(calls: &[Call]) -> Vec<Call> {
    let mut names: Vec<Name> = Vec::new();
    let mut number = |name: &mut Name| {
        let known = names.iter().position(|it| it == name);
        let place = known.unwrap_or_else(|| {
            names.push(*name);
            names.len() - 1
        });
        *name = Name::try_from(place).unwrap_or(Name::MAX);
    };
    let mut calls = calls.to_vec();
    for call in &mut calls {
        number(&mut call.socket);
        match &mut call.action {
            Action::Accept(name) => number(name),
            Action::Bind(place) | Action::Connect(place) | Action::Sendto(_, _, place) => {
                if let Place::Of(name) | Place::LoopbackOf(name) | Place::WildcardOf(name) = place {
                    number(name);
                }
            }
            _ => {}
        }
    }
    calls
}

/// Other forms of a call, the simplest first.
fn simpler(action: Action) -> Vec<Action> {
    const PLAIN: MsgFlags = MsgFlags::NONE;
    match action {
        Action::Listen(backlog) if backlog != 5 => vec![Action::Listen(5)],
        Action::Send(length, flags) => {
            vec![
                Action::Send(1, PLAIN),
                Action::Send(1, flags),
                Action::Send(length, PLAIN),
            ]
        }
        Action::Sendall(length, flags) => {
            vec![
                Action::Send(1, PLAIN),
                Action::Send(length, flags),
                Action::Sendall(1, flags),
            ]
        }
        Action::Sendto(length, flags, place) => {
            vec![
                Action::Send(1, PLAIN),
                Action::Sendto(1, PLAIN, place),
                Action::Sendto(1, flags, place),
                Action::Sendto(length, PLAIN, place),
            ]
        }
        Action::Recv(length, flags) => {
            vec![
                Action::Recv(1, PLAIN),
                Action::Recv(1, flags),
                Action::Recv(length, PLAIN),
            ]
        }
        Action::Recvfrom(length, flags) => {
            vec![
                Action::Recv(length, flags),
                Action::Recvfrom(1, PLAIN),
                Action::Recvfrom(1, flags),
            ]
        }
        Action::RecvInto(_, length, flags) => {
            vec![Action::Recv(length, flags), Action::RecvInto(0, 1, PLAIN)]
        }
        Action::RecvfromInto(_, length, flags) => {
            vec![
                Action::Recv(length, flags),
                Action::Recvfrom(length, flags),
                Action::RecvfromInto(0, 1, PLAIN),
            ]
        }
        Action::Settimeout(Patience::Short) => vec![Action::Settimeout(Patience::None)],
        _ => Vec::new(),
    }
}
