//! A layer below that plays a script: each call must be the one that comes next, and gets the answer that
//! stands beside it. So a test says both what core asks and what it makes of the answer, faults included.

use alloc::collections::VecDeque;
use alloc::rc::Rc;
use core::cell::RefCell;

use crate::addr::Family;
use crate::backend::{Backend, Message, Progress, Read};
use crate::sockopt::SockOpt;
use crate::{Errno, SockAddr};

/// A call of the layer below, with the answer it gets.
#[derive(Debug)]
pub(crate) enum Line {
    // Of both kinds of socket.
    Create(Result<(), Errno>),
    Bind(SockAddr, Result<(), Errno>),
    LocalAddress(Result<SockAddr, Errno>),
    Getsockopt(SockOpt, Result<i32, Errno>),
    Setsockopt(SockOpt, i32, Result<(), Errno>),
    /// The socket is dropped.
    Drop,

    // Of a TCP socket.
    Listen(u32, Result<(), Errno>),
    Accept(Result<Progress<SockAddr>, Errno>),
    StartConnect(SockAddr, Result<(), Errno>),
    FinishConnect(Result<Progress<()>, Errno>),
    Read(usize, Result<Read, Errno>),
    Write(usize, Result<Progress<usize>, Errno>),
    Flushed(Result<Progress<()>, Errno>),
    ShutdownWrite(Result<(), Errno>),
    PeerAddress(Result<SockAddr, Errno>),

    // Of a UDP socket.
    Connect(Option<SockAddr>, Result<(), Errno>),
    Receive(Result<Progress<Message>, Errno>),
    /// With the length of the data.
    Send(usize, Option<SockAddr>, Result<Progress<()>, Errno>),
}

/// The script; every socket of a test plays the same one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Script(Rc<RefCell<VecDeque<Line>>>);

impl Script {
    /// Adds what is to be called next.
    pub(crate) fn expect(&self, lines: impl IntoIterator<Item = Line>) {
        self.0.borrow_mut().extend(lines);
    }

    /// Fails unless everything that was expected has been called.
    pub(crate) fn done(&self) {
        let rest = self.0.borrow();
        assert!(rest.is_empty(), "never called: {rest:?}");
    }

    pub(crate) fn socket(&self) -> Scripted {
        Scripted {
            script: self.clone(),
        }
    }

    fn play_create(&self) -> Result<Scripted, Errno> {
        match self.next("create") {
            Line::Create(answer) => answer.map(|()| self.socket()),
            other => panic!("create was called where the script has {other:?}"),
        }
    }

    fn next(&self, called: &str) -> Line {
        match self.0.borrow_mut().pop_front() {
            Some(line) => line,
            None => panic!("{called} was called after the end of the script"),
        }
    }
}

macro_rules! play {
    ($self:ident, $called:literal, $line:pat => $answer:expr) => {
        match $self.script.next($called) {
            $line => $answer,
            other => panic!("{} was called where the script has {other:?}", $called),
        }
    };
}

// Below the macro, which they use.
mod datagram;
mod stream;

pub(crate) use datagram::message;
pub(crate) use stream::data;

/// A socket of either kind that plays the script.
#[derive(Debug)]
pub(crate) struct Scripted {
    script: Script,
}

/// What both kinds of socket do alike.
impl Scripted {
    fn play_bind(&self, address: &SockAddr) -> Result<(), Errno> {
        play!(self, "bind", Line::Bind(expected, answer) => {
            assert_eq!(*address, expected);
            answer
        })
    }

    fn play_getsockopt(&self, option: SockOpt) -> Result<i32, Errno> {
        play!(self, "getsockopt", Line::Getsockopt(expected, answer) => {
            assert_eq!(option, expected);
            answer
        })
    }

    fn play_setsockopt(&self, option: SockOpt, value: i32) -> Result<(), Errno> {
        play!(self, "setsockopt", Line::Setsockopt(expected, to, answer) => {
            assert_eq!((option, value), (expected, to));
            answer
        })
    }

    fn play_local_address(&self) -> Result<SockAddr, Errno> {
        play!(self, "local_address", Line::LocalAddress(answer) => answer)
    }
}

impl Backend for Script {
    type Stream = Scripted;
    type Datagram = Scripted;

    fn create_stream(&mut self, _: Family) -> Result<Scripted, Errno> {
        self.play_create()
    }

    fn create_datagram(&mut self, _: Family) -> Result<Scripted, Errno> {
        self.play_create()
    }
}

/// A drop that stands in the script is taken from it; others are of no interest to the test.
impl Drop for Scripted {
    fn drop(&mut self) {
        let mut script = self.script.0.borrow_mut();
        if let Some(Line::Drop) = script.front() {
            script.pop_front();
        }
    }
}
