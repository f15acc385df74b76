//! What the guest looked up without going there.

use std::collections::BTreeMap;

use wasock_policy::{Host, Name, NamePattern, Policy, Reason, Request, ResolveRule, Rule};

use super::Requests;
use super::entry::Entry;

/// The lines for the lookups that `policy`, which has the lines of what was reached, does not allow by itself.
pub(super) fn entries(requests: &Requests, policy: &Policy, reached: &[Entry]) -> Vec<Entry> {
    let mut names: BTreeMap<&Name, LookedUp> = BTreeMap::new();
    for (request, seen) in requests {
        let decision = policy.decide(request);
        let (name, times) = match request {
            Request::Resolve { name } => (name, seen.times),
            Request::Answer { name, .. } => (&name.asked, 0),
            _ => continue,
        };
        let looked_up = names.entry(name).or_default();
        looked_up.times += times;
        looked_up.is_refused |= !decision.is_allowed();
        if let Reason::SpecialAddress { special, .. } = decision.reason() {
            looked_up.special.get_or_insert(special.block.name);
        }
    }
    let refused = names
        .into_iter()
        .filter(|(_, looked_up)| looked_up.is_refused);
    let entries = refused.filter_map(|(name, looked_up)| {
        // A line that waits for a person, and covers the lookup when it counts.
        if reached
            .iter()
            .any(|entry| !entry.active && is_about(entry, name))
        {
            return None;
        }
        let entry = entry(name, looked_up.times)?;
        Some(match looked_up.special {
            Some(what) => entry.but(format_args!("has an address that is {what}")),
            None => entry,
        })
    });
    entries.collect()
}

/// The lines for lookups that were refused.
pub(super) fn refused(requests: &Requests) -> Vec<Entry> {
    let mut names: BTreeMap<&Name, u64> = BTreeMap::new();
    for (request, seen) in requests {
        if let Request::Resolve { name } = request {
            *names.entry(name).or_default() += seen.times;
        }
    }
    let entries = names
        .into_iter()
        .filter_map(|(name, times)| entry(name, times));
    entries.collect()
}

/// How a name was looked up.
#[derive(Default)]
struct LookedUp {
    times: u64,
    /// Whether it, or an address of it, needs a line.
    is_refused: bool,
    /// What an address of it is.
    special: Option<&'static str>,
}

/// `None` for `any`, which no rule can name.
fn entry(name: &Name, times: u64) -> Option<Entry> {
    let rule: ResolveRule = name.as_str().parse().ok()?;
    let named = matches!(rule.pattern(), Some(NamePattern::Exact(exact)) if exact == name);
    named.then(|| Entry::new::<ResolveRule>(name.as_str(), times))?
}

fn is_about(entry: &Entry, name: &Name) -> bool {
    let Rule::Outbound(rule) = &entry.rule else {
        return false;
    };
    match &rule.remote().host {
        Host::Name(pattern) => pattern.matches(name),
        Host::Localhost => name.is_localhost(),
        Host::Any | Host::Net(_) => false,
    }
}
