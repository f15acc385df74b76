//! A layer below that plays a script: each call must be the one that comes next, and gets the answer that
//! stands beside it. So a test says both what core asks and what it makes of the answer, faults included.

use alloc::collections::VecDeque;
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::RefCell;

use crate::addr::Family;
use crate::backend::{Backend, Progress, Read, StreamSocket};
use crate::{Errno, SockAddr};

/// A call of the layer below, with the answer it gets.
#[derive(Debug)]
pub(crate) enum Line {
    Create(Result<(), Errno>),
    Bind(SockAddr, Result<(), Errno>),
    Listen(u32, Result<(), Errno>),
    Accept(Result<Progress<SockAddr>, Errno>),
    StartConnect(SockAddr, Result<(), Errno>),
    FinishConnect(Result<Progress<()>, Errno>),
    Read(usize, Result<Read, Errno>),
    Write(usize, Result<Progress<usize>, Errno>),
    Flushed(Result<Progress<()>, Errno>),
    ShutdownWrite(Result<(), Errno>),
    LocalAddress(Result<SockAddr, Errno>),
    PeerAddress(Result<SockAddr, Errno>),
    /// The socket is dropped.
    Drop,
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

/// A socket that plays the script.
#[derive(Debug)]
pub(crate) struct Scripted {
    script: Script,
}

impl Backend for Script {
    type Stream = Scripted;

    fn create_stream(&mut self, _: Family) -> Result<Scripted, Errno> {
        match self.next("create") {
            Line::Create(answer) => answer.map(|()| self.socket()),
            other => panic!("create was called where the script has {other:?}"),
        }
    }
}

impl StreamSocket for Scripted {
    fn bind(&mut self, address: &SockAddr) -> Result<(), Errno> {
        play!(self, "bind", Line::Bind(expected, answer) => {
            assert_eq!(*address, expected);
            answer
        })
    }

    fn listen(&mut self, backlog: u32) -> Result<(), Errno> {
        play!(self, "listen", Line::Listen(expected, answer) => {
            assert_eq!(backlog, expected);
            answer
        })
    }

    fn accept(&mut self) -> Result<Progress<(Self, SockAddr)>, Errno> {
        play!(self, "accept", Line::Accept(answer) => match answer? {
            Progress::Done(peer) => Ok(Progress::Done((self.script.socket(), peer))),
            Progress::Pending => Ok(Progress::Pending),
        })
    }

    fn start_connect(&mut self, peer: &SockAddr) -> Result<(), Errno> {
        play!(self, "start_connect", Line::StartConnect(expected, answer) => {
            assert_eq!(*peer, expected);
            answer
        })
    }

    fn finish_connect(&mut self) -> Result<Progress<()>, Errno> {
        play!(self, "finish_connect", Line::FinishConnect(answer) => answer)
    }

    fn read(&mut self, max: usize) -> Result<Read, Errno> {
        play!(self, "read", Line::Read(expected, answer) => {
            assert_eq!(max, expected);
            answer
        })
    }

    fn write(&mut self, data: &[u8]) -> Result<Progress<usize>, Errno> {
        play!(self, "write", Line::Write(expected, answer) => {
            assert_eq!(data.len(), expected);
            answer
        })
    }

    fn flushed(&mut self) -> Result<Progress<()>, Errno> {
        play!(self, "flushed", Line::Flushed(answer) => answer)
    }

    fn shutdown_write(&mut self) -> Result<(), Errno> {
        play!(self, "shutdown_write", Line::ShutdownWrite(answer) => answer)
    }

    fn local_address(&self) -> Result<SockAddr, Errno> {
        play!(self, "local_address", Line::LocalAddress(answer) => answer)
    }

    fn peer_address(&self) -> Result<SockAddr, Errno> {
        play!(self, "peer_address", Line::PeerAddress(answer) => answer)
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

/// Data that was read.
pub(crate) fn data(bytes: &[u8]) -> Result<Read, Errno> {
    Ok(Read::Data(Vec::from(bytes)))
}
