//! A policy: the rules, by kind and effect, and what goes with them.

mod builder;
mod mappings;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

pub use builder::PolicyBuilder;

use self::mappings::Mappings;
use crate::ruleset::{Indexed, RuleSet};
use crate::special::OwnAddresses;
use crate::{
    Effect, InboundRule, Limits, Line, Mapping, Mode, Name, OnRevoke, OutboundRule, Protocol,
    ResolveRule, Rule,
};

/// What a guest may reach and take. The empty policy refuses everything.
///
/// The decision itself is [`Policy::decide`]. Two policies are equal if they say the same in the same order, wherever their
/// lines were written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    pub(crate) outbound: Rules<OutboundRule>,
    pub(crate) inbound: Rules<InboundRule>,
    pub(crate) resolve: Rules<ResolveRule>,
    pub(crate) mode: Mode,
    pub(crate) ceilings: Vec<Arc<Policy>>,
    pub(crate) own: OwnAddresses,
    on_revoke: OnRevoke,
    limits: Limits,
    mappings: Mappings,
}

/// The rules of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rules<R> {
    pub(crate) allow: RuleSet<R>,
    pub(crate) deny: RuleSet<R>,
}

impl Policy {
    /// Starts with no rule.
    pub fn builder() -> PolicyBuilder {
        PolicyBuilder::default()
    }

    /// All lines: outbound, inbound, lookups; denials before grants; each in the order they were added in.
    pub fn lines(&self) -> impl Iterator<Item = Line> {
        let Self {
            outbound,
            inbound,
            resolve,
            ..
        } = self;
        outbound
            .lines()
            .chain(inbound.lines())
            .chain(resolve.lines())
    }

    /// Whether refusals are refused, or told only.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// What becomes of open connections that this policy no longer allows, when it takes the place of another.
    pub fn on_revoke(&self) -> OnRevoke {
        self.on_revoke
    }

    /// The limits, each the tightest of this policy and its ceilings.
    ///
    /// Guests under one ceiling each have its limits here. What they use together is for who counts.
    pub fn limits(&self) -> Limits {
        let ceilings = self.ceilings.iter().map(|ceiling| ceiling.limits());
        ceilings.fold(self.limits, Limits::tightest)
    }

    /// The limits that it brings itself.
    pub(crate) fn limits_of_its_own(&self) -> Limits {
        self.limits
    }

    /// The mappings, in the order in which they are looked through.
    pub fn mappings(&self) -> &[Mapping] {
        self.mappings.all()
    }

    /// Where what the guest sends to `remote` goes instead: the target of the first mapping that is about it. That one is
    /// not mapped again. A ceiling maps nothing.
    pub fn map(&self, protocol: Protocol, remote: SocketAddr) -> Option<SocketAddr> {
        self.mappings.target(protocol, remote)
    }

    /// The addresses that the name has without anybody being asked.
    pub fn map_name(&self, name: &Name) -> Option<&[IpAddr]> {
        self.mappings.addresses(name)
    }

    /// The policies that must allow what this one allows.
    pub fn ceilings(&self) -> &[Arc<Policy>] {
        &self.ceilings
    }
}

impl<R> Rules<R>
where
    Rule: From<Arc<R>>,
{
    /// Denials before grants.
    fn lines(&self) -> impl Iterator<Item = Line> {
        let deny = self.deny.iter().map(|rule| rule.line(Effect::Deny));
        let allow = self.allow.iter().map(|rule| rule.line(Effect::Allow));
        deny.chain(allow)
    }
}

impl<R: Indexed> Rules<R> {
    /// Makes the rules found.
    fn seal(&mut self) {
        self.allow.seal();
        self.deny.seal();
    }
}

impl<R> Default for Rules<R> {
    fn default() -> Self {
        Self {
            allow: RuleSet::default(),
            deny: RuleSet::default(),
        }
    }
}
