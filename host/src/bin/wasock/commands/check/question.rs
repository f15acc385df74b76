//! What is asked.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use anyhow::{Result, bail};
use wasock::policy::{Endpoint, Host, InboundRule, Name, NamePattern, OutboundRule, Protocol};

use super::Check;

/// What is asked, in one piece.
pub(super) enum Question {
    /// Whether the component may connect or send there.
    Reach {
        target: Target,
        resolves_to: Vec<IpAddr>,
    },
    /// Whether it may listen or receive at each of these, and the peer come in there.
    Take {
        protocol: Protocol,
        places: Vec<SocketAddr>,
        peer: Option<SocketAddr>,
    },
    /// Whether it may look the name up.
    LookUp {
        name: Name,
        resolves_to: Vec<IpAddr>,
    },
}

/// One remote endpoint.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) protocol: Protocol,
    pub(super) host: TargetHost,
    pub(super) port: u16,
}

/// Where it is.
#[derive(Clone)]
pub(super) enum TargetHost {
    Address(IpAddr),
    Name(Name),
}

/// One local endpoint; of `any` and `localhost`, that of each family.
#[derive(Clone)]
pub(super) struct Place {
    protocol: Protocol,
    addresses: Vec<IpAddr>,
    port: u16,
}

/// Who comes.
#[derive(Clone, Copy)]
pub(super) struct Peer(SocketAddr);

/// A port that a peer may have, where it does not matter which.
const SOME_PORT: u16 = 50_000;

impl Check {
    /// The question that the options make up.
    pub(super) fn question(&self) -> Result<Question> {
        let resolves_to = self.resolves_to.clone();
        match (&self.target, &self.inbound, &self.resolve) {
            (Some(target), ..) => {
                if matches!(target.host, TargetHost::Address(_)) && !resolves_to.is_empty() {
                    bail!("an address is not looked up: --resolves-to is for names");
                }
                Ok(Question::Reach {
                    target: target.clone(),
                    resolves_to,
                })
            }
            (_, Some(place), _) => place.taken(self.from),
            (.., Some(name)) => Ok(Question::LookUp {
                name: name.clone(),
                resolves_to,
            }),
            // One of the three is required.
            (None, None, None) => bail!("expected something to check: tcp://HOST:PORT, say"),
        }
    }
}

impl Place {
    fn taken(&self, from: Option<Peer>) -> Result<Question> {
        let peer = from.map(|Peer(peer)| peer);
        let fits = |address: &IpAddr| peer.is_none_or(|peer| peer.is_ipv4() == address.is_ipv4());
        let fitting = self.addresses.iter().filter(|address| fits(address));
        let places: Vec<_> = fitting
            .map(|address| SocketAddr::new(*address, self.port))
            .collect();
        if places.is_empty() {
            bail!("expected an address and a peer of one family: both IPv4, or both IPv6");
        }
        Ok(Question::Take {
            protocol: self.protocol,
            places,
            peer,
        })
    }
}

/// Reads a name to look up.
pub(super) fn name(text: &str) -> Result<Name, String> {
    Name::parse(text).map_err(|error| format!("{error}, but found \"{}\"", text.escape_debug()))
}

/// The grammar is that of rules, of which each says one thing here.
impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let rule: OutboundRule = text.parse().map_err(described)?;
        let Endpoint {
            protocol,
            host,
            ports,
        } = rule.remote();
        if !rule.to().is_empty() {
            return Err("expected no #to=: that is for rules".to_owned());
        }
        let host = match host {
            Host::Net(net) if net.prefix_len() == net.max_prefix_len() => {
                TargetHost::Address(net.addr())
            }
            Host::Name(NamePattern::Exact(name)) => TargetHost::Name(name.clone()),
            Host::Localhost => TargetHost::Name(name("localhost")?),
            Host::Any | Host::Net(_) | Host::Name(NamePattern::Below(_)) => {
                return Err(format!(
                    "expected one name or one address, but found {host}"
                ));
            }
        };
        Ok(Self {
            protocol: *protocol,
            host,
            port: one(ports.as_single(), ports)?,
        })
    }
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let rule: InboundRule = text.parse().map_err(described)?;
        let Endpoint {
            protocol,
            host,
            ports,
        } = rule.local();
        if !rule.from().is_empty() {
            return Err("expected no #from=: --from says who comes".to_owned());
        }
        let addresses = match host {
            Host::Any => vec![Ipv4Addr::UNSPECIFIED.into(), Ipv6Addr::UNSPECIFIED.into()],
            Host::Localhost => vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()],
            Host::Net(net) if net.prefix_len() == net.max_prefix_len() => vec![net.addr()],
            Host::Net(_) | Host::Name(_) => {
                return Err(format!("expected one local address, but found {host}"));
            }
        };
        Ok(Self {
            protocol: *protocol,
            addresses,
            port: one(ports.as_single(), ports)?,
        })
    }
}

impl FromStr for Peer {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let with_port = text.parse::<SocketAddr>();
        let without = || {
            text.parse()
                .map(|ip: IpAddr| SocketAddr::new(ip, SOME_PORT))
        };
        let peer = with_port.or_else(|_| without());
        peer.map(|peer| Self(SocketAddr::new(peer.ip().to_canonical(), peer.port())))
            .map_err(|_| "expected an address such as 192.0.2.1 or 192.0.2.1:50000")
    }
}

fn one(port: Option<u16>, found: impl std::fmt::Display) -> Result<u16, String> {
    port.ok_or_else(|| format!("expected one port, but found {found}"))
}

fn described(error: wasock::policy::ParseError) -> String {
    error.to_string()
}
