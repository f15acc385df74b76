//! What rules of both directions have in common: a protocol, a host and its ports.

use std::fmt;

use crate::{Host, Ports, Protocol};

/// `tcp://10.0.0.0/8:443`: the remote end of an outbound rule, the local end of an inbound one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Endpoint {
    /// The protocol; a rule is about one.
    pub protocol: Protocol,
    /// The addresses.
    pub host: Host,
    /// The ports at each of them.
    pub ports: Ports,
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}:{}", self.protocol, self.host, self.ports)
    }
}
