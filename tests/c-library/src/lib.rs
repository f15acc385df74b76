//! Addresses and names as the C library of this machine translates them: what BSD does, to compare with.
#![cfg(target_os = "linux")]

mod inet;
mod names;

use std::ffi::{CStr, c_char};

pub use inet::{aton, ntoa, ntop4, ntop6, pton4, pton6};
pub use names::{getaddrinfo, getnameinfo, port, service};

/// Which release of the GNU C library it is.
#[cfg(target_env = "gnu")]
#[must_use]
#[expect(unsafe_code, reason = "it is asked in C")]
pub fn version() -> String {
    // SAFETY: it has no precondition.
    text(unsafe { libc::gnu_get_libc_version() })
}

/// A text of the library.
#[expect(unsafe_code, reason = "it is a text of C")]
fn text(pointer: *const c_char) -> String {
    assert!(!pointer.is_null(), "the library answers with a text");
    // SAFETY: its texts end with a zero byte.
    let text = unsafe { CStr::from_ptr(pointer) };
    text.to_string_lossy().into_owned()
}
