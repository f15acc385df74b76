//! From what happened to a policy, and back.

mod command;
mod property;
mod round_trip;

use std::net::{IpAddr, SocketAddr};

use wasock::Record;
use wasock::audit::json::{self, Line, read_line};
use wasock::audit::{Answer, Decided, Entry, Guest, Lookup, Outcome};
use wasock::learn::Learner;
use wasock::names::LookupFailure;
use wasock::policy::{Listener, PinnedName, Policy, PolicyFile, Protocol, Request};

/// The line of a request with this verdict.
fn line(request: Request, verdict: &str) -> Line {
    let record = match request {
        Request::Resolve { name } => lookup(name.into(), verdict, None),
        Request::Answer { name, address } => lookup(name, verdict, Some(address)),
        request => Record::Decided(Decided {
            decision: Policy::default().decide(&request),
            request,
            asked: None,
        }),
    };
    let guest = Guest {
        name: Some("app.wasm".into()),
        tenant: None,
    };
    let entry = Entry {
        record: &record,
        guest: &guest,
        sequence: 0,
        time: std::time::SystemTime::UNIX_EPOCH,
        count: 1,
    };
    let mut line = read_line(&json::line(&entry)).unwrap();
    line.fields.verdict = Some(verdict.to_owned());
    line
}

fn lookup(name: PinnedName, verdict: &str, address: Option<IpAddr>) -> Record {
    let mut policy = Policy::builder();
    if verdict == "allowed" {
        policy = policy.allow_resolve("any".parse().unwrap());
    }
    let policy = policy.build();
    let decide = |request| policy.decide(&request);
    let asked = name.asked.clone();
    Record::Lookup(Lookup {
        name: name.clone(),
        decision: decide(Request::Resolve { name: asked }),
        outcome: match address {
            _ if verdict == "denied" => Outcome::Refused,
            None => Outcome::Failed(LookupFailure::NotFound),
            Some(address) => Outcome::Answered(vec![Answer {
                address,
                decision: decide(Request::Answer { name, address }),
            }]),
        },
    })
}

/// What is learnt from these requests, all of which were allowed.
fn learn(requests: impl IntoIterator<Item = Request>) -> String {
    let mut learner = Learner::default();
    for request in requests {
        learner.add(&line(request, "allowed")).unwrap();
    }
    text(learner)
}

/// Without the lines at the top.
fn text(learner: Learner) -> String {
    let learned = learner.learn();
    let text = learned.to_string();
    let file = PolicyFile::parse("learnt.toml", &text).unwrap();
    let policy = Policy::builder().file(file).build();
    assert_eq!(&policy, learned.policy(), "{text}");
    let (head, rest) = text.split_once("version = 1\n").unwrap();
    assert!(head.lines().all(|line| line.starts_with('#')), "{head}");
    rest.to_owned()
}

fn connect(remote: &str, names: &[&str]) -> Request {
    Request::Connect {
        protocol: Protocol::Tcp,
        remote: address(remote),
        names: names.iter().map(|name| known(name)).collect(),
    }
}

fn send(remote: &str) -> Request {
    Request::Send {
        remote: address(remote),
        names: [].into(),
    }
}

fn resolve(name: &str) -> Request {
    Request::Resolve {
        name: name.parse().unwrap(),
    }
}

fn answer(name: &str, address: &str) -> Request {
    Request::Answer {
        name: known(name),
        address: address.parse().unwrap(),
    }
}

fn bind(protocol: Protocol, local: &str) -> Request {
    let local = address(local);
    Request::Bind { protocol, local }
}

fn listener(local: &str, ephemeral: bool) -> Listener {
    Listener {
        address: address(local),
        ephemeral,
    }
}

fn accept(listener: Listener, peer: &str) -> Request {
    Request::Accept {
        listener,
        local: listener.address,
        peer: address(peer),
    }
}

fn known(name: &str) -> PinnedName {
    name.parse::<wasock::policy::Name>().unwrap().into()
}

fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

#[test]
fn a_name_is_preferred_where_the_guest_knew_the_address_by_it() {
    let learnt = learn([
        resolve("api.example.com"),
        answer("api.example.com", "93.184.216.34"),
        connect("93.184.216.34:443", &["api.example.com"]),
        connect("93.184.216.34:443", &["api.example.com"]),
        connect("93.184.216.35:443", &["api.example.com"]),
        connect("93.184.216.36:443", &[]),
    ]);
    assert_eq!(
        learnt,
        "\n[outbound]\nallow = [\n    \
           \"tcp://api.example.com:443\",  # 3 times\n    \
           \"tcp://93.184.216.36:443\",  # once\n\
         ]\n"
    );
}

