//! What the policy makes of it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use wasock::Policy;
use wasock::policy::{
    Consideration, Considered, Decision, Effect, Host, IpNet, Line, Listener, Name, OutboundRule,
    PinnedName, Protocol, Reason, Request, Rule, Special,
};

use super::question::{Question, Target, TargetHost};

/// What the policy makes of a question.
pub(super) struct Answer {
    /// What the component would do, one thing after the other, up to the first that is in vain.
    pub(super) steps: Vec<Step>,
    /// What depends on the addresses of the name, if nobody has said which they are.
    pub(super) conditions: Option<Conditions>,
}

/// One thing that the component would do.
pub(super) struct Step {
    /// What is decided on.
    pub(super) request: Request,
    /// What the component asks for, if that is mapped.
    pub(super) asked: Option<SocketAddr>,
    pub(super) considered: Consideration,
    /// The line that would allow all that is asked, where one for this step alone would not be enough.
    enough: Option<Line>,
}

/// What depends on the addresses of a name.
pub(super) struct Conditions {
    pub(super) name: Name,
    /// Where it may lead, with an address that stands for others.
    pub(super) cases: Vec<(Where, Step)>,
    /// What the lines say to a connection by that name.
    pub(super) lines: Vec<Considered>,
    /// Lines that name addresses, and may say something else about those.
    pub(super) by_address: Vec<Line>,
}

/// Where a name may lead.
pub(super) enum Where {
    Internet,
    Special,
    /// To a network of `#to=`.
    In(String),
}

impl Answer {
    pub(super) fn new(policy: &Policy, question: Question) -> Self {
        match question {
            Question::Reach {
                target,
                resolves_to,
            } => reach(policy, target, resolves_to),
            Question::Take {
                protocol,
                places,
                peer,
            } => take(policy, protocol, &places, peer),
            Question::LookUp { name, resolves_to } => {
                let mut steps = Vec::new();
                look_up(policy, &name, &resolves_to, None, &mut steps);
                Self {
                    steps,
                    conditions: None,
                }
            }
        }
    }

    /// Whether all of it is allowed. What depends on an address is allowed if it is for some.
    pub(super) fn is_allowed(&self) -> bool {
        let depends = self.conditions.as_ref();
        let may_be = depends.is_none_or(|on| on.cases.iter().any(|(_, step)| step.is_allowed()));
        self.steps.iter().all(Step::is_allowed) && may_be
    }
}

impl Step {
    fn new(policy: &Policy, request: Request) -> Self {
        let considered = policy.consider(&request);
        Self {
            request,
            asked: None,
            considered,
            enough: None,
        }
    }

    /// A step towards something that `enough` would allow, if no line is about it.
    fn towards(self, enough: Option<&Line>) -> Self {
        let reason = match self.decision().reason() {
            Reason::Reported(reason) => reason,
            reason => reason,
        };
        let enough = match reason {
            Reason::NoRule => enough.cloned(),
            _ => None,
        };
        Self { enough, ..self }
    }

    /// The line that would allow what was denied.
    pub(super) fn suggestion(&self) -> Option<Line> {
        let explanation = self.decision().explain(&self.request);
        self.enough.clone().or_else(|| explanation.suggestion())
    }

    /// The decision in words, with that line.
    pub(super) fn explanation(&self) -> String {
        const ADVICE: &str = "\n  allow it with: ";

        let text = self.decision().explain(&self.request).to_string();
        match (&self.enough, text.split_once(ADVICE)) {
            (Some(line), Some((said, _))) => format!("{said}{ADVICE}{line}"),
            _ => text,
        }
    }

    pub(super) fn decision(&self) -> &Decision {
        &self.considered.decision
    }

    pub(super) fn is_allowed(&self) -> bool {
        self.decision().is_allowed()
    }

    /// What the decision does not say: that some components do not depend on it.
    pub(super) fn remark(&self) -> Option<&'static str> {
        let is_about_localhost =
            matches!(&self.request, Request::Resolve { name } if name.is_localhost());
        (is_about_localhost && !self.is_allowed()).then_some(
            "a component of wasock:net asks nobody for localhost: it is told ::1 and 127.0.0.1 all the same",
        )
    }
}

