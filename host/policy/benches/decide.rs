//! What a decision costs, by the number of rules and by what they are about.
//!
//! Each policy has rules of one kind. The request is about the last of them, which a look at one rule after the other would
//! find last; a second one is about none. What counts is the ratio to ten rules: it shows whether a kind is looked up
//! or looked through. Times are for the machine that they were taken on.

use std::cell::RefCell;
use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion};
use wasock_policy::{Listener, Name, Policy, PolicyBuilder, Protocol, Request};

/// How many rules.
const SIZES: [u32; 4] = [10, 100, 1_000, 10_000];

/// A kind of rule: how number `n` is added, and a request that it is about.
struct Kind {
    name: &'static str,
    /// How many different rules of this kind there are at most.
    most: u32,
    add: fn(PolicyBuilder, u32) -> PolicyBuilder,
    request: fn(u32) -> Request,
}

const KINDS: [Kind; 10] = [
    Kind {
        name: "addresses",
        most: u32::MAX,
        add: |policy, n| allow(policy, &format!("tcp://{}:443", v4(n))),
        request: |n| connect(v4(n).into(), 443, None),
    },
    Kind {
        name: "networks of every length",
        most: u32::MAX,
        add: |policy, n| allow(policy, &format!("tcp://[{}]/{}:443", v6(n), v6_length(n))),
        request: |n| connect(v6(n).into(), 443, None),
    },
    Kind {
        name: "names",
        most: u32::MAX,
        add: |policy, n| allow(policy, &format!("tcp://host{n}.example:443")),
        request: |n| connect([8, 8, 8, 8].into(), 443, Some(format!("host{n}.example"))),
    },
    Kind {
        name: "names below others",
        most: u32::MAX,
        add: |policy, n| allow(policy, &format!("tcp://*.zone{n}.example:443")),
        request: |n| connect([8, 8, 8, 8].into(), 443, Some(format!("a.zone{n}.example"))),
    },
    Kind {
        name: "lookups",
        most: u32::MAX,
        add: |policy, n| policy.allow_resolve(format!("host{n}.example").parse().expect("a rule")),
        request: |n| Request::Resolve {
            name: name(&format!("host{n}.example")),
        },
    },
    Kind {
        name: "ports of any host",
        most: u32::MAX,
        add: |policy, n| allow(policy, &format!("tcp://any:{}", port(n))),
        request: |n| connect([8, 8, 8, 8].into(), port(n), None),
    },
    Kind {
        name: "ranges of ports",
        most: 5_000,
        add: |policy, n| allow(policy, &format!("tcp://any:{}-{}", 10 * n + 1, 10 * n + 5)),
        request: |n| connect([8, 8, 8, 8].into(), 3 + 10 * (n as u16), None),
    },
    Kind {
        name: "ports of one name",
        most: u32::MAX,
        add: |policy, n| allow(policy, &format!("tcp://db.example:{}", port(n))),
        request: |n| connect([8, 8, 8, 8].into(), port(n), Some("db.example".to_owned())),
    },
    Kind {
        name: "peers",
        most: u32::MAX,
        add: |policy, n| {
            let rule = format!("tcp://any:8080#from={}", v4(n));
            policy.allow_inbound(rule.parse().expect("a rule"))
        },
        request: |n| accept(v4(n).into()),
    },
    Kind {
        name: "local addresses, denied",
        most: u32::MAX,
        add: |policy, n| {
            let rule = format!("tcp://{}:80", v4(n));
            policy.deny_inbound(rule.parse().expect("a rule"))
        },
        request: |_| Request::Listen {
            listener: listener(8080),
        },
    },
];

fn main() {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(700))
        .sample_size(20)
        .configure_from_args();
    for kind in KINDS {
        let mut row = Vec::new();
        for size in SIZES.into_iter().filter(|size| *size <= kind.most) {
            let rules = (0..size).fold(Policy::builder(), kind.add);
            let policy = rules.build();
            let last = measure(
                &mut criterion,
                kind.name,
                size,
                &policy,
                (kind.request)(size - 1),
            );
            let other = connect(
                [9, 9, 9, 9].into(),
                65_535,
                Some("other.example".to_owned()),
            );
            let none = measure(
                &mut criterion,
                &format!("{}, none", kind.name),
                size,
                &policy,
                other,
            );
            row.push((size, last, none));
        }
        tell(kind.name, &row);
    }
    criterion.final_summary();
}

/// The fastest of the samples: the machine has other things to do, which only make it slower.
fn measure(
    criterion: &mut Criterion,
    kind: &str,
    size: u32,
    policy: &Policy,
    request: Request,
) -> f64 {
    let fastest = RefCell::new(f64::INFINITY);
    criterion
        .benchmark_group(kind)
        .bench_function(BenchmarkId::from_parameter(size), |bencher| {
            bencher.iter_custom(|times| {
                let start = Instant::now();
                for _ in 0..times {
                    black_box(black_box(policy).decide(black_box(&request)));
                }
                let elapsed = start.elapsed();
                let each = elapsed.as_secs_f64() * 1e9 / times as f64;
                fastest.replace_with(|fastest| fastest.min(each));
                elapsed
            })
        });
    fastest.into_inner()
}

/// A row: the time, and its ratio to that with the fewest rules, for the last rule and for none.
fn tell(kind: &str, row: &[(u32, f64, f64)]) {
    let Some((_, last_of_few, none_of_few)) = row.first() else {
        return;
    };
    for (size, last, none) in row.iter().filter(|(_, last, _)| last.is_finite()) {
        println!(
            "{kind:>26} {size:>6} rules: last {last:>8.0} ns ({:>6.2} x), none {none:>8.0} ns ({:>6.2} x)",
            last / last_of_few,
            none / none_of_few
        );
    }
}

fn allow(policy: PolicyBuilder, rule: &str) -> PolicyBuilder {
    policy.allow_outbound(rule.parse().expect("a rule"))
}

fn connect(address: IpAddr, port: u16, by: Option<String>) -> Request {
    Request::Connect {
        protocol: Protocol::Tcp,
        remote: SocketAddr::new(address, port),
        names: by.iter().map(|by| name(by).into()).collect(),
    }
}

fn accept(peer: IpAddr) -> Request {
    Request::Accept {
        listener: listener(8080),
        local: SocketAddr::new([192, 0, 2, 1].into(), 8080),
        peer: SocketAddr::new(peer, 50_000),
    }
}

fn listener(port: u16) -> Listener {
    Listener {
        address: SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), port),
        ephemeral: false,
    }
}

fn name(text: &str) -> Name {
    Name::parse(text).expect("a name")
}

/// Global addresses, far from each other.
fn v4(n: u32) -> Ipv4Addr {
    Ipv4Addr::from_bits(0x0B00_0000 + n * 97)
}

/// Global networks whose lengths differ.
fn v6(n: u32) -> Ipv6Addr {
    Ipv6Addr::from_bits(0x2600 << 112 | u128::from(n) << 80)
}

fn v6_length(n: u32) -> u32 {
    48 + n % 80
}

fn port(n: u32) -> u16 {
    1 + (n % 60_000) as u16
}
