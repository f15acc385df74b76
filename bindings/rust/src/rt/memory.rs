//! The allocator, and the function through which the host allocates.

use alloc::alloc::{Layout, alloc, realloc};
use core::arch::wasm32::unreachable;
use core::ptr::null_mut;

use dlmalloc::GlobalDlmalloc;

#[global_allocator]
static ALLOCATOR: GlobalDlmalloc = GlobalDlmalloc;

/// Allocates memory for what the host passes in: lists and strings.
///
/// On `wasm32-wasip2` the standard library exports this, so a program without it must. An allocation that
/// fails is a trap, as the canonical ABI wants it.
///
/// # Safety
/// To be called by the canonical ABI only: `align` is a power of two, and `old` is null with `old_len` 0 or a
/// block that this function returned for `old_len` and `align`.
#[unsafe(no_mangle)]
unsafe extern "C" fn cabi_realloc(
    old: *mut u8,
    old_len: usize,
    align: usize,
    new_len: usize,
) -> *mut u8 {
    if new_len == 0 {
        // Nothing will be written: any aligned pointer that is not null will do. The ABI never shrinks to zero.
        return core::ptr::without_provenance_mut(align);
    }
    let block = match Layout::from_size_align(if old_len == 0 { new_len } else { old_len }, align) {
        Err(_) => null_mut(),
        // SAFETY: the size is `new_len`, which is not zero.
        Ok(layout) if old_len == 0 => unsafe { alloc(layout) },
        // SAFETY: by contract `old` is a block of this allocator with this layout. `new_len` is a size in
        // a 32-bit memory; the allocator refuses what exceeds it.
        Ok(layout) => unsafe { realloc(old, layout, new_len) },
    };
    if block.is_null() {
        unreachable()
    } else {
        block
    }
}
