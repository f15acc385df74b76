//! Names, by the C library. Raw sockets, which it lists too, are left out, as the interface has none. A lookup
//! has its answer from the start.

#![expect(
    unsafe_code,
    reason = "the functions under comparison are those of the C library"
)]

use std::cell::RefCell;
use std::ffi::{CStr, CString, c_char, c_int};
use std::net::SocketAddr;
use std::ptr;
use std::rc::{Rc, Weak};

use libc::{addrinfo, sockaddr_in, sockaddr_in6, sockaddr_storage, socklen_t};
use wasock_conformance::api::{AddrInfo, AnyFamily, AnyType, Lookup, Question};
use wasock_core::Errno;
use wasock_core::names::{AddrInfoFlags, Eai, NameInfoFlags};

/// GNU's `EAI_ADDRFAMILY`, which the crate `libc` leaves out.
const EAI_ADDRFAMILY: c_int = -9;

/// A translation that has its answer; none once it is closed. Pollers know it too.
#[derive(Debug)]
pub struct OsLookup(Rc<RefCell<Option<Vec<AddrInfo>>>>);

type Answer = Result<Vec<AddrInfo>, Eai>;

impl OsLookup {
    pub(super) fn start(question: &Question<'_>) -> Result<Self, Eai> {
        let answer = getaddrinfo(question)?;
        Ok(Self(Rc::new(RefCell::new(Some(answer)))))
    }

    pub(super) fn check_open(&self) -> Result<(), Errno> {
        self.0.borrow().as_ref().map(|_| ()).ok_or(Errno::Ebadf)
    }

    /// It, for a poller.
    pub(super) fn watch(&self) -> Weak<RefCell<Option<Vec<AddrInfo>>>> {
        Rc::downgrade(&self.0)
    }
}

impl Lookup for OsLookup {
    fn finish(&self) -> Answer {
        self.0.borrow().clone().ok_or(Eai::Canceled)
    }

    fn cancel(&self) {}

    fn close(&self) {
        self.0.take();
    }
}

/// `getaddrinfo`.
pub(super) fn getaddrinfo(question: &Question<'_>) -> Answer {
    let text = |text: Option<&str>| text.map(CString::new).transpose().map_err(|_| Eai::Noname);
    let (host, service) = (text(question.host)?, text(question.service)?);
    let pointer = |text: &Option<CString>| text.as_ref().map_or(ptr::null(), |text| text.as_ptr());

    let hints = addrinfo {
        ai_flags: ai_flags(question.flags),
        ai_family: family_number(question.family),
        ai_socktype: type_number(question.kind),
        ai_protocol: c_int::try_from(question.protocol).map_err(|_| Eai::Service)?,
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
    // SAFETY: the entries of the list are valid until it is freed, and the last one has no next.
    while let Some(entry) = unsafe { next.as_ref() } {
        answer.extend(read_entry(entry));
        next = entry.ai_next;
    }
    // SAFETY: the list is that of `getaddrinfo`, and nothing points into it any more.
    unsafe { libc::freeaddrinfo(list) };
    Ok(answer)
}

/// An entry, unless it is about raw sockets.
fn read_entry(entry: &addrinfo) -> Option<AddrInfo> {
    let kind = match entry.ai_socktype {
        libc::SOCK_STREAM => AnyType::Stream,
        libc::SOCK_DGRAM => AnyType::Dgram,
        _ => return None,
    };
    let (family, address) = match entry.ai_family {
        libc::AF_INET => {
            // SAFETY: the family says what the address is.
            let address = unsafe { entry.ai_addr.cast::<sockaddr_in>().read_unaligned() };
            let ip = address.sin_addr.s_addr.to_ne_bytes();
            let port = u16::from_be(address.sin_port);
            (AnyFamily::Inet, SocketAddr::from((ip, port)))
        }
        libc::AF_INET6 => {
            // SAFETY: the family says what the address is.
            let address = unsafe { entry.ai_addr.cast::<sockaddr_in6>().read_unaligned() };
            let address = std::net::SocketAddrV6::new(
                address.sin6_addr.s6_addr.into(),
                u16::from_be(address.sin6_port),
                u32::from_be(address.sin6_flowinfo),
                address.sin6_scope_id,
            );
            (AnyFamily::Inet6, address.into())
        }
        _ => return None,
    };
    let canonname = (!entry.ai_canonname.is_null()).then(|| {
        // SAFETY: it ends with a zero byte.
        let text = unsafe { CStr::from_ptr(entry.ai_canonname) };
        text.to_string_lossy().into_owned()
    });
    Some(AddrInfo {
        family,
        kind,
        protocol: u32::try_from(entry.ai_protocol).unwrap_or_default(),
        canonname,
        address,
    })
}

/// `getnameinfo`.
pub(super) fn getnameinfo(
    address: SocketAddr,
    flags: NameInfoFlags,
) -> Result<(String, String), Eai> {
    let (storage, length) = packed(address);
    let mut host: [c_char; 1025] = [0; 1025];
    let mut service: [c_char; 32] = [0; 32];
    // SAFETY: the lengths are those of what the pointers point to.
    let code = unsafe {
        libc::getnameinfo(
            (&raw const storage).cast(),
            length,
            host.as_mut_ptr(),
            1025,
            service.as_mut_ptr(),
            32,
            ni_flags(flags),
        )
    };
    if code != 0 {
        return Err(eai(code));
    }
    // SAFETY: both end with a zero byte.
    let text = |text: &[c_char]| unsafe { CStr::from_ptr(text.as_ptr()) }.to_string_lossy();
    Ok((text(&host).into_owned(), text(&service).into_owned()))
}

fn packed(address: SocketAddr) -> (sockaddr_storage, socklen_t) {
    // SAFETY: all bytes zero are an address of no family.
    let mut storage: sockaddr_storage = unsafe { std::mem::zeroed() };
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

fn family_number(family: AnyFamily) -> c_int {
    match family {
        AnyFamily::Unspec => libc::AF_UNSPEC,
        AnyFamily::Inet => libc::AF_INET,
        AnyFamily::Inet6 => libc::AF_INET6,
        AnyFamily::Unix => libc::AF_UNIX,
        AnyFamily::Other => 99,
    }
}

fn type_number(kind: AnyType) -> c_int {
    match kind {
        AnyType::Unspec => 0,
        AnyType::Stream => libc::SOCK_STREAM,
        AnyType::Dgram => libc::SOCK_DGRAM,
        AnyType::Raw => libc::SOCK_RAW,
        AnyType::Rdm => libc::SOCK_RDM,
        AnyType::Seqpacket => libc::SOCK_SEQPACKET,
        AnyType::Other => 99,
    }
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
