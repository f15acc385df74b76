//! `wasi:sockets/udp-create-socket`: refused, because the policy does not speak of datagrams yet.
//!
//! The interface is linked all the same: a program with the Rust or C standard library imports it
//! whether or not it uses it. `wasi:sockets/udp` is linked as wasmtime-wasi has it; without a socket, there is
//! nothing to call it on.

use wasmtime::component::Resource;
use wasmtime_wasi::p2::bindings::sockets::network::{ErrorCode, IpAddressFamily};
use wasmtime_wasi::p2::bindings::sockets::udp_create_socket::Host;
use wasmtime_wasi::p2::{SocketResult, UdpSocket};

use crate::NetCtxView;

impl Host for NetCtxView<'_> {
    async fn create_udp_socket(
        &mut self,
        _address_family: IpAddressFamily,
    ) -> SocketResult<Resource<UdpSocket>> {
        Err(ErrorCode::from(self.ctx.guard.refuse_udp()).into())
    }
}
