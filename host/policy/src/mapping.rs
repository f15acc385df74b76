//! Another target than the one that the guest asks for.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use crate::request::canonical;
use crate::{Host, Name, ParseError, Protocol, parse};

/// Another target than the one that the guest asks for: `tcp://any:80=127.0.0.1:8080`, `db.internal=10.0.0.5`.
///
/// A mapping grants nothing. The guest goes on seeing the address that it asked for; what is decided on is the target.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Mapping {
    /// Connections and datagrams to these remote endpoints go to another one.
    Socket(SocketMapping),
    /// A name has this address, and nobody is asked. It may be given several times: a name can have many addresses.
    Name(NameMapping),
}

/// `tcp://any:80=127.0.0.1:8080`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SocketMapping {
    /// The protocol.
    pub(crate) protocol: Protocol,
    /// The addresses: not a name, which has a mapping of its own. `any` and `localhost` are those of the target's family:
    /// a socket has one family, and cannot be led to an address of the other.
    pub(crate) host: Host,
    /// The port.
    pub(crate) port: u16,
    /// Where it leads.
    pub(crate) target: SocketAddr,
}

/// `db.internal=10.0.0.5`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NameMapping {
    /// The name.
    pub(crate) name: Name,
    /// Its address.
    pub(crate) address: IpAddr,
}

impl SocketMapping {
    /// The protocol.
    pub fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// The addresses that are mapped, as far as they are of the target's family.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The port that is mapped.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where it leads.
    pub fn target(&self) -> SocketAddr {
        self.target
    }

    /// Whether it is about this remote endpoint.
    pub(crate) fn concerns(&self, protocol: Protocol, remote: SocketAddr) -> bool {
        let (address, port) = canonical(remote);
        self.protocol == protocol
            && self.port == port
            && self.target.is_ipv4() == address.is_ipv4()
            && self.host.contains(address)
    }
}

impl NameMapping {
    /// The name.
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// Its address.
    pub fn address(&self) -> IpAddr {
        self.address
    }
}

impl FromStr for Mapping {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        parse::mapping(text)
    }
}

impl fmt::Display for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Socket(mapping) => mapping.fmt(f),
            Self::Name(mapping) => mapping.fmt(f),
        }
    }
}

impl fmt::Display for SocketMapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            protocol,
            host,
            port,
            target,
        } = self;
        write!(f, "{protocol}://{host}:{port}={target}")
    }
}

impl fmt::Display for NameMapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.name, self.address)
    }
}
