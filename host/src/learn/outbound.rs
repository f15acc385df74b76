//! What the guest reached.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::{IpAddr, SocketAddr};

use wasock_policy::{Host, Name, NamePattern, OutboundRule, PinnedName, Protocol, Request};

use super::entry::Entry;
use super::{Probe, Requests, Seen};

/// The lines for the destinations of these requests.
pub(super) fn entries(requests: &Requests, probe: &Probe) -> Vec<Entry> {
    let reached: Vec<_> = requests
        .iter()
        .filter_map(|(request, seen)| Reached::of(request, seen))
        .collect();
    let popular = popularity(&reached);

    let mut hosts: BTreeMap<Key, BTreeMap<u16, AtPort>> = BTreeMap::new();
    for reached in &reached {
        let special = probe.special(reached.address);
        let target = reached.target(&popular);
        let is_name = matches!(target, Target::Name(_));
        let key = Key {
            is_special: special.is_some(),
            protocol: reached.protocol,
            target,
        };
        let at_port = hosts
            .entry(key)
            .or_default()
            .entry(reached.port)
            .or_default();
        at_port.times += reached.times;
        at_port.asked.extend(reached.asked);
        if let Some(what) = special {
            at_port.special.insert(what);
            if is_name {
                at_port.to.insert(reached.address);
            }
        }
    }
    let entries = hosts
        .into_iter()
        .flat_map(|(key, ports)| key.entries(ports));
    entries.collect()
}

/// A destination that was reached.
struct Reached<'a> {
    protocol: Protocol,
    address: IpAddr,
    port: u16,
    names: &'a [PinnedName],
    times: u64,
    asked: &'a BTreeSet<SocketAddr>,
}

impl<'a> Reached<'a> {
    fn of(request: &'a Request, seen: &'a Seen) -> Option<Self> {
        let (protocol, remote, names) = match request {
            Request::Connect {
                protocol,
                remote,
                names,
            } => (*protocol, remote, names),
            Request::Send { remote, names } => (Protocol::Udp, remote, names),
            // Whoever was sent to may answer; it was counted when it was sent to.
            _ => return None,
        };
        (remote.port() != 0).then(|| Self {
            protocol,
            address: remote.ip().to_canonical(),
            port: remote.port(),
            names,
            times: seen.times,
            asked: &seen.asked,
        })
    }

    /// The name that leads to most of what was reached, so that few lines say all; the address if there is none.
    fn target(&self, popular: &BTreeMap<&Name, usize>) -> Target {
        let names = self.names.iter().map(|name| &name.asked);
        let names = names.filter(|name| can_be_named(name, self.address));
        let best = names
            .filter_map(|name| popular.get_key_value(name))
            .max_by_key(|(name, count)| (**count, std::cmp::Reverse(**name)));
        match best {
            Some((name, _)) => Target::Name((*name).clone()),
            None => Target::Address(self.address),
        }
    }
}

/// Of each name that a rule can have: how many destinations it leads to.
fn popularity<'a>(reached: &[Reached<'a>]) -> BTreeMap<&'a Name, usize> {
    let mut count = BTreeMap::new();
    for reached in reached {
        for PinnedName { asked, .. } in reached.names {
            if can_be_named(asked, reached.address) {
                *count.entry(asked).or_default() += 1;
            }
        }
    }
    count
}

/// Whether a rule with this name means this name: `any` means something else, and `localhost` has its own addresses.
fn can_be_named(name: &Name, address: IpAddr) -> bool {
    let Ok(rule) = format!("tcp://{name}:1").parse::<OutboundRule>() else {
        return false;
    };
    match &rule.remote().host {
        Host::Name(NamePattern::Exact(named)) => named == name,
        Host::Localhost => {
            let local = ["127.0.0.1", "::1"].map(|local| local.parse() == Ok(address));
            local.contains(&true)
        }
        Host::Name(_) | Host::Any | Host::Net(_) => false,
    }
}

/// What lines are for: the special destinations of a name have lines of their own.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    is_special: bool,
    target: Target,
    protocol: Protocol,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    Name(Name),
    Address(IpAddr),
}

/// What was reached at one port.
#[derive(Default)]
struct AtPort {
    times: u64,
    /// The special addresses that a name led to.
    to: BTreeSet<IpAddr>,
    /// What is special.
    special: BTreeSet<String>,
    asked: BTreeSet<SocketAddr>,
}

impl Key {
    /// One line for all ports that lead to the same.
    fn entries(&self, ports: BTreeMap<u16, AtPort>) -> Vec<Entry> {
        let mut groups: BTreeMap<BTreeSet<IpAddr>, (Vec<u16>, AtPort)> = BTreeMap::new();
        for (port, at_port) in ports {
            let (ports, all) = groups.entry(at_port.to.clone()).or_default();
            ports.push(port);
            all.times += at_port.times;
            all.special.extend(at_port.special);
            all.asked.extend(at_port.asked);
        }
        let entries = groups
            .into_iter()
            .filter_map(|(to, (ports, all))| self.entry(&ports, &to, &all));
        entries.collect()
    }

    fn entry(&self, ports: &[u16], to: &BTreeSet<IpAddr>, all: &AtPort) -> Option<Entry> {
        let (protocol, target) = (self.protocol, &self.target);
        let mut text = format!("{protocol}://{target}:{}", list(ports));
        let is_localhost = matches!(target, Target::Name(name) if name.is_localhost());
        if !to.is_empty() && !is_localhost {
            text = format!("{text}#to={}", list(to));
        }
        let entry = Entry::new::<OutboundRule>(&text, all.times)?;
        let entry = match self.is_special {
            true => entry.but(list(&all.special)),
            false => entry,
        };
        Some(entry.asked_for(&all.asked))
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => name.fmt(f),
            Self::Address(address) => Host::from(*address).fmt(f),
        }
    }
}

/// Separated by commas.
pub(super) fn list<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    items.join(",")
}
