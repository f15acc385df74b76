//! What one rule says, in either direction.
//!
//! The directions are two types because their grammars differ: port 0 and `#from=` mean something inbound only. A rule
//! that was parsed for one direction cannot end up in the other.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;

use crate::host::is_single;
use crate::parse::{self, Parsed};
use crate::{Direction, Endpoint, ParseError};

/// Which remote endpoints the guest may, or may not, reach: `tcp://10.0.0.0/8:443`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OutboundRule {
    remote: Endpoint,
}

/// Which local endpoints the guest may, or may not, take, and from which peers: `tcp://any:8080#from=10.0.0.0/8`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct InboundRule {
    local: Endpoint,
    from: Vec<IpNet>,
}

impl OutboundRule {
    pub(crate) fn new(remote: Endpoint) -> Self {
        Self { remote }
    }

    /// The remote endpoints.
    pub fn remote(&self) -> &Endpoint {
        &self.remote
    }
}

impl InboundRule {
    pub(crate) fn new(local: Endpoint, from: Vec<IpNet>) -> Self {
        Self { local, from }
    }

    /// The local endpoints.
    pub fn local(&self) -> &Endpoint {
        &self.local
    }

    /// The peers the rule is limited to (`#from=`); empty when it is about every peer.
    pub fn from(&self) -> &[IpNet] {
        &self.from
    }

    /// Whether the rule is about this peer, in canonical form.
    pub(crate) fn concerns_peer(&self, peer: IpAddr) -> bool {
        self.from.is_empty() || self.from.iter().any(|net| net.contains(&peer))
    }
}

impl FromStr for OutboundRule {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let Parsed { endpoint, from: _ } = parse::rule(text, Direction::Outbound)?;
        Ok(Self::new(endpoint))
    }
}

impl FromStr for InboundRule {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let Parsed { endpoint, from } = parse::rule(text, Direction::Inbound)?;
        Ok(Self::new(endpoint, from))
    }
}

impl AsRef<Endpoint> for OutboundRule {
    fn as_ref(&self) -> &Endpoint {
        &self.remote
    }
}

impl AsRef<Endpoint> for InboundRule {
    fn as_ref(&self) -> &Endpoint {
        &self.local
    }
}

impl fmt::Display for OutboundRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.remote.fmt(f)
    }
}

/// Peers need no brackets: no port follows them.
impl fmt::Display for InboundRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.local.fmt(f)?;
        for (index, net) in self.from.iter().enumerate() {
            f.write_str(if index == 0 { "#from=" } else { "," })?;
            write!(f, "{}", net.addr())?;
            if !is_single(net) {
                write!(f, "/{}", net.prefix_len())?;
            }
        }
        Ok(())
    }
}
