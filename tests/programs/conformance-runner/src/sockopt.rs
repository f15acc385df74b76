//! Each option of the cases by its own two functions.

use wasock_core::sockopt::{NO_LINGER, SockOpt};
use wasock_guest::net::options::{self, OptionName};
use wasock_guest::net::sockets::Socket;
use wasock_guest::net::types::Errno;

/// The options with the functions that read and set them.
macro_rules! options {
    ($($option:ident $get:ident $set:ident,)+) => {
        /// The option of that name, if it is one that is set and read.
        pub(crate) fn named(name: OptionName) -> Option<SockOpt> {
            match name {
                $(OptionName::$option => Some(SockOpt::$option),)+
                _ => None,
            }
        }

        pub(crate) fn get(socket: &Socket, option: SockOpt) -> Result<i32, Errno> {
            match option {
                $(SockOpt::$option => options::$get(socket).map(Int::to_int),)+
            }
        }

        pub(crate) fn set(socket: &Socket, option: SockOpt, value: i32) -> Result<(), Errno> {
            match option {
                $(SockOpt::$option => options::$set(socket, Int::of_int(value)),)+
            }
        }
    };
}

options! {
    SoReuseaddr get_so_reuseaddr set_so_reuseaddr,
    SoKeepalive get_so_keepalive set_so_keepalive,
    TcpKeepidle get_tcp_keepidle set_tcp_keepidle,
    TcpKeepintvl get_tcp_keepintvl set_tcp_keepintvl,
    TcpKeepcnt get_tcp_keepcnt set_tcp_keepcnt,
    SoRcvbuf get_so_rcvbuf set_so_rcvbuf,
    SoSndbuf get_so_sndbuf set_so_sndbuf,
    IpTtl get_ip_ttl set_ip_ttl,
    Ipv6UnicastHops get_ipv6_unicast_hops set_ipv6_unicast_hops,
    Ipv6V6only get_ipv6_v6only set_ipv6_v6only,
    TcpNodelay get_tcp_nodelay set_tcp_nodelay,
    SoBroadcast get_so_broadcast set_so_broadcast,
    SoLinger get_so_linger set_so_linger,
    SoReuseport get_so_reuseport set_so_reuseport,
    IpTos get_ip_tos set_ip_tos,
    Ipv6Tclass get_ipv6_tclass set_ipv6_tclass,
}

/// A value of the interface as an `int`.
trait Int {
    fn to_int(self) -> i32;
    fn of_int(value: i32) -> Self;
}

impl Int for bool {
    fn to_int(self) -> i32 {
        self.into()
    }

    fn of_int(value: i32) -> Self {
        value != 0
    }
}

impl Int for u32 {
    fn to_int(self) -> i32 {
        i32::try_from(self).unwrap_or(i32::MAX)
    }

    fn of_int(value: i32) -> Self {
        value.unsigned_abs()
    }
}

/// A time.
impl Int for f64 {
    fn to_int(self) -> i32 {
        self as i32
    }

    fn of_int(value: i32) -> Self {
        value.into()
    }
}

/// A time that may be off.
impl Int for Option<f64> {
    fn to_int(self) -> i32 {
        self.map_or(NO_LINGER, Int::to_int)
    }

    fn of_int(value: i32) -> Self {
        (value != NO_LINGER).then(|| value.into())
    }
}
