//! The end of a program that has a bug.

use core::arch::wasm32::unreachable;
use core::fmt::Write;
use core::panic::PanicInfo;

use super::stdio::Stderr;

/// Prints the message to standard error and traps.
#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    // Without an allocation: it may be memory that has run out.
    let _ = writeln!(Stderr::open(), "{info}");
    unreachable()
}
