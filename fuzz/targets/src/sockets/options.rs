//! What is held of options, and of the error that waits.

use wasock_core::sockopt::SockOpt;
use wasock_core::{Errno, Instant, Step};

use super::calls::at_once;
use super::held::Held;
use crate::layer::Layer;

const NONE: &[Errno] = &[];
const GET: &[Errno] = &[Errno::Enoprotoopt];
const SET: &[Errno] = &[Errno::Enoprotoopt, Errno::Einval];

/// Values in and out of the ranges of all options.
const VALUES: [i32; 10] = [1, 0, 2, -1, 127, 255, 256, 32_768, i32::MIN, i32::MAX];

/// A call about options.
pub(super) fn call<'a>(held: &mut Held<'a>, layer: &mut Layer<'a>, now: &mut Instant) {
    let choice = layer.input().below(4);
    match choice {
        0 => get(held, layer, now),
        1 => set(held, layer, now),
        2 => kind(held, layer, now),
        _ => {
            error(held, layer, now);
        }
    }
}

/// Any option; and what was set is what there is.
fn get<'a>(held: &mut Held<'a>, layer: &mut Layer<'a>, now: &mut Instant) {
    let option = layer.input().pick(&SockOpt::ALL);
    if !held.chosen.iter().any(|(known, _)| *known == option) {
        held.call(layer, now, at_once(GET), |socket, layer, _| {
            Step::Ready(socket.getsockopt(layer, option))
        });
    }
    check_chosen(held, layer, now);
}

/// Every option has the value that it was set to, whatever became of the socket below.
pub(super) fn check_chosen<'a>(held: &mut Held<'a>, layer: &mut Layer<'a>, now: &mut Instant) {
    let mut chosen = held.chosen.clone();
    // The last that was set of each is what counts.
    while let Some((option, value)) = chosen.pop() {
        chosen.retain(|(known, _)| *known != option);
        // A socket below may fail to be made, but it has the option.
        let answer = held.call(layer, now, at_once(NONE), |socket, layer, _| {
            Step::Ready(socket.getsockopt(layer, option))
        });
        if let Some(Ok(found)) = answer {
            assert_eq!(found, value, "{option:?}");
        }
    }
}

fn set<'a>(held: &mut Held<'a>, layer: &mut Layer<'a>, now: &mut Instant) {
    let option = layer.input().pick(&SockOpt::ALL);
    let value = layer.input().pick(&VALUES);
    let has_address = held.has_address();
    let answer = held.call(layer, now, at_once(SET), |socket, layer, _| {
        Step::Ready(socket.setsockopt(layer, option, value))
    });
    if answer == Some(Ok(())) {
        assert!(option != SockOpt::Ipv6V6only || !has_address);
        // Of a stream, this one is known to core only.
        assert!(option == SockOpt::SoReuseaddr || !layer.refuses(option));
        held.chosen.push((option, value));
    }
}

fn kind<'a>(held: &mut Held<'a>, layer: &mut Layer<'a>, now: &mut Instant) {
    let listens = held.call(layer, now, at_once(NONE), |socket, _, _| {
        Step::Ready(socket.is_listening())
    });
    let answer = held.call(layer, now, at_once(NONE), |socket, _, _| {
        Step::Ready(socket.kind())
    });
    if !held.is_closed() {
        assert_eq!(listens, Some(Ok(held.listens)));
        assert_eq!(answer, Some(Ok(held.kind)));
    }
}

/// `SO_ERROR`, and whether there was one.
pub(super) fn error<'a>(held: &mut Held<'a>, layer: &mut Layer<'a>, now: &mut Instant) -> bool {
    let answer = held.call(layer, now, at_once(NONE), |socket, _, _| {
        Step::Ready(socket.take_error())
    });
    match answer {
        Some(Ok(Some(error))) => {
            held.told(error);
            true
        }
        _ => false,
    }
}