#[test]
fn of_several_names_the_one_that_says_most_is_taken() {
    let learnt = learn([
        connect("93.184.216.34:443", &["a.example", "shared.example"]),
        connect("93.184.216.35:443", &["shared.example", "b.example"]),
        connect("93.184.216.36:443", &["c.example", "shared.example"]),
    ]);
    assert_eq!(
        learnt,
        "\n[outbound]\nallow = [\n    \"tcp://shared.example:443\",  # 3 times\n]\n"
    );
}

#[test]
fn ports_of_one_host_are_one_line() {
    let mut requests = vec![
        connect("93.184.216.34:443", &[]),
        connect("93.184.216.34:80", &[]),
    ];
    requests.extend((8000..8004).map(|port| connect(&format!("93.184.216.34:{port}"), &[])));
    requests.extend([send("93.184.216.34:53"), send("[2606:2800::1]:53")]);
    assert_eq!(
        learn(requests),
        "\n[outbound]\nallow = [\n    \
           \"tcp://93.184.216.34:80,443,8000-8003\",  # 6 times\n    \
           \"udp://93.184.216.34:53\",  # once\n    \
           \"udp://[2606:2800::1]:53\",  # once\n\
         ]\n"
    );
}

#[test]
fn a_special_address_waits_for_a_person_and_says_why() {
    let requests = [
        connect("127.0.0.1:5432", &[]),
        connect("10.0.3.7:5432", &["db.internal"]),
        connect("10.0.3.8:5432", &["db.internal"]),
        connect("127.0.0.1:80", &["localhost"]),
        connect("[64:ff9b::a9fe:a9fe]:80", &[]),
        connect("93.184.216.34:443", &["api.example.com"]),
        resolve("db.internal"),
        answer("db.internal", "10.0.3.7"),
        resolve("inside.internal"),
        answer("inside.internal", "10.0.3.9"),
        resolve("missing.example"),
    ];
    let learnt = learn(requests.clone());
    assert_eq!(
        learnt,
        "\n[outbound]\nallow = [\n    \
           \"tcp://api.example.com:443\",  # once\n    \
           # \"tcp://db.internal:5432#to=10.0.3.7,10.0.3.8\",  # 2 times; private\n    \
           # \"tcp://localhost:80\",  # once; loopback\n    \
           # \"tcp://127.0.0.1:5432\",  # once; loopback\n    \
           # \"tcp://[64:ff9b::a9fe:a9fe]:80\",  # once; carries 169.254.169.254, a cloud metadata service\n\
         ]\n\
         \n[resolve]\nallow = [\n    \
           \"missing.example\",  # once\n    \
           # \"inside.internal\",  # 2 times; has an address that is private\n\
         ]\n"
    );

    let mut learner = Learner::default().special(true);
    for request in &requests {
        learner.add(&line(request.clone(), "allowed")).unwrap();
    }
    let learned = learner.clone().learn();
    for request in &requests {
        let decision = learned.policy().decide(request);
        assert!(decision.is_allowed(), "{request}: {learned}");
    }
    assert!(!text(learner).contains("# \"tcp"));
}

#[test]
fn the_hosts_own_addresses_are_special_too() {
    let own = ["93.184.216.34".parse().unwrap()];
    let mut learner = Learner::default().own_addresses(own);
    for request in [
        connect("93.184.216.34:80", &[]),
        connect("93.184.216.34:81", &["www.example.com"]),
    ] {
        learner.add(&line(request, "allowed")).unwrap();
    }
    let text = learner.learn().to_string();
    let (_, text) = text.split_once("version = 1\n").unwrap();
    assert_eq!(
        text,
        "\n[outbound]\nallow = [\n    \
           # \"tcp://www.example.com:81#to=93.184.216.34\",  # once; this host's own address\n    \
           # \"tcp://93.184.216.34:80\",  # once; this host's own address\n\
         ]\n"
    );
}

