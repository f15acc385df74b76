//! Where the types of the interface, of WASI and of core meet.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use wasock_core::addr::{Family, SocketAddrV4, SocketAddrV6};
use wasock_core::create::{AddressFamily, Kind, SocketType};
use wasock_core::flags::MsgFlags;
use wasock_core::names::{AddrInfo, AddrInfoFlags, Eai, NameInfoFlags};
use wasock_core::readiness::Readiness;
use wasock_core::sockopt::{NO_LINGER, whole_seconds};
use wasock_core::stream::How;
use wasock_core::{Errno, SockAddr, Timeout};

use crate::bindings::exports::wasock::net::{resolver, sockets, types};
use crate::bindings::wasi::sockets::network;

pub(crate) fn family_from_wit(family: types::AddressFamily) -> AddressFamily {
    match family {
        types::AddressFamily::Unspec => AddressFamily::Unspec,
        types::AddressFamily::Inet => AddressFamily::Inet,
        types::AddressFamily::Inet6 => AddressFamily::Inet6,
        types::AddressFamily::Unix => AddressFamily::Unix,
        types::AddressFamily::Other => AddressFamily::Other,
    }
}

pub(crate) fn family_to_wit(family: Family) -> types::AddressFamily {
    match family {
        Family::Inet => types::AddressFamily::Inet,
        Family::Inet6 => types::AddressFamily::Inet6,
    }
}

pub(crate) fn type_from_wit(r#type: types::SocketType) -> SocketType {
    match r#type {
        types::SocketType::Unspec => SocketType::Unspec,
        types::SocketType::Stream => SocketType::Stream,
        types::SocketType::Dgram => SocketType::Dgram,
        types::SocketType::Raw => SocketType::Raw,
        types::SocketType::Rdm => SocketType::Rdm,
        types::SocketType::Seqpacket => SocketType::Seqpacket,
        types::SocketType::Other => SocketType::Other,
    }
}

fn type_to_wit(r#type: SocketType) -> types::SocketType {
    match r#type {
        SocketType::Unspec => types::SocketType::Unspec,
        SocketType::Stream => types::SocketType::Stream,
        SocketType::Dgram => types::SocketType::Dgram,
        SocketType::Raw => types::SocketType::Raw,
        SocketType::Rdm => types::SocketType::Rdm,
        SocketType::Seqpacket => types::SocketType::Seqpacket,
        SocketType::Other => types::SocketType::Other,
    }
}

pub(crate) fn kind_to_wit(kind: Kind) -> types::SocketType {
    match kind {
        Kind::Stream(_) => types::SocketType::Stream,
        Kind::Datagram(_) => types::SocketType::Dgram,
    }
}

/// A value of an option as the interface has it. What an `int` does not hold is out of range, and found to be.
pub(crate) trait OptionValue {
    fn from_int(value: i32) -> Self;
    fn into_int(self) -> i32;
}

impl OptionValue for bool {
    fn from_int(value: i32) -> Self {
        value != 0
    }

    fn into_int(self) -> i32 {
        self.into()
    }
}

/// Sizes and counts.
impl OptionValue for u32 {
    fn from_int(value: i32) -> Self {
        value.max(0).unsigned_abs()
    }

    fn into_int(self) -> i32 {
        i32::try_from(self).unwrap_or(i32::MAX)
    }
}

impl OptionValue for types::Seconds {
    fn from_int(value: i32) -> Self {
        value.into()
    }

    fn into_int(self) -> i32 {
        whole_seconds(self)
    }
}

/// That of `SO_LINGER`.
impl OptionValue for Option<types::Seconds> {
    fn from_int(value: i32) -> Self {
        (value != NO_LINGER).then(|| value.into())
    }

    fn into_int(self) -> i32 {
        self.map_or(NO_LINGER, whole_seconds)
    }
}

