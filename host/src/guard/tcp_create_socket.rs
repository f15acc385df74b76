//! `wasi:sockets/tcp-create-socket`: allowed up to the limit of sockets, for a socket by itself touches nothing.

use wasmtime::component::Resource;
use wasmtime_wasi::p2::bindings::sockets::network::{ErrorCode, IpAddressFamily};
use wasmtime_wasi::p2::bindings::sockets::tcp_create_socket::Host;
use wasmtime_wasi::p2::{SocketResult, TcpSocket};

use wasock_policy::{Limit, Protocol};

use super::socket_state::{Family, Phase, SocketState};
use crate::NetCtxView;
use crate::audit::Refused;

impl Host for NetCtxView<'_> {
    fn create_tcp_socket(
        &mut self,
        address_family: IpAddressFamily,
    ) -> SocketResult<Resource<TcpSocket>> {
        self.attend();
        let refused = || Refused::Socket(Protocol::Tcp);
        let grant = self.ctx.guard.take(Limit::Sockets, 1, refused);
        let grant = grant.map_err(ErrorCode::from)?;

        let socket = self.inner().create_tcp_socket(address_family)?;

        let family = match address_family {
            IpAddressFamily::Ipv4 => Family::V4,
            IpAddressFamily::Ipv6 => Family::V6,
        };
        let state = SocketState::new(family, Phase::Fresh, grant);
        self.ctx.sockets.insert(socket.rep(), state);
        Ok(socket)
    }
}
