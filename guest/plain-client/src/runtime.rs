//! What the standard library would supply: memory and the end of a program that has a bug.

use alloc::alloc::{Layout, alloc, realloc};
use core::arch::wasm32::unreachable;
use core::panic::PanicInfo;
use core::ptr::{null_mut, without_provenance_mut};

use dlmalloc::GlobalDlmalloc;

#[global_allocator]
static ALLOCATOR: GlobalDlmalloc = GlobalDlmalloc;

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    unreachable()
}

/// Allocates memory for the lists and strings that the host passes in.
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
        return without_provenance_mut(align);
    }
    let block = match Layout::from_size_align(if old_len == 0 { new_len } else { old_len }, align) {
        Err(_) => null_mut(),
        // SAFETY: the size is `new_len`, which is not zero.
        Ok(layout) if old_len == 0 => unsafe { alloc(layout) },
        // SAFETY: by contract `old` is a block of this allocator with this layout.
        Ok(layout) => unsafe { realloc(old, layout, new_len) },
    };
    if block.is_null() {
        unreachable()
    } else {
        block
    }
}