pub(crate) fn how_from_wit(how: sockets::ShutdownHow) -> How {
    match how {
        sockets::ShutdownHow::Read => How::Read,
        sockets::ShutdownHow::Write => How::Write,
        sockets::ShutdownHow::Both => How::Both,
    }
}

/// The flags have the same order in the interface and in core.
pub(crate) fn flags_from_wit(flags: types::MsgFlags) -> MsgFlags {
    MsgFlags::from_bits(flags.bits())
}

/// As are the flags of lookups.
pub(crate) fn addrinfo_flags_from_wit(flags: types::AddrinfoFlags) -> AddrInfoFlags {
    AddrInfoFlags::from_bits(flags.bits())
}

pub(crate) fn nameinfo_flags_from_wit(flags: types::NameinfoFlags) -> NameInfoFlags {
    NameInfoFlags::from_bits(flags.bits())
}

/// And the members of `readiness`.
pub(crate) fn readiness_from_wit(readiness: sockets::Readiness) -> Readiness {
    Readiness::from_bits(readiness.bits())
}

pub(crate) fn readiness_to_wit(readiness: Readiness) -> sockets::Readiness {
    sockets::Readiness::from_bits_truncate(readiness.bits())
}

pub(crate) fn addrinfo_to_wit(info: AddrInfo) -> resolver::Addrinfo {
    resolver::Addrinfo {
        family: family_to_wit(info.family),
        type_: type_to_wit(info.r#type),
        protocol: info.protocol,
        canonname: info.canonname,
        address: address_to_wit(info.address),
    }
}

pub(crate) fn eai_to_wit(eai: Eai) -> types::Eai {
    match eai {
        Eai::Addrfamily => types::Eai::Addrfamily,
        Eai::Again => types::Eai::Again,
        Eai::Badflags => types::Eai::Badflags,
        Eai::Fail => types::Eai::Fail,
        Eai::Family => types::Eai::Family,
        Eai::Memory => types::Eai::Memory,
        Eai::Nodata => types::Eai::Nodata,
        Eai::Noname => types::Eai::Noname,
        Eai::Overflow => types::Eai::Overflow,
        Eai::Service => types::Eai::Service,
        Eai::Socktype => types::Eai::Socktype,
        Eai::System => types::Eai::System,
        Eai::Inprogress => types::Eai::Inprogress,
        Eai::Canceled => types::Eai::Canceled,
        Eai::Notcanceled => types::Eai::Notcanceled,
        Eai::Alldone => types::Eai::Alldone,
        Eai::Intr => types::Eai::Intr,
        Eai::IdnEncode => types::Eai::IdnEncode,
        Eai::Other => types::Eai::Other,
    }
}

pub(crate) fn timeout_from_wit(timeout: Option<types::Seconds>) -> Result<Timeout, Errno> {
    Timeout::from_seconds(timeout)
}

pub(crate) fn timeout_to_wit(timeout: Timeout) -> Option<types::Seconds> {
    timeout.to_seconds()
}

pub(crate) fn address_from_wit(address: types::Sockaddr) -> SockAddr {
    match address {
        types::Sockaddr::Inet(types::SockaddrIn {
            port,
            address: (a, b, c, d),
        }) => SockAddr::V4(SocketAddrV4::new(Ipv4Addr::new(a, b, c, d), port)),
        types::Sockaddr::Inet6(v6) => SockAddr::V6(SocketAddrV6::new(
            groups_to_ip(v6.address),
            v6.port,
            v6.flowinfo,
            v6.scope_id,
        )),
    }
}

pub(crate) fn address_to_wit(address: SockAddr) -> types::Sockaddr {
    match address {
        SockAddr::V4(v4) => {
            let [a, b, c, d] = v4.ip().octets();
            types::Sockaddr::Inet(types::SockaddrIn {
                port: v4.port(),
                address: (a, b, c, d),
            })
        }
        SockAddr::V6(v6) => types::Sockaddr::Inet6(types::SockaddrIn6 {
            port: v6.port(),
            flowinfo: v6.flowinfo(),
            address: ip_to_groups(*v6.ip()),
            scope_id: v6.scope_id(),
        }),
    }
}

pub(crate) fn ip_from_wasi(address: network::IpAddress) -> IpAddr {
    match address {
        network::IpAddress::Ipv4((a, b, c, d)) => IpAddr::V4(Ipv4Addr::new(a, b, c, d)),
        network::IpAddress::Ipv6(groups) => IpAddr::V6(groups_to_ip(groups)),
    }
}

pub(crate) fn family_to_wasi(family: Family) -> network::IpAddressFamily {
    match family {
        Family::Inet => network::IpAddressFamily::Ipv4,
        Family::Inet6 => network::IpAddressFamily::Ipv6,
    }
}

pub(crate) fn address_from_wasi(address: network::IpSocketAddress) -> SockAddr {
    match address {
        network::IpSocketAddress::Ipv4(network::Ipv4SocketAddress {
            port,
            address: (a, b, c, d),
        }) => SockAddr::V4(SocketAddrV4::new(Ipv4Addr::new(a, b, c, d), port)),
        network::IpSocketAddress::Ipv6(v6) => SockAddr::V6(SocketAddrV6::new(
            groups_to_ip(v6.address),
            v6.port,
            v6.flow_info,
            v6.scope_id,
        )),
    }
}

pub(crate) fn address_to_wasi(address: &SockAddr) -> network::IpSocketAddress {
    match address {
        SockAddr::V4(v4) => {
            let [a, b, c, d] = v4.ip().octets();
            network::IpSocketAddress::Ipv4(network::Ipv4SocketAddress {
                port: v4.port(),
                address: (a, b, c, d),
            })
        }
        SockAddr::V6(v6) => network::IpSocketAddress::Ipv6(network::Ipv6SocketAddress {
            port: v6.port(),
            flow_info: v6.flowinfo(),
            address: ip_to_groups(*v6.ip()),
            scope_id: v6.scope_id(),
        }),
    }
}

/// An IPv6 address as WIT has it: both packages write it in groups of 16 bits.
type Groups = (u16, u16, u16, u16, u16, u16, u16, u16);

fn groups_to_ip((a, b, c, d, e, f, g, h): Groups) -> Ipv6Addr {
    Ipv6Addr::new(a, b, c, d, e, f, g, h)
}

fn ip_to_groups(ip: Ipv6Addr) -> Groups {
    let [a, b, c, d, e, f, g, h] = ip.segments();
    (a, b, c, d, e, f, g, h)
}

pub(crate) fn errno_to_wit(errno: Errno) -> types::Errno {
    match errno {
        Errno::E2big => types::Errno::E2big,
        Errno::Eacces => types::Errno::Eacces,
        Errno::Eaddrinuse => types::Errno::Eaddrinuse,
        Errno::Eaddrnotavail => types::Errno::Eaddrnotavail,
        Errno::Eafnosupport => types::Errno::Eafnosupport,
        Errno::Eagain => types::Errno::Eagain,
        Errno::Ealready => types::Errno::Ealready,
        Errno::Ebadf => types::Errno::Ebadf,
        Errno::Ebadmsg => types::Errno::Ebadmsg,
        Errno::Ebusy => types::Errno::Ebusy,
        Errno::Ecanceled => types::Errno::Ecanceled,
        Errno::Echild => types::Errno::Echild,
        Errno::Econnaborted => types::Errno::Econnaborted,
        Errno::Econnrefused => types::Errno::Econnrefused,
        Errno::Econnreset => types::Errno::Econnreset,
        Errno::Edeadlk => types::Errno::Edeadlk,
        Errno::Edestaddrreq => types::Errno::Edestaddrreq,
        Errno::Edom => types::Errno::Edom,
        Errno::Edquot => types::Errno::Edquot,
        Errno::Eexist => types::Errno::Eexist,
        Errno::Efault => types::Errno::Efault,
        Errno::Efbig => types::Errno::Efbig,
        Errno::Ehostdown => types::Errno::Ehostdown,
        Errno::Ehostunreach => types::Errno::Ehostunreach,
        Errno::Eidrm => types::Errno::Eidrm,
        Errno::Eilseq => types::Errno::Eilseq,
        Errno::Einprogress => types::Errno::Einprogress,
        Errno::Eintr => types::Errno::Eintr,
        Errno::Einval => types::Errno::Einval,
        Errno::Eio => types::Errno::Eio,
        Errno::Eisconn => types::Errno::Eisconn,
        Errno::Eisdir => types::Errno::Eisdir,
        Errno::Eloop => types::Errno::Eloop,
        Errno::Emfile => types::Errno::Emfile,
        Errno::Emlink => types::Errno::Emlink,
        Errno::Emsgsize => types::Errno::Emsgsize,
        Errno::Emultihop => types::Errno::Emultihop,
        Errno::Enametoolong => types::Errno::Enametoolong,
        Errno::Enetdown => types::Errno::Enetdown,
        Errno::Enetreset => types::Errno::Enetreset,
        Errno::Enetunreach => types::Errno::Enetunreach,
        Errno::Enfile => types::Errno::Enfile,
        Errno::Enobufs => types::Errno::Enobufs,
        Errno::Enodev => types::Errno::Enodev,
        Errno::Enoent => types::Errno::Enoent,
        Errno::Enoexec => types::Errno::Enoexec,
        Errno::Enolck => types::Errno::Enolck,
        Errno::Enolink => types::Errno::Enolink,
        Errno::Enomem => types::Errno::Enomem,
        Errno::Enomsg => types::Errno::Enomsg,
        Errno::Enoprotoopt => types::Errno::Enoprotoopt,
        Errno::Enospc => types::Errno::Enospc,
        Errno::Enosys => types::Errno::Enosys,
        Errno::Enotconn => types::Errno::Enotconn,
        Errno::Enotdir => types::Errno::Enotdir,
        Errno::Enotempty => types::Errno::Enotempty,
        Errno::Enotrecoverable => types::Errno::Enotrecoverable,
        Errno::Enotsock => types::Errno::Enotsock,
        Errno::Enotsup => types::Errno::Enotsup,
        Errno::Enotty => types::Errno::Enotty,
        Errno::Enxio => types::Errno::Enxio,
        Errno::Eopnotsupp => types::Errno::Eopnotsupp,
        Errno::Eoverflow => types::Errno::Eoverflow,
        Errno::Eownerdead => types::Errno::Eownerdead,
        Errno::Eperm => types::Errno::Eperm,
        Errno::Epfnosupport => types::Errno::Epfnosupport,
        Errno::Epipe => types::Errno::Epipe,
        Errno::Eproto => types::Errno::Eproto,
        Errno::Eprotonosupport => types::Errno::Eprotonosupport,
        Errno::Eprototype => types::Errno::Eprototype,
        Errno::Erange => types::Errno::Erange,
        Errno::Eremote => types::Errno::Eremote,
        Errno::Erofs => types::Errno::Erofs,
        Errno::Eshutdown => types::Errno::Eshutdown,
        Errno::Esocktnosupport => types::Errno::Esocktnosupport,
        Errno::Espipe => types::Errno::Espipe,
        Errno::Esrch => types::Errno::Esrch,
        Errno::Estale => types::Errno::Estale,
        Errno::Etimedout => types::Errno::Etimedout,
        Errno::Etoomanyrefs => types::Errno::Etoomanyrefs,
        Errno::Etxtbsy => types::Errno::Etxtbsy,
        Errno::Eusers => types::Errno::Eusers,
        Errno::Exdev => types::Errno::Exdev,
        Errno::Other => types::Errno::Other,
    }
}
