//! How a policy comes about.

use std::net::IpAddr;
use std::sync::Arc;

use super::Policy;
use crate::{
    Effect, InboundRule, LimitSetting, Limits, Line, Mapping, Mode, OnRevoke, OutboundRule,
    PolicyFile, ResolveRule, Rule,
};

/// Collects the rules of a [`Policy`]. Their order does not matter, except for which of several that say the same is told.
#[derive(Clone, Debug, Default)]
pub struct PolicyBuilder {
    policy: Policy,
}

impl PolicyBuilder {
    /// Lets the guest reach these remote endpoints.
    #[must_use]
    pub fn allow_outbound(self, rule: OutboundRule) -> Self {
        self.line(Line::allow(rule))
    }

    /// Keeps the guest from these remote endpoints.
    #[must_use]
    pub fn deny_outbound(self, rule: OutboundRule) -> Self {
        self.line(Line::deny(rule))
    }

    /// Lets the guest take these local endpoints, and the rule's peers in.
    #[must_use]
    pub fn allow_inbound(self, rule: InboundRule) -> Self {
        self.line(Line::allow(rule))
    }

    /// Keeps the guest from these local endpoints; with `#from=`, keeps these peers out.
    #[must_use]
    pub fn deny_inbound(self, rule: InboundRule) -> Self {
        self.line(Line::deny(rule))
    }

    /// Lets the guest look these names up.
    #[must_use]
    pub fn allow_resolve(self, rule: ResolveRule) -> Self {
        self.line(Line::allow(rule))
    }

    /// Keeps the guest from looking these names up, and from the addresses it was told for them earlier.
    #[must_use]
    pub fn deny_resolve(self, rule: ResolveRule) -> Self {
        self.line(Line::deny(rule))
    }

    /// A line of any kind, which knows where it was written.
    #[must_use]
    pub fn line(mut self, line: Line) -> Self {
        let Line {
            effect,
            rule,
            origin,
        } = line;
        let Policy {
            outbound,
            inbound,
            resolve,
            ..
        } = &mut self.policy;
        match (rule, effect) {
            (Rule::Outbound(rule), Effect::Allow) => outbound.allow.push(rule, origin),
            (Rule::Outbound(rule), Effect::Deny) => outbound.deny.push(rule, origin),
            (Rule::Inbound(rule), Effect::Allow) => inbound.allow.push(rule, origin),
            (Rule::Inbound(rule), Effect::Deny) => inbound.deny.push(rule, origin),
            (Rule::Resolve(rule), Effect::Allow) => resolve.allow.push(rule, origin),
            (Rule::Resolve(rule), Effect::Deny) => resolve.deny.push(rule, origin),
        }
        self
    }

    /// What a file says, in addition: its lines, its limits as far as they are tighter, its mappings behind those that
    /// there are. Its mode replaces that set before.
    #[must_use]
    pub fn file(mut self, file: PolicyFile) -> Self {
        let PolicyFile {
            lines,
            limits,
            mode,
            on_revoke,
            mappings,
        } = file;
        self.policy.mode = mode.unwrap_or(self.policy.mode);
        self.policy.on_revoke = on_revoke.unwrap_or(self.policy.on_revoke);
        let with_lines = lines.into_iter().fold(self.limits(limits), Self::line);
        mappings.into_iter().fold(with_lines, Self::map)
    }

    /// Limits, as far as they are tighter than those set before.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.policy.limits = self.policy.limits.tightest(limits);
        self
    }

    /// One limit, if it is tighter than what was set before.
    #[must_use]
    pub fn limit(self, setting: LimitSetting) -> Self {
        self.limits(setting.into())
    }

    /// Whether refusals are refused, or told only.
    #[must_use]
    pub fn mode(mut self, mode: Mode) -> Self {
        self.policy.mode = mode;
        self
    }

    /// What becomes of open connections that the policy no longer allows, when it takes the place of another.
    #[must_use]
    pub fn on_revoke(mut self, on_revoke: OnRevoke) -> Self {
        self.policy.on_revoke = on_revoke;
        self
    }

    /// Leads the guest elsewhere than it asks for. The first of several mappings that are about the same counts.
    #[must_use]
    pub fn map(mut self, mapping: Mapping) -> Self {
        self.policy.mappings.push(mapping);
        self
    }

    /// A policy that must allow whatever this one allows. Every ceiling must, if there are several, and a ceiling has its
    /// own. Whether it is there to enforce or to report is not looked at: a ceiling enforces.
    #[must_use]
    pub fn ceiling(mut self, ceiling: impl Into<Arc<Policy>>) -> Self {
        self.policy.ceilings.push(ceiling.into());
        self
    }

    /// The host's own addresses. Services of the host listen there that only it was to reach, so they are special like
    /// loopback addresses, which need not be given.
    #[must_use]
    pub fn own_addresses(mut self, addresses: impl IntoIterator<Item = IpAddr>) -> Self {
        self.policy.own.extend(addresses);
        self
    }

    /// The policy.
    #[must_use]
    pub fn build(self) -> Policy {
        let mut policy = self.policy;
        policy.outbound.seal();
        policy.inbound.seal();
        policy.resolve.seal();
        policy
    }
}

/// Goes on from what the policy says.
impl From<Policy> for PolicyBuilder {
    fn from(policy: Policy) -> Self {
        Self { policy }
    }
}
