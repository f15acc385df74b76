//! How the C library reads a number.

use std::ffi::{CString, c_char, c_int, c_ulong};

unsafe extern "C" {
    fn strtoul(text: *const c_char, end: *mut *mut c_char, base: c_int) -> c_ulong;
}

/// The number that a text is, if it is nothing else. A negative one is too large for a port, as it is in C.
pub(super) fn number(text: &str) -> Option<u64> {
    let c_text = CString::new(text).ok()?;
    let mut end = std::ptr::null_mut();
    // SAFETY: the text ends with NUL, and the end that is written points into it.
    let (value, read) = unsafe {
        let value = strtoul(c_text.as_ptr(), &mut end, 10);
        (value, end.cast_const().offset_from(c_text.as_ptr()))
    };
    let is_all = read > 0 && usize::try_from(read) == Ok(text.len());
    let wraps = text.contains('-') && value != 0;
    is_all.then_some(if wraps { u64::MAX } else { value })
}
