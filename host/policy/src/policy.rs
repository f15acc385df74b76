//! A policy: the rules, by direction and effect.

use crate::ruleset::RuleSet;
use crate::{Effect, InboundRule, Line, OutboundRule};

/// What a guest may reach and take. The empty policy refuses everything.
///
/// The decision itself is [`Policy::decide`].
#[derive(Clone, Debug, Default)]
pub struct Policy {
    pub(crate) outbound: Rules<OutboundRule>,
    pub(crate) inbound: Rules<InboundRule>,
}

/// The rules of one direction.
#[derive(Clone, Debug)]
pub(crate) struct Rules<R> {
    pub(crate) allow: RuleSet<R>,
    pub(crate) deny: RuleSet<R>,
}

/// Collects the rules of a [`Policy`]. Their order does not matter.
#[derive(Clone, Debug, Default)]
pub struct PolicyBuilder {
    policy: Policy,
}

impl Policy {
    /// Starts with no rule.
    pub fn builder() -> PolicyBuilder {
        PolicyBuilder::default()
    }

    /// All lines: outbound before inbound, denials before grants, each in the order they were added in.
    pub fn lines(&self) -> impl Iterator<Item = Line> {
        let line = |effect, rule| Line { effect, rule };
        let outbound_deny = self
            .outbound
            .deny
            .iter()
            .map(move |rule| line(Effect::Deny, rule.clone().into()));
        let outbound_allow = self
            .outbound
            .allow
            .iter()
            .map(move |rule| line(Effect::Allow, rule.clone().into()));
        let inbound_deny = self
            .inbound
            .deny
            .iter()
            .map(move |rule| line(Effect::Deny, rule.clone().into()));
        let inbound_allow = self
            .inbound
            .allow
            .iter()
            .map(move |rule| line(Effect::Allow, rule.clone().into()));
        outbound_deny
            .chain(outbound_allow)
            .chain(inbound_deny)
            .chain(inbound_allow)
    }
}

impl PolicyBuilder {
    /// Lets the guest reach these remote endpoints.
    #[must_use]
    pub fn allow_outbound(mut self, rule: OutboundRule) -> Self {
        self.policy.outbound.allow.push(rule);
        self
    }

    /// Keeps the guest from these remote endpoints.
    #[must_use]
    pub fn deny_outbound(mut self, rule: OutboundRule) -> Self {
        self.policy.outbound.deny.push(rule);
        self
    }

    /// Lets the guest take these local endpoints, and the rule's peers in.
    #[must_use]
    pub fn allow_inbound(mut self, rule: InboundRule) -> Self {
        self.policy.inbound.allow.push(rule);
        self
    }

    /// Keeps the guest from these local endpoints; with `#from=`, keeps these peers out.
    #[must_use]
    pub fn deny_inbound(mut self, rule: InboundRule) -> Self {
        self.policy.inbound.deny.push(rule);
        self
    }

    /// The policy.
    #[must_use]
    pub fn build(self) -> Policy {
        self.policy
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
