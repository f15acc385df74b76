//! The calls of a TCP socket.

use alloc::vec::Vec;

use crate::backend::{Progress, Read, StreamSocket};
use crate::sockopt::SockOpt;
use crate::{Errno, SockAddr};

use super::{Line, Scripted};

impl StreamSocket for Scripted {
    fn bind(&mut self, address: &SockAddr) -> Result<(), Errno> {
        self.play_bind(address)
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
        self.play_local_address()
    }

    fn getsockopt(&self, option: SockOpt) -> Result<i32, Errno> {
        self.play_getsockopt(option)
    }

    fn setsockopt(&mut self, option: SockOpt, value: i32) -> Result<(), Errno> {
        self.play_setsockopt(option, value)
    }

    fn peer_address(&self) -> Result<SockAddr, Errno> {
        play!(self, "peer_address", Line::PeerAddress(answer) => answer)
    }
}

/// Data that was read.
pub(crate) fn data(bytes: &[u8]) -> Result<Read, Errno> {
    Ok(Read::Data(Vec::from(bytes)))
}
