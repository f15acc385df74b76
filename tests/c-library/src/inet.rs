//! Text and addresses, as the C library reads and writes them.
#![expect(unsafe_code, reason = "what is compared with is a library of C")]

use std::ffi::{CStr, c_char, c_int, c_void};

use libc::{AF_INET, AF_INET6, in_addr};

use crate::text;

/// As long as the longest text, and more.
const LONGEST: usize = 64;

// What the crate `libc` leaves out.
unsafe extern "C" {
    #[link_name = "inet_aton"]
    fn c_aton(text: *const c_char, packed: *mut [u8; 4]) -> c_int;
    #[link_name = "inet_pton"]
    fn c_pton(family: c_int, text: *const c_char, packed: *mut c_void) -> c_int;
    #[link_name = "inet_ntoa"]
    fn c_ntoa(packed: in_addr) -> *const c_char;
    #[link_name = "inet_ntop"]
    fn c_ntop(family: c_int, packed: *const c_void, text: *mut c_char, size: u32) -> *const c_char;
}

/// `inet_aton`.
#[must_use]
pub fn aton(text: &CStr) -> Option<[u8; 4]> {
    let mut packed = [0; 4];
    // SAFETY: a `struct in_addr` is four bytes.
    let valid = unsafe { c_aton(text.as_ptr(), &raw mut packed) };
    (valid == 1).then_some(packed)
}

/// `inet_pton` for IPv4.
#[must_use]
pub fn pton4(text: &CStr) -> Option<[u8; 4]> {
    pton(AF_INET, text)
}

/// `inet_pton` for IPv6.
#[must_use]
pub fn pton6(text: &CStr) -> Option<[u8; 16]> {
    pton(AF_INET6, text)
}

/// `N` is the length of an address of `family`.
fn pton<const N: usize>(family: c_int, text: &CStr) -> Option<[u8; N]> {
    let mut packed = [0; N];
    // SAFETY: the callers give the length of the family.
    let valid = unsafe { c_pton(family, text.as_ptr(), (&raw mut packed).cast()) };
    (valid == 1).then_some(packed)
}

/// `inet_ntoa`.
#[must_use]
pub fn ntoa(packed: [u8; 4]) -> String {
    let packed = in_addr {
        s_addr: u32::from_ne_bytes(packed),
    };
    // SAFETY: every value is an address.
    text(unsafe { c_ntoa(packed) })
}

/// `inet_ntop` for IPv4.
#[must_use]
pub fn ntop4(packed: [u8; 4]) -> String {
    ntop(AF_INET, &packed)
}

/// `inet_ntop` for IPv6.
#[must_use]
pub fn ntop6(packed: [u8; 16]) -> String {
    ntop(AF_INET6, &packed)
}

fn ntop(family: c_int, packed: &[u8]) -> String {
    let mut buffer: [c_char; LONGEST] = [0; LONGEST];
    // SAFETY: the callers give an address of the family, and `LONGEST` is the size of the buffer.
    text(unsafe {
        c_ntop(
            family,
            packed.as_ptr().cast(),
            buffer.as_mut_ptr(),
            LONGEST as u32,
        )
    })
}
