//! The text of a service: a port number or a name.
//!
//! ```text
//! number = { space } , [ "+" | "-" ] , digit , { digit } ;      (* strtoul of C, base 10, nothing after it *)
//! space  = " " | "\t" | "\n" | "\v" | "\f" | "\r" ;
//! ```
//!
//! A number that is no port, negative or above 65535, is a service that nobody knows. (The GNU C library takes
//! it modulo 65536, which sends a program to a port that nobody named.)

use super::services::{self, Transport};
use super::{AddrInfoFlags, Eai};

/// A service that was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service<'a> {
    Port(u16),
    NoPort,
    Name(&'a str),
}

impl<'a> Service<'a> {
    /// Reads the text; the empty text is no service.
    ///
    /// # Errors
    /// `EAI_NONAME` for a name where `AI_NUMERICSERV` allows none.
    pub(super) fn read(text: &'a str, flags: AddrInfoFlags) -> Result<Option<Self>, Eai> {
        let trimmed = text.trim_start_matches([' ', '\t', '\n', '\x0b', '\x0c', '\r']);
        let (negative, digits) = match trimmed.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, trimmed.strip_prefix('+').unwrap_or(trimmed)),
        };
        if text.is_empty() {
            Ok(None)
        } else if !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit()) {
            let service = match digits.parse() {
                Ok(port) if !negative || port == 0 => Self::Port(port),
                _ => Self::NoPort,
            };
            Ok(Some(service))
        } else if flags.contains(AddrInfoFlags::NUMERICSERV) {
            Err(Eai::Noname)
        } else {
            Ok(Some(Self::Name(text)))
        }
    }

    /// The port over `transport`, if there is one.
    pub(super) fn port(self, transport: Transport) -> Option<u16> {
        match self {
            Self::Port(port) => Some(port),
            Self::NoPort => None,
            Self::Name(name) => services::port(name, transport),
        }
    }
}
