//! From an address to names: `getnameinfo`.

use alloc::format;
use alloc::string::{String, ToString};

use crate::{SockAddr, inet};

use super::services::{self, Transport};
use super::{Eai, NameInfoFlags};

/// What `getnameinfo` answers with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameInfo {
    /// The address as text.
    pub host: String,
    /// The service, or the port as text.
    pub service: String,
}

/// Translates an address into a host and a service.
///
/// WASI has no lookup of addresses, so the host is always the address as text: that is what the GNU C library
/// answers for an address without a name. A scope id is written as a number behind `%`.
///
/// The service is that of TCP, under `NI_DGRAM` that of UDP; where none is known, the port as text.
///
/// # Errors
/// `EAI_NONAME`: `NI_NAMEREQD` without `NI_NUMERICHOST`, as there is no name to be had.
///
/// # BSD
/// `getnameinfo(3)`.
pub fn getnameinfo(address: &SockAddr, flags: NameInfoFlags) -> Result<NameInfo, Eai> {
    if flags.contains(NameInfoFlags::NAMEREQD) && !flags.contains(NameInfoFlags::NUMERICHOST) {
        return Err(Eai::Noname);
    }

    let host = match address {
        SockAddr::V4(v4) => inet::ntop4(v4.ip().octets()),
        SockAddr::V6(v6) => {
            let text = inet::ntop6(v6.ip().octets());
            match v6.scope_id() {
                0 => text,
                zone => format!("{text}%{zone}"),
            }
        }
    };
    let transport = if flags.contains(NameInfoFlags::DGRAM) {
        Transport::Udp
    } else {
        Transport::Tcp
    };
    let name = if flags.contains(NameInfoFlags::NUMERICSERV) {
        None
    } else {
        services::name(address.port(), transport)
    };
    let service = name.map_or_else(|| address.port().to_string(), String::from);
    Ok(NameInfo { host, service })
}
