//! What the standard library would supply to a program.

mod compare;
mod environment;
mod memory;
mod panic;
mod stdio;

use core::fmt::Display;

pub use crate::raw::exports::wasi::cli::run::Guest;
pub use environment::{args, var, vars};
pub use stdio::{eprint, print, write_stdout};

/// Makes a function the program: `wasock_guest::main!(function);`.
///
/// The function takes nothing and returns `Result<(), E>`, where `E: Display`. An error is printed to standard
/// error as `error: …` and ends the program with exit code 1.
#[macro_export]
macro_rules! main {
    ($function:path) => {
        const _: () = {
            struct Program;

            impl $crate::rt::Guest for Program {
                fn run() -> ::core::result::Result<(), ()> {
                    $crate::rt::finish($function())
                }
            }

    $crate::raw::export!(Program with_types_in $crate::raw);
        };
    };
}

/// Reports how the program ended, in the way of `wasi:cli/run`.
#[expect(clippy::result_unit_err, reason = "the signature of wasi:cli/run")]
pub fn finish<E: Display>(result: Result<(), E>) -> Result<(), ()> {
    result.map_err(|error| crate::eprintln!("error: {error}"))
}
