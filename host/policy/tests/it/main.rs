//! The policy from the outside: texts go in, decisions and messages come out.

mod decide_inbound;
mod decide_outbound;
mod explanation;
mod grammar;
mod parse_errors;
mod properties;

use std::net::SocketAddr;

use wasock_policy::{
    InboundRule, Listener, OutboundRule, ParseError, Policy, PolicyBuilder, Protocol, Request,
};

fn outbound(text: &str) -> Result<OutboundRule, ParseError> {
    text.parse()
}

fn inbound(text: &str) -> Result<InboundRule, ParseError> {
    text.parse()
}

/// The first line of what is said about a text that is no rule.
fn headline(error: ParseError) -> String {
    error
        .to_string()
        .lines()
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// A policy from the options of a command line, one a line.
fn policy(lines: &[&str]) -> Policy {
    lines
        .iter()
        .fold(Policy::builder(), |builder, line| add(builder, line))
        .build()
}

fn add(builder: PolicyBuilder, line: &str) -> PolicyBuilder {
    match line.split_once(' ') {
        Some(("--allow-outbound", rule)) => builder.allow_outbound(outbound(rule).unwrap()),
        Some(("--deny-outbound", rule)) => builder.deny_outbound(outbound(rule).unwrap()),
        Some(("--allow-inbound", rule)) => builder.allow_inbound(inbound(rule).unwrap()),
        Some(("--deny-inbound", rule)) => builder.deny_inbound(inbound(rule).unwrap()),
        _ => panic!("{line} is no line of a policy"),
    }
}

fn addr(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn connect(remote: &str) -> Request {
    Request::Connect {
        protocol: Protocol::Tcp,
        remote: addr(remote),
    }
}

fn bind(local: &str) -> Request {
    Request::Bind {
        protocol: Protocol::Tcp,
        local: addr(local),
    }
}

fn listen(local: &str, ephemeral: bool) -> Request {
    Request::Listen {
        listener: Listener {
            address: addr(local),
            ephemeral,
        },
    }
}

fn accept(listener: &str, local: &str, peer: &str) -> Request {
    let listener = Listener {
        address: addr(listener),
        ephemeral: false,
    };
    Request::Accept {
        listener,
        local: addr(local),
        peer: addr(peer),
    }
}

/// The decision in one word: who decided.
fn verdict(policy: &Policy, request: &Request) -> String {
    let decision = policy.decide(request);
    let explanation = decision.explain(request).to_string();
    let first = explanation.lines().next().unwrap_or_default();
    let reason = first
        .split_once(" (")
        .map_or("", |(_, reason)| reason.trim_end_matches(')'));
    format!(
        "{}: {reason}",
        if decision.is_allowed() { "yes" } else { "no" }
    )
}
