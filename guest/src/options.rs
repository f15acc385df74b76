//! The exported interface `options`.

use alloc::vec::Vec;

use wasock_core::sockopt::SockOpt;

use crate::Provider;
use crate::backend::Wasi;
use crate::bindings::exports::wasock::net::options::{
    AddressFamily, Errno, Guest, OptionName, Seconds, SocketBorrow, SocketType,
};
use crate::convert::{OptionValue, errno_to_wit, family_to_wit, kind_to_wit};
use crate::sockets::Socket;

/// What WASI has, and what needs nothing below.
const SUPPORTED: [OptionName; 15] = [
    OptionName::SoAcceptconn,
    OptionName::SoDomain,
    OptionName::SoError,
    OptionName::SoKeepalive,
    OptionName::SoProtocol,
    OptionName::SoRcvbuf,
    OptionName::SoReuseaddr,
    OptionName::SoSndbuf,
    OptionName::SoType,
    OptionName::TcpKeepcnt,
    OptionName::TcpKeepidle,
    OptionName::TcpKeepintvl,
    OptionName::IpTtl,
    OptionName::Ipv6UnicastHops,
    OptionName::Ipv6V6only,
];

/// The pairs of functions, each for one option of core.
macro_rules! pairs {
    ($($get:ident $set:ident $type:ty: $option:ident,)+) => {$(
        fn $get(socket: SocketBorrow<'_>) -> Result<$type, Errno> {
            get(&socket, SockOpt::$option).map(OptionValue::from_int)
        }

        fn $set(socket: SocketBorrow<'_>, value: $type) -> Result<(), Errno> {
            set(&socket, SockOpt::$option, value.into_int())
        }
    )+};
}

impl Guest for Provider {
    fn supported() -> Vec<OptionName> {
        Vec::from(SUPPORTED)
    }

    fn get_so_type(socket: SocketBorrow<'_>) -> Result<SocketType, Errno> {
        let kind = socket.get::<Socket>().shared.borrow().kind();
        kind.map(kind_to_wit).map_err(errno_to_wit)
    }

    fn get_so_protocol(socket: SocketBorrow<'_>) -> Result<u32, Errno> {
        let kind = socket.get::<Socket>().shared.borrow().kind();
        kind.map(|kind| kind.protocol()).map_err(errno_to_wit)
    }

    fn get_so_domain(socket: SocketBorrow<'_>) -> Result<AddressFamily, Errno> {
        let kind = socket.get::<Socket>().shared.borrow().kind();
        kind.map(|kind| family_to_wit(kind.family()))
            .map_err(errno_to_wit)
    }

    fn get_so_error(socket: SocketBorrow<'_>) -> Result<Option<Errno>, Errno> {
        let error = socket.get::<Socket>().shared.borrow_mut().take_error();
        error
            .map(|error| error.map(errno_to_wit))
            .map_err(errno_to_wit)
    }

    fn get_so_acceptconn(socket: SocketBorrow<'_>) -> Result<bool, Errno> {
        let listens = socket.get::<Socket>().shared.borrow().is_listening();
        listens.map_err(errno_to_wit)
    }

    pairs! {
        get_so_reuseaddr set_so_reuseaddr bool: SoReuseaddr,
        get_so_keepalive set_so_keepalive bool: SoKeepalive,
        get_tcp_keepidle set_tcp_keepidle Seconds: TcpKeepidle,
        get_tcp_keepintvl set_tcp_keepintvl Seconds: TcpKeepintvl,
        get_tcp_keepcnt set_tcp_keepcnt u32: TcpKeepcnt,
        get_so_rcvbuf set_so_rcvbuf u32: SoRcvbuf,
        get_so_sndbuf set_so_sndbuf u32: SoSndbuf,
        get_ip_ttl set_ip_ttl u32: IpTtl,
        get_ipv6_unicast_hops set_ipv6_unicast_hops u32: Ipv6UnicastHops,
        get_ipv6_v6only set_ipv6_v6only bool: Ipv6V6only,
        get_tcp_nodelay set_tcp_nodelay bool: TcpNodelay,
        get_so_broadcast set_so_broadcast bool: SoBroadcast,
        get_so_linger set_so_linger Option<Seconds>: SoLinger,
        get_so_reuseport set_so_reuseport bool: SoReuseport,
        get_ip_tos set_ip_tos u32: IpTos,
        get_ipv6_tclass set_ipv6_tclass u32: Ipv6Tclass,
    }
}

fn get(socket: &SocketBorrow<'_>, option: SockOpt) -> Result<i32, Errno> {
    let mut socket = socket.get::<Socket>().shared.borrow_mut();
    socket.getsockopt(&mut Wasi, option).map_err(errno_to_wit)
}

fn set(socket: &SocketBorrow<'_>, option: SockOpt, value: i32) -> Result<(), Errno> {
    let mut socket = socket.get::<Socket>().shared.borrow_mut();
    socket
        .setsockopt(&mut Wasi, option, value)
        .map_err(errno_to_wit)
}
