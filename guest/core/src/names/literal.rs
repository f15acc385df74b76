//! Addresses as text, as `getaddrinfo` takes them.
//!
//! IPv4 has all the forms of `inet_aton` but no tail. IPv6 may have a zone, which is a number: a component
//! cannot tell the names of interfaces, so `%lo` is no zone here. As with the GNU C library, a number is taken
//! even where the address has no zones.

use core::net::{Ipv4Addr, Ipv6Addr};

use crate::SockAddr;
use crate::addr::{Family, SocketAddrV6};
use crate::inet;

use super::{AddrInfoFlags, Eai};

/// The address that `host` is, in the family that is wanted (`None` wants any), with port 0; `Ok(None)` when it
/// is none.
///
/// # Errors
/// `EAI_ADDRFAMILY` when it is of the other family. Only IPv4-mapped addresses belong to both; IPv4 becomes one
/// under `AI_V4MAPPED`. Then `EAI_NONAME` for a zone that is no number.
pub(super) fn read(
    host: &str,
    family: Option<Family>,
    flags: AddrInfoFlags,
) -> Result<Option<SockAddr>, Eai> {
    if let Some(packed) = inet::aton_exact(host) {
        return v4(packed.into(), family, flags).map(Some);
    }
    let (text, zone) = match host.split_once('%') {
        Some((text, zone)) => (text, Some(zone)),
        None => (host, None),
    };
    match inet::pton6(text) {
        Some(packed) => v6(packed.into(), zone, family).map(Some),
        None => Ok(None),
    }
}

fn v4(ip: Ipv4Addr, family: Option<Family>, flags: AddrInfoFlags) -> Result<SockAddr, Eai> {
    match family {
        None | Some(Family::Inet) => Ok(SockAddr::new(ip.into(), 0)),
        Some(Family::Inet6) if flags.contains(AddrInfoFlags::V4MAPPED) => {
            Ok(SockAddr::new(ip.to_ipv6_mapped().into(), 0))
        }
        Some(Family::Inet6) => Err(Eai::Addrfamily),
    }
}

fn v6(ip: Ipv6Addr, zone: Option<&str>, family: Option<Family>) -> Result<SockAddr, Eai> {
    let mapped = match family {
        None | Some(Family::Inet6) => None,
        Some(Family::Inet) => Some(ip.to_ipv4_mapped().ok_or(Eai::Addrfamily)?),
    };
    let zone = match zone {
        None => 0,
        Some(text) => read_zone(text).ok_or(Eai::Noname)?,
    };
    Ok(match mapped {
        Some(ip) => SockAddr::new(ip.into(), 0),
        None => SockAddr::V6(SocketAddrV6::new(ip, 0, 0, zone)),
    })
}

fn read_zone(text: &str) -> Option<u32> {
    // `parse` would take a sign.
    if text.bytes().all(|digit| digit.is_ascii_digit()) {
        text.parse().ok()
    } else {
        None
    }
}
