//! What one rule says: about destinations, about local addresses, or about names to look up.
//!
//! The directions are two types because their grammars differ: port 0 and `#from=` mean something inbound only. A rule
//! that was parsed for one direction cannot end up in the other.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;

use crate::host::is_single;
use crate::parse::{self, Parsed};
use crate::{Direction, Endpoint, Name, NamePattern, ParseError};

/// Which remote endpoints the guest may, or may not, reach: `tcp://10.0.0.0/8:443`, `tcp://db.internal:5432#to=10.0.0.0/8`.
///
/// A name or `any` lets the guest look these names up as well. Denying a name at all ports refuses the lookup, of
/// whichever protocol the rule is; denying it at some ports does not, since others may be meant. `any` denies no lookup:
/// that is for a [`ResolveRule`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OutboundRule {
    remote: Endpoint,
    to: Vec<IpNet>,
}

/// Which local endpoints the guest may, or may not, take, and from which peers: `tcp://any:8080#from=10.0.0.0/8`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct InboundRule {
    local: Endpoint,
    from: Vec<IpNet>,
}

/// Which names the guest may, or may not, look up: `*.internal.example`.
///
/// To look a name up is to see its addresses, wherever they lie; to reach them takes an outbound rule.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ResolveRule {
    pattern: Option<NamePattern>,
}

impl OutboundRule {
    pub(crate) fn new(remote: Endpoint, to: Vec<IpNet>) -> Self {
        Self { remote, to }
    }

    /// The remote endpoints.
    pub fn remote(&self) -> &Endpoint {
        &self.remote
    }

    /// Where the addresses of the name have to lie (`#to=`) for the rule to be about them; empty when that does not
    /// matter. Special addresses are reached by a name only through a network of this list that lies inside their
    /// block. `any` has no such list: `tcp://10.0.0.0/8:443` says what it would say.
    pub fn to(&self) -> &[IpNet] {
        &self.to
    }

    /// Whether the rule is about one of these addresses that a name led to.
    pub(crate) fn concerns(&self, mut addresses: impl Iterator<Item = IpAddr>) -> bool {
        self.to.is_empty() || addresses.any(|address| holds(&self.to, address))
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
}

impl ResolveRule {
    pub(crate) fn new(pattern: Option<NamePattern>) -> Self {
        Self { pattern }
    }

    /// The names; `None` when it is about every name (`any`).
    pub fn pattern(&self) -> Option<&NamePattern> {
        self.pattern.as_ref()
    }

    /// Whether the rule is about this name.
    pub(crate) fn concerns(&self, name: &Name) -> bool {
        self.pattern
            .as_ref()
            .is_none_or(|pattern| pattern.matches(name))
    }
}

impl FromStr for OutboundRule {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let Parsed { endpoint, nets } = parse::rule(text, Direction::Outbound)?;
        Ok(Self::new(endpoint, nets))
    }
}

impl FromStr for InboundRule {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let Parsed { endpoint, nets } = parse::rule(text, Direction::Inbound)?;
        Ok(Self::new(endpoint, nets))
    }
}

impl FromStr for ResolveRule {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        parse::resolve_rule(text).map(Self::new)
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
        self.remote.fmt(f)?;
        list(f, "#to=", &self.to)
    }
}

impl fmt::Display for InboundRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.local.fmt(f)?;
        list(f, "#from=", &self.from)
    }
}

impl fmt::Display for ResolveRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.pattern {
            Some(pattern) => pattern.fmt(f),
            None => f.write_str("any"),
        }
    }
}

/// Networks need no brackets here: no port follows them.
fn list(f: &mut fmt::Formatter<'_>, option: &str, nets: &[IpNet]) -> fmt::Result {
    for (index, net) in nets.iter().enumerate() {
        f.write_str(if index == 0 { option } else { "," })?;
        write!(f, "{}", net.addr())?;
        if !is_single(net) {
            write!(f, "/{}", net.prefix_len())?;
        }
    }
    Ok(())
}

fn holds(nets: &[IpNet], address: IpAddr) -> bool {
    nets.iter().any(|net| net.contains(&address))
}