fn reach(policy: &Policy, target: Target, resolves_to: Vec<IpAddr>) -> Answer {
    let Target {
        protocol,
        host,
        port,
    } = target;
    let name = match host {
        TargetHost::Address(address) => {
            return Answer {
                steps: vec![connect(policy, protocol, (address, port).into(), None, &[])],
                conditions: None,
            };
        }
        TargetHost::Name(name) => name,
    };

    let mut steps = Vec::new();
    let addresses = known(policy, &name, resolves_to);
    let enough = line_for(protocol, &name, port, addresses.first());
    let told = look_up(policy, &name, &addresses, enough.as_ref(), &mut steps);
    for address in &told {
        let remote = (*address, port).into();
        steps.push(connect(policy, protocol, remote, Some(&name), &told));
    }
    let depends = addresses.is_empty() && steps.iter().all(Step::is_allowed);
    Answer {
        steps,
        conditions: depends.then(|| conditions(policy, name, protocol, port)),
    }
}

/// The addresses of a name, as far as nobody needs to be asked.
fn known(policy: &Policy, name: &Name, resolves_to: Vec<IpAddr>) -> Vec<IpAddr> {
    if !resolves_to.is_empty() {
        return resolves_to.iter().map(IpAddr::to_canonical).collect();
    }
    match policy.map_name(name) {
        Some(addresses) => addresses.to_vec(),
        None if name.is_this_machine() => {
            vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]
        }
        None => Vec::new(),
    }
}

/// The line that lets the component reach the name there, and so look it up.
fn line_for(protocol: Protocol, name: &Name, port: u16, address: Option<&IpAddr>) -> Option<Line> {
    // In a rule, `any` is every name.
    if name.as_str() == "any" {
        return None;
    }
    let Some(address) = address else {
        let rule: OutboundRule = format!("{protocol}://{name}:{port}").parse().ok()?;
        return Some(Line::allow(rule));
    };
    let request = Request::Connect {
        protocol,
        remote: (*address, port).into(),
        names: [name.clone().into()].into(),
    };
    request.suggested_line()
}

/// The lookup, and what the component is told of these addresses. `enough` is a line that would allow what it is for.
fn look_up(
    policy: &Policy,
    name: &Name,
    addresses: &[IpAddr],
    enough: Option<&Line>,
    steps: &mut Vec<Step>,
) -> Vec<IpAddr> {
    let lookup = Step::new(policy, Request::Resolve { name: name.clone() }).towards(enough);
    let is_allowed = lookup.is_allowed();
    steps.push(lookup);
    if !is_allowed {
        return Vec::new();
    }

    let mut told = Vec::new();
    for address in addresses.iter().copied() {
        let name = name.clone().into();
        let answer = Step::new(policy, Request::Answer { name, address }).towards(enough);
        if answer.is_allowed() {
            told.push(address);
        }
        steps.push(answer);
    }
    told
}

/// A connection, or what is sent. Where it is mapped, the target counts, and a name of what was asked for is none of it.
fn connect(
    policy: &Policy,
    protocol: Protocol,
    asked: SocketAddr,
    name: Option<&Name>,
    told: &[IpAddr],
) -> Step {
    let target = policy.map(protocol, asked);
    let remote = target.unwrap_or(asked);
    let by_name = name.filter(|_| told.contains(&remote.ip()));
    let request = Request::Connect {
        protocol,
        remote,
        names: by_name
            .into_iter()
            .map(|name| PinnedName::from(name.clone()))
            .collect(),
    };
    Step {
        asked: target.map(|_| asked),
        ..Step::new(policy, request)
    }
}

fn take(
    policy: &Policy,
    protocol: Protocol,
    places: &[SocketAddr],
    peer: Option<SocketAddr>,
) -> Answer {
    let mut steps = Vec::new();
    for place in places.iter().copied() {
        let listener = Listener {
            address: place,
            ephemeral: place.port() == 0,
        };
        let taken = match protocol {
            Protocol::Tcp => Request::Listen { listener },
            Protocol::Udp => Request::Bind {
                protocol,
                local: place,
            },
        };
        steps.push(Step::new(policy, taken));
        let Some(peer) = peer else { continue };
        let comes = match protocol {
            Protocol::Tcp => Request::Accept {
                listener,
                local: place,
                peer,
            },
            Protocol::Udp => Request::Receive { listener, peer },
        };
        steps.push(Step::new(policy, comes));
    }
    Answer {
        steps,
        conditions: None,
    }
}

