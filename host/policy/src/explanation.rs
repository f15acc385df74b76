//! A decision as a person reads it: what was asked, what became of it, why, and what to write to change it.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

use crate::request::canonical;
use crate::{
    Decision, Effect, Endpoint, InboundRule, Line, Listener, OutboundRule, Ports, Protocol, Reason,
    Request, Verdict, Via,
};

/// A request and its decision, in words. Allowed requests take one line, denied ones two or three.
#[derive(Clone, Copy, Debug)]
pub struct Explanation<'a> {
    request: &'a Request,
    decision: &'a Decision,
}

impl<'a> Explanation<'a> {
    pub(crate) fn new(request: &'a Request, decision: &'a Decision) -> Self {
        Self { request, decision }
    }

    /// The narrowest line that would allow what was denied. There is none against a deny rule, which wins over any.
    pub fn suggestion(&self) -> Option<Line> {
        match self.decision.reason() {
            Reason::NoRule | Reason::SpecialAddress { .. } | Reason::PeerNotListed { .. } => {
                suggested(self.request)
            }
            Reason::AllowedBy(_) | Reason::WildcardBind | Reason::DeniedBy { .. } => None,
        }
    }
}

impl Request {
    /// The narrowest line that covers the request; `None` for what no rule can say, such as a connection to port 0.
    pub fn suggested_line(&self) -> Option<Line> {
        suggested(self)
    }
}

fn suggested(request: &Request) -> Option<Line> {
    let rule = match *request {
        Request::Connect { protocol, remote } => {
            let remote = endpoint(protocol, canonical(remote));
            if remote.ports.contains(0) {
                return None;
            }
            Arc::new(OutboundRule::new(remote)).into()
        }
        Request::Bind { protocol, local } => inbound(endpoint(protocol, canonical(local)), None),
        Request::Listen { listener } => inbound(listener_endpoint(listener), None),
        Request::Accept { listener, peer, .. } => {
            inbound(listener_endpoint(listener), Some(canonical(peer).0))
        }
    };
    Some(Line {
        effect: Effect::Allow,
        rule,
    })
}

fn inbound(local: Endpoint, from: Option<IpAddr>) -> crate::Rule {
    Arc::new(InboundRule::new(
        local,
        from.map(IpNet::from).into_iter().collect(),
    ))
    .into()
}

/// The port that the system happened to pick is of no use in a rule: next time it is another one.
fn listener_endpoint(listener: Listener) -> Endpoint {
    let (address, port) = canonical(listener.address);
    endpoint(
        Protocol::Tcp,
        (address, if listener.ephemeral { 0 } else { port }),
    )
}

fn endpoint(protocol: Protocol, (address, port): (IpAddr, u16)) -> Endpoint {
    Endpoint {
        protocol,
        host: address.into(),
        ports: Ports::single(port),
    }
}

impl fmt::Display for Explanation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match self.decision.verdict() {
            Verdict::Allow => "allowed",
            Verdict::Deny => "denied",
        };
        write!(f, "{verdict}: {} ", self.request)?;
        match self.decision.reason() {
            Reason::AllowedBy(line) => write!(f, "({line})")?,
            Reason::WildcardBind => {
                f.write_str("(the wildcard address at an ephemeral port grants nothing)")?
            }
            Reason::DeniedBy { line, via } => {
                write!(f, "({line})\n  a deny rule wins over every allow rule")?;
                match via {
                    Via::Itself => {}
                    Via::Carried(carried) => {
                        write!(
                            f,
                            "; this one covers {}, carried inside ({})",
                            carried.address, carried.form
                        )?;
                    }
                    Via::ThisHost(address) => write!(
                        f,
                        "; this one covers {address}, which is where it would lead"
                    )?,
                    Via::EveryLocal => f.write_str(
                        "; the wildcard address takes every local address, this one too",
                    )?,
                }
            }
            Reason::NoRule => f.write_str("(no rule)")?,
            Reason::SpecialAddress { special, line } => {
                write!(f, "(not meant by {line})\n  {special}")?
            }
            Reason::PeerNotListed { line } => write!(f, "(#from= leaves this peer out: {line})")?,
        }
        match self.suggestion() {
            Some(line) => write!(f, "\n  allow it with: {line}"),
            None => Ok(()),
        }
    }
}
