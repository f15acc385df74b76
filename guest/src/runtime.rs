//! What `no_std` leaves to us: memory, comparing it, and what a panic does.

use core::alloc::Layout;
use core::panic::PanicInfo;

#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

/// Nothing here panics on purpose, and there is nowhere to print: the component traps.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

/// The function through which the canonical ABI asks for memory. With `std`, the standard library
/// exports it; nobody else does.
///
/// # Safety
/// The caller passes what an earlier call returned together with the size and alignment of that call,
/// or an old size of 0.
#[unsafe(no_mangle)]
unsafe extern "C" fn cabi_realloc(
    old: *mut u8,
    old_size: usize,
    align: usize,
    new_size: usize,
) -> *mut u8 {
    if new_size == 0 {
        return core::ptr::without_provenance_mut(align);
    }
    let allocated = if old_size == 0 {
        match Layout::from_size_align(new_size, align) {
            // SAFETY: the size is not zero.
            Ok(layout) => unsafe { alloc::alloc::alloc(layout) },
            Err(_) => core::ptr::null_mut(),
        }
    } else {
        // SAFETY: by the contract of this function `old` was allocated here with this size and
        // alignment, which were valid then.
        unsafe {
            let layout = Layout::from_size_align_unchecked(old_size, align);
            alloc::alloc::realloc(old, layout, new_size)
        }
    };
    if allocated.is_null() {
        // The canonical ABI has no other answer for memory that is not there.
        core::arch::wasm32::unreachable()
    }
    allocated
}

/// Compares memory for `core`, which leaves this to a C library. (Copying and filling are instructions
/// of WebAssembly.)
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
