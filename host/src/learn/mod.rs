//! From what happened to a policy: the smallest that allows it and that people can read.
//!
//! The records of an audit file are taken in ([`Learner`]); what comes out ([`Learned`]) is a policy as text, with a line for
//! each thing that the guest has done and how often. It is a draft for a person, so that it is written narrowly, and what
//! a person has to decide is written as a comment:
//!
//! | what happened                          | the line                                                          |
//! |----------------------------------------|-------------------------------------------------------------------|
//! | reached an address that it was told by name | the name                                                     |
//! | reached another address                | the address                                                       |
//! | the same host at several ports         | one line: a list of ports, or a range                             |
//! | reached a special address, by name or not | commented out, with what it is: whoever runs a guest has to mean that |
//! | listened, and peers came               | the local address with these peers; with many, any peer           |
//! | listened at a port that the system picked | port 0                                                         |
//! | looked a name up and did not go there  | the name, for lookups                                             |
//! | was denied                             | nothing, or commented out on request                              |
//!
//! What the policy only reported is what happened. In the end the policy decides about each record again, so that what no
//! line can allow is told.

mod entry;
mod inbound;
mod lookups;
mod outbound;
mod text;

use std::collections::{BTreeSet, HashMap};
use std::net::{IpAddr, SocketAddr};

use wasock_policy::{Policy, Reason, Request};

use self::entry::Sections;
use crate::audit::Verdict;
use crate::audit::json::{Line, LineError, Recorded};

/// Takes records in.
#[derive(Clone, Debug, Default)]
pub struct Learner {
    happened: Requests,
    refused: Requests,
    own: Vec<IpAddr>,
    special: bool,
    denied: bool,
    records: u64,
    first: Option<String>,
    last: Option<String>,
    guests: BTreeSet<String>,
}

/// What was learnt. Its text is a policy file.
#[derive(Clone, Debug)]
pub struct Learned {
    sections: Sections,
    policy: Policy,
    impossible: Vec<(Request, Reason)>,
    records: u64,
    time: Option<(String, String)>,
    guests: BTreeSet<String>,
}

/// Requests, how often they were made, and what was asked for where that was mapped.
type Requests = HashMap<Request, Seen>;

/// How a request was seen.
#[derive(Clone, Debug, Default)]
struct Seen {
    times: u64,
    asked: BTreeSet<SocketAddr>,
}

impl Learner {
    /// Write lines that reach special addresses like any other, not as comments.
    #[must_use]
    pub fn special(mut self, special: bool) -> Self {
        self.special = special;
        self
    }

    /// Write lines for what was denied as comments.
    #[must_use]
    pub fn denied(mut self, denied: bool) -> Self {
        self.denied = denied;
        self
    }

    /// The host's own addresses, which are special as well.
    #[must_use]
    pub fn own_addresses(mut self, addresses: impl IntoIterator<Item = IpAddr>) -> Self {
        self.own.extend(addresses);
        self
    }

    /// Take a record in.
    ///
    /// # Errors
    ///
    /// A field of it means nothing. Then nothing is taken of it.
    pub fn add(&mut self, line: &Line) -> Result<(), LineError> {
        let recorded = line.recorded()?;
        if recorded.is_empty() {
            return Ok(());
        }
        self.records += line.count;
        self.first.get_or_insert_with(|| line.time.clone());
        self.last = Some(line.time.clone());
        self.guests.extend(line.guest.clone());
        for recorded in recorded {
            self.take(recorded, line.count);
        }
        Ok(())
    }

    fn take(&mut self, recorded: Recorded, times: u64) {
        let requests = match recorded.verdict {
            Verdict::Allowed | Verdict::Reported => &mut self.happened,
            Verdict::Denied => &mut self.refused,
        };
        let seen = requests.entry(plain(recorded.request)).or_default();
        seen.times = seen.times.saturating_add(times);
        seen.asked.extend(recorded.asked);
    }

    /// The policy that allows what was taken in.
    #[must_use]
    pub fn learn(self) -> Learned {
        let probe = Probe::new(&self.own);
        let mut sections = Sections {
            outbound: outbound::entries(&self.happened, &probe),
            inbound: inbound::entries(&self.happened),
            ..Sections::default()
        };
        let reached = sections.policy(&self.own, |_| true);
        sections.resolve = lookups::entries(&self.happened, &reached, &probe);
        let impossible = impossible(&self.happened, &sections.policy(&self.own, |_| true));

        if self.special {
            sections.activate();
        }
        let policy = sections.policy(&self.own, |entry| entry.active);
        if self.denied {
            let is_refused = |request: &Request| !policy.decide(request).is_allowed();
            let mut refused = self.refused;
            refused.retain(|request, _| is_refused(request));
            sections.add_refused(Sections {
                outbound: outbound::entries(&refused, &probe),
                inbound: inbound::entries(&refused),
                resolve: lookups::refused(&refused),
            });
        }
        Learned {
            sections,
            policy,
            impossible,
            records: self.records,
            time: self.first.zip(self.last),
            guests: self.guests,
        }
    }
}

/// What not even a policy with every line allows.
fn impossible(happened: &Requests, policy: &Policy) -> Vec<(Request, Reason)> {
    let mut impossible = Vec::new();
    for request in happened.keys() {
        let decision = policy.decide(request);
        if !decision.is_allowed() {
            impossible.push((request.clone(), decision.reason().clone()));
        }
    }
    impossible.sort_by_cached_key(|(request, _)| request.to_string());
    impossible
}

impl Learned {
    /// The policy, without what is commented out.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// What happened and no line can allow, not even one that is commented out, with the reason.
    #[must_use]
    pub fn impossible(&self) -> &[(Request, Reason)] {
        &self.impossible
    }
}

/// The request without what is chance: the port of a peer that came by itself.
fn plain(mut request: Request) -> Request {
    if let Request::Accept { peer, .. } | Request::Receive { peer, .. } = &mut request {
        peer.set_port(0);
    }
    request
}

/// Tells special addresses: by what a policy says that allows everything that is not.
struct Probe(Policy);

impl Probe {
    fn new(own: &[IpAddr]) -> Self {
        let mut builder = Policy::builder().own_addresses(own.iter().copied());
        for rule in ["tcp://any:any", "udp://any:any"] {
            if let Ok(rule) = rule.parse() {
                builder = builder.allow_outbound(rule);
            }
        }
        Self(builder.build())
    }

    /// What is special about the destination, in few words.
    fn special(&self, destination: IpAddr) -> Option<String> {
        let request = Request::Connect {
            protocol: wasock_policy::Protocol::Tcp,
            remote: SocketAddr::new(destination, 1),
            names: [].into(),
        };
        match self.0.decide(&request).reason() {
            Reason::SpecialAddress { special, .. } => {
                let block = &special.block;
                Some(match &special.carried {
                    Some(carried) => format!("carries {}, {}", carried.address, block.name),
                    None => block.name.to_owned(),
                })
            }
            _ => None,
        }
    }
}
