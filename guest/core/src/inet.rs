//! Addresses as text and as bytes, as the GNU C library reads and writes them.
//!
//! ```text
//! aton    = parts , [ space , { any } ] ;                 (* aton_exact: parts alone *)
//! parts   = [ [ [ part , "." ] , part , "." ] , part , "." ] , part ;
//! part    = decimal | "0" , { octal digit } | ( "0x" | "0X" ) , hex digit , { hex digit } ;
//! decimal = "1".."9" , { digit } ;
//! space   = " " | "\t" | "\n" | "\v" | "\f" | "\r" ;
//!
//! pton4   = byte , "." , byte , "." , byte , "." , byte ;  (* 0..255, no leading zero *)
//! pton6   = 8 groups
//!         | at most 7 groups, of which one "::" stands for all that are missing ;
//! group   = 1 to 4 hex digits ;                            (* pton4 at the end counts as two *)
//! ```
//!
//! In `aton` a part that is followed by another fills one byte, and the last part fills all the bytes that
//! remain: `1.2.65535` is `1.2.255.255`. A part too large for its place is refused, never cut.
//!
//! # Why the GNU C library
//!
//! POSIX leaves open what surrounds the number; libraries answer differently and programs written on Linux
//! mostly met this answer. musl, which WASI's C library descends from, differs in the tail alone: it refuses
//! what follows the white space. [`aton_exact`] is that stricter reading, and `getaddrinfo` uses it
//! everywhere.
//!
//! NUL is a character like any other: refused in an address, ignored in the tail. (C would end the text
//! there, so `"127.0.0.1\0.evil"` would name a host that no later check sees.)
//!
//! `tests/inet` compares all of this with the C library of the machine.

mod aton;
mod ntop;
mod pton;

pub use aton::{aton, aton_exact};
pub use ntop::{ntoa, ntop4, ntop6};
pub use pton::{pton4, pton6};
