//! Why a line is not about a request.

use std::fmt;
use std::net::IpAddr;

use crate::request::canonical;
use crate::{
    Effect, Endpoint, Host, InboundRule, Line, Listener, Name, PinnedName, Protocol, Request,
    ResolveRule, Rule,
};

/// Why a line is not about a request: the first difference, as one reads the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Difference {
    /// Another protocol.
    Protocol(Protocol),
    /// Other addresses.
    Address,
    /// Another name.
    Name,
    /// A name, and the guest was not told the address for it.
    NotByName,
    /// Other ports.
    Port,
    /// Addresses, and a lookup has none.
    NoLookup,
    /// A denied name at some ports, which does not keep anybody from looking it up.
    SomePorts,
    /// Other peers.
    Peer,
    /// Peers, and nobody has come yet.
    NoPeer,
    /// Some local addresses, and the wildcard address takes them all.
    SomeAddresses,
    /// Nothing that is asked about here.
    NotAsked,
}

/// What a request is about, as far as a rule can be.
struct Subject<'a> {
    protocol: Option<Protocol>,
    address: IpAddr,
    port: u16,
    ephemeral: bool,
    names: &'a [PinnedName],
}

impl Difference {
    /// What tells the line from the request. There is something: the line alone has nothing to say to it.
    pub(super) fn between(line: &Line, request: &Request) -> Self {
        match (&line.rule, request) {
            (Rule::Resolve(rule), _) => not_the_name(rule, request),
            (Rule::Outbound(rule), Request::Resolve { name }) => {
                lookup(rule.remote(), line.effect, name)
            }
            (Rule::Outbound(rule), Request::Answer { name, .. }) => {
                lookup(rule.remote(), line.effect, &name.asked)
            }
            (Rule::Outbound(rule), _) => match remote(request) {
                Some(subject) => outbound(rule.remote(), &subject),
                None => Self::NotAsked,
            },
            (Rule::Inbound(rule), _) => match local(request) {
                Some(subject) => inbound(rule, line.effect, &subject, request),
                None => Self::NotAsked,
            },
        }
    }
}

fn not_the_name(rule: &ResolveRule, request: &Request) -> Difference {
    match request {
        Request::Resolve { name } if rule.concerns(name) => Difference::NotAsked,
        Request::Answer { name, .. } if rule.concerns(&name.asked) => Difference::NotAsked,
        _ => Difference::Name,
    }
}

fn lookup(endpoint: &Endpoint, effect: Effect, name: &Name) -> Difference {
    match (&endpoint.host, effect) {
        (Host::Any, Effect::Deny) | (Host::Net(_), _) => Difference::NoLookup,
        (host, _) if !host.names(name) && *host != Host::Any => Difference::Name,
        (_, Effect::Deny) => Difference::SomePorts,
        (_, Effect::Allow) => Difference::NotAsked,
    }
}

fn outbound(endpoint: &Endpoint, subject: &Subject<'_>) -> Difference {
    let by_name = |name: &PinnedName| name.names().any(|name| endpoint.host.names(name));
    let is_named = subject.names.iter().any(by_name);
    match &endpoint.host {
        _ if subject.is_other_protocol(endpoint) => Difference::Protocol(endpoint.protocol),
        Host::Name(_) if subject.names.is_empty() => Difference::NotByName,
        Host::Name(_) if !is_named => Difference::Name,
        host @ (Host::Any | Host::Localhost | Host::Net(_))
            if !host.contains(subject.address) && !is_named =>
        {
            Difference::Address
        }
        _ if !subject.is_at_port_of(endpoint) => Difference::Port,
        _ => Difference::NotAsked,
    }
}

fn inbound(
    rule: &InboundRule,
    effect: Effect,
    subject: &Subject<'_>,
    request: &Request,
) -> Difference {
    let endpoint = rule.local();
    let host = &endpoint.host;
    // A denial covers the wildcard address if it covers one that this takes along.
    let takes_part = effect == Effect::Allow
        && host.touches_local(subject.address)
        && !host.grants_local(subject.address);
    let has_from = !rule.from().is_empty();
    let takes_place = matches!(request, Request::Bind { .. } | Request::Listen { .. });
    match () {
        () if subject.is_other_protocol(endpoint) => Difference::Protocol(endpoint.protocol),
        () if !host.touches_local(subject.address) => Difference::Address,
        () if !subject.is_at_port_of(endpoint) => Difference::Port,
        () if takes_part => Difference::SomeAddresses,
        () if has_from && takes_place => Difference::NoPeer,
        () if has_from => Difference::Peer,
        () => Difference::NotAsked,
    }
}

fn remote(request: &Request) -> Option<Subject<'_>> {
    let (address, names) = match request {
        Request::Connect { remote, names, .. } | Request::Send { remote, names } => {
            (*remote, names)
        }
        Request::Reply { peer, names, .. } | Request::ReceiveReply { peer, names, .. } => {
            (*peer, names)
        }
        _ => return None,
    };
    let (address, port) = canonical(address);
    Some(Subject {
        protocol: request.protocol(),
        address,
        port,
        ephemeral: false,
        names,
    })
}

fn local(request: &Request) -> Option<Subject<'_>> {
    let Listener { address, ephemeral } = match request {
        Request::Bind { local, .. } => Listener {
            address: *local,
            ephemeral: false,
        },
        Request::Listen { listener }
        | Request::Accept { listener, .. }
        | Request::Receive { listener, .. }
        | Request::Reply { listener, .. }
        | Request::ReceiveReply { listener, .. } => *listener,
        _ => return None,
    };
    let (address, port) = canonical(address);
    Some(Subject {
        protocol: request.protocol(),
        address,
        port,
        ephemeral,
        names: &[],
    })
}

impl Subject<'_> {
    fn is_other_protocol(&self, endpoint: &Endpoint) -> bool {
        self.protocol
            .is_some_and(|protocol| protocol != endpoint.protocol)
    }

    fn is_at_port_of(&self, endpoint: &Endpoint) -> bool {
        endpoint.ports.contains(self.port) || self.ephemeral && endpoint.ports.contains(0)
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Protocol(protocol) => return write!(f, "is about {protocol}"),
            Self::Address => "is about other addresses",
            Self::Name => "is about another name",
            Self::NotByName => "is about a name, and the address was not looked up by one",
            Self::Port => "is about other ports",
            Self::NoLookup => "is about addresses, not about lookups",
            Self::SomePorts => "denies some ports of the name, not its lookup",
            Self::Peer => "is about other peers",
            Self::NoPeer => "is about peers, once they come",
            Self::SomeAddresses => "is about some local addresses, and the wildcard takes all",
            Self::NotAsked => "has nothing to say to this",
        })
    }
}
