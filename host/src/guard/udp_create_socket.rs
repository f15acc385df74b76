//! `wasi:sockets/udp-create-socket`: allowed up to the limit of sockets, for a socket by itself touches nothing.

use wasmtime::component::Resource;
use wasmtime_wasi::p2::bindings::sockets::network::{ErrorCode, IpAddressFamily};
use wasmtime_wasi::p2::bindings::sockets::udp_create_socket::Host;
use wasmtime_wasi::p2::{SocketResult, UdpSocket};

use wasock_policy::{Limit, Protocol};

use super::socket_state::Family;
use crate::NetCtxView;
use crate::audit::Refused;

impl Host for NetCtxView<'_> {
    async fn create_udp_socket(
        &mut self,
        address_family: IpAddressFamily,
    ) -> SocketResult<Resource<UdpSocket>> {
        self.attend();
        let refused = || Refused::Socket(Protocol::Udp);
        let grant = self.ctx.guard.take(Limit::Sockets, 1, refused);
        let grant = grant.map_err(ErrorCode::from)?;

        let socket = self.inner().create_udp_socket(address_family).await?;

        let family = match address_family {
            IpAddressFamily::Ipv4 => Family::V4,
            IpAddressFamily::Ipv6 => Family::V6,
        };
        self.ctx.udp.insert(socket.rep(), family, grant);
        Ok(socket)
    }
}
