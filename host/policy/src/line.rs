//! A rule in its place in a policy: what a decision points at.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::{Direction, InboundRule, Origin, OutboundRule, ResolveRule};

/// One line of a policy. Its text is the command line option that says the same.
///
/// Two lines that say the same are equal, wherever they were written. Cloning is cheap: an audit record can keep the line
/// that decided.
#[derive(Clone, Debug)]
pub struct Line {
    /// Whether the line allows or denies.
    pub effect: Effect,
    /// What it is about.
    pub rule: Rule,
    /// Where it was written; `None` if a program has made it.
    pub origin: Option<Origin>,
}

/// What a line of a policy does with what its rule covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Lets it pass, unless another line denies it.
    Allow,
    /// Refuses it, whatever other lines say.
    Deny,
}

/// A rule of any kind.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// About what the guest reaches.
    Outbound(Arc<OutboundRule>),
    /// About what the guest takes and who comes in.
    Inbound(Arc<InboundRule>),
    /// About the names that the guest looks up.
    Resolve(Arc<ResolveRule>),
}

impl Line {
    /// A line that allows what the rule covers.
    pub fn allow(rule: impl Into<Rule>) -> Self {
        Self::new(Effect::Allow, rule.into())
    }

    /// A line that denies what the rule covers.
    pub fn deny(rule: impl Into<Rule>) -> Self {
        Self::new(Effect::Deny, rule.into())
    }

    /// The same line, written there.
    #[must_use]
    pub fn at(self, origin: Origin) -> Self {
        Self {
            origin: Some(origin),
            ..self
        }
    }

    fn new(effect: Effect, rule: Rule) -> Self {
        Self {
            effect,
            rule,
            origin: None,
        }
    }
}

impl Rule {
    /// The direction the rule is about. A lookup is begun by the guest.
    pub fn direction(&self) -> Direction {
        match self {
            Self::Outbound(_) | Self::Resolve(_) => Direction::Outbound,
            Self::Inbound(_) => Direction::Inbound,
        }
    }
}

impl PartialEq for Line {
    fn eq(&self, other: &Self) -> bool {
        let Self { effect, rule, .. } = self;
        *effect == other.effect && *rule == other.rule
    }
}

impl Eq for Line {}

impl Hash for Line {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.effect.hash(state);
        self.rule.hash(state);
    }
}

impl From<Arc<OutboundRule>> for Rule {
    fn from(rule: Arc<OutboundRule>) -> Self {
        Self::Outbound(rule)
    }
}

impl From<Arc<InboundRule>> for Rule {
    fn from(rule: Arc<InboundRule>) -> Self {
        Self::Inbound(rule)
    }
}

impl From<Arc<ResolveRule>> for Rule {
    fn from(rule: Arc<ResolveRule>) -> Self {
        Self::Resolve(rule)
    }
}

impl From<OutboundRule> for Rule {
    fn from(rule: OutboundRule) -> Self {
        Self::Outbound(Arc::new(rule))
    }
}

impl From<InboundRule> for Rule {
    fn from(rule: InboundRule) -> Self {
        Self::Inbound(Arc::new(rule))
    }
}

impl From<ResolveRule> for Rule {
    fn from(rule: ResolveRule) -> Self {
        Self::Resolve(Arc::new(rule))
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let section = match self.rule {
            Rule::Outbound(_) => "outbound",
            Rule::Inbound(_) => "inbound",
            Rule::Resolve(_) => "resolve",
        };
        write!(f, "--{}-{section} {}", self.effect, self.rule)
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
        })
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Outbound(rule) => rule.fmt(f),
            Self::Inbound(rule) => rule.fmt(f),
            Self::Resolve(rule) => rule.fmt(f),
        }
    }
}
