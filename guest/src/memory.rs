//! Memory that may not be there.
//!
//! A host can bound the memory of a component, and where an allocation fails, Rust ends the program. So what is asked for again
//! and again (sockets, entries of a poller) or is large (what the host has received) looks first whether it can be had,
//! and the program gets an error instead. The arguments of a call are out of reach: they are in memory before the call is.

use alloc::vec::Vec;
use core::hint::black_box;

use wasock_core::Errno;

/// More than all the small things that one call makes.
pub(crate) const SMALL: usize = 4096;

/// Whether there is memory for `length` bytes and for something small beside it.
///
/// # Errors
/// `ENOBUFS`.
pub(crate) fn check(length: usize) -> Result<(), Errno> {
    let mut probe = Vec::<u8>::new();
    let found = probe.try_reserve_exact(length.saturating_add(SMALL));
    // The compiler leaves out what nobody uses, and takes it for granted.
    black_box(probe.as_ptr());
    found.map_err(|_| Errno::Enobufs)
}
