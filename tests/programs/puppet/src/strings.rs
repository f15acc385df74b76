//! Lines from standard input.

use alloc::string::String;
use alloc::vec::Vec;

use bindings::wasi::cli::stdin::get_stdin;
use bindings::wasi::io::streams::InputStream;

/// What is generated from the WIT of WASI, and `wasock-guest` leaves out.
mod bindings {
    wit_bindgen::generate!({
        world: "wasock:puppet/puppet",
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
pub(crate) struct Strings {
    input: InputStream,
    buffer: Vec<u8>,
}

impl Default for Strings {
    fn default() -> Self {
        Self {
            input: get_stdin(),
            buffer: Vec::new(),
        }
    }
}

impl Strings {
    /// Waits for a line. `None` when the input has ended.
    pub(crate) fn pull(&mut self) -> Option<String> {
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
