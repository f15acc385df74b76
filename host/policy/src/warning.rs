//! What a policy does not do, although it may look as if it did.

use std::fmt;

use crate::policy::Rules;
use crate::{Effect, Host, Line, OutboundRule, Policy};

/// A denied name that an allowed address may give back.
///
/// A name is denied by refusing its lookup, and the addresses that a lookup found. A guest that knows such an address from
/// elsewhere never says the name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Warning {
    /// The line that denies the name.
    pub deny: Line,
    /// The first line that may cover its addresses.
    pub allow: Line,
}

impl Policy {
    /// What to tell the author of the policy before it is used.
    pub fn warnings(&self) -> impl Iterator<Item = Warning> {
        let Rules { allow, deny } = &self.outbound;
        deny.iter().filter_map(move |denying| {
            let granting = allow.iter().find(|rule| gives_back(rule, denying))?;
            Some(Warning {
                deny: denying.line(Effect::Deny),
                allow: granting.line(Effect::Allow),
            })
        })
    }
}

fn gives_back(allow: &OutboundRule, deny: &OutboundRule) -> bool {
    let by_address = matches!(allow.remote().host, Host::Any | Host::Net(_));
    matches!(deny.remote().host, Host::Name(_))
        && by_address
        && allow.remote().protocol == deny.remote().protocol
        && allow.remote().ports.overlap(&deny.remote().ports)
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} denies a name, not the address behind it: {} lets a guest there that knows the address without a lookup",
            self.deny, self.allow
        )
    }
}
