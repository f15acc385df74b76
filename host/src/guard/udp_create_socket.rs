//! `wasi:sockets/udp-create-socket`: always allowed, for a socket by itself touches nothing.

use wasmtime::component::Resource;
use wasmtime_wasi::p2::bindings::sockets::network::IpAddressFamily;
use wasmtime_wasi::p2::bindings::sockets::udp_create_socket::Host;
use wasmtime_wasi::p2::{SocketResult, UdpSocket};

use super::socket_state::Family;
use crate::NetCtxView;

impl Host for NetCtxView<'_> {
    async fn create_udp_socket(
        &mut self,
        address_family: IpAddressFamily,
    ) -> SocketResult<Resource<UdpSocket>> {
        let socket = self.inner().create_udp_socket(address_family).await?;

        let family = match address_family {
            IpAddressFamily::Ipv4 => Family::V4,
            IpAddressFamily::Ipv6 => Family::V6,
        };
        self.ctx.udp.insert(socket.rep(), family);
        Ok(socket)
    }
}
