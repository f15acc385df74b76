//! Where rules are found.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;

use ipnet::IpNet;

use super::Entry;
use super::names::Names;
use super::places::{Number, Places};
use crate::host::{is_localhost, is_single};
use crate::nets::Nets;
use crate::{Endpoint, Host, InboundRule, Name, OutboundRule, ResolveRule};

/// Where rules are found: by addresses, by names, by peers. Built once, when all are known.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    nets: Nets<Around>,
    names: Names<Group>,
    any: Group,
    localhost: Group,
    /// By family, IPv4 first: the rules that the wildcard address concerns if they deny.
    local: [Group; 2],
    /// The rules with `#from=`, by its networks.
    peers: Nets<Vec<Number>>,
}

/// Rules for the same addresses or names.
#[derive(Clone, Debug, Default)]
pub(super) struct Group {
    /// Those for every peer.
    pub(super) open: Places,
    /// Those with `#from=`.
    pub(super) limited: Places,
    /// The first one with each `#to=`: where the port does not matter, the others have nothing to add.
    pub(super) distinct: Vec<Number>,
}

/// The rules for one network.
#[derive(Clone, Debug)]
struct Around {
    /// Whether an allow rule for it grants the wildcard address that lies in it.
    grants_wildcard: bool,
    group: Group,
}

/// How a host covers an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cover {
    /// [`Host::contains`]
    Contains,
    /// [`Host::grants_local`]
    Grants,
    /// [`Host::touches_local`]
    Touches,
}

/// What a rule is found by.
pub(crate) trait Indexed {
    /// What it is about.
    fn host(&self) -> Host;
    /// The ports, where it speaks of some.
    fn endpoint(&self) -> Option<&Endpoint>;
    /// `#from=`
    fn peers(&self) -> &[IpNet];
    /// `#to=`
    fn destinations(&self) -> &[IpNet];
}

impl Index {
    pub(super) fn new<R: Indexed>(rules: &[Entry<R>]) -> Self {
        let mut by_host: HashMap<Host, Vec<Number>> = HashMap::new();
        let mut by_peer: HashMap<IpNet, Vec<Number>> = HashMap::new();
        let mut local: [Vec<Number>; 2] = Default::default();
        for (number, rule) in (0..).zip(rules) {
            let host = rule.host();
            match &host {
                Host::Any | Host::Localhost => {
                    local.iter_mut().for_each(|family| family.push(number))
                }
                Host::Net(net) => local[family(net.addr())].push(number),
                Host::Name(_) => {}
            }
            by_host.entry(host).or_default().push(number);
            let peers: HashSet<&IpNet> = rule.peers().iter().collect();
            for peer in peers {
                by_peer.entry(*peer).or_default().push(number);
            }
        }

        let group = |numbers: &[Number]| Group::new(rules, numbers);
        let mut nets = Vec::new();
        let mut names = Vec::new();
        let mut index = Self::default();
        for (host, numbers) in by_host {
            let group = group(&numbers);
            match host {
                Host::Any => index.any = group,
                Host::Localhost => index.localhost = group,
                Host::Net(net) => {
                    let grants_wildcard = net.prefix_len() == 0 || is_single(&net);
                    let around = Around {
                        grants_wildcard,
                        group,
                    };
                    nets.push((net, around));
                }
                Host::Name(pattern) => names.push((pattern, group)),
            }
        }
        Self {
            nets: nets.into_iter().collect(),
            names: names.into_iter().collect(),
            local: local.map(|numbers| group(&numbers)),
            peers: by_peer.into_iter().collect(),
            ..index
        }
    }

    /// Visits the groups whose host covers the address.
    pub(super) fn visit_covering<'a>(
        &'a self,
        address: IpAddr,
        cover: Cover,
        mut visit: impl FnMut(&'a Group),
    ) {
        let wildcard = address.is_unspecified();
        if wildcard && cover == Cover::Touches {
            return visit(&self.local[family(address)]);
        }
        visit(&self.any);
        if is_localhost(address) {
            visit(&self.localhost);
        }
        for Around {
            grants_wildcard,
            group,
        } in self.nets.around(address)
        {
            if !wildcard || cover != Cover::Grants || *grants_wildcard {
                visit(group);
            }
        }
    }

    /// Visits the groups whose host is the name, or names of which it is one.
    pub(super) fn visit_naming<'a>(&'a self, name: &Name, mut visit: impl FnMut(&'a Group)) {
        if name.is_localhost() {
            visit(&self.localhost);
        }
        self.names.visit_matching(name, visit);
    }

    /// The rules for whatever there is.
    pub(super) fn any(&self) -> &Group {
        &self.any
    }

    /// The rules whose `#from=` lists the peer, in lists that are in order.
    pub(super) fn listing(&self, peer: IpAddr) -> impl Iterator<Item = &[Number]> {
        self.peers.around(peer).map(Vec::as_slice)
    }
}

impl Cover {
    /// Whether it does.
    pub(super) fn covers(self, host: &Host, address: IpAddr) -> bool {
        match self {
            Self::Contains => host.contains(address),
            Self::Grants => host.grants_local(address),
            Self::Touches => host.touches_local(address),
        }
    }
}

impl Group {
    fn new<R: Indexed>(rules: &[Entry<R>], numbers: &[Number]) -> Self {
        let rule = |number: &Number| Some((*number, rules.get(usize::try_from(*number).ok()?)?));
        let numbered = || numbers.iter().filter_map(rule);
        let places = |limited: bool| {
            let wanted = numbered().filter(move |(_, rule)| rule.peers().is_empty() != limited);
            Places::new(wanted.filter_map(|(number, rule)| Some((number, rule.endpoint()?))))
        };
        let mut seen = HashSet::new();
        let distinct = numbered().filter(|(_, rule)| seen.insert(rule.destinations()));
        Self {
            distinct: distinct.map(|(number, _)| number).collect(),
            open: places(false),
            limited: places(true),
        }
    }
}

fn family(address: IpAddr) -> usize {
    usize::from(address.is_ipv6())
}

impl Indexed for OutboundRule {
    fn host(&self) -> Host {
        self.remote().host.clone()
    }

    fn endpoint(&self) -> Option<&Endpoint> {
        Some(self.remote())
    }

    fn peers(&self) -> &[IpNet] {
        &[]
    }

    fn destinations(&self) -> &[IpNet] {
        self.to()
    }
}

impl Indexed for InboundRule {
    fn host(&self) -> Host {
        self.local().host.clone()
    }

    fn endpoint(&self) -> Option<&Endpoint> {
        Some(self.local())
    }

    fn peers(&self) -> &[IpNet] {
        self.from()
    }

    fn destinations(&self) -> &[IpNet] {
        &[]
    }
}

impl Indexed for ResolveRule {
    fn host(&self) -> Host {
        self.pattern().cloned().map_or(Host::Any, Host::Name)
    }

    fn endpoint(&self) -> Option<&Endpoint> {
        None
    }

    fn peers(&self) -> &[IpNet] {
        &[]
    }

    fn destinations(&self) -> &[IpNet] {
        &[]
    }
}
