//! The exported interface `inet`.

use alloc::string::String;
use alloc::vec::Vec;

use wasock_core::inet;

use crate::Provider;
use crate::bindings::exports::wasock::net::inet::{AddressFamily, Errno, Guest};

impl Guest for Provider {
    fn inet_aton(text: String) -> Result<Vec<u8>, Errno> {
        inet::aton(&text).map(Vec::from).ok_or(Errno::Einval)
    }

    fn inet_ntoa(packed: Vec<u8>) -> Result<String, Errno> {
        let packed = <[u8; 4]>::try_from(packed).map_err(|_| Errno::Einval)?;
        Ok(inet::ntoa(packed))
    }

    fn inet_pton(family: AddressFamily, text: String) -> Result<Vec<u8>, Errno> {
        let packed = match family {
            AddressFamily::Inet => inet::pton4(&text).map(Vec::from),
            AddressFamily::Inet6 => inet::pton6(&text).map(Vec::from),
            _ => return Err(Errno::Eafnosupport),
        };
        packed.ok_or(Errno::Einval)
    }

    fn inet_ntop(family: AddressFamily, packed: Vec<u8>) -> Result<String, Errno> {
        let text = match family {
            AddressFamily::Inet => packed.try_into().map(inet::ntop4),
            AddressFamily::Inet6 => packed.try_into().map(inet::ntop6),
            _ => return Err(Errno::Eafnosupport),
        };
        text.map_err(|_| Errno::Einval)
    }
}
