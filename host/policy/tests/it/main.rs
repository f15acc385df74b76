//! The policy from the outside: texts go in, decisions and messages come out.

mod consider;
mod decide_datagrams;
mod decide_inbound;
mod decide_lookups;
mod decide_names;
mod decide_outbound;
mod diff;
mod explanation;
mod explanation_names;
mod file;
mod grammar;
mod limits;
mod mapping;
mod modes;
mod name_rules;
mod parse_errors;
mod properties;

use std::net::SocketAddr;

use wasock_policy::{
    InboundRule, Listener, Name, OutboundRule, ParseError, PinnedName, Policy, PolicyBuilder,
    Protocol, Request, ResolveRule,
};

fn outbound(text: &str) -> Result<OutboundRule, ParseError> {
    text.parse()
}

fn inbound(text: &str) -> Result<InboundRule, ParseError> {
    text.parse()
}

fn resolve_rule(text: &str) -> Result<ResolveRule, ParseError> {
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
        Some(("--allow-resolve", rule)) => builder.allow_resolve(resolve_rule(rule).unwrap()),
        Some(("--deny-resolve", rule)) => builder.deny_resolve(resolve_rule(rule).unwrap()),
        _ => panic!("{line} is no line of a policy"),
    }
}

fn addr(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

/// A lookup from its names: what was asked for, and behind it the aliases, with " > " in between.
fn pinned(text: &str) -> PinnedName {
    let mut names = text.split(" > ").map(name);
    PinnedName {
        asked: names.next().unwrap(),
        chain: names.collect(),
    }
}

fn resolve(text: &str) -> Request {
    Request::Resolve { name: name(text) }
}

fn answer(names: &str, address: &str) -> Request {
    Request::Answer {
        name: pinned(names),
        address: address.parse().unwrap(),
    }
}

fn connect(remote: &str) -> Request {
    connect_as(Protocol::Tcp, remote, &[])
}

/// Connects to an address that these lookups have found.
fn connect_as(protocol: Protocol, remote: &str, names: &[&str]) -> Request {
    Request::Connect {
        protocol,
        remote: addr(remote),
        names: names.iter().map(|names| pinned(names)).collect(),
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
