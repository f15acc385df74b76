//! A layer below that costs next to nothing: it takes whatever is written and forgets it, and hands out the same buffer
//! again and again. So what is counted is core, and not the copying that any layer does.
//!
//! What moves data is not inlined, as it is not in a real layer; otherwise a change here could change the code of core.

use std::cell::Cell;
use std::net::Ipv4Addr;
use std::rc::Rc;

use wasock_core::addr::Family;
use wasock_core::backend::{Backend, DatagramSocket, Message, Progress, Read, StreamSocket};
use wasock_core::{Errno, SockAddr};

/// The peer of every socket.
pub(crate) const PEER: SockAddr = SockAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 80);

/// What there is to be received; the sockets of a layer share it. Who has received it puts it back.
#[derive(Clone, Default)]
pub(crate) struct Layer(Rc<Cell<Vec<u8>>>);

impl Layer {
    /// Makes `data` the next to be received.
    pub(crate) fn put(&self, data: Vec<u8>) {
        self.0.set(data);
    }
}

/// A socket of either type.
pub(crate) struct Socket(Layer);

impl Backend for Layer {
    type Stream = Socket;
    type Datagram = Socket;

    fn create_stream(&mut self, _: Family) -> Result<Socket, Errno> {
        Ok(Socket(self.clone()))
    }

    fn create_datagram(&mut self, _: Family) -> Result<Socket, Errno> {
        Ok(Socket(self.clone()))
    }
}

impl StreamSocket for Socket {
    fn bind(&mut self, _: &SockAddr) -> Result<(), Errno> {
        Ok(())
    }

    fn listen(&mut self, _: u32) -> Result<(), Errno> {
        Ok(())
    }

    fn accept(&mut self) -> Result<Progress<(Self, SockAddr)>, Errno> {
        Ok(Progress::Pending)
    }

    fn start_connect(&mut self, _: &SockAddr) -> Result<(), Errno> {
        Ok(())
    }

    fn finish_connect(&mut self) -> Result<Progress<()>, Errno> {
        Ok(Progress::Done(()))
    }

    #[inline(never)]
    fn read(&mut self, max: usize) -> Result<Read, Errno> {
        let mut data = self.0.0.take();
        if data.len() > max {
            self.0.put(data.split_off(max));
        }
        Ok(if data.is_empty() {
            Read::Pending
        } else {
            Read::Data(data)
        })
    }

    #[inline(never)]
    fn write(&mut self, data: &[u8]) -> Result<Progress<usize>, Errno> {
        Ok(Progress::Done(data.len()))
    }

    #[inline(never)]
    fn flushed(&mut self) -> Result<Progress<()>, Errno> {
        Ok(Progress::Done(()))
    }

    fn shutdown_write(&mut self) -> Result<(), Errno> {
        Ok(())
    }

    fn local_address(&self) -> Result<SockAddr, Errno> {
        Ok(PEER)
    }

    fn peer_address(&self) -> Result<SockAddr, Errno> {
        Ok(PEER)
    }
}

impl DatagramSocket for Socket {
    fn bind(&mut self, _: &SockAddr) -> Result<(), Errno> {
        Ok(())
    }

    fn connect(&mut self, _: Option<&SockAddr>) -> Result<(), Errno> {
        Ok(())
    }

    #[inline(never)]
    fn receive(&mut self) -> Result<Progress<Message>, Errno> {
        let data = self.0.0.take();
        Ok(if data.is_empty() {
            Progress::Pending
        } else {
            Progress::Done(Message { data, sender: PEER })
        })
    }

    #[inline(never)]
    fn send(&mut self, _: &[u8], _: Option<&SockAddr>) -> Result<Progress<()>, Errno> {
        Ok(Progress::Done(()))
    }

    fn local_address(&self) -> Result<SockAddr, Errno> {
        Ok(PEER)
    }
}
