//! Addresses as text, by the C library: the reference for what BSD does.

#![expect(
    unsafe_code,
    reason = "the functions under comparison are those of the C library"
)]

use std::ffi::{CStr, CString, c_char, c_int, c_void};

use rustix::net::AddressFamily;
use wasock_core::Errno;

unsafe extern "C" {
    #[link_name = "inet_aton"]
    fn c_inet_aton(text: *const c_char, packed: *mut [u8; 4]) -> c_int;
    #[link_name = "inet_pton"]
    fn c_inet_pton(family: c_int, text: *const c_char, packed: *mut c_void) -> c_int;
    #[link_name = "inet_ntop"]
    fn c_inet_ntop(
        family: c_int,
        packed: *const c_void,
        text: *mut c_char,
        size: u32,
    ) -> *const c_char;
}

/// As long as the longest text, and more.
const TEXT: usize = 64;

/// `inet_aton`.
pub(super) fn inet_aton(text: &str) -> Result<Vec<u8>, Errno> {
    let text = CString::new(text).map_err(|_| Errno::Einval)?;
    let mut packed = [0; 4];
    // SAFETY: the text ends with a zero byte, and `packed` has the size of a `struct in_addr`.
    let valid = unsafe { c_inet_aton(text.as_ptr(), &raw mut packed) };
    if valid == 1 {
        Ok(packed.to_vec())
    } else {
        Err(Errno::Einval)
    }
}

/// `inet_pton`, whose zero for invalid text is an error here.
pub(super) fn inet_pton(family: AddressFamily, text: &str) -> Result<Vec<u8>, Errno> {
    let length = length(family)?;
    let text = CString::new(text).map_err(|_| Errno::Einval)?;
    let mut packed = [0_u8; 16];
    // SAFETY: the text ends with a zero byte, and 16 bytes hold an address of either family.
    let valid = unsafe {
        c_inet_pton(
            c_int::from(family.as_raw()),
            text.as_ptr(),
            packed.as_mut_ptr().cast(),
        )
    };
    let packed = packed.get(..length).ok_or(Errno::Eoverflow)?;
    if valid == 1 {
        Ok(packed.to_vec())
    } else {
        Err(Errno::Einval)
    }
}

/// `inet_ntop`, with the length of the address looked at.
pub(super) fn inet_ntop(family: AddressFamily, packed: &[u8]) -> Result<String, Errno> {
    if packed.len() != length(family)? {
        return Err(Errno::Einval);
    }
    let mut text: [c_char; TEXT] = [0; TEXT];
    let size = u32::try_from(TEXT).map_err(|_| Errno::Eoverflow)?;
    // SAFETY: `packed` has the length of the family, and `size` is that of `text`.
    let written = unsafe {
        c_inet_ntop(
            c_int::from(family.as_raw()),
            packed.as_ptr().cast(),
            text.as_mut_ptr(),
            size,
        )
    };
    if written.is_null() {
        return Err(Errno::Einval);
    }
    // SAFETY: `inet_ntop` has written a text that ends with a zero byte.
    let text = unsafe { CStr::from_ptr(text.as_ptr()) };
    text.to_str().map(str::to_owned).map_err(|_| Errno::Eilseq)
}

fn length(family: AddressFamily) -> Result<usize, Errno> {
    match family {
        AddressFamily::INET => Ok(4),
        AddressFamily::INET6 => Ok(16),
        _ => Err(Errno::Eafnosupport),
    }
}
