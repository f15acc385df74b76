//! One record of each kind, and of each field that a record can have.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use wasock::Record;
use wasock::audit::{
    Answer, Cause, Closed, Decided, Entry, Exhausted, Guest, Http, HttpOutcome, HttpScheme, Level,
    Lookup, Outcome, PolicyChanged, Refused, Traffic, json,
};
use wasock::names::LookupFailure;
use wasock::policy::{
    Direction, Limit, Limits, Line, Listener, Mode, Origin, OutboundRule, PinnedName, Policy,
    Protocol, Request,
};

/// A record with what a sink gets along with it.
pub(super) struct Sample {
    /// What it shows.
    pub(super) about: &'static str,
    pub(super) record: Record,
    guest: Guest,
    sequence: u64,
    count: u64,
}

impl Sample {
    pub(super) fn entry(&self) -> Entry<'_> {
        Entry {
            record: &self.record,
            guest: &self.guest,
            sequence: self.sequence,
            // 2026-01-31 at noon.
            time: SystemTime::UNIX_EPOCH
                + Duration::from_millis(1_769_860_800_000 + self.sequence * 250),
            count: self.count,
        }
    }

    pub(super) fn line(&self) -> String {
        json::line(&self.entry())
    }
}

/// In the order of the documentation.
pub(super) fn samples() -> Vec<Sample> {
    let policy = policy(Mode::Enforce);
    let named = [pinned("api.example.com", &["edge.example.net"])];
    let decided = |request: Request| decide(&policy, request, None);

    let records = [
        ("connect", decided(connect("93.184.216.34:443", &named))),
        ("connect, denied", decided(connect("10.0.3.7:443", &named))),
        (
            "connect, mapped",
            decide(
                &policy,
                connect("127.0.0.1:8080", &[]),
                Some(address("203.0.113.5:80")),
            ),
        ),
        (
            "connect, reported",
            decide(
                &self::policy(Mode::Report),
                connect("93.184.216.34:25", &[]),
                None,
            ),
        ),
        (
            "connect, denied by a ceiling",
            decide(
                &within_nothing(),
                connect("93.184.216.34:443", &named),
                None,
            ),
        ),
        (
            "bind",
            decided(Request::Bind {
                protocol: Protocol::Tcp,
                local: address("0.0.0.0:0"),
            }),
        ),
        (
            "listen",
            decided(Request::Listen {
                listener: listener("0.0.0.0:40123", true),
            }),
        ),
        (
            "accept",
            decided(Request::Accept {
                listener: listener("0.0.0.0:40123", true),
                local: address("192.168.1.2:40123"),
                peer: address("192.168.1.9:50000"),
            }),
        ),
        (
            "send",
            decided(Request::Send {
                remote: address("93.184.216.53:53"),
                names: Arc::default(),
            }),
        ),
        (
            "receive-reply",
            decided(Request::ReceiveReply {
                listener: listener("0.0.0.0:40124", true),
                peer: address("93.184.216.53:53"),
                names: Arc::default(),
            }),
        ),
        (
            "receive",
            decided(Request::Receive {
                listener: listener("0.0.0.0:5000", false),
                peer: address("93.184.216.60:5000"),
            }),
        ),
        (
            "reply",
            decided(Request::Reply {
                listener: listener("0.0.0.0:5000", false),
                peer: address("93.184.216.60:5000"),
                names: Arc::default(),
            }),
        ),
        (
            "resolve",
            Record::Lookup(answered(&policy, &named[0], &["93.184.216.34", "10.0.3.7"])),
        ),
        ("resolve, failed", failed(&policy)),
        ("http", http(&policy, &named[0])),
        ("http, failed", http_failed(&policy, &named[0])),
        ("closed", Record::Closed(closed_connection(&named))),
        ("closed, by a limit", Record::Closed(closed_datagrams())),
        ("exhausted", exhausted(&named)),
        ("exhausted, memory", out_of_memory()),
        (
            "policy-changed",
            Record::PolicyChanged(PolicyChanged {
                generation: 1,
                revoked: false,
                closed: 2,
                kept: 0,
            }),
        ),
        ("omitted", Record::Omitted),
    ];
    let numbered = records.into_iter().zip(0..);
    let sample = |((about, record), sequence)| Sample {
        about,
        guest: Guest {
            name: Some("app.wasm".into()),
            tenant: (about == "exhausted").then(|| "acme".into()),
        },
        sequence,
        count: if record == Record::Omitted { 1_000 } else { 1 },
        record,
    };
    numbered.map(sample).collect()
}

/// A policy as one has it for a program that talks to a server and serves.
fn policy(mode: Mode) -> Policy {
    let rule: OutboundRule = "tcp://api.example.com:443".parse().unwrap();
    let file = Origin::File {
        file: "policy.toml".into(),
        line: 7,
    };
    Policy::builder()
        .line(Line {
            origin: Some(file),
            ..Line::allow(rule)
        })
        .allow_outbound("tcp://127.0.0.1:8080".parse().unwrap())
        .allow_outbound("udp://93.184.216.53:53".parse().unwrap())
        .allow_inbound("tcp://any:0#from=192.168.0.0/16".parse().unwrap())
        .allow_inbound("udp://any:5000".parse().unwrap())
        .mode(mode)
        .build()
}

