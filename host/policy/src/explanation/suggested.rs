//! The line that would allow a request.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::host::is_localhost;
use crate::request::canonical;
use crate::{
    Decision, Endpoint, Host, InboundRule, Line, Listener, Name, NamePattern, OutboundRule,
    PinnedName, Ports, Protocol, Reason, Request, ResolveRule, Rule, Special,
};

/// The narrowest line for the request, given what was said about it. There is none against a deny rule or a ceiling, which
/// win over any.
pub(super) fn line(request: &Request, decision: &Decision) -> Option<Line> {
    let reason = match decision.reason() {
        Reason::Reported(reason) => reason,
        reason => reason,
    };
    let narrowed = decision.leads_to_own() || matches!(reason, Reason::OutsideTo { .. });
    match reason {
        Reason::AllowedBy(_)
        | Reason::WildcardBind
        | Reason::DeniedBy { .. }
        | Reason::OutsideCeiling(_)
        | Reason::Reported(_) => return None,
        Reason::SpecialAddress { line, .. } | Reason::OutsideTo { line, .. } => {
            if let (Request::Answer { name, address }, Rule::Outbound(rule)) = (request, &line.rule)
            {
                let (host, to) = named(&name.asked, address.to_canonical(), narrowed)?;
                let remote = Endpoint {
                    host,
                    ..rule.remote().clone()
                };
                return Some(Line::allow(OutboundRule::new(remote, to)));
            }
        }
        Reason::NoRule | Reason::PeerNotListed { .. } => {}
    }
    for_request(request, narrowed)
}

/// The narrowest line that covers the request. `narrowed` if a rule says where the name may lead.
pub(super) fn for_request(request: &Request, narrowed: bool) -> Option<Line> {
    let outbound = |protocol, remote, names: &[PinnedName]| {
        let (address, port) = canonical(remote);
        if port == 0 {
            return None;
        }
        let by_name = names
            .iter()
            .find_map(|name| named(&name.asked, address, narrowed));
        let (host, to) = by_name.unwrap_or_else(|| (address.into(), Vec::new()));
        Some(Line::allow(OutboundRule::new(
            endpoint(protocol, host, port),
            to,
        )))
    };

    match request {
        Request::Resolve { name }
        | Request::Answer {
            name: PinnedName { asked: name, .. },
            ..
        } => {
            let exact = (!name.is_any()).then(|| NamePattern::Exact(name.clone()))?;
            Some(Line::allow(ResolveRule::new(Some(exact))))
        }
        Request::Connect {
            protocol,
            remote,
            names,
        } => outbound(*protocol, *remote, names),
        Request::Send {
            remote: peer,
            names,
        }
        | Request::ReceiveReply { peer, names, .. }
        | Request::Reply { peer, names, .. } => outbound(Protocol::Udp, *peer, names),
        Request::Bind { protocol, local } => {
            let (address, port) = canonical(*local);
            Some(inbound(endpoint(*protocol, address.into(), port), None))
        }
        Request::Listen { listener } => {
            Some(inbound(listener_endpoint(Protocol::Tcp, *listener), None))
        }
        Request::Accept { listener, peer, .. } => Some(inbound(
            listener_endpoint(Protocol::Tcp, *listener),
            Some(canonical(*peer).0),
        )),
        Request::Receive { listener, peer } => Some(inbound(
            listener_endpoint(Protocol::Udp, *listener),
            Some(canonical(*peer).0),
        )),
    }
}

/// A rule's host and `#to=` that mean this name at this address. Some names no rule can name.
fn named(name: &Name, address: IpAddr, narrowed: bool) -> Option<(Host, Vec<IpNet>)> {
    if name.is_any() {
        return None;
    }
    if name.is_localhost() {
        return is_localhost(address).then(|| (Host::Localhost, Vec::new()));
    }
    let host = Host::Name(NamePattern::Exact(name.clone()));
    let to = narrowed || Special::at(address).is_some();
    Some((host, to.then(|| address.into()).into_iter().collect()))
}

fn inbound(local: Endpoint, from: Option<IpAddr>) -> Line {
    Line::allow(InboundRule::new(
        local,
        from.map(IpNet::from).into_iter().collect(),
    ))
}

/// The port that the system happened to pick is of no use in a rule: next time it is another one.
fn listener_endpoint(protocol: Protocol, listener: Listener) -> Endpoint {
    let (address, port) = canonical(listener.address);
    let port = if listener.ephemeral { 0 } else { port };
    endpoint(protocol, address.into(), port)
}

fn endpoint(protocol: Protocol, host: Host, port: u16) -> Endpoint {
    Endpoint {
        protocol,
        host,
        ports: Ports::single(port),
    }
}
