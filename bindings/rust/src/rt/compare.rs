//! Comparing memory, which `core` leaves to a C library. Copying and filling are instructions of WebAssembly.

/// Compares as `memcmp` of C.
///
/// # Safety
/// Both pointers are valid for reads of `length` bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn memcmp(left: *const u8, right: *const u8, length: usize) -> i32 {
    for index in 0..length {
        // SAFETY: `index` is below `length`, for which the caller vouches.
        let (left, right) = unsafe { (*left.add(index), *right.add(index)) };
        if left != right {
            return i32::from(left) - i32::from(right);
        }
    }
    0
}
