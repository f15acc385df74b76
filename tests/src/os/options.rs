//! Options, as numbers that go to the system as they are: what it makes of wrong ones is the point.

#![expect(
    unsafe_code,
    reason = "the safe wrappers check values before the system can"
)]

use std::ffi::c_int;
use std::os::fd::{AsRawFd as _, BorrowedFd};

use rustix::io::Errno as Os;
use rustix::net::{AddressFamily, SocketType, sockopt};
use wasock_conformance::api::{AnyFamily, AnyType};
use wasock_core::Errno;
use wasock_core::sockopt::{NO_LINGER, SockOpt};

use super::errno::from_os;

/// `SO_TYPE`.
pub(crate) fn kind(fd: BorrowedFd<'_>) -> Result<AnyType, Errno> {
    match sockopt::socket_type(fd).map_err(from_os)? {
        SocketType::STREAM => Ok(AnyType::Stream),
        SocketType::DGRAM => Ok(AnyType::Dgram),
        _ => Ok(AnyType::Other),
    }
}

/// `SO_PROTOCOL`.
pub(crate) fn protocol(fd: BorrowedFd<'_>) -> Result<u32, Errno> {
    let protocol = sockopt::socket_protocol(fd).map_err(from_os)?;
    Ok(protocol.map_or(0, |protocol| protocol.as_raw().get()))
}

/// `SO_DOMAIN`.
pub(crate) fn family(fd: BorrowedFd<'_>) -> Result<AnyFamily, Errno> {
    match sockopt::socket_domain(fd).map_err(from_os)? {
        AddressFamily::INET => Ok(AnyFamily::Inet),
        AddressFamily::INET6 => Ok(AnyFamily::Inet6),
        _ => Ok(AnyFamily::Other),
    }
}

/// `SO_ERROR`.
pub(crate) fn error(fd: BorrowedFd<'_>) -> Result<Option<Errno>, Errno> {
    let error = sockopt::socket_error(fd).map_err(from_os)?;
    Ok(error.err().map(from_os))
}

/// `SO_ACCEPTCONN`.
pub(crate) fn listens(fd: BorrowedFd<'_>) -> Result<bool, Errno> {
    sockopt::socket_acceptconn(fd).map_err(from_os)
}

/// `getsockopt(2)`.
pub(crate) fn get(fd: BorrowedFd<'_>, option: SockOpt) -> Result<i32, Errno> {
    if option == SockOpt::SoLinger {
        let linger = sockopt::socket_linger(fd).map_err(from_os)?;
        let seconds = linger.map(|time| i32::try_from(time.as_secs()).unwrap_or(i32::MAX));
        return Ok(seconds.unwrap_or(NO_LINGER));
    }
    let (level, name) = number(option);
    let mut value: c_int = 0;
    let mut length = size(&value)?;
    // SAFETY: the value and its length are those of an `int`.
    let answer = unsafe {
        libc::getsockopt(
            fd.as_raw_fd(),
            level,
            name,
            (&raw mut value).cast(),
            &raw mut length,
        )
    };
    check(answer).map(|()| value)
}

/// `setsockopt(2)`.
pub(crate) fn set(fd: BorrowedFd<'_>, option: SockOpt, value: i32) -> Result<(), Errno> {
    if option == SockOpt::SoLinger {
        let linger = libc::linger {
            l_onoff: (value != NO_LINGER).into(),
            l_linger: value.max(0),
        };
        return set_raw(fd, number(option), &linger);
    }
    set_raw(fd, number(option), &value)
}

fn set_raw<T>(fd: BorrowedFd<'_>, (level, name): (c_int, c_int), value: &T) -> Result<(), Errno> {
    let length = size(value)?;
    // SAFETY: the length is that of the value.
    let answer = unsafe {
        libc::setsockopt(
            fd.as_raw_fd(),
            level,
            name,
            std::ptr::from_ref(value).cast(),
            length,
        )
    };
    check(answer)
}

fn size<T>(value: &T) -> Result<libc::socklen_t, Errno> {
    size_of_val(value).try_into().map_err(|_| Errno::Eoverflow)
}

fn check(answer: c_int) -> Result<(), Errno> {
    if answer == 0 {
        return Ok(());
    }
    let error = std::io::Error::last_os_error();
    Err(Os::from_io_error(&error).map_or(Errno::Other, from_os))
}

/// The level and the name of an option.
fn number(option: SockOpt) -> (c_int, c_int) {
    match option {
        SockOpt::SoReuseaddr => (libc::SOL_SOCKET, libc::SO_REUSEADDR),
        SockOpt::SoKeepalive => (libc::SOL_SOCKET, libc::SO_KEEPALIVE),
        SockOpt::TcpKeepidle => (libc::IPPROTO_TCP, libc::TCP_KEEPIDLE),
        SockOpt::TcpKeepintvl => (libc::IPPROTO_TCP, libc::TCP_KEEPINTVL),
        SockOpt::TcpKeepcnt => (libc::IPPROTO_TCP, libc::TCP_KEEPCNT),
        SockOpt::SoRcvbuf => (libc::SOL_SOCKET, libc::SO_RCVBUF),
        SockOpt::SoSndbuf => (libc::SOL_SOCKET, libc::SO_SNDBUF),
        SockOpt::IpTtl => (libc::IPPROTO_IP, libc::IP_TTL),
        SockOpt::Ipv6UnicastHops => (libc::IPPROTO_IPV6, libc::IPV6_UNICAST_HOPS),
        SockOpt::Ipv6V6only => (libc::IPPROTO_IPV6, libc::IPV6_V6ONLY),
        SockOpt::TcpNodelay => (libc::IPPROTO_TCP, libc::TCP_NODELAY),
        SockOpt::SoBroadcast => (libc::SOL_SOCKET, libc::SO_BROADCAST),
        SockOpt::SoLinger => (libc::SOL_SOCKET, libc::SO_LINGER),
        SockOpt::SoReuseport => (libc::SOL_SOCKET, libc::SO_REUSEPORT),
        SockOpt::IpTos => (libc::IPPROTO_IP, libc::IP_TOS),
        SockOpt::Ipv6Tclass => (libc::IPPROTO_IPV6, libc::IPV6_TCLASS),
    }
}
