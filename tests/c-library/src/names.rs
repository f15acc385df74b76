//! Names, as the C library translates them.
#![expect(unsafe_code, reason = "what is compared with is a library of C")]

use std::ffi::{CString, c_char, c_int};
use std::net::{SocketAddr, SocketAddrV6};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::{mem, ptr};

use libc::{addrinfo, sockaddr_in, sockaddr_in6, sockaddr_storage, socklen_t};
use wasock_core::addr::Family;
use wasock_core::create::{AddressFamily, SocketType};
use wasock_core::names::{AddrInfo, AddrInfoFlags, Eai, NameInfoFlags, Query, Transport};

use crate::text;

/// GNU's `EAI_ADDRFAMILY`, which the crate `libc` leaves out.
const EAI_ADDRFAMILY: c_int = -9;

/// `getaddrinfo`, with all that it lists, of IPv4 and IPv6. A text with a zero in it is no name, as it cannot be asked for.
///
/// # Errors
/// Those of the library.
pub fn getaddrinfo(query: &Query<'_>) -> Result<Vec<AddrInfo>, Eai> {
    let c_text = |text: Option<&str>| {
        let text = text.map(CString::new).transpose();
        text.map_err(|_| Eai::Noname)
    };
    let (host, service) = (c_text(query.host)?, c_text(query.service)?);
    let pointer = |text: &Option<CString>| text.as_ref().map_or(ptr::null(), |text| text.as_ptr());
    let hints = addrinfo {
        ai_flags: ai_flags(query.flags),
        ai_family: family_number(query.family),
        ai_socktype: type_number(query.r#type),
        ai_protocol: c_int::try_from(query.protocol).map_err(|_| Eai::Service)?,
        ai_addrlen: 0,
        ai_addr: ptr::null_mut(),
        ai_canonname: ptr::null_mut(),
        ai_next: ptr::null_mut(),
    };
    let mut list = ptr::null_mut();
    // SAFETY: the texts end with a zero byte, and the hints are those of the manual.
    let code = unsafe {
        libc::getaddrinfo(
            pointer(&host),
            pointer(&service),
            &raw const hints,
            &raw mut list,
        )
    };
    if code != 0 {
        return Err(eai(code));
    }
    let mut answer = Vec::new();
    let mut next = list;
    // SAFETY: the entries are valid until the list is freed, and the last one has no next.
    while let Some(entry) = unsafe { next.as_ref() } {
        answer.push(read_entry(entry));
        next = entry.ai_next;
    }
    // SAFETY: the list is that of `getaddrinfo`, and nothing points into it any more.
    unsafe { libc::freeaddrinfo(list) };
    Ok(answer)
}

fn read_entry(entry: &addrinfo) -> AddrInfo {
    let address = match entry.ai_family {
        libc::AF_INET => {
            // SAFETY: the family says what the address is.
            let address = unsafe { entry.ai_addr.cast::<sockaddr_in>().read_unaligned() };
            let ip = address.sin_addr.s_addr.to_ne_bytes();
            SocketAddr::from((ip, u16::from_be(address.sin_port)))
        }
        libc::AF_INET6 => {
            // SAFETY: the family says what the address is.
            let address = unsafe { entry.ai_addr.cast::<sockaddr_in6>().read_unaligned() };
            let port = u16::from_be(address.sin6_port);
            let ip = address.sin6_addr.s6_addr.into();
            let flow = u32::from_be(address.sin6_flowinfo);
            SocketAddr::V6(SocketAddrV6::new(ip, port, flow, address.sin6_scope_id))
        }
        other => panic!("nobody asks for family {other}"),
    };
    AddrInfo {
        family: Family::of(&address),
        r#type: TYPE_NUMBERS
            .iter()
            .find(|(_, number)| *number == entry.ai_socktype)
            .map_or(SocketType::Other, |(r#type, _)| *r#type),
        protocol: u32::try_from(entry.ai_protocol).unwrap_or(u32::MAX),
        canonname: (!entry.ai_canonname.is_null()).then(|| text(entry.ai_canonname)),
        address,
    }
}

/// `getnameinfo`: the host and the service.
///
/// # Errors
/// Those of the library.
pub fn getnameinfo(address: &SocketAddr, flags: NameInfoFlags) -> Result<(String, String), Eai> {
    let (storage, length) = packed(address);
    let mut host: [c_char; 1025] = [0; 1025];
    let mut service: [c_char; 64] = [0; 64];
    // SAFETY: the lengths are those of what the pointers point to.
    let code = unsafe {
        libc::getnameinfo(
            (&raw const storage).cast(),
            length,
            host.as_mut_ptr(),
            1025,
            service.as_mut_ptr(),
            64,
            ni_flags(flags),
        )
    };
    if code != 0 {
        return Err(eai(code));
    }
    Ok((text(host.as_ptr()), text(service.as_ptr())))
}

fn packed(address: &SocketAddr) -> (sockaddr_storage, socklen_t) {
    // SAFETY: all bytes zero are an address of no family.
    let mut storage: sockaddr_storage = unsafe { mem::zeroed() };
    let length = match address {
        SocketAddr::V4(v4) => {
            // SAFETY: the storage has room for every address, and its alignment.
            let four = unsafe { &mut *(&raw mut storage).cast::<sockaddr_in>() };
            four.sin_family = libc::AF_INET as libc::sa_family_t;
            four.sin_port = v4.port().to_be();
            four.sin_addr.s_addr = u32::from_ne_bytes(v4.ip().octets());
            size_of::<sockaddr_in>()
        }
        SocketAddr::V6(v6) => {
            // SAFETY: as above.
            let six = unsafe { &mut *(&raw mut storage).cast::<sockaddr_in6>() };
            six.sin6_family = libc::AF_INET6 as libc::sa_family_t;
            six.sin6_port = v6.port().to_be();
            six.sin6_addr.s6_addr = v6.ip().octets();
            six.sin6_scope_id = v6.scope_id();
            size_of::<sockaddr_in6>()
        }
    };
    (storage, length as socklen_t)
}

/// `getservbyname`: the port.
#[must_use]
pub fn service(name: &str, transport: Transport) -> Option<u16> {
    let name = CString::new(name).ok()?;
    let _one = one_at_a_time();
    // SAFETY: both end with a zero byte. The entry is the library's, and valid until the next call.
    let entry = unsafe { libc::getservbyname(name.as_ptr(), protocol(transport)).as_ref() };
    entry.map(|entry| u16::from_be(entry.s_port as u16))
}

/// `getservbyport`: the name.
#[must_use]
pub fn port(number: u16, transport: Transport) -> Option<String> {
    let _one = one_at_a_time();
    // SAFETY: as above.
    let entry =
        unsafe { libc::getservbyport(c_int::from(number.to_be()), protocol(transport)).as_ref() };
    entry.map(|entry| text(entry.s_name))
}

/// The table of services has one entry for all threads.
fn one_at_a_time() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn protocol(transport: Transport) -> *const c_char {
    match transport {
        Transport::Tcp => c"tcp".as_ptr(),
        Transport::Udp => c"udp".as_ptr(),
    }
}

fn family_number(family: AddressFamily) -> c_int {
    match family {
        AddressFamily::Unspec => libc::AF_UNSPEC,
        AddressFamily::Inet => libc::AF_INET,
        AddressFamily::Inet6 => libc::AF_INET6,
        AddressFamily::Unix => libc::AF_UNIX,
        AddressFamily::Other => 99,
    }
}

const TYPE_NUMBERS: [(SocketType, c_int); 7] = [
    (SocketType::Unspec, 0),
    (SocketType::Stream, libc::SOCK_STREAM),
    (SocketType::Dgram, libc::SOCK_DGRAM),
    (SocketType::Raw, libc::SOCK_RAW),
    (SocketType::Rdm, libc::SOCK_RDM),
    (SocketType::Seqpacket, libc::SOCK_SEQPACKET),
    (SocketType::Other, 99),
];

fn type_number(r#type: SocketType) -> c_int {
    let found = TYPE_NUMBERS.iter().find(|(of, _)| *of == r#type);
    found.map_or(99, |(_, number)| *number)
}

fn ai_flags(flags: AddrInfoFlags) -> c_int {
    let table = [
        (AddrInfoFlags::PASSIVE, libc::AI_PASSIVE),
        (AddrInfoFlags::CANONNAME, libc::AI_CANONNAME),
        (AddrInfoFlags::NUMERICHOST, libc::AI_NUMERICHOST),
        (AddrInfoFlags::V4MAPPED, libc::AI_V4MAPPED),
        (AddrInfoFlags::ALL, libc::AI_ALL),
        (AddrInfoFlags::ADDRCONFIG, libc::AI_ADDRCONFIG),
        (AddrInfoFlags::NUMERICSERV, libc::AI_NUMERICSERV),
    ];
    let set = table.into_iter().filter(|(ours, _)| flags.contains(*ours));
    set.fold(0, |sum, (_, theirs)| sum | theirs)
}

fn ni_flags(flags: NameInfoFlags) -> c_int {
    let table = [
        (NameInfoFlags::NUMERICHOST, libc::NI_NUMERICHOST),
        (NameInfoFlags::NUMERICSERV, libc::NI_NUMERICSERV),
        (NameInfoFlags::NOFQDN, libc::NI_NOFQDN),
        (NameInfoFlags::NAMEREQD, libc::NI_NAMEREQD),
        (NameInfoFlags::DGRAM, libc::NI_DGRAM),
    ];
    let set = table.into_iter().filter(|(ours, _)| flags.contains(*ours));
    set.fold(0, |sum, (_, theirs)| sum | theirs)
}

fn eai(code: c_int) -> Eai {
    match code {
        EAI_ADDRFAMILY => Eai::Addrfamily,
        libc::EAI_AGAIN => Eai::Again,
        libc::EAI_BADFLAGS => Eai::Badflags,
        libc::EAI_FAIL => Eai::Fail,
        libc::EAI_FAMILY => Eai::Family,
        libc::EAI_MEMORY => Eai::Memory,
        libc::EAI_NODATA => Eai::Nodata,
        libc::EAI_NONAME => Eai::Noname,
        libc::EAI_OVERFLOW => Eai::Overflow,
        libc::EAI_SERVICE => Eai::Service,
        libc::EAI_SOCKTYPE => Eai::Socktype,
        libc::EAI_SYSTEM => Eai::System,
        _ => Eai::Other,
    }
}
