//! What the guest looked up without going there.

use std::collections::{BTreeMap, BTreeSet};

use wasock_policy::{Name, NamePattern, Policy, Request, ResolveRule};

use super::entry::Entry;
use super::{Probe, Requests};

/// The lines for the lookups that `reached`, the policy with every line for what was reached, does not allow by itself.
pub(super) fn entries(requests: &Requests, reached: &Policy, probe: &Probe) -> Vec<Entry> {
    let mut names: BTreeMap<&Name, LookedUp> = BTreeMap::new();
    for (request, seen) in requests {
        let (name, times, special) = match request {
            Request::Resolve { name } => (name, seen.times, None),
            Request::Answer { name, address } => (&name.asked, 0, probe.special(*address)),
            _ => continue,
        };
        let looked_up = names.entry(name).or_default();
        looked_up.times += times;
        looked_up.is_refused |= !reached.decide(request).is_allowed();
        looked_up.special.extend(special);
    }
    let refused = names
        .into_iter()
        .filter(|(_, looked_up)| looked_up.is_refused);
    let entries = refused.filter_map(|(name, looked_up)| {
        let entry = entry(name, looked_up.times)?;
        Some(match looked_up.special.first() {
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
    /// What addresses of it are.
    special: BTreeSet<String>,
}

/// `None` for `any`, which no rule can name.
fn entry(name: &Name, times: u64) -> Option<Entry> {
    let rule: ResolveRule = name.as_str().parse().ok()?;
    let named = matches!(rule.pattern(), Some(NamePattern::Exact(exact)) if exact == name);
    named.then(|| Entry::new::<ResolveRule>(name.as_str(), times))?
}
