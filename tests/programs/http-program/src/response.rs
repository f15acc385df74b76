//! Reading a response.

use alloc::string::String;

use wasock_guest::println;

use crate::bindings::wasi::http::types::{IncomingResponse, http_error_code};
use crate::bindings::wasi::io::streams::StreamError;
use crate::request::shown;

/// How much is read at once.
const PIECE: u64 = 64 * 1024;

/// What is shown as it is.
const SHORT: usize = 512;

/// A response of which the head is there.
pub(crate) struct Response(pub(crate) IncomingResponse);

/// What the program looks at.
pub(crate) struct Head {
    pub(crate) location: Option<String>,
}

/// A body, of which only so much is kept as is shown.
#[derive(Default)]
struct Body {
    length: usize,
    hash: u64,
    start: alloc::vec::Vec<u8>,
}

impl Response {
    /// Print the response and read it to its end.
    pub(crate) fn finish(self) -> Result<Head, String> {
        println!("status: {}", self.0.status());
        let mut location = None;
        for (name, value) in self.0.headers().entries() {
            let value = String::from_utf8_lossy(&value).into_owned();
            if name.starts_with("x-") || name == "location" {
                println!("{name}: {value}");
            }
            if name == "location" {
                location = Some(value);
            }
        }

        let body = self.0.consume().map_err(|()| "somebody has the body")?;
        let stream = body.stream().map_err(|()| "somebody has the stream")?;
        let mut read = Body::default();
        loop {
            stream.subscribe().block();
            match stream.read(PIECE) {
                Ok(piece) => read.add(&piece),
                Err(StreamError::Closed) => break,
                Err(StreamError::LastOperationFailed(error)) => {
                    read.print();
                    let code = http_error_code(&error);
                    return Err(code.map_or_else(|| error.to_debug_string(), |code| shown(&code)));
                }
            }
        }
        read.print();
        Ok(Head { location })
    }
}

impl Body {
    fn add(&mut self, piece: &[u8]) {
        for byte in piece {
            self.hash = self.hash.wrapping_mul(31).wrapping_add((*byte).into());
        }
        self.length += piece.len();
        let missing = SHORT.saturating_sub(self.start.len());
        self.start.extend(piece.iter().take(missing));
    }

    fn print(&self) {
        if self.length <= SHORT {
            println!("body: {}", String::from_utf8_lossy(&self.start));
        } else {
            println!("body: {} bytes, hash {:016x}", self.length, self.hash);
        }
    }
}
