//! Addresses as text, by the C library: the reference for what BSD does.

use std::ffi::{CStr, CString};

use wasock_c_library as c_library;
use wasock_conformance::api::AnyFamily;
use wasock_core::Errno;

/// `inet_aton`.
pub(super) fn inet_aton(text: &str) -> Result<Vec<u8>, Errno> {
    read(text, c_library::aton)
}

/// `inet_pton`, whose zero for invalid text is an error here.
pub(super) fn inet_pton(family: AnyFamily, text: &str) -> Result<Vec<u8>, Errno> {
    match family {
        AnyFamily::Inet => read(text, c_library::pton4),
        AnyFamily::Inet6 => read(text, c_library::pton6),
        _ => Err(Errno::Eafnosupport),
    }
}

/// `inet_ntop`, with the length of the address looked at.
pub(super) fn inet_ntop(family: AnyFamily, packed: &[u8]) -> Result<String, Errno> {
    match family {
        AnyFamily::Inet => write(packed, c_library::ntop4),
        AnyFamily::Inet6 => write(packed, c_library::ntop6),
        _ => Err(Errno::Eafnosupport),
    }
}

fn read<const N: usize>(
    text: &str,
    reader: fn(&CStr) -> Option<[u8; N]>,
) -> Result<Vec<u8>, Errno> {
    let text = CString::new(text).map_err(|_| Errno::Einval)?;
    let packed = reader(&text).ok_or(Errno::Einval)?;
    Ok(packed.to_vec())
}

fn write<const N: usize>(packed: &[u8], writer: fn([u8; N]) -> String) -> Result<String, Errno> {
    let packed = packed.try_into().map_err(|_| Errno::Einval)?;
    Ok(writer(packed))
}
