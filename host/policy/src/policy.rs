//! A policy: the rules, by kind and effect.

use std::sync::Arc;

use crate::ruleset::RuleSet;
use crate::{Effect, InboundRule, Line, OutboundRule, ResolveRule, Rule};

/// What a guest may reach and take. The empty policy refuses everything.
///
/// The decision itself is [`Policy::decide`].
#[derive(Clone, Debug, Default)]
pub struct Policy {
    pub(crate) outbound: Rules<OutboundRule>,
    pub(crate) inbound: Rules<InboundRule>,
    pub(crate) resolve: Rules<ResolveRule>,
}

/// The rules of one kind.
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

    /// All lines: outbound, inbound, lookups; denials before grants; each in the order they were added in.
    pub fn lines(&self) -> impl Iterator<Item = Line> {
        let Self {
            outbound,
            inbound,
            resolve,
        } = self;
        outbound
            .lines()
            .chain(inbound.lines())
            .chain(resolve.lines())
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

    /// Lets the guest look these names up.
    #[must_use]
    pub fn allow_resolve(mut self, rule: ResolveRule) -> Self {
        self.policy.resolve.allow.push(rule);
        self
    }

    /// Keeps the guest from looking these names up, and from the addresses it was told for them earlier.
    #[must_use]
    pub fn deny_resolve(mut self, rule: ResolveRule) -> Self {
        self.policy.resolve.deny.push(rule);
        self
    }

    /// The policy.
    #[must_use]
    pub fn build(self) -> Policy {
        self.policy
    }
}

impl<R> Rules<R>
where
    Rule: From<Arc<R>>,
{
    /// Denials before grants.
    fn lines(&self) -> impl Iterator<Item = Line> {
        let line = |effect, rule: &Arc<R>| Line {
            effect,
            rule: Arc::clone(rule).into(),
        };
        let deny = self.deny.iter().map(move |rule| line(Effect::Deny, rule));
        let allow = self.allow.iter().map(move |rule| line(Effect::Allow, rule));
        deny.chain(allow)
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
