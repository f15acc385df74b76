//! A translation that goes on in the background: `getaddrinfo` in steps.

use alloc::vec::Vec;
use core::net::IpAddr;

use crate::Errno;
use crate::backend::Progress;

use super::{AddrInfo, Eai, Families, Lookup, Plan, Query, plan};

/// How many addresses are taken from a resolver; there may be duplicates and other families among them.
const MAX_ANSWERS: usize = 4096;

/// The answers of a resolver to one name. Every call returns at once.
pub trait Answers {
    /// The next address, or none after the last.
    ///
    /// # Errors
    /// `EAI_NONAME`, `EAI_AGAIN`, `EAI_FAIL`.
    fn next(&mut self) -> Result<Progress<Option<IpAddr>>, Eai>;
}

/// One call of `getaddrinfo`.
#[derive(Debug)]
pub struct Translation<A> {
    state: State<A>,
}

#[derive(Debug)]
enum State<A> {
    /// The resolver is at work. Left when it has answered everything, by `cancel` and by `close`.
    Waiting {
        lookup: Lookup,
        answers: A,
        addresses: Vec<IpAddr>,
    },
    /// There is an answer. Left by `close` only.
    Answered(Result<Vec<AddrInfo>, Eai>),
    /// Given up. Left by `close` only.
    Cancelled,
    /// Closed. Never left.
    Closed,
}

impl<A: Answers> Translation<A> {
    /// Starts a translation; `ask` starts a lookup of a name, where one is needed.
    ///
    /// # Errors
    /// Those of [`plan`], which need no resolver.
    pub fn start(
        query: &Query<'_>,
        ask: impl FnOnce(&Lookup) -> Result<A, Eai>,
    ) -> Result<Self, Eai> {
        let state = match plan(query)? {
            Plan::Answer(answer) => State::Answered(Ok(answer)),
            Plan::Lookup(lookup) => match ask(&lookup) {
                Ok(answers) => State::Waiting {
                    lookup,
                    answers,
                    addresses: Vec::new(),
                },
                Err(error) => State::Answered(Err(error)),
            },
        };
        Ok(Self { state })
    }

    /// Takes what the resolver has answered by now. Whether there is nothing more to wait for.
    ///
    /// # Errors
    /// `EBADF` when it is closed.
    pub fn is_answered(&mut self) -> Result<bool, Errno> {
        let State::Waiting {
            lookup,
            answers,
            addresses,
        } = &mut self.state
        else {
            return match self.state {
                State::Closed => Err(Errno::Ebadf),
                _ => Ok(true),
            };
        };
        let outcome = loop {
            match answers.next() {
                Ok(Progress::Pending) => return Ok(false),
                Ok(Progress::Done(Some(address))) => {
                    addresses.push(address);
                    if addresses.len() < MAX_ANSWERS {
                        continue;
                    }
                }
                Ok(Progress::Done(None)) => {}
                Err(error) => break Err(error),
            }
            // Which families the machine has on its network, only the resolver of the host knows.
            break lookup.finish(addresses.drain(..), None, Families::BOTH);
        };
        self.state = State::Answered(outcome);
        Ok(true)
    }

    /// The answer, as often as it is asked for.
    ///
    /// # Errors
    /// `EAI_INPROGRESS` while there is none, `EAI_CANCELED` when there will be none; those of the lookup.
    pub fn finish(&mut self) -> Result<Vec<AddrInfo>, Eai> {
        match self.is_answered() {
            Ok(true) => {}
            Ok(false) => return Err(Eai::Inprogress),
            Err(_) => return Err(Eai::Canceled),
        }
        match &self.state {
            State::Answered(answer) => answer.clone(),
            State::Waiting { .. } => Err(Eai::Inprogress),
            State::Cancelled | State::Closed => Err(Eai::Canceled),
        }
    }

    /// Gives up waiting. An answer that is there stays.
    pub fn cancel(&mut self) {
        if let State::Waiting { .. } = self.state {
            self.state = State::Cancelled;
        }
    }

    /// Closes it. Closing again does nothing.
    pub fn close(&mut self) {
        self.state = State::Closed;
    }

