//! A UDP socket of the layer.

use std::cell::RefCell;
use std::collections::VecDeque;

use wasock_core::addr::Family;
use wasock_core::backend::{DatagramSocket, Message, Progress};
use wasock_core::create::Kind;
use wasock_core::sockopt::SockOpt;
use wasock_core::{Errno, Interest, SockAddr};

use super::options::Options;
use super::{Cause, Layer, given};
use crate::pattern::pattern;

/// What a datagram that was sent may meet.
const FATES: [Errno; 3] = [Errno::Econnrefused, Errno::Ehostunreach, Errno::Eio];

/// How many datagrams core has to keep at least where it changes the peer.
const KEPT: usize = 256;

/// A UDP socket.
#[derive(Debug)]
pub(crate) struct Mail<'a> {
    layer: Layer<'a>,
    family: Family,
    state: State,
    local: Option<SockAddr>,
    options: Options,
    /// How many datagrams were received.
    received: usize,
    /// Those that core has and has not answered with yet.
    undelivered: RefCell<VecDeque<Message>>,
    /// Whether nothing more was queued when it was last asked.
    is_drained: bool,
    /// How many errors were answered since then.
    errors: usize,
    /// Where the last datagram went, with its data.
    sent: Option<(Vec<u8>, SockAddr)>,
    pending: Vec<Interest>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Unbound,
    Bound,
    Connected(SockAddr),
}

impl<'a> Mail<'a> {
    pub(super) fn new(layer: Layer<'a>, family: Family) -> Self {
        Self {
            layer,
            family,
            state: State::Unbound,
            local: None,
            options: Options::default(),
            received: 0,
            undelivered: RefCell::default(),
            is_drained: false,
            errors: 0,
            sent: None,
            pending: Vec::new(),
        }
    }

    /// Whether `interest` is what the socket has said it waits for.
    pub(crate) fn waits_for(&self, interest: Interest) -> bool {
        self.pending.contains(&interest)
    }

    /// Whether anything can arrive or leave.
    pub(crate) fn is_bound(&self) -> bool {
        self.state != State::Unbound
    }

    /// The local address.
    pub(crate) fn local(&self) -> Option<SockAddr> {
        self.local
    }

    /// The peer.
    pub(crate) fn peer(&self) -> Option<SockAddr> {
        match self.state {
            State::Connected(peer) => Some(peer),
            State::Unbound | State::Bound => None,
        }
    }

    /// The datagram that is next to be answered with, to be left there or taken.
    pub(crate) fn next(&self, take: bool) -> Option<Message> {
        let mut undelivered = self.undelivered.borrow_mut();
        if take {
            undelivered.pop_front()
        } else {
            undelivered.front().cloned()
        }
    }

    /// The datagram that was sent last, and where it went.
    pub(crate) fn sent(&self) -> Option<(&[u8], SockAddr)> {
        self.sent.as_ref().map(|(data, to)| (data.as_slice(), *to))
    }

    fn note<T>(&mut self, interest: Interest, progress: &Progress<T>) {
        self.pending.retain(|other| *other != interest);
        if let Progress::Pending = progress {
            self.pending.push(interest);
        }
    }

    fn address(&self, choice: u8) -> SockAddr {
        self.family.loopback(u16::from(choice) + 1)
    }
}

impl DatagramSocket for Mail<'_> {
    fn bind(&mut self, address: &SockAddr) -> Result<(), Errno> {
        self.layer.called();
        assert_eq!(self.state, State::Unbound, "bind");
        assert_eq!(Family::of(address), self.family);
        self.layer
            .try_to(Cause::Call, &[Errno::Eaddrinuse, Errno::Eacces])?;
        self.state = State::Bound;
        self.local = Some(given(address));
        Ok(())
    }

    fn connect(&mut self, peer: Option<&SockAddr>) -> Result<(), Errno> {
        self.layer.called();
        assert!(self.is_bound(), "connect before bind");
        let looked_at = self.undelivered.borrow().len() + self.errors;
        assert!(self.is_drained || looked_at >= KEPT, "the queue is lost");
        if let Some(peer) = peer {
            assert_eq!(Family::of(peer), self.family);
        }
        self.layer
            .try_to(Cause::Call, &[Errno::Ehostunreach, Errno::Enetdown])?;
        self.state = peer.map_or(State::Bound, |peer| State::Connected(*peer));
        Ok(())
    }

    fn receive(&mut self) -> Result<Progress<Message>, Errno> {
        self.layer.called();
        assert!(self.is_bound(), "receive before bind");
        let choice = self.layer.input().byte();
        self.is_drained = choice < 80;
        let progress = match choice {
            0..=79 => {
                self.errors = 0;
                Progress::Pending
            }
            80..=247 => {
                let length = [0, 1, 20, 1500][usize::from(choice) % 4];
                let message = Message {
                    data: pattern(self.received, length).to_vec(),
                    sender: self.peer().unwrap_or_else(|| self.address(choice)),
                };
                self.received += 1;
                self.undelivered.borrow_mut().push_back(message.clone());
                Progress::Done(message)
            }
            _ => {
                self.errors += 1;
                return Err(self.layer.fail(Cause::Call, &FATES));
            }
        };
        self.note(Interest::Read, &progress);
        Ok(progress)
    }

    fn send(&mut self, data: &[u8], to: Option<&SockAddr>) -> Result<Progress<()>, Errno> {
        self.layer.called();
        assert!(self.is_bound(), "send before bind");
        let choice = self.layer.input().below(8);
        let to = match (self.peer(), to) {
            (Some(peer), None) => peer,
            (None, Some(to)) => *to,
            (peer, to) => panic!("send to {to:?} with the peer {peer:?}"),
        };
        assert_eq!(Family::of(&to), self.family);
        let progress = match choice {
            0..=2 => Progress::Pending,
            3..=6 => {
                self.sent = Some((data.to_vec(), to));
                Progress::Done(())
            }
            _ => return Err(self.layer.fail(Cause::Call, &FATES)),
        };
        self.note(Interest::Write, &progress);
        Ok(progress)
    }

    fn local_address(&self) -> Result<SockAddr, Errno> {
        self.layer.called();
        self.local.ok_or(Errno::Einval)
    }

    fn getsockopt(&self, option: SockOpt) -> Result<i32, Errno> {
        self.options
            .get(&self.layer, Kind::Datagram(self.family), option)
    }

    fn setsockopt(&mut self, option: SockOpt, value: i32) -> Result<(), Errno> {
        self.options
            .set(&self.layer, Kind::Datagram(self.family), option, value)
    }
}