fn conditions(policy: &Policy, name: Name, protocol: Protocol, port: u16) -> Conditions {
    let by_name = |address: IpAddr| {
        connect(
            policy,
            protocol,
            (address, port).into(),
            Some(&name),
            &[address],
        )
    };
    let step = |address: IpAddr| {
        let answer = Request::Answer {
            name: name.clone().into(),
            address,
        };
        let answer = Step::new(policy, answer);
        if answer.is_allowed() {
            by_name(address)
        } else {
            answer
        }
    };

    // Far apart from each other.
    let internet = (1..).map(|n: u32| Ipv4Addr::from_bits(n.wrapping_mul(0x0123_4567)).into());
    let internet = unnamed(policy, internet.filter(|ip| Special::at(*ip).is_none()), 1);
    let special = unnamed(policy, private(), 1);
    let mut cases = vec![
        (Where::Internet, step(internet)),
        (Where::Special, step(special)),
    ];
    let lines = by_name(internet).considered.lines;
    for net in lines
        .iter()
        .flat_map(|considered| destinations(considered, &name))
    {
        let inside = unnamed(policy, net.hosts(), net.prefix_len());
        cases.push((Where::In(net.to_string()), step(inside)));
    }
    let named = |considered: &&Considered| names_address(considered, protocol, port);
    Conditions {
        by_address: lines
            .iter()
            .filter(named)
            .map(|considered| considered.line.clone())
            .collect(),
        lines,
        cases,
        name,
    }
}

/// Private addresses of every kind.
fn private() -> impl Iterator<Item = IpAddr> {
    let all =
        (1..=u8::MAX).flat_map(|n| [[192, 168, n, 1], [172, 16 + n % 16, n, 1], [10, n, n, 1]]);
    all.map(IpAddr::from)
}

/// How many addresses are tried to find one that no line names.
const TRIES: usize = 1_000;

/// The first of the addresses that no line names with a longer prefix; the very first if there is none.
fn unnamed(policy: &Policy, addresses: impl Iterator<Item = IpAddr>, prefix_len: u8) -> IpAddr {
    let names = |line: &Line, address: IpAddr| {
        let Rule::Outbound(rule) = &line.rule else {
            return false;
        };
        let mut nets = rule.to().iter().chain(match &rule.remote().host {
            Host::Net(net) => Some(net),
            Host::Any | Host::Localhost | Host::Name(_) => None,
        });
        nets.any(|net| net.prefix_len() > prefix_len && net.contains(&address))
    };
    let lines: Vec<Line> = policy.lines().collect();
    let tried: Vec<IpAddr> = addresses.take(TRIES).collect();
    let is_unnamed = |address: &&IpAddr| !lines.iter().any(|line| names(line, **address));
    let found = tried.iter().find(is_unnamed).or(tried.first());
    found.copied().unwrap_or(Ipv4Addr::UNSPECIFIED.into())
}

/// The networks of `#to=` in an allow rule for the name.
fn destinations(considered: &Considered, name: &Name) -> Vec<IpNet> {
    match (&considered.line.rule, considered.line.effect) {
        (Rule::Outbound(rule), Effect::Allow) => match &rule.remote().host {
            Host::Name(pattern) if pattern.matches(name) => rule.to().to_vec(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// Whether the line is about this port of some addresses.
fn names_address(considered: &Considered, protocol: Protocol, port: u16) -> bool {
    match &considered.line.rule {
        Rule::Outbound(rule) => {
            let remote = rule.remote();
            let by_address = matches!(remote.host, Host::Net(_) | Host::Localhost);
            let suits = remote.protocol == protocol && remote.ports.contains(port);
            suits && by_address && !considered.is_about_it()
        }
        Rule::Inbound(_) | Rule::Resolve(_) => false,
    }
}
