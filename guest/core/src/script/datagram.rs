//! The calls of a UDP socket.

use alloc::vec::Vec;

use crate::backend::{DatagramSocket, Message, Progress};
use crate::sockopt::SockOpt;
use crate::{Errno, SockAddr};

use super::{Line, Scripted};

impl DatagramSocket for Scripted {
    fn bind(&mut self, address: &SockAddr) -> Result<(), Errno> {
        self.play_bind(address)
    }

    fn connect(&mut self, peer: Option<&SockAddr>) -> Result<(), Errno> {
        play!(self, "connect", Line::Connect(expected, answer) => {
            assert_eq!(peer.copied(), expected);
            answer
        })
    }

    fn receive(&mut self) -> Result<Progress<Message>, Errno> {
        play!(self, "receive", Line::Receive(answer) => answer)
    }

    fn send(&mut self, data: &[u8], to: Option<&SockAddr>) -> Result<Progress<()>, Errno> {
        play!(self, "send", Line::Send(length, expected, answer) => {
            assert_eq!((data.len(), to.copied()), (length, expected));
            answer
        })
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
}

/// A datagram that was received.
pub(crate) fn message(bytes: &[u8], sender: SockAddr) -> Result<Progress<Message>, Errno> {
    let data = Vec::from(bytes);
    Ok(Progress::Done(Message { data, sender }))
}
