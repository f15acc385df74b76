//! What the puppet keeps without a name, to find out how much of it there is.
//!
//! | command            | answer           | what it does                                           |
//! |--------------------|------------------|--------------------------------------------------------|
//! | `hoard KIND COUNT` | how many, error? | makes so many sockets, `tcp` or `udp`, or until an error |
//! | `waste KIND COUNT` |                  | makes so many, and drops each at once                  |
//! | `release COUNT`    |                  | drops so many of the hoard                             |
//! | `memory SIZE`      |                  | makes a buffer of so many bytes                        |

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use wasock_guest::net::sockets::{Buffer, Socket};
use wasock_guest::net::types::{AddressFamily, Errno, SocketType};

use crate::stage::{Answer, Failure, parse};

/// Sockets and buffers, the oldest first.
#[derive(Default)]
pub(crate) struct Hoard {
    sockets: Vec<Socket>,
    buffers: Vec<Buffer>,
}

impl Hoard {
    /// Does what the line says. `None` when it is about something else.
    pub(crate) fn perform(&mut self, words: &[&str]) -> Option<Answer> {
        Some(match words {
            ["hoard", kind, count] => parse(count).and_then(|count| self.hoard(kind, count)),
            ["waste", kind, count] => parse(count).and_then(|count| waste(kind, count)),
            ["release", count] => self.release(count),
            ["memory", size] => self.memory(size),
            _ => return None,
        })
    }

    fn hoard(&mut self, kind: &str, count: usize) -> Answer {
        for made in 0..count {
            match make(kind)? {
                Ok(socket) => self.sockets.push(socket),
                Err(errno) => return Ok(format!("{made} {}", errno.name())),
            }
        }
        Ok(count.to_string())
    }

    fn release(&mut self, count: &str) -> Answer {
        let count: usize = parse(count)?;
        self.sockets.drain(..count.min(self.sockets.len()));
        Ok(String::new())
    }

    fn memory(&mut self, size: &str) -> Answer {
        self.buffers.push(Buffer::create(parse(size)?)?);
        Ok(String::new())
    }
}

fn waste(kind: &str, count: usize) -> Answer {
    for _ in 0..count {
        make(kind)??;
    }
    Ok(String::new())
}

fn make(kind: &str) -> Result<Result<Socket, Errno>, Failure> {
    let family = AddressFamily::Inet;
    Ok(match kind {
        "tcp" => Socket::create(family, SocketType::Stream, 0),
        "udp" => Socket::create(family, SocketType::Dgram, 0),
        _ => return Err(Failure::Misunderstood),
    })
}
