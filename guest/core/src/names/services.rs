//! The services that have a name.
//!
//! A component has no `/etc/services`, so this is what it knows: names and ports from IANA's registry, of which
//! only what the services file of Debian lists too, because the registry is fifty times as large and assigns nearly
//! every name to both transports, used or not. A service that is missing can still be given as a number.
//!
//! The table has one line for each port and use of it:
//!
//! ```text
//! line      = port , transport , " " , name , { " " , name } ;
//! transport = "t" | "u" | "b" ;      (* TCP, UDP, both *)
//! ```
//!
//! The first name of a line is the one that `getnameinfo` answers with. `generate.py` makes the table.

mod table;

use table::TABLE;

/// What a service runs over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transport {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

/// The port of the service called `name`; upper and lower case differ.
///
/// # BSD
/// `getservbyname(3)`.
#[doc(alias = "getservbyname")]
#[must_use]
pub fn port(name: &str, transport: Transport) -> Option<u16> {
    lines()
        .filter(|line| line.is_over(transport))
        .find(|line| line.names().any(|known| known == name))
        .map(|line| line.port)
}

/// The name of the service at `port`.
///
/// # BSD
/// `getservbyport(3)`.
#[doc(alias = "getservbyport")]
#[must_use]
pub fn name(port: u16, transport: Transport) -> Option<&'static str> {
    lines()
        .filter(|line| line.is_over(transport))
        .find(|line| line.port == port)
        .and_then(|line| line.names().next())
}

/// A line of the table.
struct Line {
    port: u16,
    transport: char,
    names: &'static str,
}

impl Line {
    fn read(line: &'static str) -> Option<Self> {
        let (key, names) = line.split_once(' ')?;
        let transport = key.chars().next_back()?;
        let port = key.strip_suffix(transport)?.parse().ok()?;
        Some(Self {
            port,
            transport,
            names,
        })
    }

    fn is_over(&self, transport: Transport) -> bool {
        match transport {
            Transport::Tcp => matches!(self.transport, 't' | 'b'),
            Transport::Udp => matches!(self.transport, 'u' | 'b'),
        }
    }

    fn names(&self) -> impl Iterator<Item = &'static str> {
        self.names.split(' ')
    }
}

fn lines() -> impl Iterator<Item = Line> {
    TABLE.lines().filter_map(Line::read)
}

#[cfg(test)]
mod tests;
