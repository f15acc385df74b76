//! A resolver that answers as the input says, and what becomes of its answers.

use std::cell::Cell;
use std::net::IpAddr;

use wasock_core::addr::Family;
use wasock_core::backend::Progress;
use wasock_core::names::{AddrInfo, AddrInfoFlags, Answers, Eai, Lookup, Plan, Query, Translation};
use wasock_core::{Errno, SockAddr};

use super::check_answer;
use crate::input::Input;

/// The most addresses of an answer.
const MOST: usize = 256;

/// A resolver at work. It must not be asked on after its last word.
struct Resolver<'i, 'a> {
    input: &'i Cell<Input<'a>>,
    said: &'i Cell<Vec<IpAddr>>,
    last_word: &'i Cell<Option<Result<(), Eai>>>,
}

impl Answers for Resolver<'_, '_> {
    fn next(&mut self) -> Result<Progress<Option<IpAddr>>, Eai> {
        assert_eq!(self.last_word.get(), None, "asked on");
        let mut input = self.input.get();
        let address = match input.byte() {
            0..=63 => None,
            64..=127 => Some(IpAddr::from(input.array::<4>())),
            128..=159 => Some(IpAddr::from(input.array::<16>())),
            160..=191 => {
                let [a, b] = input.array();
                Some(IpAddr::from([0, 0, 0, 0, 0, 0xffff, a.into(), b.into()]))
            }
            192..=223 => {
                self.last_word.set(Some(Ok(())));
                self.input.set(input);
                return Ok(Progress::Done(None));
            }
            choice => {
                let errors = [Eai::Noname, Eai::Again, Eai::Fail];
                let error = errors[usize::from(choice) % errors.len()];
                self.last_word.set(Some(Err(error)));
                self.input.set(input);
                return Err(error);
            }
        };
        self.input.set(input);
        let Some(address) = address else {
            return Ok(Progress::Pending);
        };
        let mut said = self.said.take();
        said.push(address);
        self.said.set(said);
        Ok(Progress::Done(Some(address)))
    }
}

/// Plays a translation to its end, or gives it up on the way.
pub(super) fn translate(query: &Query<'_>, planned: Result<Plan, Eai>, input: &mut Input<'_>) {
    let (shared, said, last_word) = (Cell::new(*input), Cell::default(), Cell::new(None));
    let resolver = |_: &Lookup| {
        Ok(Resolver {
            input: &shared,
            said: &said,
            last_word: &last_word,
        })
    };
    let mut translation = match (Translation::start(query, resolver), &planned) {
        (Ok(translation), Ok(_)) => translation,
        (Err(error), Err(same)) if error == *same => return,
        (_, planned) => panic!("another outcome than that of {planned:?}"),
    };

    loop {
        let mut next = shared.get();
        let choice = next.below(8);
        let is_at_end = next.is_empty();
        shared.set(next);
        match choice {
            _ if is_at_end => break,
            7 => translation.cancel(),
            6 => break,
            _ => {
                if translation.is_answered() == Ok(true) {
                    break;
                }
            }
        }
    }
    let outcome = translation.finish();
    if outcome != Err(Eai::Inprogress) {
        assert_eq!(translation.finish(), outcome, "an answer stays");
    }
    match (planned, &outcome) {
        (Ok(Plan::Answer(answer)), outcome) => assert_eq!(*outcome, Ok(answer)),
        (Ok(Plan::Lookup(_)), Ok(answer)) => check_found(answer, query, &said.take()),
        (Ok(Plan::Lookup(_)), Err(error)) => match (last_word.get(), error) {
            (Some(Err(said)), error) => assert_eq!(*error, said),
            (None, Eai::Inprogress | Eai::Canceled) | (_, Eai::Nodata) => {}
            (said, error) => panic!("{error:?} after {said:?}"),
        },
        (Err(error), _) => panic!("{error:?}, and yet it started"),
    }

    translation.close();
    assert_eq!(translation.finish(), Err(Eai::Canceled));
    assert_eq!(translation.is_answered(), Err(Errno::Ebadf));
    assert!(translation.below().is_none());
    *input = shared.get();
}

/// Addresses that the resolver said, each once, in its order.
fn check_found(answer: &[AddrInfo], query: &Query<'_>, said: &[IpAddr]) {
    check_answer(answer, query);
    let mut found: Vec<IpAddr> = answer.iter().map(|entry| entry.address.ip()).collect();
    // There is an entry for each type of socket.
    found.dedup();
    assert!(found.len() <= MOST);
    for (place, address) in found.iter().enumerate() {
        assert!(!found[..place].contains(address), "{address} twice");
        let is_mapped = |ip: &IpAddr| matches!((ip, address), (IpAddr::V4(v4), IpAddr::V6(v6)) if v4.to_ipv6_mapped() == *v6);
        let maps = query.flags.contains(AddrInfoFlags::V4MAPPED);
        assert!(
            said.iter()
                .any(|ip| ip == address || (maps && is_mapped(ip))),
            "{address} is nobody's answer"
        );
    }
    // Where nothing is mapped, the order is that of the resolver.
    if !query.flags.contains(AddrInfoFlags::V4MAPPED) {
        let mut rest = said.iter();
        for address in &found {
            assert!(rest.any(|ip| ip == address), "{address} out of order");
        }
        let wanted = |ip: &&IpAddr| {
            let family = Family::of(&SockAddr::new(**ip, 0));
            answer.iter().any(|entry| entry.family == family)
        };
        let left_out = said.iter().filter(wanted).find(|ip| !found.contains(ip));
        assert!(
            left_out.is_none() || found.len() == MOST,
            "{left_out:?} is left out"
        );
    }
}
