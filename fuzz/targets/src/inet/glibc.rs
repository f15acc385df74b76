//! The same calls of the C library.

use std::ffi::{CStr, c_char, c_int, c_void};

const AF_INET: c_int = 2;
const AF_INET6: c_int = 10;

// `libc` leaves these out.
unsafe extern "C" {
    fn inet_aton(text: *const c_char, address: *mut c_void) -> c_int;
    fn inet_pton(family: c_int, text: *const c_char, address: *mut c_void) -> c_int;
    fn inet_ntop(
        family: c_int,
        address: *const c_void,
        text: *mut c_char,
        size: u32,
    ) -> *const c_char;
}

pub(super) fn aton(text: &CStr) -> Option<[u8; 4]> {
    let mut address = [0; 4];
    // SAFETY: the text ends with NUL; a `struct in_addr`, of four bytes, is what is written.
    let read = unsafe { inet_aton(text.as_ptr(), address.as_mut_ptr().cast()) };
    (read == 1).then_some(address)
}

pub(super) fn pton4(text: &CStr) -> Option<[u8; 4]> {
    pton(AF_INET, text)
}

pub(super) fn pton6(text: &CStr) -> Option<[u8; 16]> {
    pton(AF_INET6, text)
}

fn pton<const N: usize>(family: c_int, text: &CStr) -> Option<[u8; N]> {
    let mut address = [0; N];
    // SAFETY: the text ends with NUL; four bytes are written for IPv4 and sixteen for IPv6, as `N` is.
    let read = unsafe { inet_pton(family, text.as_ptr(), address.as_mut_ptr().cast()) };
    (read == 1).then_some(address)
}

pub(super) fn ntop4(address: &[u8; 4]) -> String {
    ntop(AF_INET, address)
}

pub(super) fn ntop6(address: &[u8; 16]) -> String {
    ntop(AF_INET6, address)
}

fn ntop(family: c_int, address: &[u8]) -> String {
    // The longest address of IPv6, dotted, is 45 characters.
    let mut text = [0_u8; 64];
    let size = text.len() as u32;
    // SAFETY: an address of the family is what is read, and at most `size` bytes are written.
    let written = unsafe {
        inet_ntop(
            family,
            address.as_ptr().cast(),
            text.as_mut_ptr().cast(),
            size,
        )
    };
    assert!(!written.is_null(), "the text has room");
    let text = CStr::from_bytes_until_nul(&text).expect("a text of C ends");
    text.to_str().expect("an address is ASCII").to_owned()
}