    /// Whether it is closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed)
    }

    /// The resolver at work, for a driver that must wait on it.
    #[must_use]
    pub fn below(&self) -> Option<&A> {
        match &self.state {
            State::Waiting { answers, .. } => Some(answers),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::VecDeque;

    use super::*;
    use crate::create::{AddressFamily, SocketType};
    use crate::names::AddrInfoFlags;

    type Next = Result<Progress<Option<IpAddr>>, Eai>;

    /// A resolver that plays a script.
    struct Scripted(VecDeque<Next>);

    impl Answers for Scripted {
        fn next(&mut self) -> Next {
            self.0.pop_front().unwrap_or(Ok(Progress::Pending))
        }
    }

    fn start(script: impl IntoIterator<Item = Next>) -> Translation<Scripted> {
        let script = script.into_iter().collect();
        Translation::start(&query("name.test"), |_| Ok(Scripted(script))).unwrap()
    }

    fn query(host: &str) -> Query<'_> {
        Query {
            host: Some(host),
            service: Some("80"),
            family: AddressFamily::Unspec,
            r#type: SocketType::Stream,
            protocol: 0,
            flags: AddrInfoFlags::NONE,
        }
    }

    fn address(last: u8) -> Next {
        Ok(Progress::Done(Some(IpAddr::from([192, 0, 2, last]))))
    }

    #[test]
    fn what_needs_no_resolver_is_answered_at_once() {
        let translation = Translation::<Scripted>::start(&query("127.0.0.1"), |_| panic!("asked"));
        let answer = translation.unwrap().finish().unwrap();
        assert_eq!(answer.len(), 1);
        assert!(Translation::<Scripted>::start(&query("a b"), |_| panic!("asked")).is_err());
    }

    #[test]
    fn addresses_are_collected_as_they_come_and_the_answer_stays() {
        let mut translation = start([
            Ok(Progress::Pending),
            address(1),
            Ok(Progress::Pending),
            address(2),
            Ok(Progress::Done(None)),
        ]);
        assert_eq!(translation.finish(), Err(Eai::Inprogress));
        assert_eq!(translation.is_answered(), Ok(false));
        assert!(translation.below().is_some());
        for _ in 0..2 {
            assert_eq!(translation.finish().unwrap().len(), 2);
        }
        assert!(translation.below().is_none());
    }

    #[test]
    fn an_error_is_an_answer() {
        for error in [Eai::Noname, Eai::Again, Eai::Fail] {
            let mut translation = start([address(1), Err(error)]);
            assert_eq!(translation.finish(), Err(error));
            assert_eq!(translation.finish(), Err(error));
        }
        let mut refused =
            Translation::<Scripted>::start(&query("name.test"), |_| Err(Eai::Fail)).unwrap();
        assert_eq!(refused.finish(), Err(Eai::Fail));
    }

    #[test]
    fn a_name_server_cannot_fill_the_memory() {
        let mut translation = start((0..10_000).map(|number: u32| {
            let [_, _, third, last] = number.to_be_bytes();
            Ok(Progress::Done(Some(IpAddr::from([192, 0, third, last]))))
        }));
        assert_eq!(translation.finish().unwrap().len(), 256);
    }

    #[test]
    fn cancelling_ends_the_wait_but_takes_no_answer_away() {
        let mut waiting = start([]);
        waiting.cancel();
        assert_eq!(waiting.finish(), Err(Eai::Canceled));
        assert_eq!(
            waiting.is_answered(),
            Ok(true),
            "there is nothing to wait for"
        );
        let mut answered = start([address(1), Ok(Progress::Done(None))]);
        assert_eq!(answered.is_answered(), Ok(true));
        answered.cancel();
        assert!(answered.finish().is_ok());
    }

    #[test]
    fn a_closed_one_has_no_answer_and_cannot_be_waited_for() {
        let mut translation = start([]);
        translation.close();
        translation.close();
        assert!(translation.is_closed());
        assert_eq!(translation.finish(), Err(Eai::Canceled));
        assert_eq!(translation.is_answered(), Err(Errno::Ebadf));
        translation.cancel();
        assert_eq!(translation.finish(), Err(Eai::Canceled));
    }
}