fn within_nothing() -> Policy {
    let nothing = Policy::builder()
        .deny_outbound("tcp://any:443".parse().unwrap())
        .build();
    Policy::builder()
        .allow_outbound("tcp://any:443".parse().unwrap())
        .ceiling(nothing)
        .build()
}

fn decide(policy: &Policy, request: Request, asked: Option<SocketAddr>) -> Record {
    Record::Decided(Decided {
        decision: policy.decide(&request),
        request,
        asked,
    })
}

pub(super) fn answered(policy: &Policy, name: &PinnedName, addresses: &[&str]) -> Lookup {
    let answer = |text: &&str| {
        let address = text.parse().unwrap();
        let name = name.clone();
        Answer {
            address,
            decision: policy.decide(&Request::Answer { name, address }),
        }
    };
    let asked = name.asked.clone();
    Lookup {
        name: name.clone(),
        decision: policy.decide(&Request::Resolve { name: asked }),
        outcome: Outcome::Answered(addresses.iter().map(answer).collect()),
    }
}

fn failed(policy: &Policy) -> Record {
    Record::Lookup(Lookup {
        outcome: Outcome::Failed(LookupFailure::Timeout),
        ..answered(policy, &pinned("api.example.com", &[]), &[])
    })
}

fn http(policy: &Policy, name: &PinnedName) -> Record {
    let request = connect("93.184.216.34:443", std::slice::from_ref(name));
    let decision = policy.decide(&request);
    Record::Http(Http {
        method: "GET".into(),
        scheme: HttpScheme::Https,
        authority: "api.example.com:443".into(),
        lookup: Some(answered(policy, name, &["93.184.216.34"])),
        connects: vec![Decided {
            request,
            decision,
            asked: None,
        }],
        outcome: HttpOutcome::Answered(200),
    })
}

fn http_failed(policy: &Policy, name: &PinnedName) -> Record {
    let Record::Http(http) = http(policy, name) else {
        unreachable!()
    };
    Record::Http(Http {
        outcome: HttpOutcome::Failed("connection refused".into()),
        ..http
    })
}

fn closed_connection(names: &[PinnedName]) -> Closed {
    Closed {
        protocol: Protocol::Tcp,
        direction: Direction::Outbound,
        local: Some(address("192.168.1.2:50123")),
        remote: Some(address("93.184.216.34:443")),
        asked: None,
        names: names.into(),
        received: Traffic {
            bytes: 48_213,
            ..Traffic::default()
        },
        sent: Traffic {
            bytes: 517,
            ..Traffic::default()
        },
        duration: Duration::from_micros(1_250_125),
        cause: Cause::Guest,
    }
}

fn closed_datagrams() -> Closed {
    Closed {
        protocol: Protocol::Udp,
        direction: Direction::Inbound,
        local: Some(address("0.0.0.0:5000")),
        remote: None,
        asked: None,
        names: Arc::default(),
        received: Traffic {
            bytes: 4_096,
            datagrams: 64,
            refused: 3,
        },
        sent: Traffic {
            bytes: 640,
            datagrams: 64,
            refused: 0,
        },
        duration: Duration::from_secs(30),
        cause: Cause::Limit(Limit::IdleTime),
    }
}

fn exhausted(names: &[PinnedName]) -> Record {
    let limits = Limits {
        connections: Some(32),
        ..Limits::default()
    };
    Record::Exhausted(Exhausted {
        limit: Limit::Connections,
        amount: limits.get(Limit::Connections).unwrap(),
        level: Level::Tenant("acme".into()),
        refused: Refused::Request(connect("93.184.216.34:443", names)),
    })
}

fn out_of_memory() -> Record {
    let limits = Limits {
        memory: Some(64 << 20),
        ..Limits::default()
    };
    Record::Exhausted(Exhausted {
        limit: Limit::Memory,
        amount: limits.get(Limit::Memory).unwrap(),
        level: Level::Store,
        refused: Refused::Memory(80 << 20),
    })
}

pub(super) fn connect(remote: &str, names: &[PinnedName]) -> Request {
    Request::Connect {
        protocol: Protocol::Tcp,
        remote: address(remote),
        names: names.into(),
    }
}

pub(super) fn pinned(name: &str, aliases: &[&str]) -> PinnedName {
    PinnedName {
        asked: name.parse().unwrap(),
        chain: aliases.iter().map(|name| name.parse().unwrap()).collect(),
    }
}

fn listener(text: &str, ephemeral: bool) -> Listener {
    Listener {
        address: address(text),
        ephemeral,
    }
}

fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}
