//! Lines from standard input, for guests that are told what to do while they run.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

use alloc::string::String;
use alloc::vec::Vec;

use bindings::wasi::cli::stdin::get_stdin;
use bindings::wasi::io::streams::InputStream;

/// What is generated from the WIT of WASI, and `wasock-guest` leaves out.
mod bindings {
    wit_bindgen::generate!({
        world: "wasock:lines/lines",
        path: [
            "../../../wit/deps/io",
            "../../../wit/deps/clocks",
            "../../../wit/deps/filesystem",
            "../../../wit/deps/random",
            "../../../wit/deps/sockets",
            "../../../wit/deps/cli",
            "wit",
        ],
        generate_all,
    });
}

/// How much is read at once.
const PIECE: u64 = 4096;

/// Standard input, cut into lines.
pub struct Lines {
    input: InputStream,
    buffer: Vec<u8>,
}

impl Default for Lines {
    fn default() -> Self {
        Self {
            input: get_stdin(),
            buffer: Vec::new(),
        }
    }
}

/// Waits for each line, and ends with the input.
impl Iterator for Lines {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.buffer.iter().position(|byte| *byte == b'\n') {
                let mut line: Vec<u8> = self.buffer.drain(..=end).collect();
                line.pop();
                return String::from_utf8(line).ok();
            }
            self.input.subscribe().block();
            let piece = self.input.read(PIECE).ok()?;
            self.buffer.extend_from_slice(&piece);
        }
    }
}