#[test]
fn a_server_is_its_address_and_the_peers_that_came() {
    let web = listener("0.0.0.0:8080", false);
    let any_port = listener("127.0.0.1:40001", true);
    let mut requests = vec![
        bind(Protocol::Tcp, "0.0.0.0:8080"),
        Request::Listen { listener: web },
        accept(web, "192.168.1.9:50000"),
        accept(web, "192.168.1.9:50001"),
        accept(web, "192.168.1.8:50000"),
        // The bind of a socket that connects needs no line.
        bind(Protocol::Tcp, "0.0.0.0:0"),
        bind(Protocol::Tcp, "127.0.0.1:0"),
        Request::Listen { listener: any_port },
    ];
    let echo = listener("0.0.0.0:7", false);
    requests.push(bind(Protocol::Udp, "0.0.0.0:7"));
    for peer in 1..=9 {
        let peer = address(&format!("93.184.216.{peer}:1000"));
        requests.push(Request::Receive {
            listener: echo,
            peer,
        });
        requests.push(Request::Reply {
            listener: echo,
            peer,
            names: [].into(),
        });
    }
    assert_eq!(
        learn(requests),
        "\n[inbound]\nallow = [\n    \
           \"tcp://0.0.0.0:8080#from=192.168.1.8,192.168.1.9\",  # 3 times\n    \
           \"tcp://127.0.0.1:0\",  # once; nobody came\n    \
           \"udp://0.0.0.0:7\",  # 18 times; from 9 peers\n\
         ]\n"
    );
}

#[test]
fn what_was_only_reported_has_happened_and_what_was_denied_has_not() {
    let mut learner = Learner::default();
    let lines = [
        line(connect("93.184.216.34:80", &[]), "reported"),
        line(connect("93.184.216.35:80", &[]), "denied"),
        line(connect("93.184.216.34:80", &[]), "denied"),
        line(connect("169.254.169.254:80", &[]), "denied"),
        line(resolve("evil.example"), "denied"),
    ];
    for line in &lines {
        learner.add(line).unwrap();
    }
    assert_eq!(
        text(learner.clone()),
        "\n[outbound]\nallow = [\n    \"tcp://93.184.216.34:80\",  # once\n]\n"
    );
    assert_eq!(
        text(learner.denied(true)),
        "\n[outbound]\nallow = [\n    \
           \"tcp://93.184.216.34:80\",  # once\n    \
           # \"tcp://93.184.216.35:80\",  # once; refused\n    \
           # \"tcp://169.254.169.254:80\",  # once; refused; a cloud metadata service\n\
         ]\n\
         \n[resolve]\nallow = [\n    # \"evil.example\",  # once; refused\n]\n"
    );
}

#[test]
fn a_name_that_means_something_else_in_a_rule_is_not_written_there() {
    let learnt = learn([connect("93.184.216.34:80", &["any"])]);
    assert!(learnt.contains("\"tcp://93.184.216.34:80\""), "{learnt}");
    let mut learner = Learner::default();
    learner.add(&line(resolve("any"), "allowed")).unwrap();
    let learned = learner.learn();
    assert_eq!(learned.policy(), &Policy::default());
    assert_eq!(learned.impossible().len(), 1);
}

#[test]
fn a_destination_that_was_mapped_says_what_was_asked_for() {
    let mut mapped = line(connect("93.184.216.34:8080", &[]), "allowed");
    mapped.fields.asked = Some(address("203.0.113.5:80"));
    let mut learner = Learner::default();
    learner.add(&mapped).unwrap();
    assert_eq!(
        text(learner),
        "\n[outbound]\nallow = [\n    \
           \"tcp://93.184.216.34:8080\",  # once; asked for as 203.0.113.5:80, and mapped\n\
         ]\n"
    );
}

#[test]
fn nothing_is_learnt_from_nothing() {
    let learned = Learner::default().learn();
    let text = learned.to_string();
    assert_eq!(
        text,
        "# What a component did, as it was recorded.\n# No record.\nversion = 1\n"
    );
    let file = PolicyFile::parse("learnt.toml", &text).unwrap();
    assert_eq!(Policy::builder().file(file).build(), Policy::default());
}

#[test]
fn a_guest_with_an_evil_name_writes_no_line() {
    let mut evil = line(connect("93.184.216.34:80", &[]), "allowed");
    evil.guest = Some("x\n[outbound]\nallow = [\"tcp://any:any\"]".to_owned());
    evil.time = "\nversion = 2".to_owned();
    let mut learner = Learner::default();
    learner.add(&evil).unwrap();
    assert!(!text(learner).contains("any:any"));
}
