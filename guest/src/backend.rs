//! The sockets of WASI, as core asks for them.

use wasock_core::Errno;
use wasock_core::addr::Family;
use wasock_core::backend::Backend;

use crate::bindings::wasi::sockets::tcp_create_socket::create_tcp_socket;
use crate::bindings::wasi::sockets::udp_create_socket::create_udp_socket;
use crate::convert::family_to_wasi;
use crate::errors::{Call, errno};
use crate::memory;
use crate::tcp::Tcp;
use crate::udp::Udp;

/// The sockets of WASI.
#[derive(Debug)]
pub(crate) struct Wasi;

impl Backend for Wasi {
    type Stream = Tcp;
    type Datagram = Udp;

    fn create_stream(&mut self, family: Family) -> Result<Tcp, Errno> {
        memory::check(0)?;
        match create_tcp_socket(family_to_wasi(family)) {
            Ok(socket) => Ok(Tcp::new(socket)),
            Err(code) => Err(errno(code, Call::Create)),
        }
    }

    fn create_datagram(&mut self, family: Family) -> Result<Udp, Errno> {
        memory::check(0)?;
        match create_udp_socket(family_to_wasi(family)) {
            Ok(socket) => Ok(Udp::new(socket)),
            Err(code) => Err(errno(code, Call::Create)),
        }
    }
}
